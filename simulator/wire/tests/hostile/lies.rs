//! Lengths, counts and types that are wrong in a certain way, and what is said about them.

use npivot_wire::ct::directory::{self, Answer};
use npivot_wire::ct::{self, Service, fdmi};
use npivot_wire::els::{Els, Reply};
use npivot_wire::fc2;
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{Command, Response};
use npivot_wire::{DecodeError, Frame, fip};

/// What is said about bytes that cannot be read.
fn said<T: std::fmt::Debug>(read: Result<T, DecodeError>) -> String {
    read.expect_err("it cannot be read").to_string()
}

#[test]
fn frames() {
    let short = "Ethernet header is cut off: 2 bytes are needed at byte 12, 1 are there";
    assert_eq!(said(Frame::decode(&[0; 13])), short);
    let no_fcoe = [&[0; 12][..], &[0x89, 0x06], &[0; 20]].concat();
    let short = "FCoE encapsulation is cut off: 32 bytes are needed at byte 28, 6 are there";
    assert_eq!(said(Frame::decode(&no_fcoe)), short);
    let version = [&[0x40][..], &[0; 80]].concat();
    let other = "FCoE encapsulation has 0x4 at byte 0, expected version 0";
    assert_eq!(said(Encapsulated::decode(&version)), other);
    let crc = npivot_wire::fc2::crc(&[0; 24]);
    let damaged =
        format!("the FC frame's CRC at byte 38 is 0x00000000, its bytes have {crc:#010x}");
    assert_eq!(said(Encapsulated::decode(&[0; 46])), damaged);
}

#[test]
fn fc_frames() {
    let mut frame = [0; 28];
    let odd = "FC frame has 0x3 at byte 24, expected a data field of at most 2112 bytes, in \
               multiples of 4";
    assert_eq!(said(fc2::Frame::decode(&frame[..27])), odd);
    assert!(said(fc2::Frame::decode(&[0; 24 + 2116])).contains("has 0x844 at byte 24"));
    frame[13] = 0x40;
    let secret = "FC frame has 0x40 at byte 13, expected a frame that is not encrypted";
    assert_eq!(said(fc2::Frame::decode(&frame)), secret);
    frame[13] = 0x03;
    let optional = "FC frame is cut off: 64 bytes are needed at byte 24, 4 are there";
    assert_eq!(said(fc2::Frame::decode(&frame)), optional);
    frame[13] = 0;
    frame[11] = 3;
    let filled = "FC frame is cut off: 3 bytes are needed at byte 24, 0 are there";
    assert_eq!(said(fc2::Frame::decode(&frame[..24])), filled);
    assert_eq!(fc2::Frame::decode(&frame).unwrap().payload, [0]);
}

/// A FIP message of this operation with this list.
fn fip(code: u8, subcode: u8, list: &[u8]) -> String {
    let words = u8::try_from(list.len() / 4).unwrap();
    let header = [0x10, 0, 0, code, 0, subcode, 0, words, 0x80, 0];
    said(fip::Message::decode(&[&header[..], list].concat()))
}

const MAC: [u8; 8] = [2, 2, 2, 0, 0, 0, 0, 10];
const NAME: [u8; 12] = [4, 3, 0, 0, 0x10, 0, 2, 0, 0, 0, 0, 10];
const SIZE: [u8; 4] = [6, 1, 8, 0x6e];

#[test]
fn descriptor_lists() {
    let version = said(fip::Message::decode(&[0x20, 0, 0, 1, 0, 1, 0, 0, 0, 0]));
    assert_eq!(version, "FIP message has 0x2 at byte 0, expected version 1");
    let beyond = said(fip::Message::decode(&[0x10, 0, 0, 1, 0, 1, 0xff, 0xff, 0, 0]));
    let needed = "FIP message is cut off: 262140 bytes are needed at byte 10, 0 are there";
    assert_eq!(beyond, needed);
    assert_eq!(
        fip(1, 1, &[&MAC[..], &[4, 0, 0, 0]].concat()),
        "FIP descriptor has 0x0 at byte 19, expected a length of at least one word"
    );
    assert_eq!(
        fip(1, 1, &[&MAC[..], &[4, 9, 0, 0]].concat()),
        "name identifier descriptor is cut off: 34 bytes are needed at byte 20, 2 are there"
    );
    assert_eq!(
        fip(1, 1, &[&MAC[..], &[4, 1, 0, 0]].concat()),
        "name identifier descriptor is cut off: 10 bytes are needed at byte 20, 2 are there"
    );
    assert_eq!(
        fip(1, 1, &[&[2, 3, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0][..], &NAME, &SIZE].concat()),
        "MAC address descriptor has 0x3 at byte 11, expected the length of its type"
    );
    assert_eq!(
        fip(1, 1, &[&MAC[..], &NAME, &SIZE, &MAC].concat()),
        "FIP descriptor has 0x2 at byte 34, expected one descriptor of this type"
    );
    assert_eq!(
        fip(1, 1, &[&MAC[..], &NAME, &[99, 1, 0, 0], &SIZE].concat()),
        "FIP descriptor has 0x63 at byte 30, expected a known type below 128"
    );
    assert_eq!(
        fip(1, 1, &[MAC.as_slice(), &NAME].concat()),
        "FIP message ends at byte 30 without max FCoE size descriptor"
    );
}

#[test]
fn descriptors_in_another_order_and_unknown_ones_above_127_are_no_trouble() {
    let list = [&SIZE[..], &[200, 2, 1, 2, 3, 4, 5, 6], &NAME, &MAC].concat();
    let header = [0x10, 0, 0, 1, 0, 1, 0, 8, 0x80, 0];
    let message = [&header[..], &list].concat();
    let read = fip::Message::decode(&message).unwrap();
    let fip::Message::Solicitation(asks) = read else { panic!("{read:?}") };
    assert_eq!((asks.max_bytes, asks.mac.0), (2158, [2, 0, 0, 0, 0, 10]));
}

