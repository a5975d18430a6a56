//! Two real kernels, one of them a target (LIO's `tcm_fc`): the fabric passes on what they say to each other.

use npivot_fabric::Topology;
use npivot_lab::rack::Options;
use npivot_wire::fcf::{Event, LinkIx};

use super::{TOPOLOGY, boot, finished, until, with};

/// beta shows a file on a tmpfs of its own to alpha, and waits until alpha is done.
const TARGET: &str = r"
mount -t tmpfs t /mnt && truncate -s 8M /mnt/disk
cd /sys/kernel/config/target
mkdir -p core/fileio_0/file
echo fd_dev_name=/mnt/disk,fd_dev_size=8388608 > core/fileio_0/file/control
echo 1 > core/fileio_0/file/enable
port=fc/20:00:00:1b:32:a9:db:01/tpgt_1
mkdir -p $port/lun/lun_0
ln -s $PWD/core/fileio_0/file $port/lun/lun_0/file
mkdir -p $port/acls/20:00:00:1b:32:a9:da:01/lun_0
ln -s $PWD/$port/lun/lun_0 $port/acls/20:00:00:1b:32:a9:da:01/lun_0/file
echo ready > /run/npivot/ready
until_true '[ -e /run/npivot/done ]'
cat /mnt/disk | md5sum
";

/// alpha's disk behind beta's port; it looks again until LIO has said that it is a target.
const INITIATOR: &str = r#"
find() {
    for r in /sys/class/fc_remote_ports/*; do
        [ "$(cat $r/port_name 2>/dev/null)" = 0x2000001b32a9db01 ] || continue
        disk=$(ls -d $(readlink -f $r/device)/target*/*/block/* 2>/dev/null) && return
    done
    # LIO does not tell the fabric that it has become a target: the link is looked at once more.
    echo 1 > /sys/class/fc_host/host0/issue_lip; sleep 1; return 1
}
until_true find
cat $disk/device/vendor
seq 1 1000000 | head -c 4194304 > /tmp/data
dd if=/tmp/data of=/dev/${disk##*/} bs=64k oflag=direct 2>/dev/null
dd if=/dev/${disk##*/} of=/tmp/back bs=64k count=64 iflag=direct 2>/dev/null
cmp /tmp/data /tmp/back && (cat /tmp/data; head -c 4194304 /dev/zero) | md5sum
"#;

#[test]
fn a_kernel_uses_the_disk_of_another_one_through_the_fabric() {
    let text = std::fs::read_to_string(TOPOLOGY).unwrap();
    let zone = "peers = [\"20:00:00:1b:32:a9:da:01\", \"20:00:00:1b:32:a9:db:01\"]\n";
    let text = text.replace("[fabric.a.zone]\n", &format!("[fabric.a.zone]\n{zone}"));
    let topology = Topology::parse("two-kernels.toml", &text).unwrap();
    let mut rack = with(&topology, &["alpha", "beta"], Options::default());
    let target = boot(&mut rack, "beta", TARGET);
    let room = target.room().to_owned();
    until(&rack, "the target", |_, _| room.join("ready").exists().then_some(()));
    let printed = finished(boot(&mut rack, "alpha", INITIATOR));
    std::fs::write(room.join("done"), "").unwrap();
    let held = finished(target);
    let (vendor, sum) = printed.split_once('\n').unwrap();
    assert_eq!(vendor.trim(), "LIO-ORG");
    assert_eq!(sum, held, "what alpha wrote is what beta holds");
    // All of it went through here: each way 4 MiB in frames of at most 2,112 bytes, and what goes with them.
    let forwarded = |link: u16| {
        rack.plant().with(|_, fcf| fcf.counters(LinkIx(link)).unwrap().of(Event::Forwarded))
    };
    assert!(forwarded(0) > 1_900 && forwarded(1) > 1_900, "{} {}", forwarded(0), forwarded(1));
}
