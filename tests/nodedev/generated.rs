//! Random devices with random unknown content: every typed field is read, nothing else is lost, and one pass
//! settles the text.

use npivot::libvirt::{DeviceParent, DevicePort, NodeDevice, Uuid, VirtPorts, VportList, VportOps};
use npivot_hal::{FabricName, HostNo, PciAddress, WwnPair, Wwnn, Wwpn};
use proptest::option::of;
use proptest::prelude::*;

fn pair() -> impl Strategy<Value = WwnPair> {
    (1..u64::MAX, 1..u64::MAX)
        .prop_map(|(wwpn, wwnn)| WwnPair::new(Wwpn::new(wwpn).unwrap(), Wwnn::new(wwnn).unwrap()))
}

fn fabric() -> impl Strategy<Value = FabricName> {
    (1..u64::MAX).prop_map(|name| FabricName::new(name).unwrap())
}

/// Text of a value: with all that needs an escape, and something to see.
fn text() -> impl Strategy<Value = String> {
    "[a-zß<>&'\"\\n\\t ]{0,6}[a-z0-9]"
}

fn parent() -> impl Strategy<Value = DeviceParent> {
    (of("[a-z_0-9 <'&]{0,12}[a-z]"), of(pair()), of(fabric()))
        .prop_map(|(name, wwns, fabric_wwn)| DeviceParent { name, wwns, fabric_wwn })
}

fn port() -> impl Strategy<Value = DevicePort> {
    (of(text()), pair(), of(text())).prop_map(|(name, wwns, state)| {
        let mut port = DevicePort::new(name, wwns);
        port.state = state;
        port
    })
}

fn address() -> impl Strategy<Value = PciAddress> {
    (any::<u16>(), any::<u8>(), 0..32_u8, 0..8_u8)
        .prop_map(|(domain, bus, slot, function)| PciAddress { domain, bus, slot, function })
}

fn ports() -> impl Strategy<Value = Vec<DevicePort>> {
    proptest::collection::vec(port(), 0..4)
}

/// A device of typed fields only.
fn device() -> impl Strategy<Value = NodeDevice> {
    let libvirt = (
        of("[a-zA-Z0-9_.ß<&'-]{3,20}x"),
        of(any::<[u8; 16]>()),
        parent(),
        of(text()),
        (of(any::<u32>()), of(any::<u32>())),
        (pair(), any::<bool>(), of(fabric())),
        of((of(any::<u32>()), of(any::<u32>()))),
    );
    let own = (
        (any::<bool>(), of(text()), of(text()), of(address())),
        of((any::<u32>(), of(any::<u32>()), ports())),
        of((of(any::<u32>()), ports())),
        of(port()),
    );
    (libvirt, own).prop_map(|(libvirt, own)| {
        let (name, uuid, parent, driver, (host, unique_id), (wwns, named, fabric), ops) = libvirt;
        let mut device = NodeDevice::new(wwns, parent);
        device.name = name.map(|name| name.parse().unwrap());
        device.uuid = uuid.map(Uuid);
        device.driver = driver;
        device.host = host.map(HostNo);
        device.unique_id = unique_id;
        device.wwns = Some(wwns).filter(|_| named);
        device.fabric_wwn = fabric;
        device.vport_ops = ops.map(|(max_vports, vports)| VportOps { max_vports, vports });
        let ((online, state, vendor, address), vports, virt_ports, phys_port) = own;
        let extension = &mut device.extension;
        (extension.online, extension.state, extension.vendor) = (online, state, vendor);
        extension.address = address;
        extension.vports = vports.map(|(num, max, ports)| VportList::new(num, max, ports));
        extension.virt_ports = virt_ports.map(|(max, ports)| VirtPorts::new(max, ports));
        extension.phys_port = phys_port;
        device
    })
}

/// Elements that no reader knows, each told from the others by its number.
fn unknown() -> impl Strategy<Value = Vec<String>> {
    let piece = (
        "(u:)?(path|devnode|capability|name2|vendor|zz)",
        of("[a-z<>&']{1,5}"),
        of("[a-zß <&]{1,8}"),
    );
    let escape = |text: String| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
    };
    proptest::collection::vec(piece, 0..3).prop_map(move |pieces| {
        let element = |(number, (name, value, inside)): (usize, (String, _, _))| {
            let value: Option<String> = value;
            let inside: Option<String> = inside;
            let value = value.map_or_else(String::new, |v| format!(" u:v='{}'", escape(v)));
            let head = format!("<{name} type='n{number}'{value}");
            match inside.map(escape) {
                Some(inside) => format!("{head}>{inside}</{name}>"),
                None => format!("{head}/>"),
            }
        };
        pieces.into_iter().enumerate().map(element).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn typed_fields_survive(device in device()) {
        let xml = device.to_xml();
        let read = NodeDevice::parse("written.xml", &xml)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{xml}")))?;
        prop_assert!(read == device, "{:?}\n{:?}\n{}", read, device, xml);
        prop_assert_eq!(read.to_xml(), xml);
    }

    #[test]
    fn nothing_is_lost_and_one_pass_settles(
        device in device(),
        unknown in [unknown(), unknown(), unknown(), unknown()],
        layout in prop_oneof!["", "\n\t", "<!-- - -->"],
    ) {
        let plain = device.to_xml();
        let put = |xml: String, before: &str, pieces: &[String]| {
            let pieces: String = pieces.iter().map(|piece| layout.clone() + piece).collect();
            // The last of them: within what was written, names may stand in texts.
            let at = xml.rfind(before).unwrap_or(0);
            if xml.contains(before) { format!("{}{pieces}{}", &xml[..at], &xml[at..]) } else { xml }
        };
        let [outer, scsi, own, list] = &unknown;
        let xml = plain.replacen("<device>", "<device xmlns:u='urn:u'>", 1);
        let xml = put(xml, "</device>", outer);
        let xml = put(xml, "\n  </capability>\n</device>", scsi);
        let xml = put(xml, "</npivot:hba>", own);
        let xml = put(xml, "</npivot:vports>", list);
        let read = NodeDevice::parse("unknown.xml", &xml);
        // A capability without a namespace is one of libvirt's, which only the outermost two have.
        let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{xml}")))?;
        prop_assert_eq!(read.wwns, device.wwns);
        prop_assert_eq!(&read.parent, &device.parent);
        let once = read.to_xml();
        for piece in unknown.iter().flatten().filter(|piece| xml.contains(piece.as_str())) {
            let count = |xml: &str| xml.matches(piece.as_str()).count();
            prop_assert_eq!(count(&once), count(&xml), "{} in\n{}\nfrom\n{}", piece, once, xml);
        }
        let again = NodeDevice::parse("once.xml", &once).unwrap();
        prop_assert_eq!(again.to_xml(), once.as_str());
        prop_assert!(again == read, "{}", once);
    }
}
