//! The life of a vport.

use npivot_hal::{Adapter, AdapterKind, ErrorKind, FcId, Outcome, PortState, VportState, WwnPair};

use crate::Ability::{Fabric, Guest, Host, Luns, Npiv, SpareNames};
use crate::bed::{Bed, Problem, Verdict, ensure, refused, same, strictly_ascending};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Npiv, Changes, [Host, Npiv, SpareNames], create_returns_what_was_asked_for,
        "Npiv::create_vport: makes a vport and returns it: on this parent, with these names"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], the_first_create_is_changed,
        "Outcome::Changed: it is so now"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], create_returns_it_as_it_is_then,
        "Npiv::create_vport: success does not mean that it has logged in: no state that claims more than is so"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_vport_becomes_active,
        "Npiv::create_vport: watch its state; Active is logged in"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], an_active_vport_has_an_address,
        "Vport::port_id: its address, while logged in, in its parent's domain"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_vport_is_listed_at_once,
        "Npiv::vports: the vports on an adapter, from the creation's return on"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_vports_adapter_is_virtual,
        "AdapterKind::Virtual: the fc_host of a vport, with its parent and its names"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], vport_and_adapter_agree,
        "Vport and Adapter tell one state, one address, and the parent's fabric"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], in_use_counts_up_and_down,
        "NpivUse::in_use: how many exist now"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], several_vports_ascend,
        "Npiv::vports: by ascending number, also when made in another order"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], several_vports_differ,
        "Vport: each has its own adapter and its own address"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], other_adapters_are_left_alone,
        "Npiv::create_vport: on this adapter, and on no other"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_taken_port_name_is_refused,
        "Npiv::create_vport: AlreadyExists: the port name is in use on this adapter, under other names too"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], the_adapters_own_name_is_refused,
        "Npiv::create_vport: AlreadyExists: the adapter has the port name itself"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_refused_create_leaves_nothing,
        "Npiv::create_vport: refused is not made"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], a_vport_has_no_vports_of_its_own,
        "Npiv::create_vport: Unsupported: it cannot have vports"),
    case!(Npiv, Changes, [Host, Npiv, Fabric, SpareNames], without_npiv_no_vport_logs_in,
        "VportState::NoFabricSupport: the switch offers no NPIV; or Npiv::create_vport: Unsupported"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], delete_takes_it_off_the_lists,
        "Npiv::delete_vport: deletes a vport with everything behind it"),
    case!(Npiv, Changes, [Host, Npiv, Luns, Guest], delete_takes_what_is_behind_it,
        "Npiv::delete_vport: with everything behind it: remote ports and paths"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], delete_compares_both_names,
        "Npiv::delete_vport: one that does not exist is Unchanged: the pair is the vport"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], deleted_before_its_login_it_stays_away,
        "Npiv::delete_vport: a login under way does not bring it back"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], names_may_be_used_again,
        "Npiv::create_vport: AlreadyExists only while the name is in use"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], creates_may_come_at_once,
        "Host: calls may come from several tasks at once"),
    case!(Npiv, Changes, [Host, Npiv, SpareNames], one_name_at_once_makes_one_vport,
        "Npiv::create_vport: an identical vport on the same parent is Unchanged; there is one"),
];

async fn create_returns_what_was_asked_for(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let (vport, _) = bed.create(hba.no, names).await?;
    same("parent", &vport.parent, &hba.no)?;
    same("names", &vport.names, &names)
}

async fn the_first_create_is_changed(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let (_, outcome) = bed.create(hba.no, names).await?;
    same("outcome", &outcome, &Outcome::Changed)
}

async fn create_returns_it_as_it_is_then(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let (vport, _) = bed.create(hba.no, names).await?;
    let logged_in = vport.state == VportState::Active;
    let id = vport.port_id;
    ensure!(logged_in == id.is_some(), "{} with the address {id:?}", vport.state);
    let listed = bed.vport(hba.no, names).await?;
    let listed = listed.ok_or_else(|| Problem::failed("it is not listed"))?;
    // What has been told can only have moved on.
    let went_back = logged_in && listed.state != VportState::Active;
    ensure!(!went_back, "told as Active, and listed as {}", listed.state);
    Ok(())
}

async fn a_vport_becomes_active(bed: &Bed) -> Verdict {
    bed.active(0).await.map(|_| ())
}

async fn an_active_vport_has_an_address(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let (id, base) = (vport.port_id, bed.adapter(hba.no).await?.port_id);
    ensure!(id.is_some(), "Active without port_id");
    ensure!(id != base, "the vport has its parent's address, {base:?}");
    same("domain", &id.and_then(FcId::domain), &base.and_then(FcId::domain))
}

async fn a_vport_is_listed_at_once(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let _ = bed.create(hba.no, names).await?;
    let vports = bed.npiv()?.vports(hba.no).await?;
    let times = vports.iter().filter(|vport| vport.names == names).count();
    same("how often vports() lists it", &times, &1)?;
    let parents_agree = vports.iter().all(|vport| vport.parent == hba.no);
    ensure!(parents_agree, "vports({}) lists those of another: {vports:?}", hba.no);
    Ok(())
}

