//! Node device XML: no text panics, one pass settles the text, and a definition survives its XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot::libvirt::NodeDevice;

fuzz_target!(|text: &str| {
    let Ok(device) = NodeDevice::parse("fuzz.xml", text) else { return };
    let once = device.to_xml();
    let again = NodeDevice::parse("fuzz.xml", &once).expect("what was written can be read");
    assert_eq!(again, device);
    assert_eq!(again.to_xml(), once);

    let Ok(vhba) = device.to_vhba() else { return };
    let written = NodeDevice::from(&vhba).to_xml();
    let read = NodeDevice::parse("vhba.xml", &written).expect("a definition that was read");
    assert_eq!(read.to_vhba(), Ok(vhba));
});
