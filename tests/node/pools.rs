//! Pools that are defined.

use npivot::libvirt::PoolDefinition;
use npivot::node::{NodeError, PoolState};
use npivot_fabric::world::random_stream;
use npivot_hal::{Host as _, HostNo, Outcome};

use crate::{Bed, WEB1_A, WEB1_B, web1_a};

#[tokio::test(start_paused = true)]
async fn define_start_stop_undefine() {
    let bed = Bed::new();
    let node = &bed.node;
    let name = bed.define(WEB1_A).await;
    assert_eq!(node.pool(&name).await.unwrap().state, PoolState::Inactive);
    assert!(matches!(node.pool_volumes(&name, false).await, Err(NodeError::IsDown { .. })));

    let up = node.start_pool(&name).await.unwrap();
    assert_eq!(up.volumes.volumes.len(), 2);
    assert_eq!(node.pool(&name).await.unwrap().state, PoolState::Active);
    assert!(matches!(node.undefine_pool(&name).await, Err(NodeError::IsUp { .. })));
    assert_eq!(node.pool_volumes(&name, true).await.unwrap().volumes.len(), 2);
    let uuid = up.definition.uuid.unwrap().to_string();
    assert_eq!(node.pool(&uuid).await.unwrap().definition.name.as_str(), name);

    assert_eq!(node.stop_pool(&uuid).await.unwrap(), Outcome::Changed);
    assert_eq!(node.stop_pool(&name).await.unwrap(), Outcome::Unchanged);
    assert_eq!(bed.vports().await, []);
    node.undefine_pool(&name).await.unwrap();
    assert_eq!(bed.written().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_definition_is_kept_as_it_was_given() {
    let bed = Bed::new();
    let xml = WEB1_A.replace("<source>", "<x:note xmlns:x='urn:x'>theirs</x:note><source>");
    let name = bed.define(&xml).await;
    let kept = bed.node.pool(&name).await.unwrap().definition.to_xml();
    assert!(kept.contains("theirs"), "{kept}");
    assert_eq!(kept, PoolDefinition::parse("again.xml", &kept).unwrap().to_xml());
}

#[tokio::test(start_paused = true)]
async fn one_without_a_uuid_gets_one_and_keeps_it() {
    let bed = Bed::new();
    let start = WEB1_A.find("<uuid>").unwrap();
    let end = WEB1_A.find("</uuid>").unwrap() + "</uuid>".len();
    let without = format!("{}{}", &WEB1_A[..start], &WEB1_A[end..]);
    let definition = PoolDefinition::parse("pool.xml", &without).unwrap();
    let mut chance = random_stream(5, "uuid");
    let (uuid, made) = bed.node.define_pool(&definition, &mut chance).await.unwrap();
    let (again, unchanged) = bed.node.define_pool(&definition, &mut chance).await.unwrap();
    assert_eq!((uuid, made, unchanged), (again, Outcome::Changed, Outcome::Unchanged));
    assert_eq!(uuid.0[6] >> 4, 4, "RFC 9562, version 4");
}

#[tokio::test(start_paused = true)]
async fn a_vhba_of_somebody_elses_is_adopted_and_left() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed.node.start_vhba("web1-a").await.unwrap();
    let name = bed.define(&WEB1_A.replace(" managed='yes'", "")).await;
    let up = bed.node.start_pool(&name).await.unwrap();
    assert!(up.vhbas[0].adopted);
    let in_use = bed.node.stop_vhba("web1-a").await.unwrap_err();
    assert_eq!(
        in_use.to_string(),
        format!("vHBA {} is in use by pool {name}: stop that first", web1_a().names)
    );
    let _ = bed.node.stop_pool(&name).await.unwrap();
    assert_eq!(bed.vports().await.len(), 1, "it was there before");
    // Started again while it is up, the pool does not take its own vHBA for somebody else's.
    let _ = bed.node.stop_vhba("web1-a").await.unwrap();
    bed.node.start_pool(&name).await.unwrap();
    bed.node.start_pool(&name).await.unwrap();
    let _ = bed.node.stop_pool(&name).await.unwrap();
    assert_eq!(bed.vports().await, []);
}

#[tokio::test(start_paused = true)]
async fn two_pools_cannot_have_the_same() {
    let bed = Bed::new();
    bed.define(WEB1_A).await;
    let mut chance = random_stream(1, "uuid");
    let parse = |xml: &str| PoolDefinition::parse("pool.xml", xml).unwrap();
    let other = parse(WEB1_B);
    let a = parse(WEB1_A).vhbas().next().unwrap().wwns;
    let cases = [
        WEB1_B.replace("<name>web1-b", "<name>web1-a"),
        WEB1_B.replace("5001a4a000000002", &a.wwpn.to_string().to_uppercase()),
        WEB1_B.replace("5001a4a000000102", &format!("0x{}", a.wwnn)),
    ];
    for (xml, what) in cases.iter().zip(["the name web1-a", "port name", "node name"]) {
        let refused = bed.node.define_pool(&parse(xml), &mut chance).await.unwrap_err();
        let text = refused.to_string();
        assert!(matches!(refused, NodeError::Taken { .. }) && text.contains(what), "{text}");
    }
    let _ = bed.node.define_pool(&other, &mut chance).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_adopted_and_is_gone_is_made_and_deleted_as_ones_own() {
    let bed = Bed::new();
    let unmanaged = WEB1_A.replace(" managed='yes'", "");
    assert_ne!(unmanaged, WEB1_A, "the example has changed");
    let name = bed.define(&unmanaged).await;
    let names = web1_a().names;
    let _ = bed.alpha.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    assert!(bed.node.start_pool(&name).await.unwrap().vhbas[0].adopted);
    // Its owner deletes it; the next start makes it.
    bed.delete_by_hand(0, names).await;
    assert!(!bed.node.start_pool(&name).await.unwrap().vhbas[0].adopted);
    let _ = bed.node.stop_pool(&name).await.unwrap();
    assert_eq!(bed.vports().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_name_goes_before_the_uuid_of_another() {
    let bed = Bed::new();
    let uuid = "00000000-0000-4000-8000-000000000001";
    let with_uuid = |xml: &str, uuid: &str| {
        let definition = PoolDefinition::parse("pool.xml", xml).unwrap();
        let old = definition.uuid.unwrap().to_string();
        xml.replace(&old, uuid)
    };
    let _ = bed.define(&with_uuid(WEB1_A, uuid)).await;
    let named = WEB1_B.replace("<name>web1-b</name>", &format!("<name>{uuid}</name>"));
    assert_ne!(named, WEB1_B, "the example has changed");
    let _ = bed.define(&named).await;
    assert_eq!(bed.node.pool(uuid).await.unwrap().definition.name.as_str(), uuid);
}

#[tokio::test(start_paused = true)]
async fn a_host_does_not_release_what_it_has_up() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    bed.node.start_pool(&name).await.unwrap();
    let wwpn = web1_a().names.wwpn;
    let refused = bed.node.revoke_lease(wwpn, "alpha").await.unwrap_err();
    assert_eq!(refused.to_string(), format!("vHBA {wwpn} is up: stop it first"));
    let _ = bed.node.stop_pool(&name).await.unwrap();
    assert_eq!(bed.node.revoke_lease(wwpn, "alpha").await.unwrap(), Outcome::Unchanged);
}

#[tokio::test(start_paused = true)]
async fn a_pool_is_not_renamed() {
    let bed = Bed::new();
    let name = bed.define(WEB1_A).await;
    let other = WEB1_A.replace("<name>web1-a</name>", "<name>web9</name>");
    let other = PoolDefinition::parse("other.xml", &other).unwrap();
    let mut chance = random_stream(1, "uuid");
    let refused = bed.node.define_pool(&other, &mut chance).await.unwrap_err();
    assert!(matches!(&refused, NodeError::Taken { owner, .. } if *owner == format!("pool {name}")));
    assert!(bed.node.pool(&name).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_pool_lets_go_of_a_vhba_that_was_started_by_itself() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    let name = bed.define(WEB1_A).await;
    assert!(WEB1_A.contains("managed='yes'"), "the example has changed");
    // Whichever was first.
    for vhba_first in [true, false] {
        if vhba_first {
            bed.node.start_vhba("web1-a").await.unwrap();
            bed.node.start_pool(&name).await.unwrap();
        } else {
            bed.node.start_pool(&name).await.unwrap();
            bed.node.start_vhba("web1-a").await.unwrap();
        }
        let _ = bed.node.stop_pool(&name).await.unwrap();
        assert_eq!(bed.vports().await, [web1_a().names], "vHBA first: {vhba_first}");
        let _ = bed.node.stop_vhba("web1-a").await.unwrap();
        assert_eq!(bed.vports().await, []);
    }
}
