//! What happens in the fabric while the kernel runs: it is told, and does what it does on a real one.

use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, MaskingCommand};
use npivot_wire::fcf::LinkIx;

use super::super::{ALPHA, address_of, boot, finished, light, rack, until};

/// The array's first port, and alpha's, on switch a1.
const VAULT: u32 = 8;
const ALPHA_PORT: u32 = 0;

/// Finds the remote port of the array's first port, and a disk behind it.
const FIND: &str = "for r in /sys/class/fc_remote_ports/*; do \
     [ $(cat $r/port_name) = 0x5006016041e0aa00 ] && break; done\n\
     disk=/dev/$(basename $(ls -d $(readlink -f $r/device)/target*/*/block/*))\n";

#[test]
fn a_target_that_goes_is_blocked_and_comes_back() {
    let mut rack = rack(&["alpha"]);
    let script = format!(
        "{FIND}echo ready > /run/npivot/ready\n\
         until_true '[ \"$(cat $r/port_state)\" = Blocked ]'\ncat $r/port_state\n\
         echo blocked > /run/npivot/blocked\n\
         until_true '[ \"$(cat $r/port_state)\" = Online ]'\n\
         dd if=$disk of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null && echo read\n"
    );
    let running = boot(&mut rack, "alpha", &script);
    let room = running.room().to_owned();
    let waiting = |name: &str| {
        let path = room.join(name);
        // Whatever happens in the world, or a second, is a reason to look again.
        let there = (0..120).any(|_| {
            let second = std::time::Duration::from_secs(1);
            path.exists() || rack.plant().wait(second, |_, _| path.exists().then_some(())).is_some()
        });
        assert!(there, "{name}");
    };
    waiting("ready");
    light(&rack, VAULT, false);
    waiting("blocked");
    light(&rack, VAULT, true);
    assert_eq!(finished(running), "Blocked\nread\n");
}

#[test]
fn a_link_that_bounces_logs_in_again() {
    let mut rack = rack(&["alpha"]);
    let script = "echo ready > /run/npivot/ready\n\
         until_true '[ -e /run/npivot/bounced ]'\n\
         until_true 'dd if=/dev/sda of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null'\n\
         cat /sys/class/fc_host/host0/port_state\n";
    let running = boot(&mut rack, "alpha", script);
    let logged_in = |world: &npivot_fabric::World, _: &npivot_wire::fcf::Forwarder| {
        let wwpn = ALPHA.parse().unwrap();
        world.san().by_name(npivot_fabric::san::ids::FabricIx(0), wwpn).map(|_| ())
    };
    until(&rack, "the first login", logged_in);
    light(&rack, ALPHA_PORT, false);
    assert_eq!(address_of(&rack, ALPHA), None);
    // The forwarder finds out while it is dark, and can tell nobody before there is light again.
    until(&rack, "the end of the first login", |_, forwarder| {
        forwarder.logged_in(LinkIx(0)).next().is_none().then_some(())
    });
    light(&rack, ALPHA_PORT, true);
    until(&rack, "the second login", logged_in);
    std::fs::write(running.room().join("bounced"), "").unwrap();
    assert_eq!(finished(running), "Online\n");
}

#[test]
fn a_volume_that_is_masked_later_is_found_by_a_scan() {
    let mut rack = rack(&["alpha"]);
    let script = "ls -d /sys/block/sd* | wc -l\necho ready > /run/npivot/ready\n\
         until_true '[ -e /run/npivot/masked ]'\n\
         dd if=/dev/sda of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null\necho '- - -' > /sys/class/scsi_host/host0/scan\n\
         until_true '[ $(ls -d /sys/block/sd* | wc -l) = 4 ]'\n\
         dmesg | grep -c 'LUN assignments on this target have changed'\n";
    let running = boot(&mut rack, "alpha", script);
    let room = running.room().to_owned();
    until(&rack, "ready", |_, _| room.join("ready").exists().then_some(()));
    rack.plant().with(|world, _| {
        let map = MaskingCommand::Map { group: "alpha".into(), volume: "log".into(), lun: 5 };
        world.apply(Command::Masking(ArrayIx(0), map)).unwrap();
    });
    std::fs::write(room.join("masked"), "").unwrap();
    let printed = finished(running);
    assert_eq!(printed, "2\n1\n", "REPORTED LUNS DATA HAS CHANGED is told once");
}
