//! Vports against their model.

use std::cell::RefCell;

use npivot_hal::{AdapterKind, HostNo, WwnPair, Wwnn};

use super::{LONG, agree, walk};
use crate::Ability::{Fabric, Host, Npiv, SpareNames};
use crate::bed::{Bed, NO_ADAPTER, Problem, Verdict, ensure, same};
use crate::case::{Case, case};
use crate::model::VportModel;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Npiv, Changes, [Host, Npiv, SpareNames], random_vports_agree_with_a_model,
        "Npiv: every outcome, error kind and listing, after any sequence of creations and deletions").within(LONG),
    case!(NameServer, Changes, [Host, Npiv, Fabric, SpareNames], random_vports_are_registered_while_active,
        "Npiv::delete_vport: logged out when it returns; Fabric::name_server: who is logged in").within(LONG),
];

/// The adapters to walk on, and their model.
async fn ground(bed: &Bed) -> Verdict<(Vec<HostNo>, VportModel)> {
    // One vport first: where none can log in, nothing can be said.
    let (hba, vport) = bed.active(0).await?;
    let _ = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
    let (mut places, mut model) = (vec![NO_ADAPTER], VportModel::default());
    for adapter in bed.host()?.adapters().await? {
        let (Some(npiv), AdapterKind::Physical { .. }) = (adapter.npiv(), adapter.kind) else {
            continue;
        };
        if adapter.no == hba.no {
            let vports = bed.npiv()?.vports(adapter.no).await?;
            let vports = vports.into_iter().map(|vport| vport.names).collect();
            model.add(adapter.no, adapter.names.wwpn, npiv.max, vports);
            // Mostly here, sometimes nowhere.
            places.extend([adapter.no; 8]);
        }
    }
    Ok((places, model))
}

/// The spare names, and some that clash with them.
fn names(bed: &Bed) -> Vec<WwnPair> {
    let mut all: Vec<WwnPair> = bed.spares().iter().take(4).copied().collect();
    let first = all[0];
    all.extend(Wwnn::new(first.wwnn.get() ^ 0x20).map(|wwnn| WwnPair::new(first.wwpn, wwnn)));
    all
}

async fn random_vports_agree_with_a_model(bed: &Bed) -> Verdict {
    let (places, model) = ground(bed).await?;
    let names = names(bed);
    for name in &names {
        bed.delete_later(places[1], *name);
    }
    let (model, npiv) = (RefCell::new(model), bed.npiv()?);
    let step = async |dice: &mut crate::model::Dice| {
        let (place, name) = (*dice.pick(&places), *dice.pick(&names));
        if dice.below(5) < 3 {
            let expected = model.borrow_mut().create(place, name);
            let told = npiv.create_vport(place, name).await.map(|(_, outcome)| outcome);
            agree(format!("create {name} on {place}"), told, &expected)
        } else {
            let expected = model.borrow_mut().delete(place, name);
            agree(
                format!("delete {name} on {place}"),
                npiv.delete_vport(place, name).await,
                &expected,
            )
        }
    };
    let hold = async || {
        let expected = model.borrow().vports(places[1]);
        let vports = npiv.vports(places[1]).await?;
        let mut listed: Vec<WwnPair> = vports.iter().map(|vport| vport.names).collect();
        listed.sort();
        same("vports()", &listed, &expected)?;
        let adapters = bed.host()?.adapters().await?;
        let of = AdapterKind::Virtual { parent: places[1] };
        let own = adapters.iter().filter(|adapter| adapter.kind == of).map(|adapter| adapter.names);
        let mut own: Vec<WwnPair> = own.collect();
        own.sort();
        same("the vports' adapters", &own, &expected)?;
        let parent = adapters.iter().find(|adapter| adapter.no == places[1]);
        let in_use = parent.and_then(npivot_hal::Adapter::npiv).map(|npiv| npiv.in_use as usize);
        same("in_use", &in_use, &Some(expected.len()))
    };
    walk(bed, 5, step, hold).await
}

async fn random_vports_are_registered_while_active(bed: &Bed) -> Verdict {
    let (places, _) = ground(bed).await?;
    let hba = bed.adapter(places[1]).await?;
    let fabric = bed.fabrics().iter().find(|f| f.capabilities().fabric_name == hba.fabric);
    let fabric = fabric.ok_or_else(|| Problem::Lacks("the fabric of the adapter".into()))?;
    let names: Vec<WwnPair> = names(bed).into_iter().take(4).collect();
    for name in &names {
        bed.delete_later(hba.no, *name);
    }
    let step = async |dice: &mut crate::model::Dice| {
        let name = *dice.pick(&names);
        let what = if dice.below(2) == 0 {
            let _ = bed.npiv()?.create_vport(hba.no, name).await?;
            format!("create {name}")
        } else {
            let _ = bed.npiv()?.delete_vport(hba.no, name).await?;
            format!("delete {name}")
        };
        // Sometimes at once, sometimes when all has come to rest.
        if dice.below(2) == 0 {
            bed.quiet().await;
        }
        Ok(what)
    };
    let hold = async || {
        let vports = bed.npiv()?.vports(hba.no).await?;
        let entries = fabric.name_server().await?;
        for name in &names {
            let vport = vports.iter().find(|vport| vport.names == *name);
            let entry = entries.iter().find(|entry| entry.names.wwpn == name.wwpn);
            let (id, registered) = (vport.and_then(|v| v.port_id), entry.map(|e| e.port_id));
            ensure!(id == registered, "{name} has {id:?}, the name server says {registered:?}");
        }
        Ok(())
    };
    walk(bed, 4, step, hold).await
}
