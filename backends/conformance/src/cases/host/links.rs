//! Resets, and how long a loss is borne.

use npivot_hal::{ErrorKind, Outcome, PortState, VportState};

use crate::Ability::{Fabric, Guest, Host, Links, Npiv, SpareNames};
use crate::bed::{Bed, PATIENCE, Problem, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Links, Disturbs, [Host, Links], a_reset_logs_in_again,
        "Links::reset: logs an adapter out and in again"),
    case!(Links, Disturbs, [Host, Links, Fabric], a_reset_port_is_registered_again,
        "Links::reset: in again: the name server has it"),
    case!(Links, Disturbs, [Host, Links, Npiv, SpareNames], a_reset_brings_vports_back,
        "Links::reset: disturbs all that goes through it, and nothing for good"),
    case!(Links, Disturbs, [Host, Links], a_reset_changes_no_number,
        "Adapter::no: valid until reboot or removal"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], dev_loss_reaches_the_remote_ports,
        "Links::set_dev_loss_secs: for the adapter and its remote ports"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], dev_loss_twice_is_unchanged,
        "Outcome::Unchanged: it was so already"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], dev_loss_above_600_is_refused,
        "Links::set_dev_loss_secs: InvalidArgument: above 600 while I/O to lost ports is held"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], a_refused_dev_loss_changes_nothing,
        "Links::set_dev_loss_secs: refused is not done"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], dev_loss_of_600_is_taken,
        "Links::set_dev_loss_secs: InvalidArgument above 600, and not at 600"),
    case!(Links, Changes, [Host, Links, Npiv, Guest], dev_loss_is_the_adapters_own,
        "Links::set_dev_loss_secs: for the adapter, and for no other"),
];

async fn reset_and_wait(bed: &Bed) -> Verdict<npivot_hal::Adapter> {
    let hba = bed.hba().await?;
    match bed.links()?.reset(hba.no).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            return Err(Problem::Declined(format!("a driver that can reset ({error})")));
        }
        answer => answer?,
    }
    bed.until("the adapter is Online after its reset", PATIENCE, async || {
        let now = bed.adapter(hba.no).await?;
        Ok(now.state == PortState::Online && now.port_id.is_some())
    })
    .await?;
    Ok(hba)
}

async fn a_reset_logs_in_again(bed: &Bed) -> Verdict {
    reset_and_wait(bed).await?;
    Ok(())
}

async fn a_reset_port_is_registered_again(bed: &Bed) -> Verdict {
    let hba = reset_and_wait(bed).await?;
    let fabric = bed.fabrics().iter().find(|f| f.capabilities().fabric_name == hba.fabric);
    let fabric = fabric.ok_or_else(|| Problem::Lacks("the fabric of the adapter".into()))?;
    let entries = fabric.name_server().await?;
    let entry = entries.iter().find(|entry| entry.names.wwpn == hba.names.wwpn);
    let id = bed.adapter(hba.no).await?.port_id;
    same("its address in the name server", &entry.map(|entry| entry.port_id), &id)
}

async fn a_reset_brings_vports_back(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    reset_and_wait(bed).await?;
    let back = bed.logged_in(hba.no, vport.names).await?;
    same("number of the vport's adapter", &back.no, &vport.no)?;
    same("state", &back.state, &VportState::Active)
}

async fn a_reset_changes_no_number(bed: &Bed) -> Verdict {
    let keys = async || -> Verdict<Vec<_>> {
        let adapters = bed.host()?.adapters().await?;
        Ok(adapters.into_iter().map(|adapter| (adapter.no, adapter.names)).collect())
    };
    let before = keys().await?;
    reset_and_wait(bed).await?;
    same("numbers and names of the adapters", &keys().await?, &before)
}

async fn values(bed: &Bed, no: npivot_hal::HostNo) -> Verdict<Vec<Option<u32>>> {
    let ports = bed.host()?.remote_ports(no).await?;
    let online = ports.iter().filter(|port| port.state == PortState::Online);
    Ok(online.map(|port| port.dev_loss_secs).collect())
}

async fn dev_loss_reaches_the_remote_ports(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let outcome = bed.dev_loss(seat.no, 17).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    let now = values(bed, seat.no).await?;
    ensure!(now.iter().all(|secs| *secs == Some(17)), "set to 17 s, remote ports have {now:?}");
    Ok(())
}

async fn dev_loss_twice_is_unchanged(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let _ = bed.dev_loss(seat.no, 17).await?;
    let outcome = bed.links()?.set_dev_loss_secs(seat.no, 17).await?;
    same("outcome the second time", &outcome, &Outcome::Unchanged)
}

async fn dev_loss_above_600_is_refused(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    for secs in [601, u32::MAX] {
        let answer = bed.links()?.set_dev_loss_secs(seat.no, secs).await;
        refused(&format!("dev_loss of {secs} s"), answer, &[ErrorKind::InvalidArgument])?;
    }
    Ok(())
}

async fn a_refused_dev_loss_changes_nothing(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let _ = bed.dev_loss(seat.no, 23).await?;
    let before = values(bed, seat.no).await?;
    if bed.links()?.set_dev_loss_secs(seat.no, 601).await.is_ok() {
        return Err(Problem::Lacks("a driver that refuses 601 s".into()));
    }
    same("dev_loss of the remote ports", &values(bed, seat.no).await?, &before)?;
    let outcome = bed.links()?.set_dev_loss_secs(seat.no, 23).await?;
    same("outcome of the old value again", &outcome, &Outcome::Unchanged)
}

async fn dev_loss_of_600_is_taken(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let _ = bed.dev_loss(seat.no, 600).await?;
    let now = values(bed, seat.no).await?;
    ensure!(now.iter().all(|secs| *secs == Some(600)), "set to 600 s, remote ports have {now:?}");
    Ok(())
}

async fn dev_loss_is_the_adapters_own(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let before = values(bed, seat.parent.no).await?;
    let _ = bed.dev_loss(seat.no, 19).await?;
    same("dev_loss of the parent's remote ports", &values(bed, seat.parent.no).await?, &before)
}
