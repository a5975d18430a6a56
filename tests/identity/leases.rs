//! From before a vHBA is made until it is gone, its port name is its host's.

use std::sync::Arc;

use npivot::identity::lease_key;
use npivot::libvirt::{ParentChoice, PoolDefinition};
use npivot::node::{Action, Node, NodeError, VhbaDefinition};
use npivot::store::{Lease, MemoryStore};
use npivot_fabric::Simulation;
use npivot_fabric::world::random_stream;
use npivot_hal::{Host as _, Outcome, WwnPair};

use crate::{definition, node, pair, san};

const WEB1_A: &str = include_str!("../../examples/xml/web1-a.xml");
const NAMES: WwnPair = {
    use npivot_hal::{Wwnn, Wwpn};
    let names = (Wwpn::new(0x5001_a4a0_0000_0001), Wwnn::new(0x5001_a4a0_0000_0101));
    let (Some(wwpn), Some(wwnn)) = names else { panic!("they are names") };
    WwnPair::new(wwpn, wwnn)
};

struct Bed {
    san: Simulation,
    store: Arc<MemoryStore>,
    alpha: Node,
    beta: Node,
}

/// Two hosts that have the same definition.
async fn bed() -> Bed {
    let (san, store) = (san(), Arc::new(MemoryStore::default()));
    let [alpha, beta] = ["alpha", "beta"].map(|host| node(&san, host, Arc::clone(&store) as _));
    for node in [&alpha, &beta] {
        let _ = node.define_vhba(&definition("web1-a", NAMES)).await.unwrap();
    }
    Bed { san, store, alpha, beta }
}

impl Bed {
    async fn holder(&self) -> Option<String> {
        let lease = Lease::read(&*self.store, &lease_key(NAMES.wwpn)).await.unwrap();
        lease.map(|lease| lease.holder)
    }

    async fn is_alphas(&self, context: &str) {
        assert_eq!(self.holder().await.as_deref(), Some("alpha"), "{context}");
        let refused = self.beta.start_vhba("web1-a").await.unwrap_err();
        assert!(
            matches!(&refused, NodeError::Held { holder, .. } if holder == "alpha"),
            "{context}"
        );
    }

    async fn is_nobodys(&self, context: &str) {
        assert_eq!(self.holder().await, None, "{context}");
    }