async fn a_vports_adapter_is_virtual(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let own = bed.adapter(Bed::own_adapter(&vport)?).await?;
    same("kind of its adapter", &own.kind, &AdapterKind::Virtual { parent: hba.no })?;
    same("names of its adapter", &own.names, &vport.names)
}

async fn vport_and_adapter_agree(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let own = bed.adapter(Bed::own_adapter(&vport)?).await?;
    same("state of its adapter", &own.state, &PortState::Online)?;
    same("address of its adapter", &own.port_id, &vport.port_id)?;
    same("fabric of its adapter", &own.fabric, &bed.adapter(hba.no).await?.fabric)
}

async fn in_use_counts_up_and_down(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    let in_use = async || -> Verdict<u32> {
        let npiv = bed.adapter(hba.no).await?.npiv();
        npiv.map(|npiv| npiv.in_use).ok_or_else(|| Problem::failed("it has lost its NPIV limits"))
    };
    let before = in_use().await?;
    for n in 0..2 {
        let _ = bed.create(hba.no, bed.spare(n)?).await?;
    }
    same("in_use with two more", &in_use().await?, &(before + 2))?;
    let _ = bed.npiv()?.delete_vport(hba.no, bed.spare(0)?).await?;
    same("in_use with one less", &in_use().await?, &(before + 1))
}

async fn several_vports_ascend(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    for n in [2, 0, 1] {
        let _ = bed.create(hba.no, bed.spare(n)?).await?;
    }
    let _ = bed.npiv()?.delete_vport(hba.no, bed.spare(2)?).await?;
    let _ = bed.create(hba.no, bed.spare(2)?).await?;
    for n in 0..3 {
        bed.logged_in(hba.no, bed.spare(n)?).await?;
    }
    let vports = bed.npiv()?.vports(hba.no).await?;
    strictly_ascending("vports()", vports.iter().map(|vport| vport.no))
}

async fn several_vports_differ(bed: &Bed) -> Verdict {
    let (_, a) = bed.active(0).await?;
    let (_, b) = bed.active(1).await?;
    ensure!(a.no != b.no, "both vports have the adapter {:?}", a.no);
    ensure!(a.port_id != b.port_id, "both vports have the address {:?}", a.port_id);
    Ok(())
}

async fn other_adapters_are_left_alone(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    let others = async || -> Verdict<Vec<_>> {
        let mut all = vec![];
        for adapter in bed.host()?.adapters().await? {
            let other =
                adapter.no != hba.no && matches!(adapter.kind, AdapterKind::Physical { .. });
            if other {
                let vports = bed.npiv()?.vports(adapter.no).await?;
                all.push((adapter.no, vports.iter().map(|v| v.names).collect::<Vec<_>>()));
            }
        }
        Ok(all)
    };
    let before = others().await?;
    bed.active(0).await?;
    same("vports of the other adapters", &others().await?, &before)
}

/// The same port name with another node name.
fn under_another_node(names: WwnPair) -> Verdict<WwnPair> {
    let wwnn = npivot_hal::Wwnn::new(names.wwnn.get() ^ 0x10);
    let wwnn = wwnn.ok_or_else(|| Problem::failed("a spare node name is next to unset"))?;
    Ok(WwnPair::new(names.wwpn, wwnn))
}

async fn a_taken_port_name_is_refused(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let other = under_another_node(vport.names)?;
    bed.delete_later(hba.no, other);
    let answer = bed.npiv()?.create_vport(hba.no, other).await;
    refused("create with a port name that is in use", answer, &[ErrorKind::AlreadyExists])?;
    Ok(())
}

async fn the_adapters_own_name_is_refused(bed: &Bed) -> Verdict {
    // A vport first: where the switch has no NPIV, that is what every creation is refused for.
    let (hba, vport) = bed.active(0).await?;
    let names = WwnPair::new(hba.names.wwpn, vport.names.wwnn);
    bed.delete_later(hba.no, names);
    let answer = bed.npiv()?.create_vport(hba.no, names).await;
    refused("create with the adapter's own name", answer, &[ErrorKind::AlreadyExists])?;
    Ok(())
}

async fn a_refused_create_leaves_nothing(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let list = async || -> Verdict<_> {
        let vports = bed.npiv()?.vports(hba.no).await?;
        let adapters = bed.host()?.adapters().await?;
        Ok((vports, adapters.into_iter().map(|a| (a.no, a.kind)).collect::<Vec<_>>()))
    };
    let before = list().await?;
    let other = under_another_node(vport.names)?;
    bed.delete_later(hba.no, other);
    if bed.npiv()?.create_vport(hba.no, other).await.is_err() {
        same("vports and adapters after a refusal", &list().await?, &before)?;
    }
    Ok(())
}