#[test]
fn messages_that_lack_what_they_are_about() {
    assert!(fip(2, 1, &MAC).ends_with("without FLOGI descriptor"));
    assert!(fip(3, 1, &NAME).ends_with("without MAC address descriptor"));
    assert!(fip(3, 2, &MAC).ends_with("without name identifier descriptor"));
    assert!(fip(4, 2, &MAC).ends_with("without VLAN descriptor"));
    let vn_port = [11, 5, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    let two = [&MAC[..], &vn_port, &vn_port].concat();
    assert!(fip(3, 1, &two).ends_with("expected at most one VN_Port"));
    // A FLOGI descriptor with three words: no room for an FC header.
    let tiny = [7, 3, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let short = "FC frame is cut off: 24 bytes are needed at byte 14, 8 are there";
    assert_eq!(fip(2, 1, &tiny), short);
}

#[test]
fn link_services() {
    assert_eq!(
        said(Els::decode(&[])),
        "ELS request is cut off: 1 bytes are needed at byte 0, 0 are there"
    );
    assert_eq!(
        said(Els::decode(&[0x04; 100])),
        "FLOGI is cut off: 115 bytes are needed at byte 1, 99 are there"
    );
    assert_eq!(said(Els::decode(&[2, 0, 0, 0])), "LS_ACC has 0x2 at byte 0, expected a request");
    let pages = |bytes: &[u8]| said(Els::decode(bytes));
    assert_eq!(
        pages(&[0x20, 12, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        "PRLI has 0xc at byte 1, expected pages of 16 bytes"
    );
    assert_eq!(
        pages(&[0x20, 16, 0, 19]),
        "PRLI has 0x13 at byte 2, expected a payload length of 4 and whole pages"
    );
    assert_eq!(
        pages(&[0x61, 4, 0, 2]),
        "RSCN has 0x2 at byte 2, expected a payload length of 4 and whole pages"
    );
    assert_eq!(
        pages(&[0x61, 4, 0xff, 0xfc, 0, 1, 1, 1]),
        "RSCN is cut off: 65528 bytes are needed at byte 4, 4 are there"
    );
    assert_eq!(
        said(Reply::decode(&[0x04, 0, 0, 0])),
        "ELS reply has 0x4 at byte 0, expected LS_ACC or LS_RJT"
    );
}

#[test]
fn common_transport() {
    let preamble = |kind, subtype, command: u16| {
        let [high, low] = command.to_be_bytes();
        [1, 0, 0, 0, kind, subtype, 0, 0, high, low, 0, 0, 0, 0, 0, 0]
    };
    let answer = preamble(0xfc, 2, 0x8002);
    assert_eq!(
        said(ct::Request::decode(&answer)),
        "CT request has 0x8002 at byte 8, expected a request's command code"
    );
    let question = preamble(0xfc, 2, 0x0172);
    assert_eq!(
        said(ct::Request::decode(&question)),
        "GPN_FT is cut off: 4 bytes are needed at byte 16, 0 are there"
    );
    let known = ct::Request::command_of(&question).unwrap();
    assert_eq!((known.0, known.1), (Service::DIRECTORY, 0x0172), "enough to reject it");
    assert_eq!(
        said(ct::Reply::decode(&question)),
        "CT reply has 0x172 at byte 8, expected accept or reject"
    );
    let name = [0, 1, 1, 1, 200, b'x'];
    assert_eq!(
        said(directory::Query::decode(directory::Command::RSPN_ID, &name)),
        "RSPN_ID is cut off: 200 bytes are needed at byte 5, 1 are there"
    );
    let list = Answer::decode(directory::Command::GID_FT, &[0, 1, 1, 1, 0x80, 1]).unwrap();
    let Answer::PortIds(list) = list else { panic!() };
    assert_eq!(list.len(), 1, "the entry that is cut off is not read");
}

#[test]
fn device_management() {
    let query = |command, bytes: &[u8]| said(fdmi::Query::decode(command, bytes));
    let hba = [0x20, 0, 2, 0, 0, 0, 0, 10];
    let ports = [&hba[..], &[0xff, 0xff, 0xff, 0xff]].concat();
    let many = query(fdmi::Command::RHBA, &ports);
    assert_eq!(many, "RHBA is cut off: 34359738360 bytes are needed at byte 12, 0 are there");
    let attributes = [&hba[..], &[0xff, 0xff, 0xff, 0xff], &[0, 1, 0, 4]].concat();
    let many = query(fdmi::Command::RPA, &attributes);
    assert_eq!(many, "RPA is cut off: 2 bytes are needed at byte 16, 0 are there");
    let attributes = [&hba[..], &[0, 0, 0, 1], &[0, 1, 0, 3]].concat();
    let short = query(fdmi::Command::RPA, &attributes);
    assert_eq!(short, "RPA has 0x3 at byte 14, expected a length of at least 4");
}

#[test]
fn scsi() {
    let mut command = [0; 32];
    command[11] = 0xfc;
    let needed = "FCP_CMND is cut off: 252 bytes are needed at byte 28, 4 are there";
    assert_eq!(said(Command::decode(&command)), needed);
    let mut response = [0; 24];
    (response[10], response[23]) = (1, 5);
    let odd = "FCP_RSP has 0x5 at byte 20, expected 4 or 8 bytes of response information";
    assert_eq!(said(Response::decode(&response)), odd);
    (response[10], response[16]) = (2, 0xff);
    let long = "FCP_RSP is cut off: 4278190080 bytes are needed at byte 24, 0 are there";
    assert_eq!(said(Response::decode(&response)), long);
}
