//! To and from the definitions that a node keeps.

use npivot::libvirt::{NodeDevice, NotDefinable, ParentChoice};
use npivot::node::VhbaDefinition;
use npivot_hal::WwnPair;

use crate::round_trips::CASES;

fn definition(parent: ParentChoice) -> VhbaDefinition {
    let names =
        WwnPair::new("5001a4a000000001".parse().unwrap(), "5001a4a000000101".parse().unwrap());
    VhbaDefinition { name: "web1".parse().unwrap(), names, parent, xml: None }
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

/// What npivot knows nothing of, and the ways of naming a parent that do not count.
#[test]
fn what_else_was_said_is_kept_and_what_it_was_is_not() {
    let xml = "<device xmlns:site='urn:site'>
  <name>web1</name>
  <parent wwnn='2000001b32a9da01' wwpn='2100001b32a9da01' fabric_wwn='10000000c9000001'>scsi_host3</parent>
  <driver>
    <name>lpfc</name>
  </driver>
  <capability type='scsi_host'>
    <host>7</host>
    <capability type='fc_host'>
      <wwnn site:ticket='4711'>5001a4a000000101</wwnn>
      <wwpn>5001a4a000000001</wwpn>
    </capability>
    <npivot:hba xmlns:npivot='urn:npivot:nodedev:1'>
      <npivot:online/>
    </npivot:hba>
  </capability>
  <site:rack>12</site:rack>
</device>
";
    let device = NodeDevice::parse("web1.xml", xml).unwrap_or_else(|error| panic!("{error}"));
    let kept = NodeDevice::from(&device.to_vhba().unwrap()).to_xml();
    let now = [
        "    <host>7</host>\n",
        "    <npivot:hba xmlns:npivot='urn:npivot:nodedev:1'>\n      <npivot:online/>\n    </npivot:hba>\n",
    ];
    assert_eq!(kept, now.iter().fold(xml.to_owned(), |xml, now| xml.replace(now, "")));

    // Under other names and on another parent, by other means: the rest stays.
    let moved = VhbaDefinition {
        names: WwnPair::new(
            "5001a4a000000002".parse().unwrap(),
            "5001a4a000000102".parse().unwrap(),
        ),
        parent: ParentChoice::ByName("scsi_host4".into()),
        ..device.to_vhba().unwrap()
    };
    let moved = NodeDevice::from(&moved).to_xml();
    for part in ["<parent>scsi_host4</parent>", "5001a4a000000102", "<site:rack>12<", "'4711'"] {
        assert!(moved.contains(part), "{part} in {moved}");
    }
    assert!(!moved.contains("10000000c9000001") && !moved.contains("000000001"), "{moved}");
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
