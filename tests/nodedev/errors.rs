//! The text of every kind of error, with the line that it points at.

use std::fmt::Write;

use npivot::libvirt::NodeDevice;

const DEVICE: &str = "<device>
  <name>web1</name>
  <parent>scsi_host3</parent>
  <capability type='scsi_host'>
    <host>5</host>
    <capability type='fc_host'>
      <wwnn>5001a4a000000101</wwnn>
      <wwpn>5001a4a000000001</wwpn>
    </capability>
    <capability type='vport_ops'>
      <max_vports>254</max_vports>
      <vports>0</vports>
    </capability>
  </capability>
</device>
";

/// The errors of the device above after each replacement.
fn errors_after(cases: &[(&str, &str, &str)]) -> String {
    let mut report = String::new();
    for (label, from, to) in cases {
        assert!(DEVICE.contains(from), "{label}: nothing to replace");
        let xml = DEVICE.replacen(from, to, 1);
        let error = NodeDevice::parse("web1.xml", &xml).expect_err(label).to_string();
        writeln!(report, "--- {label}\n{error}\n").unwrap();
    }
    report
}

#[test]
fn names() {
    insta::assert_snapshot!(errors_after(&[
        ("empty name", "web1", ""),
        ("slash", "web1", "../web1"),
        ("dots", "web1", ".."),
        ("line break", "web1", "\n    web1\n  "),
        ("control character", "web1", "web&#9;1"),
        ("long name", "web1", &"web1".repeat(51)),
        ("element in the name", "web1", "<b>web1</b>"),
        ("no uuid", "<parent>", "<uuid>17</uuid><parent>"),
        ("slash in the parent", "scsi_host3", "/sys/class/scsi_host/host3"),
        ("parent over two lines", "scsi_host3", "scsi&#10;host3"),
        ("element in the parent", "scsi_host3", "<name>scsi_host3</name>"),
    ]));
}

#[test]
fn half_pairs() {
    insta::assert_snapshot!(errors_after(&[
        ("no wwpn", "<wwpn>5001a4a000000001</wwpn>", ""),
        ("no wwnn", "<wwnn>5001a4a000000101</wwnn>", ""),
        ("wwpn mistyped", "<wwpn>5001a4a000000001</wwpn>", "<wwnp>5001a4a000000001</wwnp>"),
        ("empty wwpn", "5001a4a000000001", " "),
        ("parent with wwnn only", "<parent>", "<parent wwnn='2000001b32a9da01'>"),
        ("parent with wwpn only", "<parent>", "<parent wwpn='2100001b32a9da01'>"),
        ("wwpn mistyped", "<parent>", "<parent wwnn='2000001b32a9da01' wpwn='2100001b32a9da01'>"),
    ]));
}

#[test]
fn wrong_values() {
    insta::assert_snapshot!(errors_after(&[
        ("short wwpn", "5001a4a000000001", "2100"),
        ("bad digit", "5001a4a000000001", "5001a4a00000000x"),
        ("not set", "5001a4a000000001", "0000000000000000"),
        ("bad fabric", "</wwpn>", "</wwpn><fabric_wwn>none</fabric_wwn>"),
        ("bad parent", "<parent>", "<parent fabric_wwn='switch 1'>"),
        ("word for a number", "254", "many"),
        ("signed", "254", "+254"),
        ("negative", "<vports>0<", "<vports>-1<"),
        ("too large", "254", "4294967296"),
        ("hexadecimal host", "<host>5<", "<host>0x5<"),
        ("element for a number", "254", "<n>254</n>"),
    ]));
}

#[test]
fn capabilities() {
    let twice = "<capability type='fc_host'/><capability type='fc_host'>";
    insta::assert_snapshot!(errors_after(&[
        ("mistyped", "'fc_host'", "'fc_hots'"),
        ("another device", "'scsi_host'", "'pci'"),
        ("in capitals", "'scsi_host'", "'SCSI_HOST'"),
        ("no type", " type='fc_host'", ""),
        ("type mistyped", "type='fc_host'", "tpye='fc_host'"),
        ("two", "<capability type='fc_host'>", twice),
        ("two SCSI hosts", "<capability", "<capability type='scsi_host'/><capability"),
        ("two names", "<parent>", "<name>web2</name><parent>"),
        ("two parents", "<parent>", "<parent/><parent>"),
        ("two WWPNs", "<wwpn>", "<wwpn/><wwpn>"),
        ("in a namespace", "<device>", "<device xmlns='urn:example'>"),
    ]));
    let bare = NodeDevice::parse("web1.xml", "<device/>").unwrap_err();
    let disk = "<device>\n <capability type='scsi_host'><host>1</host></capability></device>";
    let disk = NodeDevice::parse("web1.xml", disk).unwrap_err();
    let pool = NodeDevice::parse("web1.xml", "<pool type='scsi'/>").unwrap_err();
    insta::assert_snapshot!("other_documents", format!("{bare}\n\n{disk}\n\n{pool}"));
}

#[test]
fn extensions() {
    let own = |inside: &str| {
        format!("<npivot:hba xmlns:npivot='urn:npivot:nodedev:1'>{inside}</npivot:hba><host>")
    };
    let port = "wwnn='5001a4a000000101' wwpn='5001a4a000000001'";
    let prefix = "<n:hba xmlns:n='urn:npivot:nodedev:1' xmlns:npivot='urn:x'/><host>";
    let inner = format!(
        "<n:hba xmlns:n='urn:npivot:nodedev:1'><n:vports num='1'>\
         <n:vport xmlns:npivot='urn:x' {port}/></n:vports></n:hba><host>"
    );
    insta::assert_snapshot!(errors_after(&[
        ("no number", "<host>", &own("<npivot:vports max='2'/>")),
        ("a word", "<host>", &own("<npivot:vports num='two'/>")),
        (
            "half a pair",
            "<host>",
            &own("<npivot:vports num='1'><npivot:vport wwpn='1'/></npivot:vports>")
        ),
        ("no type", "<host>", &own("<npivot:address bus='5'/>")),
        ("another bus", "<host>", &own("<npivot:address type='ccw'/>")),
        ("a slot above 31", "<host>", &own("<npivot:address type='pci' slot='0x20'/>")),
        ("nothing on it", "<host>", &own("<npivot:capability type='phys_port'/>")),
        ("two lists", "<host>", &own(&"<npivot:capability type='virt_ports'/>".repeat(2))),
        ("two states", "<host>", &own("<npivot:state/><npivot:state/>")),
        ("two of them", "<host>", &own("").replace("<host>", &own(""))),
        ("its prefix", "<host>", prefix),
        ("its prefix, deeper", "<host>", &inner),
    ]));
}

#[test]
fn not_well_formed() {
    insta::assert_snapshot!(errors_after(&[
        ("cut off", "</device>\n", ""),
        ("wrong end tag", "</parent>", "</partner>"),
        ("unescaped ampersand", "web1", "web1&2"),
        ("unknown entity", "web1", "web&ouml;"),
        ("control character", "web1", "web\u{1}"),
        ("prefix not declared", "<parent>", "<npivot:hba/><parent>"),
        ("document type definition", "<device>", "<!DOCTYPE device [<!ENTITY a 'b'>]><device>"),
    ]));
}
