//! Paths whose volume was changed or taken away under them.

use npivot_hal::{ErrorKind, LunId, Outcome, ScanScope, ScsiAddress};

use crate::Ability::{Guest, Host, Luns, Masking, Npiv};
use crate::bed::{Bed, Problem, Shown, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], a_remapped_path_keeps_its_identity,
        "LunPath::identity: which volume it was when it was discovered, whatever the array maps there since"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], identify_tells_the_new_volume,
        "Luns::identify: who it is now"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], inspect_tells_the_new_volume,
        "Luns::inspect: all that it says of itself, now"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], a_scan_does_not_refresh_an_identity,
        "LunPath::identity: Linux keeps that until the device is deleted"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], removed_and_scanned_it_is_the_new_volume,
        "LunPath::identity: which volume it was when it was discovered: anew"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], mapped_back_it_is_fresh_again,
        "Luns::identify: a path is stale while the answer differs, and no longer"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], an_unmapped_path_stays,
        "Luns::scan: LUNs that went are not removed"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], an_unmapped_path_keeps_its_identity,
        "LunPath::identity: kept until the device is deleted"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], identify_of_an_unmapped_path_is_rejected,
        "Luns::identify: Rejected: the array maps nothing there any more"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], inspect_of_an_unmapped_path_is_rejected,
        "Luns::inspect: errors as for identify"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], an_unmapped_lun_is_not_reported,
        "Luns::reported: which LUNs it shows now, whatever devices exist"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], a_removed_unmapped_path_does_not_return,
        "Luns::scan: looks for new LUNs: what is not shown is not found"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], one_stale_path_spoils_no_other,
        "Host: one bad device must never fail a whole list"),
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Masking], an_initiator_taken_out_sees_nothing,
        "Masking::remove_initiator: takes away what the group sees"),
];

/// The first path of a guest, with the identity recorded.
async fn recorded(bed: &Bed, shown: &Shown<'_>) -> Verdict<(ScsiAddress, LunId)> {
    let path = shown.seat.path(bed).await?;
    let identity = path.identity?;
    Ok((path.address, identity))
}

async fn a_remapped_path_keeps_its_identity(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    bed.quiet().await;
    same("recorded identity", &recorded(bed, &shown).await?.1, &shown.first.identity)
}

async fn identify_tells_the_new_volume(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    for path in shown.seat.paths(bed).await? {
        let now = bed.luns()?.identify(path.address).await?;
        same(&format!("identify({})", path.address), &now, &shown.second.identity)?;
    }
    Ok(())
}

async fn inspect_tells_the_new_volume(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    let path = shown.seat.path(bed).await?;
    let details = bed.luns()?.inspect(path.address).await?;
    same("identity in inspect()", &details.identity.as_ref(), &Some(&shown.second.identity))?;
    if let Some(serial) = details.serial {
        same("serial in inspect()", &serial, &shown.second.serial)?;
    }
    if let Some(capacity) = details.capacity {
        same("capacity in inspect()", &capacity.bytes(), &shown.second.size_bytes)?;
    }
    Ok(())
}

async fn a_scan_does_not_refresh_an_identity(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    let outcome = bed.luns()?.scan(shown.seat.no, ScanScope::default()).await?;
    same("outcome of a scan that adds no path", &outcome, &Outcome::Unchanged)?;
    same("recorded identity", &recorded(bed, &shown).await?.1, &shown.first.identity)
}

async fn removed_and_scanned_it_is_the_new_volume(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    let (address, _) = recorded(bed, &shown).await?;
    let _ = bed.luns()?.remove(address).await?;
    let scope = ScanScope { target: Some(address.target), lun: Some(address.lun) };
    let _ = bed.luns()?.scan(shown.seat.no, scope).await?;
    let paths = shown.seat.paths(bed).await?;
    let path = paths.iter().find(|path| path.address == address);
    let path = path.ok_or_else(|| Problem::failed(format!("the scan did not find {address}")))?;
    let identity = path.identity.as_ref().ok();
    same("recorded identity", &identity, &Some(&shown.second.identity))
}

async fn mapped_back_it_is_fresh_again(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.remap().await?;
    let masking = shown.mask.masking()?;
    let _ = masking.unmap(&shown.group, &shown.second.name).await?;
    let _ = masking.map(&shown.group, &shown.first.name, 0).await?;
    let (address, identity) = recorded(bed, &shown).await?;
    same("identify()", &bed.luns()?.identify(address).await?, &identity)
}

async fn an_unmapped_path_stays(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (address, _) = recorded(bed, &shown).await?;
    shown.unmap().await?;
    let _ = bed.luns()?.scan(shown.seat.no, ScanScope::default()).await?;
    bed.quiet().await;
    same("address of the first path", &recorded(bed, &shown).await?.0, &address)
}

async fn an_unmapped_path_keeps_its_identity(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    shown.unmap().await?;
    bed.quiet().await;
    same("recorded identity", &recorded(bed, &shown).await?.1, &shown.first.identity)
}

async fn identify_of_an_unmapped_path_is_rejected(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (address, _) = recorded(bed, &shown).await?;
    shown.unmap().await?;
    refused("identify", bed.luns()?.identify(address).await, &[ErrorKind::Rejected])?;
    Ok(())
}

async fn inspect_of_an_unmapped_path_is_rejected(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (address, _) = recorded(bed, &shown).await?;
    shown.unmap().await?;
    refused("inspect", bed.luns()?.inspect(address).await, &[ErrorKind::Rejected])?;
    Ok(())
}

async fn an_unmapped_lun_is_not_reported(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let masking = shown.mask.masking()?;
    let _ = masking.map(&shown.group, &shown.second.name, 3).await?;
    let (address, _) = recorded(bed, &shown).await?;
    shown.unmap().await?;
    let told = bed.luns()?.reported(shown.seat.no, address.target).await?;
    let told: Vec<_> = told.iter().map(|lun| lun.number()).collect();
    same("reported()", &told, &vec![Some(3)])
}

async fn a_removed_unmapped_path_does_not_return(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (address, _) = recorded(bed, &shown).await?;
    shown.unmap().await?;
    let _ = bed.luns()?.remove(address).await?;
    let outcome = bed.luns()?.scan(shown.seat.no, ScanScope::default()).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    let paths = shown.seat.paths(bed).await?;
    ensure!(paths.iter().all(|path| path.address != address), "{address} is back");
    Ok(())
}

async fn one_stale_path_spoils_no_other(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let masking = shown.mask.masking()?;
    let _ = masking.map(&shown.group, &shown.second.name, 5).await?;
    let _ = bed.luns()?.scan(shown.seat.no, ScanScope::default()).await?;
    let count = shown.seat.paths(bed).await?.len();
    shown.unmap().await?;
    let paths = shown.seat.paths(bed).await?;
    same("how many paths are listed", &paths.len(), &count)?;
    for path in paths.iter().filter(|path| path.address.lun == 5) {
        let now = bed.luns()?.identify(path.address).await?;
        same(&format!("identify({})", path.address), &now, &shown.second.identity)?;
    }
    Ok(())
}

async fn an_initiator_taken_out_sees_nothing(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (address, _) = recorded(bed, &shown).await?;
    let wwpn = shown.seat.guest.names.wwpn;
    let outcome = shown.mask.masking()?.remove_initiator(&shown.group, wwpn).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    refused("identify", bed.luns()?.identify(address).await, &[ErrorKind::Rejected])?;
    Ok(())
}
