//! A frame as named fields, with names for addresses, so that two can be compared and read.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

use npivot_wire::ct::{self, Outcome, directory};
use npivot_wire::els;
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::{Header, UNASSIGNED};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::Fcp;
use npivot_wire::fip::Message;
use npivot_wire::{Body, Frame, Payload};

use super::capture::Captured;
use super::feed::IDS;

/// Whose addresses a frame has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Captured,
    Ours,
}

/// What a frame of the kernel's asks.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) name: String,
    asks: Asks,
}

#[derive(Debug, Clone, Copy)]
enum Asks {
    Nothing,
    Els(els::Command),
    Directory(directory::Command),
}

impl Request {
    pub(crate) const NONE: Self = Self { name: String::new(), asks: Asks::Nothing };
}

/// A frame's kind and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) kind: String,
    pub(crate) fields: BTreeMap<String, String>,
}

impl Described {
    /// The kind, and what an RSCN tells of.
    pub(crate) fn summary(&self) -> String {
        let page = self.fields.iter().filter(|(name, _)| name.rsplit('.').next() == Some("id"));
        page.fold(self.kind.clone(), |text, (_, id)| text + " " + id)
    }

    fn field(&mut self, name: &str, value: impl Debug) {
        self.fields.insert(name.to_owned(), format!("{value:?}"));
    }

    /// Each line of a value's text is a field, with the path to it.
    fn value(&mut self, value: &impl Debug) {
        let mut path: Vec<String> = vec![];
        let mut nth = BTreeMap::<String, usize>::new();
        for line in format!("{value:#?}").lines() {
            let depth = (line.len() - line.trim_start().len()) / 4;
            path.truncate(depth);
            let line = line.trim().trim_end_matches(',');
            let (name, rest) = line.split_once(": ").unwrap_or((line, ""));
            if line.ends_with(['{', '(', '[']) {
                path.push(if rest.is_empty() { String::new() } else { name.to_owned() });
                continue;
            }
            if line.starts_with(['}', ')', ']']) {
                continue;
            }
            let steps = path.iter().filter(|step| !step.is_empty());
            let mut full = steps.fold(String::new(), |all, step| all + step + ".");
            full += if rest.is_empty() { "" } else { name };
            let count = nth.entry(full.clone()).or_default();
            if *count > 0 {
                let _ = write!(full, "[{count}]");
            }
            *count += 1;
            self.fields.insert(full, if rest.is_empty() { line } else { rest }.to_owned());
        }
    }
}

fn named(text: &str, names: Names) -> String {
    let mut text = text.to_owned();
    // The vport's of ours is the kernel's of the capture: both at once.
    for (i, pair) in IDS.iter().enumerate() {
        let id = if names == Names::Ours { pair.1 } else { pair.0 };
        let name = ["kernel", "vport"][i];
        text = text.replace(&format!("FcId({id})"), name);
        let mac = Mac::fabric_provided(npivot_wire::ethernet::FcMap::DEFAULT, id);
        text = text.replace(&format!("{mac:?}"), &format!("mac of {name}"));
    }
    for (mac, name) in
        [("Mac(0e:fc:01:aa:bb:01)", "forwarder"), ("Mac(00:50:4e:50:00:01)", "forwarder")]
    {
        text = text.replace(mac, name);
    }
    for (id, name) in [
        ("0x010200", "t2"),
        ("0x010300", "t3"),
        ("0xfffffc", "name server"),
        ("0xfffffd", "controller"),
        ("0xfffffe", "fabric"),
    ] {
        text = text.replace(&format!("FcId({id})"), name);
    }
    text
}

/// A frame of either side. What it answers tells how it is read.
pub(crate) fn frame(bytes: &[u8], names: Names, request: &Request) -> Described {
    let frame = Frame::decode(bytes).expect("it can be read");
    let mut this = Described { kind: String::new(), fields: BTreeMap::new() };
    this.field("bytes", bytes.len());
    this.field("source", frame.header.source);
    this.field("destination", frame.header.destination);
    match frame.body {
        Body::Fcoe(fcoe) => {
            this.field("sof", fcoe.sof);
            this.field("eof", fcoe.eof);
            fc(&mut this, &fcoe, request);
        }
        Body::Fip(Message::LinkService(service)) => {
            this.field("flags", service.flags);
            this.field("mac", service.mac);
            let whole = Encapsulated::single(service.frame.header, service.frame.payload);
            fc(&mut this, &whole, request);
            this.kind.insert_str(0, "FIP ");
        }
        Body::Fip(message) => {
            let text = format!("{message:?}");
            this.kind = format!("FIP {}", text.split('(').next().unwrap_or_default());
            this.value(&message);
        }
        Body::Other(..) => panic!("neither sends that"),
    }
    for value in this.fields.values_mut() {
        *value = named(value, names);
    }
    this
}

