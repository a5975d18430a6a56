//! Whatever is done to the world, and whatever is written: the tree stays whole.

use npivot_fabric::san::ids::{ArrayIx, HostIx, PortIx};
use npivot_fabric::world::{Command, MaskingCommand};
use npivot_tree::{Errno, Tree};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{site, whole};

#[derive(Debug, Clone)]
enum Step {
    Write(u32, &'static str, Vec<u8>),
    Light(u16, bool),
    Map(u32, bool),
    Pass(u64),
}

const PATHS: [&str; 17] = [
    "class/fc_host/host0/vport_create",
    "class/fc_host/host0/vport_delete",
    "class/fc_host/host1/vport_create",
    "class/fc_host/host0/issue_lip",
    "class/fc_host/host0/dev_loss_tmo",
    "class/fc_host/host2/issue_lip",
    "class/scsi_host/host0/scan",
    "class/scsi_host/host2/scan",
    "class/fc_remote_ports/rport-0:0-1/dev_loss_tmo",
    "class/fc_remote_ports/rport-0:0-1/fast_io_fail_tmo",
    "class/fc_remote_ports/rport-0:0-1/port_state",
    "class/fc_vports/vport-0:0-0/vport_disable",
    "class/fc_vports/vport-0:0-0/vport_delete",
    "class/fc_vports/vport-0:0-1/symbolic_name",
    "bus/scsi/devices/0:0:0:1/delete",
    "bus/scsi/devices/0:0:1:0/rescan",
    "bus/scsi/devices/2:0:0:0/delete",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (1..6_u64).prop_map(|n| site::text(site::guest(n)).into_bytes()),
        2 => Just(b"- - -".to_vec()),
        1 => (0..5_u8, 0..300_u32).prop_map(|(t, l)| format!("- {t} {l}").into_bytes()),
        2 => (0..70_u32).prop_map(|n| n.to_string().into_bytes()),
        1 => prop_oneof![Just("off"), Just("Marginal"), Just("Online")].prop_map(Into::into),
        1 => vec(any::<u8>(), 0..40),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u32, 0..PATHS.len(), bytes()).prop_map(|(h, p, b)| Step::Write(h, PATHS[p], b)),
        1 => (prop_oneof![0..4_u16, 8..10_u16], any::<bool>()).prop_map(|(p, on)| Step::Light(p, on)),
        1 => (0..5_u32, any::<bool>()).prop_map(|(lun, map)| Step::Map(lun, map)),
        3 => (0..70_000_000_u64).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_whole_after_anything(steps in vec(step(), 1..24)) {
        let mut world = site::world();
        for step in steps {
            match step {
                Step::Write(host, path, bytes) => {
                    let host = HostIx(host);
                    let asked = Tree::new(&world, host).unwrap().ask(path, &bytes);
                    for command in asked.unwrap_or_default() {
                        let answer = world.apply(Command::Host(host, command));
                        // Each refusal has a number that the kernel has.
                        if let Err(refusal) = answer {
                            let errno = npivot_tree::errno_of(&refusal);
                            prop_assert!(errno.symbol().is_some(), "{refusal}: {}", errno.0);
                        }
                    }
                }
                Step::Light(port, on) => {
                    let port = world.san().switch_of(PortIx(0)).port(port).unwrap();
                    world.apply(Command::Light { port, on }).unwrap();
                }
                Step::Map(lun, true) => {
                    let (group, volume) = ("all".into(), "data".into());
                    let _ = world.apply(Command::Masking(ArrayIx(0), MaskingCommand::Map { group, volume, lun }));
                }
                Step::Map(_, false) => {
                    let (group, volume) = ("all".into(), "data".into());
                    let _ = world.apply(Command::Masking(ArrayIx(0), MaskingCommand::Unmap { group, volume }));
                }
                Step::Pass(micros) => world.advance(world.now() + micros),
            }
        }
        for host in 0..3 {
            whole::check(&Tree::new(&world, HostIx(host)).unwrap());
        }
        prop_assert!(Tree::new(&world, HostIx(3)).is_none());
    }

    #[test]
    fn no_path_and_no_bytes_do_harm(path in ".{0,60}", deep in "[./a-z0-9:_-]{0,60}", bytes in vec(any::<u8>(), 0..64)) {
        let world = site::world();
        let tree = Tree::new(&world, site::ALPHA).unwrap();
        for path in [path, format!("class/{deep}"), format!("bus/scsi/devices/{deep}"), format!("class/fc_host/host0/{deep}")] {
            let _ = (tree.look(&path), tree.list(&path), tree.read(&path), tree.link(&path));
            let _ = tree.canonical(&path);
        }
        for path in PATHS {
            match tree.ask(path, &bytes) {
                Ok(commands) => prop_assert!(commands.len() <= 1),
                Err(errno) => prop_assert!(errno != Errno(0)),
            }
        }
    }
}
