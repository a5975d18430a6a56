//! The text of every kind of error, with the line that it points at.

use std::fmt::Write;

use npivot::libvirt::PoolDefinition;

const POOL: &str = "<pool type='scsi'>
  <name>web1</name>
  <source>
    <adapter type='fc_host' parent='scsi_host3' managed='yes' wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'/>
  </source>
  <target>
    <path>/dev/disk/by-path</path>
  </target>
</pool>
";

/// The error of each text, under its label.
fn errors<T: AsRef<str>>(cases: &[(&str, T)]) -> String {
    let mut report = String::new();
    for (label, xml) in cases {
        let error = PoolDefinition::parse("pool.xml", xml.as_ref());
        let error = error.expect_err(label).to_string();
        writeln!(report, "--- {label}\n{error}\n").unwrap();
    }
    report
}

/// The errors of the pool above after each replacement.
fn errors_after(cases: &[(&str, &str, &str)]) -> String {
    let replaced = cases.iter().map(|(label, from, to)| {
        assert!(POOL.contains(from), "{label}: nothing to replace");
        (*label, POOL.replacen(from, to, 1))
    });
    errors(&replaced.collect::<Vec<_>>())
}

#[test]
fn wrong_values() {
    let report = errors_after(&[
        ("short wwpn", "10000000c9831b4b", "2100"),
        ("long wwnn", "20000000c9831b4b", "20000000c9831b4b0"),
        ("no wwn at all", "10000000c9831b4b", ""),
        ("bad digit", "10000000c9831b4b", "10000000c9831bxb"),
        ("not set", "10000000c9831b4b", "0xffffffffffffffff"),
        ("bad fabric", "parent=", "parent_fabric_wwn='a switch' parent="),
        ("managed in German", "'yes'", "'ja'"),
        ("managed mistyped", "'yes'", "'yse'"),
        ("managed in capitals", "'yes'", "'YES'"),
        ("empty parent", "scsi_host3", ""),
        ("parent over two lines", "scsi_host3", "scsi&#10;host3"),
        ("value too long to show", "10000000c9831b4b", &"0123456789abcdef".repeat(40)),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn names_uuids_and_paths() {
    let named = |name: &str| POOL.replace("web1", name);
    let with_uuid =
        |uuid: &str| POOL.replace("<source>", &format!("<uuid>{uuid}</uuid>\n  <source>"));
    let targeted = |path: &str| POOL.replace("/dev/disk/by-path", path);
    let report = errors(&[
        ("empty name", named("")),
        ("slash", named("web/1")),
        ("dots", named("..")),
        ("line break", named("\n    web1\n  ")),
        ("long name", named(&"web1".repeat(64))),
        ("element in the name", named("<b>web1</b>")),
        ("short uuid", with_uuid("e9392370-2917-565e-692b")),
        ("uuid on its own line", with_uuid("\n    one\n  ")),
        ("empty path", targeted("")),
        ("relative path", targeted("dev/disk")),
        ("line break in the path", targeted("\n      /dev/disk\n    ")),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn missing_parts() {
    let report = errors_after(&[
        ("no pool type", " type='scsi'", ""),
        ("pool type mistyped", " type='scsi'", " tpye='scsi'"),
        ("no name", "<name>web1</name>", ""),
        ("name mistyped", "<name>web1</name>", "<nmae>web1</nmae>"),
        ("adapter mistyped", "<adapter type", "<adaptor type"),
        ("no adapter type", " type='fc_host'", ""),
        ("no wwpn", " wwpn='10000000c9831b4b'", ""),
        ("no wwnn", " wwnn='20000000c9831b4b'", ""),
        ("neither", " wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'", ""),
        ("wwpn mistyped", " wwpn=", " wpwn="),
        ("parent_wwnn alone", "parent=", "parent_wwnn='2000001b32a9da01' parent="),
        ("parent_wwpn alone", "parent=", "parent_wwpn='2100001b32a9da01' parent_wwn='1' parent="),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn scsi_hosts() {
    let vhba = "<adapter type='fc_host' parent='scsi_host3' managed='yes' wwnn='20000000c9831b4b' \
                wwpn='10000000c9831b4b'/>";
    let place = "<adapter type='scsi_host'><parentaddr unique_id='1'><address slot='0x1f'/></parentaddr></adapter>";
    let report = errors_after(&[
        ("a vHBA's attributes", "'fc_host'", "'scsi_host'"),
        ("of old, with a vHBA's attributes", "type='fc_host' parent=", "name="),
        ("neither name nor place", vhba, "<adapter type='scsi_host'/>"),
        ("no number", vhba, "<adapter type='scsi_host' name='scsi_hostess'/>"),
        ("both", vhba, &place.replace("type=", "name='host1' type=")),
        ("no unique_id", vhba, &place.replace(" unique_id='1'", "")),
        ("no address", vhba, &place.replace("<address slot='0x1f'/>", "")),
        ("a slot above 31", vhba, &place.replace("0x1f", "0x20")),
        ("a signed slot", vhba, &place.replace("0x1f", "+1")),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn extensions() {
    let own = |inside: &str| {
        format!("</source><npivot:pool xmlns:npivot='urn:npivot:pool:1'>{inside}</npivot:pool>")
    };
    let lun = "naa.60014050000000000000000000000001";
    let report = errors_after(&[
        ("half a vHBA", "</source>", &own("<npivot:vhba wwpn='10000000c9831b4c'/>")),
        ("no identity", "</source>", &own("<npivot:expect paths='2'/>")),
        ("no identity in it", "</source>", &own("<npivot:expect lun='sda'/>")),
        ("no paths", "</source>", &own(&format!("<npivot:expect lun='{lun}' paths='0'/>"))),
        ("twice", "</source>", &own(&format!("<npivot:expect lun='{lun}'/>").repeat(2))),
        ("too long", "</source>", &own("<npivot:ready deadline_s='3601'/>")),
        (
            "libvirt's vHBA again",
            "</source>",
            &own("<npivot:vhba wwnn='20000000c9831b4c' wwpn='10:00:00:00:C9:83:1B:4B'/>"),
        ),
        (
            "one vHBA twice",
            "</source>",
            &own(&"<npivot:vhba wwnn='20000000c9831b4c' wwpn='10000000c9831b4c'/>".repeat(2)),
        ),
        (
            "its prefix",
            "</source>",
            "</source><n:pool xmlns:n='urn:npivot:pool:1' xmlns:npivot='urn:x'/>",
        ),
        ("a word mistyped", "</source>", &own("<npivot:expekt lun='x'/>")),
        ("another's", "</source>", &own("<npivot:volume/>")),
        ("without the prefix", "</source>", &own("<expect lun='x'/>")),
        (
            "an attribute mistyped",
            "</source>",
            &own(&format!("<npivot:expect lun='{lun}' path='2'/>")),
        ),
        ("an attribute with the prefix", "</source>", &own("<npivot:ready npivot:quiet_ms='2'/>")),
        ("an attribute too many", "</source>", &own("").replace("pool:1'", "pool:1' managed='no'")),
        ("elsewhere", "</source>", "<npivot:ready xmlns:npivot='urn:npivot:pool:1'/></source>"),
        ("of tomorrow", "</source>", "</source><npivot:pool xmlns:npivot='urn:npivot:pool:2'/>"),
        ("two", "</source>", &format!("{}{}", own(""), own("").replace("</source>", ""))),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn kinds_that_are_not_supported() {
    let report = errors_after(&[
        ("no such adapter type", "'fc_host'", "'fc_hots'"),
        ("far from any adapter type", "'fc_host'", "'nvme'"),
        ("iscsi", "'scsi'", "'iscsi'"),
        ("logical", "'scsi'", "'logical'"),
        ("no such pool type", "'scsi'", "'scis'"),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn doubled_and_foreign() {
    let report = errors_after(&[
        ("two names", "<source>", "<name>web2</name><source>"),
        ("two sources", "<target>", "<source/><target>"),
        ("two adapters", "<adapter", "<adapter/><adapter"),
        ("two paths", "<path>", "<path>/dev</path><path>"),
        ("in a namespace", "<pool", "<pool xmlns='urn:example'"),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn not_well_formed() {
    let report = errors(&[
        ("empty", String::new()),
        ("white space", " \n ".into()),
        ("no markup", "pool".into()),
        ("comment only", "<!-- nothing -->\n".into()),
        ("cut off after a tag", POOL[..100].into()),
        ("cut off before the end", POOL.replace("</pool>\n", "")),
        ("cut off in a comment", POOL.replace("<target>", "<!-- ")),
        ("wrong end tag", POOL.replace("</source>", "</sauce>")),
        ("attribute twice", POOL.replace("parent=", "wwnn='1' parent=")),
        ("no quotes", POOL.replace("'yes'", "yes")),
        ("unescaped ampersand", POOL.replace("web1", "web1 & web2")),
        ("unknown entity", POOL.replace("web1", "web&ouml;1")),
        ("less-than in a value", POOL.replace("'yes'", "'<yes>'")),
        ("control character", POOL.replace("web1", "web\u{1}")),
        ("prefix not declared", POOL.replace("<source>", "<x:y/><source>")),
        ("text after the end", format!("{POOL}pool")),
        ("declaration too late", format!(" <?xml version='1.0'?>{POOL}")),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn long_and_odd_lines() {
    let long = |before: &str, after: &str| {
        POOL.replace("    <adapter", &format!("{before}<adapter"))
            .replace("10000000c9831b4b'/>", &format!("1'/>{after}"))
    };
    let report = errors(&[
        ("far to the right", long(&" ".repeat(300), &"<x/>".repeat(100))),
        ("tabs", long("\t\t", "")),
        ("carriage returns", long("", "").replace('\n', "\r\n")),
        ("byte order mark", format!("\u{feff}{}", POOL.replace("'scsi'", "'iscsi'"))),
        ("letters of many bytes", long("größer größer ", "")),
        ("writing direction", long("", "").replace("'1'", "'\u{202e}1\u{200b}'")),
    ]);
    insta::assert_snapshot!(report);
}

#[test]
fn other_outermost_elements() {
    let report = errors(&[
        ("a guest", "<domain type='kvm'/>".to_owned()),
        ("mistyped", POOL.replace("pool", "pol")),
        ("in capitals", POOL.replace("pool", "Pool")),
        ("its source in capitals", POOL.replace("source", "Source")),
        ("bare", "<pool type='scsi'/>".to_owned()),
    ]);
    insta::assert_snapshot!(report);
}
