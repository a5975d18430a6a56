//! A running plant's fabrics and arrays as the HAL has them: one world, whoever changes it.

use std::os::unix::net::UnixDatagram;

use npivot_fabric::backend::{array_of, arrays_of, fabric_of, fabrics_of};
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::world::Command;
use npivot_hal::{
    Array as _, ErrorKind, Fabric as _, Wwpn, Zone, ZoneEdit, ZoneMember, edit_zones,
};
use npivot_lab::wire::transport::Datagram;

use super::plant;

/// A wire at whose other end nobody says anything, and that end.
fn silent() -> (Datagram, UnixDatagram) {
    let (here, there) = UnixDatagram::pair().unwrap();
    (Datagram::inherited(here.into()), there)
}

#[tokio::test]
async fn what_is_changed_through_the_hal_is_so_in_the_world() {
    let (wire, _other_end) = silent();
    let plant = plant(wire, None, None);
    let (fabrics, arrays) = (fabrics_of(&plant.stage()), arrays_of(&plant.stage()));
    let [fabric] = &fabrics[..] else { panic!("{fabrics:?}") };
    let [array] = &arrays[..] else { panic!("{arrays:?}") };
    assert_eq!((fabric.name(), array.name()), ("a", "vault"));
    assert!(fabric_of(&plant.stage(), "b").is_none() && array_of(&plant.stage(), "b").is_none());

    let new: Wwpn = "5001a4a000000009".parse().unwrap();
    let zone = Zone::of([ZoneMember::Wwpn(new)]);
    let zoning = fabric.zoning().unwrap();
    let put = |_: &_, _: &_| Ok(vec![ZoneEdit::PutZone("new".into(), zone.clone())]);
    let _ = edit_zones(zoning, put).await.unwrap();
    let _ = array.masking().unwrap().add_initiator("alpha", new).await.unwrap();
    plant.with(|world, _| {
        let defined = world.san().fabrics[FabricIx(0).index()].zoning.defined();
        assert_eq!(defined.zones.get("new"), Some(&zone));
        let mut groups = world.arrays()[0].array.group_records();
        let group = groups.find(|group| group.name == "alpha").unwrap();
        assert!(group.initiators.contains(&new), "{group:?}");
    });
}

#[tokio::test]
async fn what_happens_in_the_world_is_seen_and_refused_through_the_hal() {
    let (wire, _other_end) = silent();
    let plant = plant(wire, None, None);
    let fabric = fabric_of(&plant.stage(), "a").unwrap();
    let array = array_of(&plant.stage(), "vault").unwrap();
    let before = fabric.name_server().await.unwrap().len();
    plant.with(|world, _| {
        world.apply(Command::Light { port: PortIx(8), on: false }).unwrap();
    });
    assert_eq!(fabric.name_server().await.unwrap().len(), before - 1);
    let nobody: Wwpn = "5001a4a000000009".parse().unwrap();
    let refused = array.masking().unwrap().add_initiator("nobody's", nobody).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    // Whoever has the stage can still look when the plant is gone.
    drop(plant);
    assert_eq!(fabric.name_server().await.unwrap().len(), before - 1);
}