fn fc(this: &mut Described, fcoe: &Encapsulated<'_>, request: &Request) {
    let Header {
        r_ctl, d_id, s_id, fc_type, f_ctl, seq_id, seq_cnt, ox_id, rx_id, parameter, ..
    } = fcoe.frame.header;
    for (name, value) in [("s_id", s_id), ("d_id", d_id)] {
        this.field(name, value);
    }
    this.field("r_ctl", r_ctl);
    this.field("type", fc_type);
    this.field("f_ctl", f_ctl);
    this.field("seq_id", seq_id);
    this.field("seq_cnt", seq_cnt);
    this.field("parameter", parameter);
    // The forwarder's own exchanges have numbers of its own.
    if f_ctl.has(npivot_wire::fc2::FCtl::EXCHANGE_RESPONDER) {
        this.field("ox_id", ox_id);
    }
    this.field("rx_id", if rx_id == UNASSIGNED { "none" } else { "one" });
    this.field("length", fcoe.frame.payload.len());
    let payload = Payload::decode(&fcoe.frame.header, fcoe.frame.payload).expect("it can be read");
    match (payload, request.asks) {
        (Payload::ElsReply(reply @ els::Reply::Accept(_)), Asks::Els(command)) => {
            this.kind = "LS_ACC".into();
            this.value(&reply.accept(command));
        }
        (
            Payload::CtReply(ct::Reply { outcome: Outcome::Accept(body), .. }),
            Asks::Directory(c),
        ) => {
            this.kind = "FS_ACC".into();
            this.value(&directory::Answer::decode(c, body));
        }
        (Payload::Fcp(Fcp::Data(data)), _) => {
            this.kind = "data".into();
            for (i, chunk) in data.chunks(16).enumerate() {
                this.field(&format!("at {:#x}", i * 16), chunk);
            }
        }
        (Payload::Fcp(unit), _) => {
            let text = format!("{unit:?}");
            text.split(['(', ' ']).next().unwrap_or_default().clone_into(&mut this.kind);
            this.value(&unit);
        }
        (Payload::Els(els), _) => {
            this.kind = els.command().to_string();
            this.value(&els);
        }
        (Payload::ElsReply(els::Reply::Reject(reject)), _) => {
            this.kind = "LS_RJT".into();
            this.value(&reject);
        }
        (payload, _) => {
            this.kind = "other".into();
            this.value(&payload);
        }
    }
}

/// What a frame of the kernel's asks.
pub(crate) fn request(frame: &Captured, names: Names) -> Request {
    let read = frame.read();
    let inner = match read.body {
        Body::Fcoe(fcoe) => fcoe.frame,
        Body::Fip(Message::LinkService(service)) => service.frame,
        Body::Fip(message) => {
            let text = format!("{message:?}");
            let name = text.split('(').next().unwrap_or_default().to_owned();
            return Request { name, asks: Asks::Nothing };
        }
        Body::Other(..) => panic!("there is none in the capture"),
    };
    let to = named(&format!("{:?}", inner.header.d_id), names);
    let (what, asks) = match Payload::decode(&inner.header, inner.payload).expect("it is read") {
        Payload::Els(els) => (els.command().to_string(), Asks::Els(els.command())),
        Payload::Ct(ct::Request { query: ct::Query::Directory(query), .. }) => {
            (query.command().to_string(), Asks::Directory(query.command()))
        }
        Payload::Fcp(Fcp::Command(command)) => (scsi(&command), Asks::Nothing),
        Payload::Fcp(Fcp::Data(_)) => ("data".into(), Asks::Nothing),
        _ => ("an answer".into(), Asks::Nothing),
    };
    // Targets and vport answer alike, whoever asks.
    let to = if to.starts_with('t') { "target" } else { &to };
    Request { name: format!("{what} to {to}"), asks }
}

fn scsi(command: &npivot_wire::fcp::Command<'_>) -> String {
    let cdb = command.cdb.first;
    match cdb[0] {
        _ if command.task_management.0 != 0 => "LUN reset".into(),
        0x12 if cdb[1] == 1 => format!("INQUIRY {:02x} of {}", cdb[2], cdb[4]),
        0x12 => format!("INQUIRY of {}", cdb[4]),
        0x1a => format!("MODE SENSE {:02x} of {}", cdb[2], cdb[4]),
        0x00 => "TEST UNIT READY".into(),
        0x28 => "READ(10)".into(),
        0x2a => "WRITE(10)".into(),
        0x9e => "READ CAPACITY(16)".into(),
        0xa0 => "REPORT LUNS".into(),
        0xa3 => format!("MAINTENANCE IN {:02x}", cdb[1]),
        other => format!("command {other:02x}"),
    }
}
