//! What a refusal says.

use std::error::Error as _;

use npivot_hal::{DomainId, Error, ErrorKind, Fault, Retry, ScanScope, ScsiAddress};

use crate::Ability::{Array, Fabric, Guest, Host, Links, Luns, Masking, Npiv, SpareNames, Zoning};
use crate::bed::{Bed, NO_ADAPTER, Problem, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Errors, ReadOnly, [Host], remote_ports_of_no_adapter,
        "Host::remote_ports: NotFound: no such adapter"),
    case!(Errors, ReadOnly, [Host, Npiv], vports_of_no_adapter,
        "Npiv::vports: NotFound: no such adapter"),
    case!(Errors, Changes, [Host, Npiv, SpareNames], create_on_no_adapter,
        "Npiv::create_vport: NotFound: no such adapter"),
    case!(Errors, Changes, [Host, Npiv, SpareNames], delete_on_no_adapter,
        "Npiv::delete_vport: NotFound: no such adapter"),
    case!(Errors, ReadOnly, [Host, Luns], paths_of_no_adapter,
        "Luns::paths: NotFound: no such adapter"),
    case!(Errors, ReadOnly, [Host, Luns], identify_no_path,
        "Luns::identify: NotFound: no such path"),
    case!(Errors, ReadOnly, [Host, Luns], inspect_no_path,
        "Luns::inspect: errors as for identify"),
    case!(Errors, ReadOnly, [Host, Luns], reported_by_nobody,
        "Luns::reported: NotFound: no such adapter or target"),
    case!(Errors, Changes, [Host, Npiv, Luns, Guest], reported_without_a_device,
        "Luns::reported: NotFound: no device on the target through which it can be asked"),
    case!(Errors, Changes, [Host, Luns], scan_of_no_adapter,
        "Luns::scan: NotFound: no such adapter"),
    case!(Errors, Changes, [Host, Luns], remove_on_no_adapter,
        "Luns::remove: NotFound: no such adapter"),
    case!(Errors, Disturbs, [Host, Links], reset_of_no_adapter,
        "Links::reset: NotFound: no such adapter"),
    case!(Errors, Changes, [Host, Links], dev_loss_of_no_adapter,
        "Links::set_dev_loss_secs: NotFound: no such adapter"),
    case!(Errors, ReadOnly, [Fabric], ports_of_no_domain,
        "Fabric::ports: NotFound: no such domain"),
    case!(Errors, ReadOnly, [Host], an_error_is_one_line,
        "Error: Display prints one line: what was tried, on what, why"),
    case!(Errors, ReadOnly, [Host], an_error_says_what_and_where,
        "Error: operation, object and reason say something each"),
    case!(Errors, ReadOnly, [Host], an_error_does_not_repeat_its_cause,
        "Error: the cause is in source and is not repeated in the line"),
    case!(Errors, ReadOnly, [Host], an_error_is_not_made_up,
        "Error::is_injected: whether a fault layer made it up"),
    case!(Errors, ReadOnly, [Host], asking_for_nothing_is_the_callers_fault,
        "Error::fault: who can mend it; Error::retry: never: something in the request must change"),
    case!(Errors, Changes, [Fabric, Zoning], busy_is_worth_a_retry,
        "Error::retry: later: yes, without anybody doing anything; Zoning::begin: and who"),
    case!(Errors, Changes, [Array, Masking], masking_errors_are_well_formed,
        "Error: on arrays as on hosts"),
];

const NOT_FOUND: &[ErrorKind] = &[ErrorKind::NotFound];

const NOWHERE: ScsiAddress = ScsiAddress { host: NO_ADAPTER, channel: 0, target: 0, lun: 0 };

async fn remote_ports_of_no_adapter(bed: &Bed) -> Verdict {
    refused("remote_ports", bed.host()?.remote_ports(NO_ADAPTER).await, NOT_FOUND)?;
    Ok(())
}

async fn vports_of_no_adapter(bed: &Bed) -> Verdict {
    refused("vports", bed.npiv()?.vports(NO_ADAPTER).await, NOT_FOUND)?;
    Ok(())
}

async fn create_on_no_adapter(bed: &Bed) -> Verdict {
    let answer = bed.npiv()?.create_vport(NO_ADAPTER, bed.spare(0)?).await;
    refused("create_vport", answer, NOT_FOUND)?;
    Ok(())
}

async fn delete_on_no_adapter(bed: &Bed) -> Verdict {
    let answer = bed.npiv()?.delete_vport(NO_ADAPTER, bed.spare(0)?).await;
    refused("delete_vport", answer, NOT_FOUND)?;
    Ok(())
}

async fn paths_of_no_adapter(bed: &Bed) -> Verdict {
    refused("paths", bed.luns()?.paths(NO_ADAPTER).await, NOT_FOUND)?;
    Ok(())
}

/// No path: on no adapter, and on an adapter that there is.
async fn no_paths(bed: &Bed) -> Verdict<Vec<ScsiAddress>> {
    let adapters = bed.host()?.adapters().await?;
    let here = adapters.first().map(|adapter| ScsiAddress {
        host: adapter.no,
        channel: 0,
        target: 60_000,
        lun: 255,
    });
    Ok([NOWHERE].into_iter().chain(here).collect())
}

async fn identify_no_path(bed: &Bed) -> Verdict {
    for address in no_paths(bed).await? {
        refused("identify", bed.luns()?.identify(address).await, NOT_FOUND)?;
    }
    Ok(())
}

