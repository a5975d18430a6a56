//! What differs is found, shown and mended.

use npivot::node::{Action, Findings, PoolState, VhbaState, Why};
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand};
use npivot_hal::Host as _;
use std::time::Duration;

use npivot::node::Node;
use std::sync::Arc;

use crate::{Bed, WEB1_A, WEB1_B, cut, web1_a};

async fn found(bed: &Bed, boot: bool) -> Vec<String> {
    let Findings { actions, .. } = bed.node.findings(boot).await.unwrap();
    actions.iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_differs_from_what_was_asked_for() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed.define(WEB1_B).await;
    assert_eq!(found(&bed, false).await, [""; 0], "what is down and was not up is down");
    bed.node.start_vhba("web1-a").await.unwrap();
    bed.node.start_pool("web1-b").await.unwrap();
    assert_eq!(found(&bed, false).await, [""; 0]);
    let _ = bed.node.stop_pool("web1-b").await.unwrap();
    let _ = bed.node.stop_vhba("web1-a").await.unwrap();
    assert_eq!(found(&bed, false).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_by_hand_comes_back() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed.define(WEB1_B).await;
    bed.node.start_vhba("web1-a").await.unwrap();
    bed.node.start_pool("web1-b").await.unwrap();
    for names in bed.vports().await {
        bed.delete_by_hand(0, names).await;
        bed.delete_by_hand(1, names).await;
    }
    let pool = bed.node.pool("web1-b").await.unwrap();
    assert_eq!(pool.state, PoolState::Degraded { vhbas: 0, of: 1 });
    let findings = bed.node.findings(false).await.unwrap();
    let why = Why::Gone;
    assert_eq!(
        findings.actions,
        [
            Action::StartVhba { name: "web1-a".into(), why },
            Action::StartPool { name: "web1-b".into(), why }
        ]
    );
    let reconciled = bed.node.reconcile(findings).await;
    assert_eq!((reconciled.done.len(), reconciled.failed.len()), (2, 0));
    assert_eq!(bed.vports().await.len(), 2);
    assert_eq!(found(&bed, false).await, [""; 0]);
    // What npivot made again is npivot's to delete.
    let _ = bed.node.stop_pool("web1-b").await.unwrap();
    assert_eq!(bed.vports().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_mended_is_said_and_found_again() {
    let bed = Bed::new();
    bed.define(WEB1_A).await;
    bed.node.start_pool("web1-a").await.unwrap();
    let names = bed.vports().await[0];
    bed.delete_by_hand(0, names).await;
    let port = cut(&bed.san, 0);
    bed.san.run_for(Duration::from_millis(50)).await;
    let findings = bed.node.findings(false).await.unwrap();
    let reconciled = bed.node.reconcile(findings.clone()).await;
    assert!(reconciled.failed[0].1.to_string().contains("Linkdown, not Online"));
    assert_eq!(bed.node.findings(false).await.unwrap(), findings);
    // The link is back.
    bed.san.apply(Command::Light { port, on: true }).unwrap();
    bed.san.run_for(Duration::from_secs(2)).await;
    assert_eq!(bed.node.reconcile(findings).await.failed.len(), 0);
    assert_eq!(found(&bed, false).await, [""; 0]);
}

/// After a boot the host has no vports, whatever was up.
#[tokio::test(start_paused = true)]
async fn at_boot_what_starts_at_boot_is_started_and_the_rest_is_down() {
    let bed = Bed::new();
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed.define(WEB1_B).await;
    let _ = bed.node.autostart_pool("web1-b", true).await.unwrap();
    bed.node.start_vhba("web1-a").await.unwrap();
    bed.node.start_pool("web1-b").await.unwrap();
    for names in bed.vports().await {
        bed.delete_by_hand(0, names).await;
        bed.delete_by_hand(1, names).await;
    }
    assert_eq!(
        found(&bed, true).await,
        ["note that vHBA web1-a is down", "start pool web1-b: it starts at boot"]
    );
    let findings = bed.node.findings(true).await.unwrap();
    let reconciled = bed.node.reconcile(findings).await;
    assert_eq!(reconciled.failed.len(), 0);
    assert_eq!(bed.node.vhba("web1-a").await.unwrap().state, VhbaState::Down);
    assert_eq!(bed.node.pool("web1-b").await.unwrap().state, PoolState::Active);
    assert_eq!(found(&bed, true).await, [""; 0], "a second time changes nothing");
    assert_eq!(found(&bed, false).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_comes_back_in_part_is_said_to() {
    let bed = Bed::new();
    let lun = "naa.60060160c1e0aa005000000000000009";
    let expects = format!(
        "<npivot:pool xmlns:npivot='urn:npivot:pool:1'><npivot:expect lun='{lun}'/>\
         <npivot:ready deadline_s='1'/></npivot:pool></pool>"
    );
    let name = bed.define(&WEB1_A.replace("</pool>", &expects)).await;
    let _ = bed.node.autostart_pool(&name, true).await.unwrap();
    let reconciled = bed.node.reconcile(bed.node.findings(true).await.unwrap()).await;
    assert_eq!((reconciled.done.len(), reconciled.failed.len()), (0, 0));
    let [(Action::StartPool { why: Why::Boot, .. }, missing)] = &reconciled.partial[..] else {
        panic!("{reconciled:?}");
    };
    assert_eq!(missing, &format!("missing 1 path of {lun}"));
    // It is up: what it lacks comes by itself, or not.
    assert_eq!(found(&bed, true).await, [""; 0]);
    assert_eq!(bed.node.pool(&name).await.unwrap().state, PoolState::Active);
}

/// A vHBA without a link is there, but nothing goes through it; it comes back by itself.
#[tokio::test(start_paused = true)]
async fn a_dark_link_degrades_a_pool_and_is_nothing_to_mend() {
    let bed = Bed::new();
    bed.define(WEB1_B).await;
    let up = bed.node.start_pool("web1-b").await.unwrap();
    let port = cut(&bed.san, usize::try_from(up.vhbas[0].parent.0).unwrap());
    let pool = bed.node.pool("web1-b").await.unwrap();
    assert_eq!(pool.state, PoolState::Degraded { vhbas: 0, of: 1 });
    assert_eq!(found(&bed, false).await, [""; 0]);
    bed.san.apply(Command::Light { port, on: true }).unwrap();
    assert!(bed.san.settled(Duration::from_secs(30)).await);
    assert_eq!(bed.node.pool("web1-b").await.unwrap().state, PoolState::Active);
}

/// A SCSI host is found again where it sits, whatever its number; one that is gone is told.
#[tokio::test(start_paused = true)]
async fn a_scsi_hosts_pool_survives_a_renumbering_and_says_when_it_does_not() {
    let bed = Bed::new();
    let hba = bed.alpha.adapters().await.unwrap().remove(0);
    let at = hba.pci.unwrap();
    let pool = |name: &str, bus: u8| {
        format!(
            "<pool type='scsi'><name>{name}</name><source><adapter type='scsi_host'><parentaddr unique_id='0'>\
             <address domain='{:#06x}' bus='{bus:#04x}' slot='{:#04x}' function='{:#x}'/></parentaddr></adapter>\
             </source></pool>",
            at.domain, at.slot, at.function
        )
    };
    bed.define(&pool("local", at.bus)).await;
    bed.node.start_pool("local").await.unwrap();
    let host = HostIx::from_index(0);
    for _ in 0..4 {
        bed.san.apply(Command::Host(host, HostCommand::Reboot)).unwrap();
        assert!(bed.san.settled(Duration::from_mins(1)).await);
        assert_eq!(bed.node.pool("local").await.unwrap().state, PoolState::Active);
        assert_eq!(found(&bed, false).await, [""; 0]);
    }
    // The same records on a host of that name without cards.
    let records = Arc::clone(&bed.records);
    let bare = Bed::on(&crate::TOPOLOGY.replacen("qla2xxx", "libfc", 1));
    let node = Node::new(bare.alpha, records);
    let state = node.pool("local").await.unwrap().state;
    assert_eq!(state, PoolState::Degraded { vhbas: 0, of: 1 });
    let findings = node.findings(false).await.unwrap();
    let start = Action::StartPool { name: "local".into(), why: Why::NoScsiHost };
    assert_eq!(findings.actions, [start]);
    assert_eq!(node.reconcile(findings).await.failed.len(), 1);
}
