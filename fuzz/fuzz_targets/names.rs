//! World wide names, addresses and identities: no text panics, and what is read is printed and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_hal::{FcId, LunId, ScsiAddress, Wwpn};

fuzz_target!(|text: &str| {
    if let Ok(name) = text.parse::<Wwpn>() {
        for printed in [
            name.to_string(),
            name.with_colons().to_string(),
            name.sysfs().to_string(),
            name.naa_prefixed().to_string(),
        ] {
            assert_eq!(printed.parse(), Ok(name));
        }
    }
    if let Ok(id) = text.parse::<FcId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(address) = text.parse::<ScsiAddress>() {
        assert_eq!(address.to_string().parse(), Ok(address));
    }
    if let Ok(id) = text.parse::<LunId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
});
