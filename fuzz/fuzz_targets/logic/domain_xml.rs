//! A guest's definition: no text panics, an edit of nothing changes nothing, and what was rewritten can be
//! read again with the same devices.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot::libvirt::{DeviceSource, Domain, NewSource};
use npivot_hal::ScsiAddress;

const DEV: &str = "/dev/npivot/pool/a'b&<c/naa.5000c500a1b2c3d4";

fuzz_target!(|text: &str| {
    let Ok(domain) = Domain::parse("fuzz.xml", text) else { return };
    assert_eq!(domain.edit().finish(), text);

    let address: ScsiAddress = "4294967295:1:2:18446744073709551615".parse().expect("an address");
    let mut edit = domain.edit();
    for (at, device) in domain.devices().iter().enumerate() {
        let new = match device.source {
            DeviceSource::ScsiDevice(_) => NewSource::ScsiDevice(address),
            _ => NewSource::Block(DEV.into()),
        };
        let done = edit.source(at, &new);
        assert_eq!(done.is_err(), matches!(device.source, DeviceSource::VhostScsi { .. }));
    }
    // A longer text may be above the limits; one that is not can be read.
    let Ok(again) = Domain::parse("again.xml", &edit.finish()) else { return };
    assert_eq!(again.faults().len(), domain.faults().len());
    assert_eq!(again.devices().len(), domain.devices().len());
    for (before, after) in domain.devices().iter().zip(again.devices()) {
        match &after.source {
            DeviceSource::ScsiDevice(new) => assert_eq!(*new, address),
            DeviceSource::VhostScsi { .. } => assert_eq!(before.source, after.source),
            other => assert_eq!(*other, DeviceSource::Block { dev: DEV.into() }),
        }
        assert_eq!(before.access, after.access);
    }
    assert_eq!(again.records(), domain.records());

    let records = domain.records();
    if let Ok(again) = Domain::parse("again.xml", &domain.edit().records(records).finish()) {
        assert_eq!(again.records(), records);
        assert_eq!(again.devices().len(), domain.devices().len());
    }
});
