//! Pool XML: no text panics, and one pass settles the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot::libvirt::PoolDefinition;

fuzz_target!(|text: &str| {
    let Ok(definition) = PoolDefinition::parse("fuzz.xml", text) else { return };
    let once = definition.to_xml();
    let again = PoolDefinition::parse("fuzz.xml", &once).expect("what was written can be read");
    assert_eq!(again, definition);
    assert_eq!(again.to_xml(), once);
});
