//! libvirtd: a vHBA as a node device, an fc_host pool, its volumes.

use npivot_fabric::Topology;

use super::{TOPOLOGY, VAULT, WEB1, address_of, boot, content, finished, naa, rack, run, topology};

/// libvirt without systemd.
const LIBVIRT: &str = r#"
mkdir -p /run/libvirt
virtlogd -d
libvirtd -d
nodes() { virsh -q -c nodedev:///system "$@"; }
pools() { virsh -q -c storage:///system "$@"; }
until_true 'nodes uri >/dev/null 2>&1 && pools uri >/dev/null 2>&1'
cat > /tmp/pool.xml <<X
<pool type='scsi'><name>web1</name><source><adapter type='fc_host' parent='scsi_host0' wwnn='5001a4a100000001'
wwpn='5001a4a000000001'/></source><target><path>/dev/disk/by-path</path></target></pool>
X
"#;

/// The same SAN, with web1 zoned to the first port of the array alone.
fn one_path() -> Topology {
    let text = std::fs::read_to_string(TOPOLOGY).unwrap();
    let (before, after) = (
        r#"web1 = ["50:01:a4:a0:00:00:00:01", "vault"]"#,
        r#"web1 = ["50:01:a4:a0:00:00:00:01", "50:06:01:60:41:e0:aa:00"]"#,
    );
    assert!(text.contains(before));
    Topology::parse("one-path.toml", &text.replace(before, after)).unwrap()
}

#[test]
fn a_node_device_is_created_and_destroyed() {
    let mut rack = rack(&topology());
    let script = format!(
        "{LIBVIRT}\
         nodes nodedev-list --cap vports\n\
         echo \"<device><parent>scsi_host0</parent><capability type='scsi_host'><capability type='fc_host'>\
         <wwnn>5001a4a100000001</wwnn><wwpn>{WEB1}</wwpn></capability></capability></device>\" > /tmp/vhba.xml\n\
         nodes nodedev-create /tmp/vhba.xml\n\
         nodes nodedev-dumpxml scsi_host1 | grep -E 'parent>|wwpn'\n\
         nodes nodedev-dumpxml scsi_host0 | grep '<vports>'\n\
         touch /run/npivot/created\nuntil_true '[ -e /run/npivot/seen ]'\n\
         nodes nodedev-destroy scsi_host1\nuntil_true '[ ! -e /sys/class/fc_host/host1 ]'\n\
         nodes nodedev-list --cap fc_host\n"
    );
    let running = boot(&mut rack, &script);
    let room = running.room().to_owned();
    let created =
        rack.plant().wait(super::LIMIT, |_, _| room.join("created").exists().then_some(()));
    assert!(created.is_some(), "{}", finished(running));
    assert!(address_of(&rack, WEB1).is_some(), "the vHBA is logged in");
    std::fs::write(room.join("seen"), "").unwrap();
    let printed = finished(running);
    let lines: Vec<&str> = printed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "scsi_host0",
            "<parent>scsi_host0</parent>",
            "<wwpn>5001a4a000000001</wwpn>",
            "<vports>1</vports>",
            "scsi_host0",
        ]
    );
    assert_eq!(address_of(&rack, WEB1), None);
}

#[test]
fn a_pool_is_started_and_its_volumes_are_used() {
    let topology = one_path();
    let mut rack = rack(&topology);
    let script = format!(
        "{LIBVIRT}pools pool-define /tmp/pool.xml\npools pool-start web1\n\
         until_true '[ $(pools vol-list web1 | wc -l) = 2 ] || ! pools pool-refresh web1 >&2'\n\
         pools vol-list web1\n\
         for n in 0 1; do pools vol-dumpxml unit:0:0:$n --pool web1 | grep -E '<key>|<capacity'; done\n\
         seq 1 100000 > /tmp/up\npools vol-upload unit:0:0:1 /tmp/up --pool web1\n\
         pools vol-download unit:0:0:1 /tmp/down --pool web1 --length $(stat -c %s /tmp/up)\n\
         cmp /tmp/up /tmp/down && echo same\npools pool-destroy web1\n\
         until_true '[ ! -e /sys/class/fc_host/host1 ]'\n"
    );
    let printed = run(&mut rack, &script);
    let [root, data] = ["web1-root", "web1-data"].map(|volume| naa(&topology, volume));
    for expected in [
        format!("unit:0:0:0   /dev/disk/by-path/platform-uml-vector.0-fc-0x{}-lun-0", VAULT[0]),
        format!("unit:0:0:1   /dev/disk/by-path/platform-uml-vector.0-fc-0x{}-lun-1", VAULT[0]),
        format!("<key>3{root}_PORT1</key>\n  <capacity unit='bytes'>1073741824</capacity>"),
        format!("<key>3{data}_PORT1</key>\n  <capacity unit='bytes'>268435456</capacity>"),
        "\nsame\n".to_owned(),
    ] {
        assert!(printed.contains(&expected), "`{expected}` in: {printed}");
    }
    let mut sent = String::new();
    for n in 1..=100_000_u32 {
        sent.push_str(&n.to_string());
        sent.push('\n');
    }
    assert!(content(&rack, "web1-data", 0, sent.len()) == sent.as_bytes());
    assert_eq!(address_of(&rack, WEB1), None, "the pool's vHBA is gone with it");
}

/// libvirt 9.0 makes a volume's key of its serial number and its *target port group* (`virStorageFileGetNPIVKey`), so
/// that two paths through ports of one group are one key, which it then refuses without a word. The fault 11 of every
/// path being a volume, in another form.
#[test]
fn libvirt_itself_cannot_start_a_pool_with_two_paths_through_one_port_group() {
    let mut rack = rack(&topology());
    let script = format!(
        "{LIBVIRT}pools pool-define /tmp/pool.xml\npools pool-start web1 2>&1 | grep -v '^$'\n\
         until_true '[ ! -e /sys/class/fc_host/host1 ]'\npools pool-list --all\n"
    );
    let printed = run(&mut rack, &script);
    assert!(printed.contains("An error occurred, but the cause is unknown"), "{printed}");
    assert!(printed.contains("inactive"), "{printed}");
    assert_eq!(address_of(&rack, WEB1), None);
}
