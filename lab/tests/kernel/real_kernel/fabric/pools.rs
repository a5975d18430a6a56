//! The whole of npivot on a real kernel: a pool on a vHBA, drift and its repair, the conformance suite.

use std::path::Path;

use super::{UNTIL, WEB1, address_of, finished, npivot, rack};
use npivot_lab::kernel::Program;
use npivot_lab::rack::Rack;

pub(super) const POOL: &str = "<pool type='scsi'><name>web1</name>\
    <uuid>0370c432-6d70-4d32-bd31-7536b20713e8</uuid>\
    <source><adapter type='fc_host' managed='yes' wwnn='5001a4a100000001' wwpn='5001a4a000000001'/></source>\
    <target><path>/dev/disk/by-path</path></target></pool>";

/// Runs a script on alpha in which `npivot` is this build's command, with a store of its own.
fn run(rack: &mut Rack, npivot: &Path, script: &str) -> String {
    let script = format!(
        "{UNTIL}export NPIVOT_STORE=/tmp/store.redb; npivot() {{ {} \"$@\"; }}\n{script}",
        npivot.display()
    );
    let running = rack.boot("alpha", &Program::new(["sh", "-c", &script])).unwrap();
    finished(running)
}

#[test]
fn a_pool_is_up_on_its_vhba_and_leaves_nothing_behind() {
    let mut rack = rack(&["alpha"]);
    let script = format!(
        "echo \"{POOL}\" | npivot pool define -\nnpivot pool start web1\nnpivot pool volumes web1\n\
         npivot vhba list\nnpivot pool stop web1\nls /sys/class/fc_host; ls /sys/block | grep sd\n\
         npivot reconcile --dry-run\n"
    );
    let printed = run(&mut rack, &npivot(), &script);
    let (before, volumes) = printed.split_once("NAME").unwrap();
    assert_eq!(
        before,
        "pool web1 is defined: 0370c432-6d70-4d32-bd31-7536b20713e8\n\
         pool web1 is up: 2 volumes on 4 paths\nvHBA 50:01:a4:a0:00:00:00:01 is host1 on host0\n"
    );
    for line in [
        "naa.60060160c1e0aa005000000000000001  unit:0:0:0  1 GiB    running  2/2",
        "naa.60060160c1e0aa005000000000000002  unit:0:0:1  256 MiB  running  2/2",
        "scsi_host1  50:01:a4:a0:00:00:00:01  Active  host1    host0   no         transient",
    ] {
        assert!(volumes.contains(line), "{volumes}");
    }
    let end =
        "pool web1 is down\nhost0\nsda\nsdb\nnothing is to be done: the host has what is defined\n";
    assert!(printed.ends_with(end), "{printed}");
    assert_eq!(address_of(&rack, WEB1), None);
}

#[test]
fn a_vhba_that_somebody_deleted_is_made_again() {
    let mut rack = rack(&["alpha"]);
    let names = "--wwpn 5001a4a000000001 --wwnn 5001a4a100000001";
    let script = format!(
        "npivot vhba define --name web1 {names}\nnpivot vhba start web1\n\
         echo 5001a4a000000001:5001a4a100000001 > /sys/class/fc_host/host0/vport_delete\n\
         until_true '[ ! -e /sys/class/fc_host/host1 ]'\n\
         npivot reconcile\nnpivot vhba list | tail -n 1\n"
    );
    let printed = run(&mut rack, &npivot(), &script);
    assert!(printed.contains("start   vHBA web1  it was up, and is gone\n"), "{printed}");
    assert!(printed.contains("Active"), "{printed}");
    assert!(address_of(&rack, WEB1).is_some());
}

/// What reads; nothing of the host is changed.
#[test]
fn the_linux_backend_conforms_on_a_real_kernel() {
    let mut rack = rack(&["alpha"]);
    let printed = run(&mut rack, &npivot(), "npivot conform -c sysfs: | tail -n 1");
    assert_eq!(printed, "56 cases: 31 passed, 25 not applicable: sysfs: conforms\n");
}
