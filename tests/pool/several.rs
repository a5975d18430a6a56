//! Pools on several vHBAs, and on SCSI hosts as they are.

use std::time::Duration;

use npivot::libvirt::{PoolAdapter, PoolDefinition, ScsiHostAdapter};
use npivot::pool::{self, Readiness, Rule, StartOptions};
use npivot_fabric::Simulation;
use npivot_fabric::host::Kind;
use npivot_fabric::world::Command;
use npivot_hal::{Host, HostNo, PathState, PciAddress};

use crate::{alpha_on, pool};

/// The pool on fabric a with the vHBA of the one on fabric b as its second.
fn on_both() -> PoolDefinition {
    let other = include_str!("../../examples/xml/web1-b.xml");
    let other = PoolDefinition::parse("b.xml", other).unwrap();
    let mut both = pool("");
    both.extension.vhbas = other.vhbas().cloned().collect();
    both
}

/// Takes the light from an HBA of alpha's.
fn cut(san: &Simulation, hba: usize) {
    let port = san.with(|world| match world.adapter(world.hosts()[0].hbas[hba]).unwrap().kind {
        Kind::Physical { port, .. } => port,
        Kind::Virtual { .. } => unreachable!("an HBA is physical"),
    });
    san.apply(Command::Light { port, on: false }).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_volume_has_paths_over_both_fabrics() {
    let (_san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &on_both(), &StartOptions::default()).await.unwrap();
    assert_eq!((up.vhbas.len(), up.down.len(), up.readiness), (2, 0, Readiness::Quiet));
    let adapters = alpha.adapters().await.unwrap();
    let fabrics = adapters.iter().filter(|a| up.adapters.contains(&a.no)).map(|a| a.fabric);
    let fabrics: Vec<_> = fabrics.collect();
    assert!(fabrics[0].is_some() && fabrics[1].is_some() && fabrics[0] != fabrics[1]);
    let counts = up.volumes.path_counts();
    assert_eq!(counts.into_values().collect::<Vec<_>>(), [4, 4], "two volumes, not four");
    let name = |volume: &str| up.volumes.named(volume).map(|volume| volume.paths.len());
    assert_eq!(name("unit:0:0:0"), Ok(4), "both adapters number alike, and mean the same");
    let up = pool::start(&*alpha, &on_both(), &StartOptions::default()).await.unwrap();
    assert!(up.vhbas.iter().all(|vhba| vhba.adopted));
}

#[tokio::test(start_paused = true)]
async fn vhbas_without_a_parent_of_their_own_are_spread_over_the_fabrics() {
    let (_san, alpha) = alpha_on(&[]);
    let mut both = on_both();
    let vhbas = both.adapter.fc_host_mut().into_iter().chain(&mut both.extension.vhbas);
    vhbas.for_each(|vhba| vhba.parent_wwns = None);
    let up = pool::start(&*alpha, &both, &StartOptions::default()).await.unwrap();
    assert_eq!(up.vhbas.iter().map(|vhba| vhba.parent).collect::<Vec<_>>(), [HostNo(0), HostNo(1)]);
    assert_ne!(up.vhbas[0].fabric, up.vhbas[1].fabric);
}

#[tokio::test(start_paused = true)]
async fn one_fabric_is_enough_and_the_other_is_said_to_be_down() {
    let (san, alpha) = alpha_on(&[]);
    cut(&san, 1);
    san.run_for(Duration::from_millis(50)).await;
    let up = pool::start(&*alpha, &on_both(), &StartOptions::default()).await.unwrap();
    assert_eq!((up.vhbas.len(), up.down.len()), (1, 1));
    assert!(up.down[0].1.to_string().contains("Linkdown, not Online"), "{}", up.down[0].1);
    assert_eq!(up.volumes.path_counts().into_values().collect::<Vec<_>>(), [2, 2]);
    assert_eq!(pool::stop(&*alpha, &up).await.unwrap(), 1);
    assert_eq!(alpha.adapters().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_pool_none_of_whose_vhbas_comes_up_is_not_up() {
    let (san, alpha) = alpha_on(&[]);
    for hba in [0, 1] {
        cut(&san, hba);
    }
    san.run_for(Duration::from_millis(50)).await;
    let error = pool::start(&*alpha, &on_both(), &StartOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("has no parent for the vHBA"), "{error}");
    assert_eq!(alpha.adapters().await.unwrap().len(), 2);
}

/// The pool on the physical adapter itself, which the example's zones and masks let see nothing.
#[tokio::test(start_paused = true)]
async fn a_scsi_host_is_used_as_it_is() {
    let (_san, alpha) = alpha_on(&[]);
    let hba = alpha.adapters().await.unwrap().remove(1);
    let (address, unique_id) = (hba.pci.unwrap(), hba.unique_id.unwrap());
    let mut local = pool("");
    let options =
        StartOptions { patience: Duration::from_secs(1), rule: Rule::Quiet(Duration::ZERO) };
    for adapter in
        [ScsiHostAdapter::ByName(hba.no), ScsiHostAdapter::ByPlace { address, unique_id }]
    {
        local.adapter = PoolAdapter::ScsiHost(adapter);
        let up = pool::start(&*alpha, &local, &options).await.unwrap();
        assert_eq!((up.adapters.as_slice(), up.vhbas.len()), (&[hba.no][..], 0));
        assert_eq!(pool::stop(&*alpha, &up).await.unwrap(), 0);
    }
    let wrong = [
        ScsiHostAdapter::ByName(HostNo(7)),
        ScsiHostAdapter::ByPlace { address: PciAddress { bus: 77, ..address }, unique_id },
    ];
    for adapter in wrong {
        local.adapter = PoolAdapter::ScsiHost(adapter);
        let error = pool::start(&*alpha, &local, &options).await.unwrap_err().to_string();
        assert!(error.contains("its Fibre Channel adapters: host0, host1"), "{error}");
    }
    // qla2xxx counts by the host's number, which the next boot deals anew: the place is the same.
    let renumbered = ScsiHostAdapter::ByPlace { address, unique_id: unique_id + 1 };
    local.adapter = PoolAdapter::ScsiHost(renumbered);
    let up = pool::start(&*alpha, &local, &options).await.unwrap();
    assert_eq!(up.adapters, [hba.no]);
    // lpfc tells its ports apart by it.
    let (_san, lpfc) = alpha_on(&[("qla2xxx", "lpfc")]);
    let error = pool::start(&*lpfc, &local, &options).await.unwrap_err().to_string();
    assert!(error.contains("does not have a SCSI host"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_definition_says_what_is_waited_for() {
    let (_san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    let mut definition = pool("");
    let expected = up.volumes.volumes.keys().map(|id| (id.clone(), 3));
    definition.extension.expected = expected.collect();
    definition.extension.deadline = Some(Duration::from_secs(2));
    let options = StartOptions::of(&definition);
    let partial = pool::start(&*alpha, &definition, &options).await.unwrap();
    assert!(matches!(&partial.readiness, Readiness::Partial(lacking) if lacking.len() == 2));
    definition.extension.expected.values_mut().for_each(|paths| *paths = 2);
    let options = StartOptions::of(&definition);
    let complete = pool::start(&*alpha, &definition, &options).await.unwrap();
    assert_eq!(complete.readiness, Readiness::Complete);
    let states = complete.volumes.volumes.values().flat_map(|volume| &volume.paths);
    assert!(states.into_iter().all(|path| path.state == PathState::Running));
}
