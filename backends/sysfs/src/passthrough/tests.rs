//! What the kernel writes back, and nodes that are none.

use std::os::unix::fs::symlink;

use npivot_hal::scsi::Sense;
use npivot_hal::{ErrorKind, Fault, HostNo, Retry, ScsiAddress};
use proptest::prelude::*;

use super::*;

const ATTENTION: [u8; 18] = [0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3f, 0x0e, 0, 0, 0, 0];

fn device(generic: &str) -> DeviceRef {
    let address = ScsiAddress { host: HostNo(0), channel: 0, target: 0, lun: 0 };
    DeviceRef { address, nodes: vec![node(generic, (21, 0))] }
}

fn node(name: &str, number: (u32, u32)) -> DeviceNode {
    DeviceNode { name: name.into(), number }
}

fn inquiry(sg: &SgIo, node: &str) -> Result<Vec<u8>, PassthroughError> {
    sg.send(&device(node), &npivot_hal::scsi::cdb::inquiry(36), 36, 1_000)
}

#[test]
fn what_the_kernel_wrote() {
    let good = Written::default();
    let ended = |written| outcome(written, vec![7; 10], &ATTENTION);
    assert_eq!(ended(good).unwrap().len(), 10);
    assert_eq!(ended(Written { resid: 4, ..good }).unwrap().len(), 6);
    assert_eq!(ended(Written { resid: 11, ..good }).unwrap().len(), 0);
    assert_eq!(ended(Written { resid: -5, ..good }).unwrap().len(), 10);
    let check = Written { status: 2, driver: 8, sense_bytes: 18, ..good };
    let attention = PassthroughError::Check(Sense::REPORTED_LUNS_CHANGED);
    assert_eq!(ended(check), Err(attention.clone()));
    assert_eq!(
        ended(Written { sense_bytes: 255, ..check }),
        Err(attention),
        "not beyond the buffer"
    );
    let no_sense = Written { sense_bytes: 0, ..check };
    assert_eq!(ended(no_sense), Err(PassthroughError::Status { status: 2 }));
    assert_eq!(ended(Written { host: 3, ..good }), Err(PassthroughError::TimedOut));
    for host in [0x01, 0x0e] {
        let lost = PassthroughError::Transport { host, driver: 0 };
        assert_eq!(ended(Written { host, ..good }), Err(lost));
    }
    assert_eq!(ended(Written { driver: 0x16, ..good }), Err(PassthroughError::TimedOut));
    assert_eq!(ended(Written { status: 8, ..good }), Err(PassthroughError::Status { status: 8 }));
    let recovered = [0x72, 1, 0x17, 1];
    assert!(outcome(Written { sense_bytes: 4, ..check }, vec![], &recovered).is_ok());
}

