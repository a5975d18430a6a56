//! NPIV: FDISC, LOGO, and what the fabric refuses.

use super::{ALPHA, WEB1, address_of, boot, finished, rack, run, topology, until, with};
use npivot_hal::Wwpn;
use npivot_lab::rack::Options;

const CREATE: &str =
    "echo 5001a4a000000001:5001a4a100000001 > /sys/class/fc_host/host0/vport_create\n";
const DELETE: &str =
    "echo 5001a4a000000001:5001a4a100000001 > /sys/class/fc_host/host0/vport_delete\n";

#[test]
fn a_vport_logs_in_finds_its_disks_and_goes() {
    let mut rack = rack(&["alpha"]);
    let script = format!(
        "{CREATE}until_true '[ \"$(cat /sys/class/fc_host/host1/port_state)\" = Online ]'\n\
         until_true '[ $(ls -d /sys/block/sd* | wc -l) = 6 ]'\n\
         cat /sys/class/fc_vports/vport-0:0-0/vport_state /sys/class/fc_host/host1/port_name \
         /sys/class/fc_host/host1/port_id\n\
         for d in /sys/class/scsi_device/1:*; do echo ${{d##*/}} $(cat $d/device/block/*/size); done\n\
         echo made >> /run/npivot/stdout.mark\nuntil_true '[ -e /run/npivot/go ]'\n\
         {DELETE}until_true '[ ! -e /sys/class/fc_host/host1 ]'\nls /sys/class/fc_host\n"
    );
    let running = boot(&mut rack, "alpha", &script);
    let wwpn: Wwpn = WEB1.parse().unwrap();
    let id = until(&rack, "the vport's login", |world, _| {
        let nport = world.san().by_name(npivot_fabric::san::ids::FabricIx(0), wwpn)?;
        Some(world.san().nport(nport).fc_id().to_string())
    });
    std::fs::write(running.room().join("go"), "").unwrap();
    let printed = finished(running);
    assert_eq!(
        printed,
        format!(
            "Active\n0x{WEB1}\n{id}\n1:0:0:0 2097152\n1:0:0:1 524288\n1:0:1:0 2097152\n\
             1:0:1:1 524288\nhost0\n"
        )
    );
    assert_eq!(address_of(&rack, WEB1), None, "logged out");
    assert!(address_of(&rack, ALPHA).is_some(), "its base port stays");
}

/// The FLOGI accept without the NPIV bit.
#[test]
fn a_switch_without_npiv_is_no_fabric_support() {
    let mut topology = topology();
    topology.fabrics[0].switches[0].settings.npiv = false;
    let mut rack = with(&topology, &["alpha"], Options::default());
    let script = format!("{CREATE}sleep 1\ncat /sys/class/fc_vports/vport-0:0-0/vport_state");
    assert_eq!(run(&mut rack, "alpha", &script), "No Fabric Support\n");
    assert_eq!(address_of(&rack, WEB1), None);
}

/// LS_RJT, insufficient resources: the kernel retries, and is in when there is room.
#[test]
fn a_full_port_refuses_until_there_is_room() {
    let mut topology = topology();
    topology.fabrics[0].switches[0].settings.logins_per_port = 2;
    let mut rack = with(&topology, &["alpha"], Options::default());
    let second = "5001a4a000000002:5001a4a100000002";
    let script = format!(
        "{CREATE}until_true '[ \"$(cat /sys/class/fc_vports/vport-0:0-0/vport_state)\" = Active ]'\n\
         echo {second} > /sys/class/fc_host/host0/vport_create\nsleep 1\n\
         cat /sys/class/fc_vports/vport-0:0-1/vport_state\n{DELETE}\
         until_true '[ \"$(cat /sys/class/fc_vports/vport-0:0-1/vport_state)\" = Active ]'\necho in\n"
    );
    assert_eq!(run(&mut rack, "alpha", &script), "Initializing\nin\n");
}
