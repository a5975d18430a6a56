//! Persistent vHBAs.

use npivot::libvirt::ParentChoice;
use npivot::node::{NodeError, VhbaDefinition, VhbaState};
use npivot_fabric::world::random_stream;
use npivot_hal::{Host as _, HostNo, Outcome, VportState, WwnPair};

use crate::{Bed, WEB1_B, web1_a};

#[tokio::test(start_paused = true)]
async fn a_definition_outlives_its_vhba() {
    let bed = Bed::new();
    let node = &bed.node;
    assert_eq!(node.define_vhba(&web1_a()).await.unwrap(), Outcome::Changed);
    assert_eq!(node.define_vhba(&web1_a()).await.unwrap(), Outcome::Unchanged);
    assert_eq!(node.vhba("web1-a").await.unwrap().state, VhbaState::Down);
    assert_eq!(bed.vports().await, [], "to define makes nothing");

    let up = node.start_vhba("web1-a").await.unwrap();
    assert!(!up.adopted);
    let info = node.vhba("web1-a").await.unwrap();
    let VhbaState::Up { state, parent, adapter } = info.state else { panic!("{info:?}") };
    assert_eq!((state, parent, adapter), (VportState::Active, up.parent, Some(up.adapter)));
    assert!(node.start_vhba("web1-a").await.unwrap().adopted, "it is there");

    assert_eq!(node.stop_vhba("web1-a").await.unwrap(), Outcome::Changed);
    assert_eq!(node.stop_vhba("web1-a").await.unwrap(), Outcome::Unchanged);
    assert_eq!(bed.vports().await, []);
    assert_eq!(node.vhbas().await.unwrap().len(), 1, "still defined");
    node.undefine_vhba("web1-a").await.unwrap();
    assert_eq!(node.vhbas().await.unwrap(), []);
    assert_eq!(bed.written().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_made_is_listed_and_can_be_stopped() {
    let bed = Bed::new();
    let names = web1_a().names;
    let npiv = npivot_hal::Host::npiv(&*bed.alpha).unwrap();
    let _ = npiv.create_vport(npivot_hal::HostNo(0), names).await.unwrap();
    let all = bed.node.vhbas().await.unwrap();
    assert_eq!((all.len(), all[0].name.as_str()), (1, "scsi_host2"));
    assert!(all[0].definition.is_none(), "a transient one");
    for name in ["scsi_host2", "50:01:A4:A0:00:00:00:01", "0x5001a4a000000001"] {
        assert_eq!(bed.node.vhba(name).await.unwrap().names, names, "{name}");
    }
    // Defined, it is the defined one from then on.
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    assert_eq!(bed.node.vhbas().await.unwrap().len(), 1);
    bed.node.undefine_vhba("web1-a").await.unwrap();
    assert_eq!(bed.vports().await.len(), 1, "to undefine ends nothing");
    assert_eq!(bed.node.stop_vhba("scsi_host2").await.unwrap(), Outcome::Changed);
    assert_eq!(bed.vports().await, []);
}

#[tokio::test(start_paused = true)]
async fn names_are_taken_once() {
    let bed = Bed::new();
    let first = web1_a();
    let _ = bed.node.define_vhba(&first).await.unwrap();
    let mut names = [first.names, first.names];
    names[0].wwnn = "5001a4a0000001ff".parse().unwrap();
    names[1].wwpn = "5001a4a0000000ff".parse().unwrap();
    for (names, what) in names.into_iter().zip(["port name", "node name"]) {
        let other = VhbaDefinition { name: "other".parse().unwrap(), names, ..first.clone() };
        let error = bed.node.define_vhba(&other).await.unwrap_err().to_string();
        assert!(error.contains(what) && error.contains("vHBA web1-a"), "{error}");
    }
    // Under its own name it may get others, but not while it is up.
    bed.node.start_vhba("web1-a").await.unwrap();
    let renamed = VhbaDefinition { names: names[1], ..first.clone() };
    let refused = bed.node.define_vhba(&renamed).await.unwrap_err();
    assert!(matches!(refused, NodeError::IsUp { .. }), "{refused}");
    let moved = VhbaDefinition { parent: ParentChoice::ByName("scsi_host1".into()), ..first };
    assert_eq!(bed.node.define_vhba(&moved).await.unwrap(), Outcome::Changed, "for the next start");
    let _ = bed.node.stop_vhba("web1-a").await.unwrap();
    assert_eq!(bed.node.define_vhba(&renamed).await.unwrap(), Outcome::Changed);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_leaves_nothing_and_says_why() {
    let bed = Bed::new();
    let wanted = ParentChoice::ByName("scsi_host7".into());
    let _ = bed.node.define_vhba(&VhbaDefinition { parent: wanted, ..web1_a() }).await.unwrap();
    let error = bed.node.start_vhba("web1-a").await.unwrap_err().to_string();
    assert!(error.contains("wanted parent scsi_host7"), "{error}");
    assert_eq!(bed.vports().await, []);
    assert_eq!(bed.written().await, ["vhba/alpha/web1-a"], "no note of a start");
    let error = bed.node.start_vhba("web2").await.unwrap_err();
    assert_eq!(error.to_string(), "alpha has no vHBA web2");
}

#[test]
fn names_are_what_a_file_can_be_called() {
    for name in ["web1", "node_device.5", "ä"] {
        assert!(name.parse::<npivot::node::NodeName>().is_ok(), "{name}");
    }
    let long = "x".repeat(201);
    for name in ["", "a/b", "a b", "a\nb", "a\0", ".", "..", &long] {
        assert!(name.parse::<npivot::node::NodeName>().is_err(), "{name:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_definitions_name_means_no_other_vhba() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    let up = bed.node.start_vhba("web1-a").await.unwrap();
    let number = format!("scsi_{}", up.adapter);
    assert_eq!(bed.node.vhba(&number).await.unwrap().name, "web1-a");
    let names = pair("5001a4a0000000f1", "5001a4a0000001f1");
    for name in [&*number, "host12", "5001a4a000000001", "50:01:a4:a0:00:00:00:09"] {
        let other = VhbaDefinition { name: name.parse().unwrap(), names, ..web1_a() };
        let refused = bed.node.define_vhba(&other).await.unwrap_err();
        assert!(matches!(&refused, NodeError::Ambiguous { name: no } if no == name), "{refused}");
    }
    for name in ["hostess", "scsi_host", "web1"] {
        let other = VhbaDefinition { name: name.parse().unwrap(), names, ..web1_a() };
        let _ = bed.node.define_vhba(&other).await.unwrap();
        bed.node.undefine_vhba(name).await.unwrap();
    }
}

fn pair(wwpn: &str, wwnn: &str) -> WwnPair {
    WwnPair::new(wwpn.parse().unwrap(), wwnn.parse().unwrap())
}

/// A pool adopts the vHBA of its two names; one of the two is a mistake, found when it is made.
#[tokio::test(start_paused = true)]
async fn half_a_pair_is_refused_whoever_has_it() {
    let bed = Bed::new();
    bed.define(WEB1_B).await;
    let pool = bed.node.pool("web1-b").await.unwrap().definition;
    let both = pool.vhbas().next().unwrap().wwns;
    let half = pair(&both.wwpn.to_string(), "5001a4a0000001ff");
    let other = |names| VhbaDefinition { name: "other".parse().unwrap(), names, ..web1_a() };
    let refused = bed.node.define_vhba(&other(half)).await.unwrap_err().to_string();
    let text = format!("vHBA other cannot be defined: port name {} is pool web1-b's", both.wwpn);
    assert_eq!(refused, text);
    let _ = bed.node.define_vhba(&other(both)).await.unwrap();
    bed.node.undefine_pool("web1-b").await.unwrap();
    // And the other way round.
    let _ = bed.node.define_vhba(&other(half)).await.unwrap();
    let refused = bed.node.define_pool(&pool, &mut random_stream(1, "uuid")).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.ends_with(&format!("port name {} is vHBA other's", both.wwpn)), "{refused}");
    // Whoever has the whole pair may have another with half of it.
    let _ = bed.node.undefine_vhba("other").await;
    let second = format!("<npivot:vhba wwnn='{}' wwpn='5001a4a0000000f8'/>", both.wwnn);
    let own =
        format!("<npivot:pool xmlns:npivot='urn:npivot:pool:1'>{second}</npivot:pool></pool>");
    let text = pool.to_xml().replace("</pool>", &own);
    for first_pool in [false, true] {
        if first_pool {
            bed.define(&text).await;
        }
        let _ = bed.node.define_vhba(&other(both)).await.unwrap();
        if !first_pool {
            bed.define(&text).await;
            assert_eq!(bed.node.define_vhba(&other(both)).await.unwrap(), Outcome::Unchanged);
        }
        bed.node.undefine_pool("web1-b").await.unwrap();
        bed.node.undefine_vhba("other").await.unwrap();
    }
    let hardware = bed.alpha.adapters().await.unwrap().remove(0).names;
    let half = pair("5001a4a0000000f7", &hardware.wwnn.to_string());
    let refused = bed.node.define_vhba(&other(half)).await.unwrap_err().to_string();
    assert!(
        refused.ends_with(&format!("node name {} is adapter host0's", hardware.wwnn)),
        "{refused}"
    );
}

/// Nothing of this is repaired behind anybody's back: a guest may be writing to its disks.
#[tokio::test(start_paused = true)]
async fn one_that_is_up_on_another_parent_is_told_and_left() {
    let bed = Bed::new();
    let names = web1_a().names;
    let _ = bed.alpha.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    let elsewhere = ParentChoice::ByName("scsi_host1".into());
    let wanted = VhbaDefinition { parent: elsewhere, ..web1_a() };
    let _ = bed.node.define_vhba(&wanted).await.unwrap();
    let refused = bed.node.start_vhba("web1-a").await.unwrap_err().to_string();
    let text = "vHBA 50:01:a4:a0:00:00:00:01 is up on host0 of host alpha, and its definition wants parent \
                scsi_host1: when no guest uses it, stop it, then start it";
    assert_eq!(refused.replace("5001a4a000000001", "50:01:a4:a0:00:00:00:01"), text);
    assert_eq!(bed.vports().await, [names], "it is as it was");
    let written = ["lease/wwpn/5001a4a000000001", "vhba/alpha/web1-a"];
    assert_eq!(bed.written().await, written, "no note of a start, but nobody else may have it");

    // Started, then defined to be elsewhere.
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed.node.start_vhba("web1-a").await.unwrap();
    assert_eq!(bed.node.findings(false).await.unwrap().actions, []);
    let _ = bed.node.define_vhba(&wanted).await.unwrap();
    let found = bed.node.findings(false).await.unwrap();
    let [action] = &found.actions[..] else { panic!("{found:?}") };
    assert_eq!(
        action.to_string(),
        format!("move vHBA {names}: it is on host0, and vHBA web1-a wants parent scsi_host1")
    );
    let done = bed.node.reconcile(found).await;
    assert!(done.done.is_empty() && done.failed.len() == 1, "{done:?}");
    assert_eq!(bed.vports().await, [names]);
}
