//! What attributes and directory names say: no bytes panic, and what is understood is what the kernel would
//! have written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_sysfs::attribute;

fuzz_target!(|bytes: &[u8]| {
    if let Some(wwpn) = attribute::wwpn(bytes) {
        assert_eq!(attribute::wwpn(wwpn.sysfs().to_string().as_bytes()), Some(wwpn));
    }
    let _ = (attribute::port_id(bytes), attribute::roles(bytes), attribute::path_state(bytes));
    let _ = (attribute::port_state(bytes), attribute::vport_state(bytes));
    let _ = (attribute::number::<u32>(bytes), attribute::number::<u64>(bytes));
    if let Some((major, minor)) = attribute::device_number(bytes) {
        let again = format!("{major}:{minor}\n");
        assert_eq!(attribute::device_number(again.as_bytes()), Some((major, minor)));
    }
    let Some(name) = attribute::text(bytes) else { return };
    if let Some(no) = attribute::adapter(name) {
        assert_eq!(attribute::adapter(&no.to_string()), Some(no));
    }
    if let Some(address) = attribute::scsi_address(name) {
        assert_eq!(attribute::scsi_address(&address.to_string()), Some(address));
    }
    if let Some(pci) = attribute::pci_address(name) {
        assert_eq!(attribute::pci_address(&pci.to_string()), Some(pci));
    }
    let _ = (attribute::remote_port(name), attribute::vport(name), attribute::target(name));
});
