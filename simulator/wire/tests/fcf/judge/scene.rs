//! The SAN of the capture: two arrays on a switch, and what the kernel and its vport see of them.

use npivot_fabric::World;
use npivot_fabric::array::scsi::Product;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Build, Command, MaskingCommand, Reply};
use npivot_hal::{LunId, Wwnn, Wwpn};
use npivot_wire::fcf::{Forwarder, LinkIx, Settings};

use crate::bed::{A, Bed, wwpn};

const KERNEL: u64 = 0x2000_0200_0000_000a;
const VPORT: u64 = 0x2100_0000_0000_0a01;

/// A volume: its number in the array, its blocks, and at which LUN the kernel and the vport see it.
type Volume = (u8, u64, Option<u32>, Option<u32>);

pub(crate) struct Scene {
    pub(crate) bed: Bed,
    pub(crate) link: LinkIx,
}

/// An array as the capture's answers tell of it: with port name 50:00:00:00:c9:00:0n:01, and identities
/// and serial numbers made of that.
fn array(bed: &mut Bed, n: u8, volumes: &[Volume]) {
    let wwnn = Wwnn::new(0x5000_0000_c900_0000 | u64::from(n) << 8).unwrap();
    let (vendor, product) = ("PROBE".into(), "SIM FC DISK".into());
    let product = Product { vendor, product, revision: "0001".into() };
    let Reply::Array(array) = bed.build(Build::Array { name: format!("t{n}"), wwnn, product })
    else {
        panic!()
    };
    let port = bed.port(0, n.into());
    bed.build(Build::Target { array, wwpn: wwpn(wwnn.get() | 1), port });
    for &(volume, blocks, kernel, vport) in volumes {
        let identity = LunId::Naa8([0x50, 0, 0x0c, 0x90, n, 1, 0, volume]);
        let serial = format!("SIM00C9000{n}01000{volume}");
        let (name, size_bytes) = (format!("v{volume}"), blocks * 512);
        bed.build(Build::Volume { array, name: name.clone(), identity, serial, size_bytes });
        map(bed, array, wwpn(KERNEL), &name, kernel);
        map(bed, array, wwpn(VPORT), &name, vport);
    }
}

fn map(bed: &mut Bed, array: ArrayIx, initiator: Wwpn, volume: &str, lun: Option<u32>) {
    let Some(lun) = lun else { return };
    let group = initiator.to_string();
    // Both may be there already.
    for command in [
        MaskingCommand::CreateGroup { group: group.clone() },
        MaskingCommand::AddInitiator { group: group.clone(), initiator },
    ] {
        let _ = bed.world.apply(Command::Masking(array, command));
    }
    let command = MaskingCommand::Map { group, volume: volume.into(), lun };
    bed.apply(Command::Masking(array, command));
}

pub(crate) fn build() -> Scene {
    // The forwarder of the capture told of changes at once.
    let latencies = Latencies { rscn_us: (0, 0), ..Latencies::default() };
    let world = World::new(1, latencies);
    let mut bed = Bed { world, fcf: Forwarder::new(Settings::default()), sent: vec![] };
    bed.fabric("a", SwitchSettings::default());
    array(
        &mut bed,
        2,
        &[(0, 0x8000, Some(0), Some(0)), (1, 0x4000, Some(1), Some(1)), (7, 0x2000, None, Some(7))],
    );
    array(&mut bed, 3, &[(0, 0x4000, None, Some(0)), (3, 0x4000, None, Some(3))]);
    let (first, second) = (wwpn(0x5000_0000_c900_0201), wwpn(0x5000_0000_c900_0301));
    bed.zones(A, &[&[wwpn(KERNEL), wwpn(VPORT), first], &[wwpn(VPORT), second]]);
    bed.pass(50_000);
    let link = bed.attach(1);
    Scene { bed, link }
}