    /// Deletes alpha's vport of the name, as a boot or somebody with a shell would.
    async fn delete_by_hand(&self) {
        let host = self.san.host("alpha").unwrap();
        for adapter in host.adapters().await.unwrap() {
            if adapter.npiv().is_some() {
                let npiv = host.npiv().unwrap();
                let _ = npiv.delete_vport(adapter.no, NAMES).await.unwrap();
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_held_while_the_vhba_is_up() {
    let bed = bed().await;
    bed.is_nobodys("to define holds nothing").await;
    bed.alpha.start_vhba("web1-a").await.unwrap();
    bed.is_alphas("up").await;
    bed.alpha.start_vhba("web1-a").await.unwrap();
    bed.is_alphas("started again").await;
    let refused = bed.beta.start_vhba("web1-a").await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "vHBA 5001a4a000000001:5001a4a000000101 is up on host alpha: stop it there; if that host is gone \
         for good, `npivot vhba release 5001a4a000000001 --from alpha` says so"
    );
    // A stop by who does not have it changes nothing.
    let _ = bed.beta.stop_vhba("web1-a").await.unwrap();
    bed.is_alphas("beta stopped what it has not").await;
    let _ = bed.alpha.stop_vhba("web1-a").await.unwrap();
    bed.is_nobodys("stopped").await;
    bed.beta.start_vhba("web1-a").await.unwrap();
    assert_eq!(bed.holder().await.as_deref(), Some("beta"));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_holds_nothing() {
    let bed = bed().await;
    let parent = ParentChoice::ByName("scsi_host7".into());
    let nowhere = VhbaDefinition { parent, ..definition("web1-a", NAMES) };
    let _ = bed.alpha.define_vhba(&nowhere).await.unwrap();
    bed.alpha.start_vhba("web1-a").await.unwrap_err();
    bed.is_nobodys("it could not be made").await;
    bed.beta.start_vhba("web1-a").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pool_holds_its_vhbas() {
    let bed = bed().await;
    let pool = PoolDefinition::parse("pool.xml", WEB1_A).unwrap();
    for node in [&bed.alpha, &bed.beta] {
        let _ = node.define_pool(&pool, &mut random_stream(1, "uuid")).await.unwrap();
    }
    bed.alpha.start_pool("web1-a").await.unwrap();
    bed.is_alphas("the pool is up").await;
    let refused = bed.beta.start_pool("web1-a").await.unwrap_err();
    assert!(matches!(refused, NodeError::Held { .. }), "{refused}");
    let _ = bed.alpha.stop_pool("web1-a").await.unwrap();
    bed.is_nobodys("the pool is down").await;
    // On a vHBA that was there before, the pool leaves it there.
    bed.alpha.start_vhba("web1-a").await.unwrap();
    let adopting = WEB1_A.replace(" managed='yes'", "");
    let adopting = PoolDefinition::parse("pool.xml", &adopting).unwrap();
    let _ = bed.alpha.define_pool(&adopting, &mut random_stream(1, "uuid")).await.unwrap();
    bed.alpha.start_pool("web1-a").await.unwrap();
    let _ = bed.alpha.stop_pool("web1-a").await.unwrap();
    bed.is_alphas("the vHBA is still up").await;
    let _ = bed.alpha.stop_vhba("web1-a").await.unwrap();
    bed.is_nobodys("now it is down").await;
}

#[tokio::test(start_paused = true)]
async fn undefined_while_it_is_up_it_is_held_until_it_is_gone() {
    let bed = bed().await;
    bed.alpha.start_vhba("web1-a").await.unwrap();
    bed.alpha.undefine_vhba("web1-a").await.unwrap();
    bed.is_alphas("it is up still").await;
    let _ = bed.alpha.stop_vhba(&NAMES.wwpn.to_string()).await.unwrap();
    bed.is_nobodys("the transient one is stopped").await;
    // One that a boot ends, reconcile gives up.
    let _ = bed.alpha.define_vhba(&definition("web1-a", NAMES)).await.unwrap();
    bed.alpha.start_vhba("web1-a").await.unwrap();
    bed.alpha.undefine_vhba("web1-a").await.unwrap();
    assert_eq!(bed.alpha.findings(false).await.unwrap().actions, []);
    bed.delete_by_hand().await;
    bed.is_alphas("alpha has not looked yet").await;
    let findings = bed.alpha.findings(true).await.unwrap();
    assert_eq!(findings.actions, [Action::GiveUp { wwpn: NAMES.wwpn }]);
    assert_eq!(bed.beta.findings(true).await.unwrap().actions, [], "it is not beta's to give up");
    assert!(bed.alpha.reconcile(findings).await.failed.is_empty());
    bed.is_nobodys("reconciled").await;
}

#[tokio::test(start_paused = true)]
async fn after_a_boot_what_does_not_start_is_given_up() {
    let bed = bed().await;
    bed.alpha.start_vhba("web1-a").await.unwrap();
    bed.delete_by_hand().await;
    bed.is_alphas("it is to be up").await;
    // Without a boot, it is mended and never was anybody else's.
    let findings = bed.alpha.findings(false).await.unwrap();
    assert!(bed.alpha.reconcile(findings).await.failed.is_empty());
    bed.is_alphas("mended").await;
    bed.delete_by_hand().await;
    let findings = bed.alpha.findings(true).await.unwrap();
    assert_eq!(findings.actions.len(), 1, "{findings:?}");
    assert!(bed.alpha.reconcile(findings).await.failed.is_empty());
    bed.is_nobodys("it does not start at boot").await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_hosts_lease_is_revoked_by_who_knows() {
    let bed = bed().await;
    assert_eq!(bed.beta.revoke_lease(NAMES.wwpn, "alpha").await.unwrap(), Outcome::Unchanged);
    bed.alpha.start_vhba("web1-a").await.unwrap();
    // Its machine is gone, and with it the vHBA.
    bed.delete_by_hand().await;
    bed.is_alphas("nobody has said so").await;
    let refused = bed.beta.revoke_lease(NAMES.wwpn, "gamma").await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "5001a4a000000001 is held by host alpha, not by gamma: nothing is released"
    );
    bed.is_alphas("who is named is not who has it").await;
    assert_eq!(bed.beta.revoke_lease(NAMES.wwpn, "alpha").await.unwrap(), Outcome::Changed);
    bed.beta.start_vhba("web1-a").await.unwrap();
    // It comes back, and does not take it.
    let findings = bed.alpha.findings(false).await.unwrap();
    let reconciled = bed.alpha.reconcile(findings).await;
    assert!(
        matches!(&reconciled.failed[..], [(_, NodeError::Held { holder, .. })] if holder == "beta")
    );
    assert_eq!(bed.holder().await.as_deref(), Some("beta"));
}

#[tokio::test(start_paused = true)]
async fn another_name_is_another_lease() {
    let bed = bed().await;
    bed.alpha.start_vhba("web1-a").await.unwrap();
    let _ = bed.beta.define_vhba(&definition("web1-a", pair(2, 0x102))).await.unwrap();
    bed.beta.start_vhba("web1-a").await.unwrap();
}