async fn inspect_no_path(bed: &Bed) -> Verdict {
    for address in no_paths(bed).await? {
        refused("inspect", bed.luns()?.inspect(address).await, NOT_FOUND)?;
    }
    Ok(())
}

async fn reported_by_nobody(bed: &Bed) -> Verdict {
    for address in no_paths(bed).await? {
        let answer = bed.luns()?.reported(address.host, address.target).await;
        refused("reported", answer, NOT_FOUND)?;
    }
    Ok(())
}

async fn reported_without_a_device(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let target = seat.path(bed).await?.address.target;
    for path in seat.paths(bed).await? {
        if path.address.target == target {
            let _ = bed.luns()?.remove(path.address).await?;
        }
    }
    refused("reported", bed.luns()?.reported(seat.no, target).await, NOT_FOUND)?;
    Ok(())
}

async fn scan_of_no_adapter(bed: &Bed) -> Verdict {
    let answer = bed.luns()?.scan(NO_ADAPTER, ScanScope::default()).await;
    refused("scan", answer, NOT_FOUND)?;
    Ok(())
}

async fn remove_on_no_adapter(bed: &Bed) -> Verdict {
    refused("remove", bed.luns()?.remove(NOWHERE).await, NOT_FOUND)?;
    Ok(())
}

async fn reset_of_no_adapter(bed: &Bed) -> Verdict {
    refused("reset", bed.links()?.reset(NO_ADAPTER).await, NOT_FOUND)?;
    Ok(())
}

async fn dev_loss_of_no_adapter(bed: &Bed) -> Verdict {
    refused("set_dev_loss_secs", bed.links()?.set_dev_loss_secs(NO_ADAPTER, 30).await, NOT_FOUND)?;
    Ok(())
}

async fn ports_of_no_domain(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let used: Vec<u8> = fabric.switches().await?.iter().map(|s| s.domain.get()).collect();
        let free = (1..=DomainId::MAX).rev().find(|id| !used.contains(id)).and_then(DomainId::new);
        let free = free.ok_or_else(|| Problem::Lacks("a fabric with a free domain id".into()))?;
        refused("ports", fabric.ports(free).await, NOT_FOUND)?;
    }
    Ok(())
}

/// An error of the host under test. That there is one is a case of its own.
async fn an_error(bed: &Bed) -> Verdict<Error> {
    let told = bed.host()?.remote_ports(NO_ADAPTER).await;
    told.err().ok_or_else(|| Problem::Lacks("a refusal to list what is not there".into()))
}

fn one_line(error: &Error) -> Verdict {
    let line = error.to_string();
    ensure!(!line.is_empty() && !line.contains('\n'), "not one line: {line:?}");
    ensure!(line.starts_with(error.operation()), "{line:?} does not begin with what was tried");
    ensure!(line.contains(error.object()), "{line:?} does not say on what");
    ensure!(line.contains(error.reason()), "{line:?} does not say why");
    Ok(())
}

fn says_what_and_where(error: &Error) -> Verdict {
    for (what, text) in
        [("operation", error.operation()), ("object", error.object()), ("reason", error.reason())]
    {
        ensure!(!text.trim().is_empty(), "the {what} of an error is empty: {error:?}");
    }
    Ok(())
}

fn does_not_repeat(error: &Error) -> Verdict {
    let mut cause = error.source();
    while let Some(source) = cause {
        let (line, text) = (error.to_string(), source.to_string());
        ensure!(text.is_empty() || !line.contains(&text), "{line:?} repeats its cause {text:?}");
        cause = source.source();
    }
    Ok(())
}

async fn an_error_is_one_line(bed: &Bed) -> Verdict {
    one_line(&an_error(bed).await?)
}

async fn an_error_says_what_and_where(bed: &Bed) -> Verdict {
    says_what_and_where(&an_error(bed).await?)
}

async fn an_error_does_not_repeat_its_cause(bed: &Bed) -> Verdict {
    does_not_repeat(&an_error(bed).await?)
}

async fn an_error_is_not_made_up(bed: &Bed) -> Verdict {
    let error = an_error(bed).await?;
    ensure!(!error.is_injected(), "marked as made up by a fault layer: {error}");
    Ok(())
}

async fn asking_for_nothing_is_the_callers_fault(bed: &Bed) -> Verdict {
    let error = an_error(bed).await?;
    same("fault", &error.fault(), &Fault::Caller)?;
    same("retry", &error.retry(), &Retry::Never)
}

async fn busy_is_worth_a_retry(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let open = zones.begin().await?;
    let answer = zones.zoning()?.begin().await;
    if let Ok(other) = &answer {
        zones.abort_later(other);
    }
    let error = refused("a second begin", answer, &[ErrorKind::Busy])?;
    same("retry", &error.retry(), &Retry::Later)?;
    let holder = open.lock_domain.to_string();
    ensure!(error.reason().contains(&holder), "{error} does not say that domain {holder} has it");
    one_line(&error)
}

async fn masking_errors_are_well_formed(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let volume = mask.volume(0).await?.name;
    let answer = mask.masking()?.map("npct_missing", &volume, 0).await;
    let error = refused("map to no group", answer, NOT_FOUND)?;
    one_line(&error)?;
    says_what_and_where(&error)?;
    does_not_repeat(&error)?;
    same("retry", &error.retry(), &Retry::Never)
}
