//! Values on a stream, and streams that are no such thing.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use npivot_hal::ScsiAddress;
use npivot_hal::scsi::{Sense, SenseKey};
use npivot_sysfs::Files as _;
use npivot_sysfs::passthrough::{DeviceNode, DeviceRef, Passthrough as _, PassthroughError};
use proptest::prelude::*;

use super::line;
use crate::line::frame::{MAX_FRAME_BYTES, encode, receive};
use crate::line::words::{Ask, Asked, Refusal, Said};
use crate::line::{LineDevices, LineFiles};

fn asked(number: u64) -> Vec<u8> {
    let ask = Ask::Read { dir: "class".into(), paths: vec!["a".into(), "b/c".into()] };
    encode(&Asked { number, ask }).unwrap()
}

fn read(mut bytes: &[u8]) -> io::Result<Option<Asked>> {
    receive(&mut bytes)
}

#[test]
fn what_is_sent_comes_and_half_of_it_is_an_error() {
    let frame = asked(7);
    assert_eq!(read(&frame).unwrap().unwrap().number, 7);
    assert!(read(&[]).unwrap().is_none(), "an end between two frames is an end");
    for cut in 1..frame.len() {
        assert_eq!(read(&frame[..cut]).unwrap_err().kind(), ErrorKind::UnexpectedEof, "{cut}");
    }
}

#[test]
fn a_frame_says_no_more_than_it_may() {
    let long = u32::try_from(MAX_FRAME_BYTES + 1).unwrap().to_be_bytes();
    assert_eq!(read(&long).unwrap_err().kind(), ErrorKind::InvalidData);
    let mut more = asked(1);
    more.push(0);
    let length = u32::try_from(more.len() - 4).unwrap();
    more[..4].copy_from_slice(&length.to_be_bytes());
    assert_eq!(read(&more).unwrap_err().kind(), ErrorKind::InvalidData, "a byte too many");
    let ask = Ask::Write("a".into(), vec![0; MAX_FRAME_BYTES]);
    assert_eq!(encode(&Asked { number: 1, ask }).unwrap_err().kind(), ErrorKind::InvalidData);
}

proptest! {
    #[test]
    fn no_bytes_are_more_than_an_error(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        frame.extend(&body);
        let _ = receive::<Asked>(&mut &frame[..]);
        let _ = receive::<Said>(&mut &frame[..]);
        let _ = receive::<Asked>(&mut &body[..]);
    }
}

#[test]
fn files_answer_as_they_do_there() {
    let (line, _server) = line(Path::new("/"));
    assert!(line.ready(Duration::from_mins(1)).unwrap());
    let files = LineFiles::new(&line);
    let dir = "devices/x/host0/fc_host/host0";
    // More than one question takes at once.
    let paths: Vec<String> =
        (0..600).map(|i| if i % 2 == 0 { "port_name".into() } else { format!("no{i}") }).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let read = files.read_each(dir, &paths);
    assert_eq!(read.len(), 600);
    for (i, one) in read.into_iter().enumerate() {
        match one {
            Ok(content) => assert!(i % 2 == 0 && content == b"0x2100001b32a9da4e\n", "{i}"),
            Err(cause) => {
                assert!(i % 2 == 1 && cause.kind() == ErrorKind::NotFound, "{i}: {cause}");
            }
        }
    }
    let names: Vec<String> = files.list(dir).unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["node_name", "port_name"]);
    assert_eq!(files.mode(&format!("{dir}/port_name")).unwrap(), 0o444);
    assert_eq!(files.link("class/fc_host/host0").unwrap(), "../../devices/x/host0/fc_host/host0");
    assert_eq!(
        files.write(&format!("{dir}/port_name"), b"1").unwrap_err().raw_os_error(),
        Some(30)
    );
    assert!(files.reachable().is_ok());
}

#[test]
fn commands_and_their_refusals_arrive() {
    let (line, _server) = line(Path::new("/"));
    let devices = LineDevices::new(&line);
    let address: ScsiAddress = "1:0:2:3".parse().unwrap();
    let nodes = vec![DeviceNode { name: "sg3".into(), number: (21, 3) }];
    let device = DeviceRef { address, nodes };
    assert_eq!(devices.send(&device, &[1, 2], 5, 1000).unwrap(), [1, 2, 1, 2, 1]);
    let refused = devices.send(&device, &[1, 2], 5, 0).unwrap_err();
    assert_eq!(refused, PassthroughError::Transport { host: 14, driver: 1 });
}

#[test]
fn each_refusal_is_the_same_at_both_ends() {
    use PassthroughError as E;
    let path = || "/dev/sg0".to_owned();
    let check = |key| E::Check(Sense { key, asc: 0x25, ascq: 1 });
    for error in [
        E::NoNode { tried: path() },
        E::NotADevice { path: path() },
        E::AnotherDevice { path: path(), expected: (21, 0), found: (8, 1) },
        E::PermissionDenied { path: path(), errno: 13 },
        E::Gone,
        E::Offline,
        E::Refused { path: path(), errno: 25 },
        E::Transport { host: 1, driver: 2 },
        check(SenseKey::UnitAttention),
        check(SenseKey::Other(0x0d)),
        E::Status { status: 0x18 },
        E::TimedOut,
    ] {
        assert_eq!(E::from(Refusal::from(error.clone())), error);
    }
}