async fn a_vport_has_no_vports_of_its_own(bed: &Bed) -> Verdict {
    let (_, vport) = bed.active(0).await?;
    let (no, names) = (Bed::own_adapter(&vport)?, bed.spare(1)?);
    bed.delete_later(vport.parent, names);
    let answer = bed.npiv()?.create_vport(no, names).await;
    refused("create on a vport's own adapter", answer, &[ErrorKind::Unsupported])?;
    Ok(())
}

/// Whether the switch port of an adapter accepts FDISC.
async fn takes_fdisc(bed: &Bed, hba: &Adapter) -> Verdict<Option<bool>> {
    let Some(domain) = hba.port_id.and_then(FcId::domain) else {
        return Ok(None);
    };
    let mut fabrics = bed.fabrics().iter();
    let Some(fabric) = fabrics.find(|f| f.capabilities().fabric_name == hba.fabric) else {
        return Ok(None);
    };
    let ports = fabric.ports(domain).await?;
    let port = ports.iter().find(|port| port.logins.contains(&hba.names));
    Ok(port.map(|port| port.npiv))
}

async fn without_npiv_no_vport_logs_in(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    if takes_fdisc(bed, &hba).await? != Some(false) {
        return Err(Problem::Lacks("a switch port without NPIV".into()));
    }
    bed.delete_later(hba.no, names);
    // Some drivers look first, some make a vport that says so.
    let answer = bed.npiv()?.create_vport(hba.no, names).await;
    if answer.is_err() {
        refused("create without NPIV on the switch", answer, &[ErrorKind::Unsupported])?;
        let vport = bed.vport(hba.no, names).await?;
        ensure!(vport.is_none(), "refused, and made: {vport:?}");
        return Ok(());
    }
    bed.quiet().await;
    let vport = bed.vport(hba.no, names).await?;
    let found = vport.map(|vport| (vport.state, vport.port_id));
    same("state and address", &found, &Some((VportState::NoFabricSupport, None)))
}

async fn delete_takes_it_off_the_lists(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let no = Bed::own_adapter(&vport)?;
    let outcome = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    let listed = bed.vport(hba.no, vport.names).await?;
    ensure!(listed.is_none(), "deleted, and listed by vports(): {listed:?}");
    let adapters = bed.host()?.adapters().await?;
    ensure!(adapters.iter().all(|a| a.no != no), "deleted, and {no} is listed by adapters()");
    Ok(())
}

async fn delete_takes_what_is_behind_it(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let _ = bed.npiv()?.delete_vport(seat.parent.no, seat.guest.names).await?;
    let gone = &[ErrorKind::NotFound];
    refused("paths of a deleted vport", bed.luns()?.paths(seat.no).await, gone)?;
    refused("remote ports of a deleted vport", bed.host()?.remote_ports(seat.no).await, gone)?;
    Ok(())
}

async fn delete_compares_both_names(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let other = under_another_node(vport.names)?;
    let outcome = bed.npiv()?.delete_vport(hba.no, other).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    let still = bed.vport(hba.no, vport.names).await?;
    ensure!(still.is_some(), "the vport with the same port name was deleted");
    Ok(())
}

async fn deleted_before_its_login_it_stays_away(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let _ = bed.create(hba.no, names).await?;
    let outcome = bed.npiv()?.delete_vport(hba.no, names).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    bed.quiet().await;
    let vport = bed.vport(hba.no, names).await?;
    ensure!(vport.is_none(), "deleted, and listed some time later: {vport:?}");
    let adapters = bed.host()?.adapters().await?;
    ensure!(adapters.iter().all(|a| a.names != names), "deleted, and its adapter is there later");
    Ok(())
}

async fn names_may_be_used_again(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let _ = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
    let (_, outcome) = bed.create(hba.no, vport.names).await?;
    same("outcome of the second creation", &outcome, &Outcome::Changed)?;
    bed.logged_in(hba.no, vport.names).await?;
    Ok(())
}

async fn creates_may_come_at_once(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    let [a, b, c] = [bed.spare(0)?, bed.spare(1)?, bed.spare(2)?];
    let all = tokio::join!(bed.create(hba.no, a), bed.create(hba.no, b), bed.create(hba.no, c));
    for (created, names) in [(all.0, a), (all.1, b), (all.2, c)] {
        same("names", &created?.0.names, &names)?;
        bed.logged_in(hba.no, names).await?;
    }
    Ok(())
}

async fn one_name_at_once_makes_one_vport(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    bed.delete_later(hba.no, names);
    let npiv = bed.npiv()?;
    let (a, b) = tokio::join!(npiv.create_vport(hba.no, names), npiv.create_vport(hba.no, names));
    let mut changed = 0;
    for answer in [a, b] {
        match answer {
            Ok((_, outcome)) => changed += u32::from(outcome.changed()),
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                return Err(Problem::Declined("a switch with NPIV".into()));
            }
            // The other one was first, and this one was told so.
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::Busy) => {}
            Err(error) => return Err(error.into()),
        }
    }
    same("how many of two creations changed something", &changed, &1)?;
    let vports = npiv.vports(hba.no).await?;
    let times = vports.iter().filter(|vport| vport.names == names).count();
    same("how many vports of one name there are", &times, &1)
}
