//! Which volume is behind a path: recorded, asked, and as the array tells it.

use std::collections::BTreeSet;

use npivot_hal::{LunPath, PathState, Volume, Wwpn};

use crate::Ability::{Array, Guest, Host, Luns, Npiv};
use crate::bed::{Bed, Problem, Seat, Verdict, ensure, same, strictly_ascending};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], a_guest_sees_what_it_should,
        "Luns::paths: the paths that the host has, each with its identity; as the fixture knows them"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], every_path_has_a_known_target,
        "LunPath::target: the array's port that it goes through, under its target id"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], fresh_paths_run,
        "LunPath::state: Running is usable"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], a_volume_has_one_identity_on_all_paths,
        "LunId: the same on every path"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], identify_agrees_with_a_fresh_path,
        "Luns::identify: a path whose answer differs is stale; a fresh one is not"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], inspect_agrees_with_identify,
        "Luns::inspect: all that the device says of itself, its identity included"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], sizes_agree,
        "LunPath::size_bytes and LunDetails::capacity tell one size"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], devices_differ,
        "LunPath::device: the block device of this path"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest, Array], the_array_knows_the_volume,
        "Volume::identity: who it is, on every path"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest, Array], the_array_tells_the_same_size,
        "Volume::size_bytes: its size in bytes"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest, Array], the_array_tells_the_same_serial,
        "Volume::serial: its unit serial number (VPD page 80)"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], reported_is_what_paths_show,
        "Luns::reported: which LUNs the target shows to this adapter now"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], reported_ascends,
        "Luns::reported: by ascending wire value"),
    case!(Identity, Changes, [Host, Npiv, Luns, Guest], the_parent_does_not_see_the_guests_paths,
        "Luns::paths: of this adapter; a vport's paths are its own adapter's"),
];

fn recorded(path: &LunPath) -> Verdict<npivot_hal::LunId> {
    match &path.identity {
        Ok(identity) => Ok(identity.clone()),
        Err(error) => Err(Problem::failed(format!("{} has no identity: {error}", path.address))),
    }
}

async fn volume_of(bed: &Bed, path: &LunPath) -> Verdict<Volume> {
    let identity = recorded(path)?;
    for array in bed.arrays() {
        let volumes = array.volumes().await?;
        if let Some(volume) = volumes.into_iter().find(|volume| volume.identity == identity) {
            return Ok(volume);
        }
    }
    Err(Problem::failed(format!("no array has a volume {identity}, which {} is", path.address)))
}

async fn seated(bed: &Bed) -> Verdict<(Seat<'_>, Vec<LunPath>)> {
    let seat = bed.seat().await?;
    let paths = seat.paths(bed).await?;
    ensure!(!paths.is_empty(), "the paths that were there are gone");
    Ok((seat, paths))
}

async fn a_guest_sees_what_it_should(bed: &Bed) -> Verdict {
    let (seat, paths) = seated(bed).await?;
    same("how many paths the guest has", &paths.len(), &seat.guest.units.len())
}

async fn every_path_has_a_known_target(bed: &Bed) -> Verdict {
    let (seat, paths) = seated(bed).await?;
    let ports = bed.host()?.remote_ports(seat.no).await?;
    for path in paths {
        let port = ports.iter().find(|port| port.target_id == Some(path.address.target));
        let name: Option<Wwpn> = port.and_then(|port| port.wwpn);
        same(&format!("target of {}", path.address), &path.target, &name)?;
    }
    Ok(())
}

async fn fresh_paths_run(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        same(&format!("state of {}", path.address), &path.state, &PathState::Running)?;
    }
    Ok(())
}

async fn a_volume_has_one_identity_on_all_paths(bed: &Bed) -> Verdict {
    let (seat, paths) = seated(bed).await?;
    for unit in &seat.guest.units {
        let known = seat.guest.units.iter().filter(|other| other.identity == unit.identity);
        let known: BTreeSet<_> = known.map(|unit| unit.target).collect();
        let mut found = BTreeSet::new();
        for path in &paths {
            if recorded(path)? == unit.identity {
                found.extend(path.target);
            }
        }
        same(&format!("targets through which {} is seen", unit.identity), &found, &known)?;
    }
    Ok(())
}