#[test]
fn nodes_that_are_none() {
    let dev = tempfile::tempdir().unwrap();
    let sg = SgIo::new(dev.path());
    let path = |name: &str| dev.path().join(name).display().to_string();

    let missing = inquiry(&sg, "sg3").unwrap_err();
    assert_eq!(missing, PassthroughError::NoNode { tried: path("sg3") });
    std::fs::write(dev.path().join("sg3"), "a text").unwrap();
    let text = inquiry(&sg, "sg3").unwrap_err();
    assert_eq!(text, PassthroughError::NotADevice { path: path("sg3") });
    std::fs::create_dir(dev.path().join("sg4")).unwrap();
    assert!(matches!(inquiry(&sg, "sg4"), Err(PassthroughError::NotADevice { .. })));
    symlink("/dev/null", dev.path().join("sg5")).unwrap();
    let link = inquiry(&sg, "sg5").unwrap_err();
    assert_eq!(link, PassthroughError::NotADevice { path: path("sg5") }, "links lead elsewhere");
    nix::unistd::mkfifo(&dev.path().join("sg6"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert!(matches!(inquiry(&sg, "sg6"), Err(PassthroughError::NotADevice { .. })), "no hang");
    for outside in ["../null", "/dev/null", "..", ""] {
        assert!(matches!(inquiry(&sg, outside), Err(PassthroughError::NoNode { .. })), "{outside}");
    }
    let both = DeviceRef { nodes: vec![node("sg9", (21, 9)), node("sdz", (8, 144))], ..device("") };
    let error = sg.send(&both, &[0; 6], 0, 1_000).unwrap_err().to_string();
    assert!(error.contains("sg9 or ") && error.contains("sdz"), "{error}");
    let neither = DeviceRef { nodes: vec![], ..device("") };
    let error = sg.send(&neither, &[0; 6], 0, 1_000).unwrap_err().to_string();
    assert!(error.starts_with("no device node for 0:0:0:0"), "{error}");
}

#[test]
fn a_real_device_that_knows_no_sg_io() {
    // Documentation/admin-guide/devices.txt: null is 1:3.
    let null = DeviceRef { nodes: vec![node("null", (1, 3))], ..device("") };
    let error = SgIo::default().send(&null, &[0; 6], 0, 1_000).unwrap_err();
    assert_eq!(error, PassthroughError::Refused { path: "/dev/null".into(), errno: libc::ENOTTY });
    let error = inquiry(&SgIo::default(), "null").unwrap_err();
    let (expected, found) = ((21, 0), (1, 3));
    assert_eq!(
        error,
        PassthroughError::AnotherDevice { path: "/dev/null".into(), expected, found }
    );
    let error = SgIo::default().send(&device("null"), &[0; 17], 0, 1_000).unwrap_err();
    assert!(matches!(error, PassthroughError::Invalid { cdb: 17, .. }));
}

#[test]
fn in_the_hals_terms() {
    let hal = |error: PassthroughError| {
        let error = error.into_hal("identify", "5:0:0:1");
        (error.kind(), error.fault(), error.retry(), error.errno())
    };
    let path = || "/dev/sg0".to_owned();
    assert_eq!(
        hal(PassthroughError::PermissionDenied { path: path(), errno: 13 }),
        (ErrorKind::PermissionDenied, Fault::Caller, Retry::Never, Some(13))
    );
    assert_eq!(
        hal(PassthroughError::Gone),
        (ErrorKind::NotFound, Fault::Host, Retry::Never, Some(19))
    );
    assert_eq!(
        hal(PassthroughError::NoNode { tried: path() }),
        (ErrorKind::Unsupported, Fault::Host, Retry::AfterChange, Some(2))
    );
    for lost in [PassthroughError::TimedOut, PassthroughError::Transport { host: 14, driver: 0 }] {
        assert_eq!(hal(lost), (ErrorKind::Unreachable, Fault::Fabric, Retry::Later, None));
    }
    assert_eq!(
        hal(PassthroughError::Offline),
        (ErrorKind::Unreachable, Fault::Host, Retry::AfterChange, Some(6))
    );
    let unmapped = PassthroughError::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED);
    assert_eq!(hal(unmapped), (ErrorKind::Rejected, Fault::Array, Retry::AfterChange, None));
    let busy = PassthroughError::Status { status: 8 };
    assert_eq!(hal(busy), (ErrorKind::Busy, Fault::Array, Retry::Later, None));
    let shown = PassthroughError::TimedOut.into_hal("identify", "5:0:0:1").to_string();
    assert_eq!(shown, "identify on 5:0:0:1: no answer in time");
}

/// Answers each question alike.
#[derive(Debug)]
struct Always(Result<Vec<u8>, PassthroughError>);

impl Passthrough for Always {
    fn send(&self, _: &DeviceRef, _: &[u8], _: usize, _: u32) -> Result<Vec<u8>, PassthroughError> {
        self.0.clone()
    }
}

#[test]
fn questions_through_the_port() {
    use crate::passthrough::{identify, inspect, reported};
    let device = device("sg0");
    let no_unit = Always(Ok(vec![0x7f; 36]));
    assert_eq!(identify(&no_unit, &device, 1).unwrap_err().kind(), ErrorKind::Rejected);
    let silent = Always(Err(PassthroughError::TimedOut));
    assert_eq!(inspect(&silent, &device, 1).unwrap_err().kind(), ErrorKind::Unreachable);
    assert_eq!(reported(&silent, &device, 1).unwrap_err().kind(), ErrorKind::Unreachable);
    let short = Always(Ok(vec![0; 7]));
    assert_eq!(reported(&short, &device, 1).unwrap_err().kind(), ErrorKind::Malformed);
    let twice = [[0, 0, 0, 16, 0, 0, 0, 0], [0, 5, 0, 0, 0, 0, 0, 0], [0, 5, 0, 0, 0, 0, 0, 0]];
    assert_eq!(reported(&Always(Ok(twice.concat())), &device, 1).unwrap().len(), 1);
}

proptest! {
    #[test]
    fn whatever_the_kernel_writes(
        status: u8, host: u16, driver: u16, sense_bytes: u8, resid: i32,
        sense in prop::collection::vec(any::<u8>(), 0..40), length in 0_usize..100,
    ) {
        let written = Written { status, host, driver, sense_bytes, resid };
        if let Ok(data) = outcome(written, vec![0; length], &sense) {
            prop_assert!(data.len() <= length);
        }
    }
}
