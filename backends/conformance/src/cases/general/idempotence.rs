//! The same request twice: what makes it safe to repeat a call whose answer was lost.

use npivot_hal::{Outcome, ScanScope, ScsiAddress};

use crate::Ability::{Guest, Host, Luns, Npiv, SpareNames};
use crate::bed::{Bed, Verdict, ensure, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Idempotence, Changes, [Host, Npiv, SpareNames], an_identical_create_is_unchanged,
        "Npiv::create_vport: an identical vport on the same parent is Unchanged"),
    case!(Idempotence, Changes, [Host, Npiv, SpareNames], an_identical_create_returns_what_is_there,
        "Npiv::create_vport: returns it as it is then: the one that there is, with its number and state"),
    case!(Idempotence, Changes, [Host, Npiv, SpareNames], a_create_repeated_at_once_is_unchanged,
        "Outcome: safe to repeat a call whose answer was lost, also before the login"),
    case!(Idempotence, Changes, [Host, Npiv, SpareNames], a_second_delete_is_unchanged,
        "Npiv::delete_vport: one that does not exist is Unchanged"),
    case!(Idempotence, Changes, [Host, Npiv, SpareNames], a_delete_of_what_never_was_is_unchanged,
        "Npiv::delete_vport: one that does not exist is Unchanged"),
    case!(Idempotence, Changes, [Host, Npiv, Luns, Guest], a_second_remove_is_unchanged,
        "Luns::remove: one that does not exist is Unchanged"),
    case!(Idempotence, Changes, [Host, Npiv, Luns, Guest], a_second_scan_is_unchanged,
        "Luns::scan: Changed when a path was added, and only then"),
];

async fn an_identical_create_is_unchanged(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let (_, outcome) = bed.npiv()?.create_vport(hba.no, vport.names).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    let vports = bed.npiv()?.vports(hba.no).await?;
    let times = vports.iter().filter(|other| other.names == vport.names).count();
    same("how many vports of one name there are", &times, &1)
}

async fn an_identical_create_returns_what_is_there(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let (again, _) = bed.npiv()?.create_vport(hba.no, vport.names).await?;
    same("the vport", &again, &vport)
}

async fn a_create_repeated_at_once_is_unchanged(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let (first, _) = bed.create(hba.no, names).await?;
    let (second, outcome) = bed.npiv()?.create_vport(hba.no, names).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    let same_one = first.no.is_none() || first.no == second.no;
    ensure!(same_one, "first {:?}, then {:?}", first.no, second.no);
    Ok(())
}

async fn a_second_delete_is_unchanged(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    for expected in [Outcome::Changed, Outcome::Unchanged] {
        let outcome = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
        same("outcome", &outcome, &expected)?;
    }
    Ok(())
}

async fn a_delete_of_what_never_was_is_unchanged(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    let before = bed.npiv()?.vports(hba.no).await?.len();
    let outcome = bed.npiv()?.delete_vport(hba.no, bed.spare(0)?).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    same("how many vports there are", &bed.npiv()?.vports(hba.no).await?.len(), &before)
}

async fn a_second_remove_is_unchanged(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let address = seat.path(bed).await?.address;
    for expected in [Outcome::Changed, Outcome::Unchanged] {
        same("outcome", &bed.luns()?.remove(address).await?, &expected)?;
    }
    let never = ScsiAddress { target: 60_000, ..address };
    same("outcome", &bed.luns()?.remove(never).await?, &Outcome::Unchanged)
}

async fn a_second_scan_is_unchanged(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let _ = bed.luns()?.remove(seat.path(bed).await?.address).await?;
    for expected in [Outcome::Changed, Outcome::Unchanged] {
        let outcome = bed.luns()?.scan(seat.no, ScanScope::default()).await?;
        same("outcome", &outcome, &expected)?;
    }
    Ok(())
}
