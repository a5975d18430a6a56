//! To and from the definitions that a node keeps.

use npivot::libvirt::{NodeDevice, NotDefinable, ParentChoice};
use npivot::node::VhbaDefinition;
use npivot_hal::WwnPair;

use crate::round_trips::CASES;

fn definition(parent: ParentChoice) -> VhbaDefinition {
    let names =
        WwnPair::new("5001a4a000000001".parse().unwrap(), "5001a4a000000101".parse().unwrap());
    VhbaDefinition { name: "web1".parse().unwrap(), names, parent }
}

#[test]
fn a_definition_survives_its_xml() {
    let hba =
        WwnPair::new("2100001b32a9da01".parse().unwrap(), "2000001b32a9da01".parse().unwrap());
    for parent in [
        ParentChoice::ByName("scsi_host3".into()),
        ParentChoice::ByName("the one on the left".into()),
        ParentChoice::ByWwn(hba),
        ParentChoice::ByFabric("10000000c9000001".parse().unwrap()),
        ParentChoice::Automatic,
    ] {
        let definition = definition(parent);
        let xml = NodeDevice::from(&definition).to_xml();
        let read = NodeDevice::parse("web1.xml", &xml).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.to_vhba(), Ok(definition), "{xml}");
        assert_eq!(read.to_xml(), xml);
    }
}

#[test]
fn what_cannot_be_kept_says_what_is_missing() {
    let device = |file: &str| {
        let (_, input, _) = CASES.into_iter().find(|case| case.0 == file).unwrap();
        NodeDevice::parse(file, input).unwrap()
    };
    let automatic = device("create-automatic.xml");
    assert_eq!(automatic.to_vhba(), Err(NotDefinable::NoName));
    let mut unnamed = device("create-by-name.xml");
    unnamed.name = Some("web1".parse().unwrap());
    assert_eq!(unnamed.to_vhba(), Err(NotDefinable::NoWwns));
    assert_eq!(device("dumped-hba.xml").to_vhba(), Err(NotDefinable::IsHba));
    let error = NotDefinable::NoName.to_string();
    assert_eq!(error, "the device has no <name>, by which a vHBA is kept: add one");
    let by_fabric = device("create-by-fabric.xml").to_vhba().unwrap();
    let fabric = "10000000c9000001".parse().unwrap();
    assert_eq!(by_fabric, definition(ParentChoice::ByFabric(fabric)));
}

#[test]
fn the_documented_vhba_is_one() {
    let page = include_str!("../../docs/node-devices.md");
    let (_, rest) = page.split_once("```xml\n").unwrap();
    let (xml, _) = rest.split_once("```").unwrap();
    let device =
        NodeDevice::parse("node-devices.md", xml).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(device.to_xml(), xml);
    let hba =
        WwnPair::new("2100001b32a9da01".parse().unwrap(), "2000001b32a9da01".parse().unwrap());
    assert_eq!(device.to_vhba(), Ok(definition(ParentChoice::ByWwn(hba))));
}
