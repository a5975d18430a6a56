//! `npivot lun list` and `show`.

use std::io::Write;

use npivot_hal::{
    AccessState, Host, LunDetails, LunId, LunPath, Luns, Reservations, Result as HalResult,
};
use serde_json::{Value, json};

use super::host::{harmless, or_dash};
use super::{ability, adapters, records, whole, whole_behind};
use crate::args::{Adapter, Format, Lun, LunName};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, size, table};

pub(super) async fn run(
    command: &Lun,
    host: &dyn Host,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let luns = ability(host.luns(), "list LUNs", host)?;
    match command {
        Lun::List { adapter, format } => list(host, luns, *adapter, *format, out).await,
        Lun::Show { lun, format } => show(host, luns, lun, *format, out).await,
    }
}

async fn paths(
    host: &dyn Host,
    luns: &dyn Luns,
    only: Option<Adapter>,
) -> Result<Vec<LunPath>, Failure> {
    let mut all = vec![];
    for adapter in adapters(host, only).await? {
        all.extend(luns.paths(adapter.no).await?);
    }
    Ok(all)
}

async fn list(
    host: &dyn Host,
    luns: &dyn Luns,
    only: Option<Adapter>,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let paths = paths(host, luns, only).await?;
    if format == Format::Json {
        let records: Vec<_> = paths.iter().map(records::path).collect();
        write_json(&records, out)?;
        return whole_behind(host, only).await;
    }
    if paths.is_empty() {
        writeln!(out, "no LUNs")?;
        return whole_behind(host, only).await;
    }
    let mut rows = table(&["ADDRESS", "DEVICE", "LUN", "TARGET", "STATE", "SIZE", "IDENTITY"]);
    for path in &paths {
        let identity = match &path.identity {
            Ok(identity) => harmless(&identity.to_string()),
            Err(error) => format!("unreadable: {error}"),
        };
        rows.add_row([
            path.address.to_string(),
            or_dash(path.device.as_ref()),
            path.lun.to_string(),
            or_dash(path.target.map(|wwpn| wwpn.with_colons().to_string())),
            path.state.to_string(),
            or_dash(path.size_bytes.map(size)),
            identity,
        ]);
    }
    write!(out, "{}", lines(&rows))?;
    whole_behind(host, only).await
}

/// What a device says, beside what the host believes of it.
struct Found {
    path: LunPath,
    says: HalResult<LunDetails>,
}

impl Found {
    /// Who the device says it is, if that differs from what the host believes.
    fn stale(&self) -> Option<&LunId> {
        let now = self.says.as_ref().ok()?.identity.as_ref()?;
        self.path.identity.as_ref().ok().is_some_and(|believed| believed != now).then_some(now)
    }
}

async fn show(
    host: &dyn Host,
    luns: &dyn Luns,
    name: &LunName,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let identity = match name {
        LunName::Word(word) => word.parse::<LunId>().ok(),
        LunName::Address(_) => None,
    };
    let is_it = |path: &LunPath| match name {
        LunName::Address(address) => path.address == *address,
        LunName::Word(word) => {
            path.device.as_ref() == Some(word)
                || path.identity.as_ref().is_ok_and(|own| Some(own) == identity.as_ref())
        }
    };
    let mut found = vec![];
    for path in paths(host, luns, None).await?.into_iter().filter(is_it) {
        let says = luns.inspect(path.address).await;
        found.push(Found { path, says });
    }
    if found.is_empty() {
        // It may be behind one of these.
        whole(host, None).await?;
        let what = match name {
            LunName::Address(address) => address.to_string(),
            LunName::Word(word) => word.clone(),
        };
        return Err(Failure::NotThere(format!("no path of {} is `{what}`", host.name())));
    }
    match format {
        Format::Json => write_json(&found.iter().map(record).collect::<Vec<_>>(), out)?,
        Format::Text => found.iter().try_for_each(|found| write_found(found, out))?,
    }
    Ok(Answer::from(found.iter().all(|found| found.stale().is_none())))
}

fn record(found: &Found) -> Value {
    let mut value = json!(records::path(&found.path));
    value["stale"] = found.stale().is_some().into();
    value["says"] = match &found.says {
        Err(error) => json!({ "error": error.to_string() }),
        Ok(details) => json!({
            "vendor": details.vendor,
            "product": details.product,
            "revision": details.revision,
            "serial": details.serial,
            "identity": details.identity.as_ref().map(ToString::to_string),
            "blocks": details.capacity.map(|capacity| capacity.blocks),
            "block_bytes": details.capacity.map(|capacity| capacity.block_bytes),
            "read_only": details.read_only,
            "access": details.access.map(AccessState::as_str),
            "reservation": details.reservations.as_ref().map(reservation),
        }),
    };
    value
}

/// Who has registered, and who holds a reservation.
pub(in crate::commands) fn reservation(told: &Reservations) -> Value {
    json!({
        "generation": told.generation,
        "keys": told.keys.iter().map(|key| format!("{key:#018x}")).collect::<Vec<_>>(),
        "holder": told.holder.map(|held| json!({
            "key": format!("{:#018x}", held.key), "type": held.kind.to_string(),
        })),
    })
}

fn write_found(found: &Found, out: &mut impl Write) -> std::io::Result<()> {
    let Found { path, says } = found;
    let target = or_dash(path.target.map(|wwpn| wwpn.with_colons().to_string()));
    writeln!(out, "{} {} {}", path.address, or_dash(path.device.as_ref()), path.state)?;
    writeln!(out, "  target       {target}")?;
    match &path.identity {
        Ok(identity) => writeln!(out, "  believed     {}", harmless(&identity.to_string()))?,
        Err(error) => writeln!(out, "  believed     unreadable: {error}")?,
    }
    let details = match says {
        Ok(details) => details,
        Err(error) => return writeln!(out, "  says         nothing: {error}"),
    };
    writeln!(out, "  says         {}", or_dash(details.identity.as_ref()))?;
    if found.stale().is_some() {
        writeln!(out, "  STALE        the array shows another volume there now: do not use it")?;
    }
    writeln!(out, "  product      {} {} {}", details.vendor, details.product, details.revision)?;
    writeln!(out, "  serial       {}", or_dash(details.serial.as_ref()))?;
    writeln!(out, "  size         {}", or_dash(details.capacity.map(|c| size(c.bytes()))))?;
    let writes = details.read_only.map(|read_only| if read_only { "refused" } else { "taken" });
    writeln!(out, "  writes       {}", or_dash(writes))?;
    writeln!(out, "  access       {}", or_dash(details.access))?;
    let Some(reservations) = &details.reservations else {
        return writeln!(out, "  reservation  -");
    };
    match reservations.holder {
        Some(holder) => writeln!(out, "  reservation  {} by key {:#018x}", holder.kind, holder.key),
        None => writeln!(out, "  reservation  none, {} keys registered", reservations.keys.len()),
    }
}
