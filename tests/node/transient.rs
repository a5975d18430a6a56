//! vHBAs that nobody defines.

use std::sync::Arc;

use npivot::libvirt::ParentChoice;
use npivot::node::{Node, NodeError, VhbaState};
use npivot_fabric::world::random_stream;
use npivot_hal::VportState;

use crate::{Bed, WEB1_A, cut, web1_a};

#[tokio::test(start_paused = true)]
async fn one_is_made_under_new_names_and_ends_with_the_boot() {
    let bed = Bed::new();
    let mut chance = random_stream(1, "names");
    let anywhere = ParentChoice::Automatic;
    let one = bed.node.create_vhba(None, &anywhere, &mut chance).await.unwrap();
    let other = bed.node.create_vhba(None, &anywhere, &mut chance).await.unwrap();
    assert_ne!((one.names.wwpn, one.names.wwnn), (other.names.wwpn, other.names.wwnn));
    let listed = bed.node.vhbas().await.unwrap();
    assert_eq!(listed.len(), 2);
    for info in &listed {
        assert!(info.definition.is_none() && info.name.starts_with("scsi_host"), "{info:?}");
        assert!(matches!(info.state, VhbaState::Up { state: VportState::Active, .. }));
    }
    // It is kept from others for as long as it is there, and its names for ever.
    let beta = Node::new(bed.san.host("beta").unwrap(), Arc::clone(&bed.records) as _);
    let taken = beta.create_vhba(Some(one.names), &anywhere, &mut chance).await.unwrap_err();
    assert!(matches!(taken, NodeError::Held { .. }), "{taken}");
    let _ = bed.node.stop_vhba(&format!("scsi_{}", one.adapter)).await.unwrap();
    let _ = bed.node.stop_vhba(&format!("scsi_{}", other.adapter)).await.unwrap();
    assert_eq!((bed.vports().await, bed.written().await), (vec![], vec![]));
    let mut again = random_stream(1, "names");
    let third = bed.node.create_vhba(None, &anywhere, &mut again).await.unwrap();
    assert_ne!(third.names.wwpn, one.names.wwpn, "the same chance");
}

#[tokio::test(start_paused = true)]
async fn what_is_defined_is_started_and_not_made() {
    let bed = Bed::new();
    let mut chance = random_stream(1, "names");
    let names = web1_a().names;
    let anywhere = ParentChoice::Automatic;
    let pool = bed.define(WEB1_A).await;
    let refused = bed.node.create_vhba(Some(names), &anywhere, &mut chance).await.unwrap_err();
    let text = format!("port name 5001a4a000000001 is pool {pool}'s: start that");
    assert_eq!(refused.to_string(), text);
    bed.node.undefine_pool(&pool).await.unwrap();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    let refused = bed.node.create_vhba(Some(names), &anywhere, &mut chance).await.unwrap_err();
    assert!(refused.to_string().ends_with("is vHBA web1-a's: start that"), "{refused}");
    bed.node.undefine_vhba("web1-a").await.unwrap();
    let up = bed.node.create_vhba(Some(names), &anywhere, &mut chance).await.unwrap();
    assert!(!up.adopted);
    let again = bed.node.create_vhba(Some(names), &anywhere, &mut chance).await.unwrap();
    assert!(again.adopted && again.adapter == up.adapter);
    // It can be kept from then on.
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    assert!(bed.node.vhba("web1-a").await.unwrap().definition.is_some());
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_made_leaves_nothing() {
    let bed = Bed::new();
    let mut chance = random_stream(1, "names");
    let nowhere = ParentChoice::ByName("scsi_host7".into());
    let refused = bed.node.create_vhba(None, &nowhere, &mut chance).await.unwrap_err();
    assert!(refused.to_string().contains("wanted parent scsi_host7"), "{refused}");
    for hba in 0..2 {
        cut(&bed.san, hba);
    }
    let names = Some(web1_a().names);
    let anywhere = ParentChoice::Automatic;
    let refused = bed.node.create_vhba(names, &anywhere, &mut chance).await.unwrap_err();
    assert!(refused.to_string().contains("has no parent"), "{refused}");
    assert_eq!((bed.vports().await, bed.written().await), (vec![], vec![]));
}
