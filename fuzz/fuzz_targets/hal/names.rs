//! World wide names, addresses, identities and LUNs: no text panics, and what is read is printed and read
//! again, in every form that it is printed in.
#![no_main]

use std::fmt::Debug;
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use npivot_hal::{FabricName, FcId, Lun, LunId, ScsiAddress, Wwnn, Wwpn};

/// A value is read again from each of its printed forms.
fn reads<T: FromStr<Err: Debug + PartialEq> + Debug + PartialEq>(value: &T, forms: &[String]) {
    for form in forms {
        assert_eq!(form.parse::<T>().as_ref(), Ok(value), "printed as {form}");
    }
}

/// A refused text is named by its error, in one line or in several, but never by nothing.
fn parse<T: FromStr<Err: ToString>>(text: &str) -> Option<T> {
    text.parse().map_err(|error: T::Err| assert!(!error.to_string().is_empty())).ok()
}

fn world_wide_names(text: &str) {
    let port: Option<Wwpn> = parse(text);
    if let Some(name) = port {
        let forms = [
            name.to_string(),
            name.with_colons().to_string(),
            name.sysfs().to_string(),
            name.naa_prefixed().to_string(),
        ];
        reads(&name, &forms);
        // What differs in case, or in what udev puts before it, is the same name.
        reads(&name, &forms.clone().map(|form| form.to_uppercase()));
        reads(&name, &[format!("wwn-0x{name}"), name.with_colons().to_string().replace(':', "-")]);
        assert_eq!(Wwpn::new(name.get()), Some(name));
    }
    // The three kinds of name are read alike.
    assert_eq!(port.map(Wwpn::get), parse(text).map(Wwnn::get));
    assert_eq!(port.map(Wwpn::get), parse(text).map(FabricName::get));
}

/// Linux's number, the wire's bytes and the administrator's number are one LUN.
fn luns(raw: u64) {
    let lun = Lun::from_sysfs(raw);
    assert_eq!(lun.sysfs(), raw);
    assert_eq!(Lun::from_wire(lun.to_wire()), lun);
    assert!(!lun.to_string().is_empty());
    let number = u32::try_from(raw % 0x1_0000).expect("16 bits");
    if let Some(lun) = Lun::from_number(number) {
        assert_eq!(lun.number(), Some(number));
        assert_eq!(Lun::from_sysfs(lun.sysfs()), lun);
    }
}

fuzz_target!(|text: &str| {
    world_wide_names(text);
    if let Some(id) = parse::<FcId>(text) {
        reads(&id, &[id.to_string()]);
        if let Some(domain) = id.domain() {
            assert_eq!(FcId::from_parts(domain, id.area(), id.port()), id);
        }
    }
    if let Some(address) = parse::<ScsiAddress>(text) {
        reads(&address, &[address.to_string()]);
        luns(address.lun);
    }
    if let Some(id) = parse::<LunId>(text) {
        reads(&id, &[id.to_string()]);
    }
    if let Some(bytes) = text.as_bytes().first_chunk() {
        luns(u64::from_ne_bytes(*bytes));
    }
});
