//! `npivot host list`, `show`, `dumpxml` and `events`.

use std::future::poll_fn;
use std::io::Write;
use std::time::Duration;

use npivot::hba::{self, Hba};
use npivot_hal::{
    Adapter as AdapterRecord, AdapterKind, Event, Host as HalHost, RemotePort, Vport,
};
use npivot_lab::connection::Connection;
use serde_json::json;

use super::{ability, find_adapter, records, tree, whole};
use crate::args::{Adapter, DeviceForm, Format, Host};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, table};

pub(super) async fn run(
    command: &Host,
    connection: &Connection,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let host = &*connection.host;
    match command {
        Host::List { format } => list(host, *format, out).await,
        Host::Show { adapter, format } => show(host, *adapter, *format, out).await,
        Host::Dumpxml { adapter, form } => dumpxml(host, *adapter, *form, out).await,
        Host::Tree { format } => tree::run(host, *format, out).await,
        Host::Events { secs, format } => events(host, *secs, *format, out).await,
    }
}

async fn list(host: &dyn HalHost, format: Format, out: &mut impl Write) -> Result<Answer, Failure> {
    let adapters = host.adapters().await?;
    if format == Format::Json {
        write_json(&adapters.iter().map(records::adapter).collect::<Vec<_>>(), out)?;
        return whole(host, None).await;
    }
    if adapters.is_empty() {
        let answer = whole(host, None).await?;
        let can_be = if answer == Answer::Yes { "" } else { " that can be read" };
        writeln!(out, "{} has no Fibre Channel adapter{can_be}", host.name())?;
        return Ok(answer);
    }
    let mut rows =
        table(&["ADAPTER", "WWPN", "WWNN", "STATE", "PORT ID", "FABRIC", "DRIVER", "AT", "VPORTS"]);
    for adapter in &adapters {
        rows.add_row(row(adapter));
    }
    write!(out, "{}", lines(&rows))?;
    whole(host, None).await
}

fn row(adapter: &AdapterRecord) -> [String; 9] {
    let at = match adapter.kind {
        AdapterKind::Virtual { parent } => format!("vport on {parent}"),
        _ => adapter.pci.map_or_else(|| "-".into(), |pci| pci.to_string()),
    };
    let npiv = adapter.npiv();
    [
        adapter.no.to_string(),
        adapter.names.wwpn.with_colons().to_string(),
        adapter.names.wwnn.with_colons().to_string(),
        adapter.state.to_string(),
        or_dash(adapter.port_id),
        or_dash(adapter.fabric.map(|fabric| fabric.with_colons().to_string())),
        or_dash(adapter.driver.as_ref()),
        at,
        or_dash(npiv.map(|npiv| format!("{}/{}", npiv.in_use, npiv.max))),
    ]
}

pub(in crate::commands) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".into(), |value| harmless(&value.to_string()))
}

/// A text of a device's or a stranger's, without what a terminal would obey.
pub(super) fn harmless(text: &str) -> String {
    let one = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(one).collect()
}

async fn show(
    host: &dyn HalHost,
    wanted: Adapter,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let hba = find_hba(host, wanted).await?;
    let (adapter, vports) = (&hba.adapter, &hba.vports);
    let ports = host.remote_ports(adapter.no).await?;
    if format == Format::Json {
        let mut record = json!(hba);
        record["remote_ports"] = ports.iter().map(records::remote_port).collect();
        write_json(&record, out)?;
        return whole(host, Some(adapter.no)).await;
    }
    let names = ["adapter", "wwpn", "wwnn", "state", "port id", "fabric", "driver", "at", "vports"];
    for (name, value) in names.into_iter().zip(row(adapter)) {
        writeln!(out, "{name:<8} {value}")?;
    }
    let about = [
        ("model", hba.model().map(Into::into)),
        ("speed", adapter.speed_gbit.map(|gbit| format!("{gbit} Gbit/s"))),
        ("called", adapter.symbolic_name.clone()),
    ];
    for (name, value) in about {
        writeln!(out, "{name:<8} {}", or_dash(value))?;
    }
    write_vports(vports, out)?;
    write_ports(&ports, out)?;
    whole(host, Some(adapter.no)).await
}

/// The adapter that a person means, with what belongs to it.
async fn find_hba(host: &dyn HalHost, wanted: Adapter) -> Result<Hba, Failure> {
    let adapter = find_adapter(host, wanted).await?;
    let found = Hba::find(host, adapter.no).await?;
    // It may go between the two looks.
    found.ok_or_else(|| Failure::NotThere(format!("adapter {wanted} has just gone")))
}

async fn dumpxml(
    host: &dyn HalHost,
    wanted: Adapter,
    form: DeviceForm,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let form = match form {
        DeviceForm::Libvirt => hba::DeviceForm::Libvirt,
        DeviceForm::VirtualFunctions => hba::DeviceForm::VirtualFunctions,
        DeviceForm::Schema => hba::DeviceForm::Schema,
    };
    write!(out, "{}", find_hba(host, wanted).await?.to_device(form).to_xml())?;
    Ok(Answer::Yes)
}

fn write_vports(vports: &[Vport], out: &mut impl Write) -> Result<(), Failure> {
    if vports.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    write!(out, "{}", lines(&vport_table(vports)))?;
    Ok(())
}

pub(super) fn vport_table(vports: &[Vport]) -> comfy_table::Table {
    let mut rows = table(&["VPORT", "WWPN", "WWNN", "STATE", "PORT ID", "PARENT"]);
    for vport in vports {
        rows.add_row([
            or_dash(vport.no),
            vport.names.wwpn.with_colons().to_string(),
            vport.names.wwnn.with_colons().to_string(),
            vport.state.to_string(),
            or_dash(vport.port_id),
            vport.parent.to_string(),
        ]);
    }
    rows
}

fn write_ports(ports: &[RemotePort], out: &mut impl Write) -> Result<(), Failure> {
    if ports.is_empty() {
        return Ok(());
    }
    let mut rows = table(&["RPORT", "WWPN", "STATE", "PORT ID", "ROLES", "TARGET", "DEV LOSS"]);
    for port in ports {
        rows.add_row([
            port.number.to_string(),
            or_dash(port.wwpn.map(|wwpn| wwpn.with_colons().to_string())),
            port.state.to_string(),
            or_dash(port.port_id),
            records::roles(port).join(", "),
            or_dash(port.target_id),
            or_dash(port.dev_loss_secs.map(|secs| format!("{secs} s"))),
        ]);
    }
    writeln!(out)?;
    write!(out, "{}", lines(&rows))?;
    Ok(())
}

async fn events(
    host: &dyn HalHost,
    secs: Option<u64>,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let mut stream = ability(host.events(), "listen to events", host)?.subscribe();
    // Where nothing can be read, nothing will be told either: that is an answer, which silence is not.
    host.adapters().await?;
    let deadline = secs.map(|secs| tokio::time::Instant::now() + Duration::from_secs(secs));
    loop {
        let next = poll_fn(|context| stream.as_mut().poll_next(context));
        let next = match deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, next).await.unwrap_or(None),
            None => next.await,
        };
        let Some(event) = next else {
            return Ok(Answer::Yes);
        };
        write_event(&event, format, out)?;
    }
}

/// One line, at once: whoever reads along is not kept waiting.
fn write_event(event: &Event, format: Format, out: &mut impl Write) -> Result<(), Failure> {
    match format {
        Format::Text => writeln!(out, "{}", records::event_line(event))?,
        Format::Json => writeln!(out, "{}", json!(records::event(event)))?,
    }
    Ok(out.flush()?)
}
