//! The world under any sequence of commands: no panic, and the run replays to the same fingerprint.
//!
//! The input is read as steps of eight bytes: which command, four small operands, how much time passes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::san::ids::{ArrayIx, FabricIx, HostIx, PortIx};
use npivot_fabric::world::{
    Command, HostCommand, MaskingCommand, NPortCommand, SimTime, ZoningCommand,
};
use npivot_fabric::{Topology, World};
use npivot_hal::{HostNo, ScsiAddress, WwnPair, Wwnn, Wwpn, Zone, ZoneEdit, ZoneMember};

const SAN: &str = include_str!("../../examples/two-fabrics.toml");

/// A name out of a few: those of the example, and some more.
fn wwpn(n: u8) -> Wwpn {
    const KNOWN: [u64; 6] = [
        0x2100_001b_32a9_da01,
        0x2101_001b_32a9_db01,
        0x5001_a4a0_0000_0001,
        0x5001_a4a0_0000_0002,
        0x5006_0160_41e0_aa00,
        0x5006_0168_41e0_aa00,
    ];
    let other = 0x5001_a4a0_0000_0100 + u64::from(n % 8);
    Wwpn::new(KNOWN.get(usize::from(n % 9)).copied().unwrap_or(other)).expect("not zero")
}

fn pair(n: u8) -> WwnPair {
    let wwnn = Wwnn::new(wwpn(n).get() ^ 0x0100_0000_0000_0000).expect("not zero");
    WwnPair::new(wwpn(n), wwnn)
}

fn command(step: &[u8; 8]) -> Command {
    let [kind, a, b, c, d, ..] = *step;
    let host = HostIx(u32::from(a % 3));
    let no = HostNo(u32::from(b % 6));
    let address = ScsiAddress {
        host: no,
        channel: 0,
        target: u32::from(c % 3),
        lun: u64::from(d % 4),
    };
    let fabric = FabricIx(u32::from(a % 3));
    let array = ArrayIx(u32::from(a % 2));
    let volume = ["web1-root", "web1-data", "scratch", "none"][usize::from(c % 4)].to_owned();
    let group = ["web1", "other", "none"][usize::from(b % 3)].to_owned();
    let (token, checksum) = (u64::from(b % 4), u64::from(c));
    match kind % 18 {
        0 => Command::Host(host, HostCommand::CreateVport { parent: no, names: pair(c) }),
        1 => Command::Host(host, HostCommand::DeleteVport { parent: no, names: pair(c) }),
        2 => Command::Host(
            host,
            HostCommand::Scan { adapter: no, target: None, lun: Some(u64::from(d)) },
        ),
        3 => Command::Host(host, HostCommand::Remove(address)),
        4 => Command::Host(host, HostCommand::Reset(no)),
        5 => Command::Host(host, HostCommand::SetDevLoss { adapter: no, secs: u32::from(c) * 4 }),
        6 => Command::Host(host, HostCommand::Identify(address)),
        7 => Command::Host(host, HostCommand::Read { address, lba: u64::from(a), blocks: 1 }),
        8 => {
            let data = vec![a; usize::from(b % 3) * 256];
            Command::Host(host, HostCommand::Write { address, lba: u64::from(c), data })
        }
        9 => Command::Light { port: PortIx(u32::from(b) % 110), on: c % 2 == 0 },
        10 => Command::Zoning(fabric, ZoningCommand::Begin),
        11 => {
            let members = [wwpn(c), wwpn(d)].map(ZoneMember::Wwpn);
            let edit = ZoneEdit::PutZone("z".into(), Zone::of(members));
            Command::Zoning(fabric, ZoningCommand::Edit { token, checksum, edit })
        }
        12 => {
            let enable = (d % 2 == 0).then(|| "cfg".to_owned());
            Command::Zoning(fabric, ZoningCommand::Commit { token, checksum, enable })
        }
        13 => Command::Masking(array, MaskingCommand::AddInitiator { group, initiator: wwpn(d) }),
        14 => Command::Masking(array, MaskingCommand::RemoveInitiator { group, initiator: wwpn(d) }),
        15 => Command::Masking(array, MaskingCommand::Map { group, volume, lun: u32::from(d) * 80 }),
        16 => Command::Masking(array, MaskingCommand::Unmap { group, volume }),
        _ => {
            let port = PortIx(u32::from(b) % 110);
            Command::NPort(match c % 4 {
                0 => NPortCommand::Attach(port),
                1 => NPortCommand::Flogi { port, names: pair(d), target: d % 2 == 0 },
                2 => NPortCommand::Fdisc { port, names: pair(d), target: d % 2 == 0 },
                _ => NPortCommand::Logo { fabric, wwpn: wwpn(d) },
            })
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let topology = Topology::parse("two-fabrics.toml", SAN).expect("the example is right");
    let mut world = World::from_topology(&topology, 1).expect("the example can be built");
    let (steps, _) = bytes.as_chunks::<8>();
    for step in steps.iter().take(200) {
        let _ = world.apply(command(step));
        let wait = u64::from(u16::from_be_bytes([step[5], step[6]])) << (step[7] % 16);
        world.advance(SimTime(world.now().0 + wait));
    }
    let log = world.write_log().expect("it is recorded");
    let again = World::replay(&log).expect("what was written can be read");
    assert_eq!(again.fingerprint(), world.fingerprint());
});