async fn identify_agrees_with_a_fresh_path(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        let now = bed.luns()?.identify(path.address).await?;
        same(&format!("identify({})", path.address), &now, &recorded(&path)?)?;
    }
    Ok(())
}

async fn inspect_agrees_with_identify(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        let details = bed.luns()?.inspect(path.address).await?;
        let now = bed.luns()?.identify(path.address).await?;
        same(&format!("identity in inspect({})", path.address), &details.identity, &Some(now))?;
    }
    Ok(())
}

async fn sizes_agree(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        let capacity = bed.luns()?.inspect(path.address).await?.capacity;
        if let (Some(capacity), Some(bytes)) = (capacity, path.size_bytes) {
            same(&format!("size of {}", path.address), &capacity.bytes(), &bytes)?;
        }
    }
    Ok(())
}

async fn devices_differ(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    let mut devices: Vec<String> = paths.into_iter().filter_map(|path| path.device).collect();
    devices.sort();
    strictly_ascending("sorted block devices", devices)
}

async fn the_array_knows_the_volume(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        volume_of(bed, &path).await?;
    }
    Ok(())
}

async fn the_array_tells_the_same_size(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        let volume = volume_of(bed, &path).await?;
        if let Some(bytes) = path.size_bytes {
            same(&format!("size of {}", path.address), &bytes, &volume.size_bytes)?;
        }
    }
    Ok(())
}

async fn the_array_tells_the_same_serial(bed: &Bed) -> Verdict {
    let (_, paths) = seated(bed).await?;
    for path in paths {
        let volume = volume_of(bed, &path).await?;
        if let Some(serial) = bed.luns()?.inspect(path.address).await?.serial {
            same(&format!("serial of {}", path.address), &serial, &volume.serial)?;
        }
    }
    Ok(())
}

async fn reported_is_what_paths_show(bed: &Bed) -> Verdict {
    let (seat, paths) = seated(bed).await?;
    for target in seat.targets(bed).await? {
        let Some(id) = target.target_id else {
            continue;
        };
        let shown: BTreeSet<_> = bed.luns()?.reported(seat.no, id).await?.into_iter().collect();
        let here = paths.iter().filter(|path| path.address.target == id);
        let listed: BTreeSet<_> = here.map(|path| path.lun).collect();
        // The driver may take fewer LUNs than the target shows.
        ensure!(listed.is_subset(&shown), "target {id} shows {shown:?}, listed are {listed:?}");
        let known = seat.guest.units.iter().filter(|unit| Some(unit.target) == target.wwpn);
        let known: BTreeSet<_> = known.map(|unit| unit.lun).collect();
        ensure!(known.is_subset(&shown), "target {id} shows {shown:?}, known are {known:?}");
    }
    Ok(())
}

async fn reported_ascends(bed: &Bed) -> Verdict {
    let (seat, _) = seated(bed).await?;
    for target in seat.targets(bed).await? {
        if let Some(id) = target.target_id {
            let shown = bed.luns()?.reported(seat.no, id).await?;
            let what = format!("reported({}, {id})", seat.no);
            strictly_ascending(&what, shown.iter().map(|lun| lun.to_wire()))?;
        }
    }
    Ok(())
}

async fn the_parent_does_not_see_the_guests_paths(bed: &Bed) -> Verdict {
    let before = bed.guest()?.parent;
    let parent = bed.host()?.adapters().await?.into_iter().find(|a| a.names.wwpn == before);
    let parent = parent.ok_or_else(|| Problem::failed("a known adapter is not listed"))?;
    let keys = async || -> Verdict<Vec<_>> {
        Ok(bed.luns()?.paths(parent.no).await?.iter().map(|path| path.address).collect())
    };
    let of_parent = keys().await?;
    bed.seat().await?;
    same("paths of the parent with a guest on it", &keys().await?, &of_parent)
}
