//! What is read is written as libvirt would, and a second pass changes nothing.

use npivot::libvirt::{DeviceParent, NodeDevice, ParentChoice, VportOps};
use npivot_hal::{FabricName, HostNo, PciAddress, WwnPair};

macro_rules! cases {
    ($($name:literal),+ $(,)?) => {
        [$((
            concat!($name, ".xml"),
            include_str!(concat!("inputs/", $name, ".xml")),
            include_str!(concat!("outputs/", $name, ".xml")),
        )),+]
    };
}

/// File name, input, output.
pub(crate) const CASES: [(&str, &str, &str); 9] = cases![
    "create-automatic",
    "create-by-fabric",
    "create-by-name",
    "create-by-wwn",
    "dumped-hba",
    "dumped-offline",
    "every-parent",
    "extended",
    "foreign",
];

fn parse(file: &str, xml: &str) -> NodeDevice {
    NodeDevice::parse(file, xml).unwrap_or_else(|error| panic!("{error}"))
}

fn case(name: &str) -> NodeDevice {
    let (file, input, _) = CASES.into_iter().find(|case| case.0 == name).unwrap();
    parse(file, input)
}

fn vhba() -> WwnPair {
    WwnPair::new("5001a4a000000001".parse().unwrap(), "5001a4a000000101".parse().unwrap())
}

fn hba() -> WwnPair {
    WwnPair::new("2100001b32a9da01".parse().unwrap(), "2000001b32a9da01".parse().unwrap())
}

#[test]
fn inputs_become_outputs() {
    for (file, input, output) in CASES {
        assert_eq!(parse(file, input).to_xml(), output, "{file}");
    }
}

#[test]
fn outputs_stay_as_they_are() {
    for (file, input, output) in CASES {
        let again = parse(file, output);
        assert_eq!(again.to_xml(), output, "{file}");
        assert!(again == parse(file, input), "{file}: equal devices");
    }
}

#[test]
fn what_libvirt_prints_is_printed_alike() {
    for (file, input, output) in CASES.iter().filter(|case| case.0.starts_with("dumped")) {
        assert_eq!(input, output, "{file}");
    }
}

#[test]
fn a_parent_is_named_in_four_ways() {
    let fabric: FabricName = "10000000c9000001".parse().unwrap();
    for (file, choice) in [
        ("create-by-name.xml", ParentChoice::ByName("scsi_host3".into())),
        ("create-by-wwn.xml", ParentChoice::ByWwn(hba())),
        ("create-by-fabric.xml", ParentChoice::ByFabric(fabric)),
        ("create-automatic.xml", ParentChoice::Automatic),
    ] {
        assert_eq!(case(file).parent.choice(), choice, "{file}");
        assert_eq!(DeviceParent::from(choice), case(file).parent, "{file}");
    }
    // Of several, the name counts, then the pair; what was given is all there.
    let mut all = case("every-parent.xml").parent;
    assert_eq!(all.choice(), ParentChoice::ByName("scsi_host3".into()));
    all.name = None;
    assert_eq!(all.choice(), ParentChoice::ByWwn(hba()));
    all.wwns = None;
    assert_eq!(all.choice(), ParentChoice::ByFabric(fabric));
}

#[test]
fn the_fields_are_typed() {
    let created = case("create-by-wwn.xml");
    assert_eq!((created.wwns, created.host, created.vport_ops), (Some(vhba()), None, None));
    assert_eq!(created.name.unwrap().as_str(), "web1");
    assert_eq!(case("create-by-name.xml").wwns, None, "to be chosen by whoever makes it");
    let id = case("every-parent.xml").uuid.unwrap();
    assert_eq!(id.to_string(), "e9392370-2917-565e-692b-d057f46512d6");

    let dumped = case("dumped-hba.xml");
    assert_eq!((dumped.host, dumped.unique_id), (Some(HostNo(5)), Some(0)));
    assert_eq!(dumped.parent, DeviceParent::named("pci_0000_05_00_0"));
    assert_eq!(dumped.fabric_wwn.unwrap().to_string(), "10000000c9000001");
    let offline = case("dumped-offline.xml");
    assert_eq!((offline.fabric_wwn, offline.unique_id), (None, None));
    assert_eq!(offline.driver.as_deref(), Some("qla2xxx"));

    let foreign = case("foreign.xml");
    let ops = VportOps { max_vports: Some(127), vports: Some(3) };
    assert_eq!((foreign.host, foreign.vport_ops), (Some(HostNo(12)), Some(ops)));
}

#[test]
fn the_extension_is_typed() {
    let extension = case("extended.xml").extension;
    assert!(extension.online);
    assert_eq!(extension.state.as_deref(), Some("Online"));
    assert_eq!(extension.vendor.as_deref(), Some("QLogic & friends"));
    let address = PciAddress { domain: 0, bus: 5, slot: 0, function: 1 };
    assert_eq!(extension.address, Some(address));
    let list = extension.vports.unwrap();
    assert_eq!((list.num, list.max, list.ports.len()), (2, Some(254), 1));
    let virt = extension.virt_ports.unwrap();
    assert_eq!((virt.max_count, virt.ports.len()), (Some(254), 2));
    assert_eq!((virt.ports[0].wwns, virt.ports[0].name.as_deref()), (vhba(), Some("scsi_host2")));
    assert_eq!((virt.ports[1].name.clone(), virt.ports[1].state.clone()), (None, None));
    assert_eq!(extension.phys_port.unwrap().wwns, hba());
}

#[test]
fn a_fabric_takes_the_place_of_none() {
    let mut device = case("dumped-offline.xml");
    device.fabric_wwn = Some("10000000c9000001".parse().unwrap());
    let xml = device.to_xml();
    assert!(xml.contains("<fabric_wwn>10000000c9000001</fabric_wwn>"), "{xml}");
    assert!(!xml.contains("ffffffff"), "{xml}");
}

/// A parser does not tell that a prefix is declared where it means the same already.
#[test]
fn a_declaration_that_stands_twice_is_written_once() {
    let own = "urn:npivot:nodedev:1";
    let inside = format!(
        "<x:hba xmlns:x='{own}'><npivot:new xmlns:npivot='{own}'><npivot:more/></npivot:new>\
         <u xmlns:npivot='urn:u'><npivot:other xmlns:npivot='{own}'/></u></x:hba><host>"
    );
    let (file, input, _) = CASES[4];
    let xml = input.replace("<host>", &inside);
    let once = parse(file, &xml).to_xml();
    assert!(once.contains("<npivot:new>"), "{once}");
    assert!(once.contains(&format!("<npivot:other xmlns:npivot='{own}'/>")), "{once}");
    let again = parse(file, &once);
    assert_eq!(again.to_xml(), once);
    assert!(again == parse(file, &xml), "{once}");
}
