//! Adapters, vports and remote ports, read.

use std::io;

use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, FabricName, HostNo, NpivUse, RemotePort, Result, Vport,
    VportState, WwnPair, Wwnn, Wwpn,
};

use super::places::{self, Place, below};
use crate::attribute as read;
use crate::files::{Files, joined};
use crate::quirks::{MODEL_OF_DRIVERS, failed};

/// Reads attributes below a directory; what cannot be read is empty.
fn texts<const N: usize>(files: &dyn Files, dir: &str, names: [&str; N]) -> [Vec<u8>; N] {
    readable(files.read_each(dir, &names).into_iter())
}

/// What was in attributes; what could not be read is empty.
fn readable<const N: usize>(answers: impl Iterator<Item = io::Result<Vec<u8>>>) -> [Vec<u8>; N] {
    let mut answers = answers.map(Result::unwrap_or_default);
    [(); N].map(|()| answers.next().unwrap_or_default())
}

/// Which attributes have the names of an adapter or a vport.
const NAMES: [&str; 2] = ["port_name", "node_name"];

/// The names in a directory, of what was read of [`NAMES`] there. `None`: it has none (yet), since it is going,
/// or not filled yet.
fn names(
    operation: &'static str,
    object: &str,
    answers: &mut dyn Iterator<Item = io::Result<Vec<u8>>>,
) -> Result<Option<WwnPair>> {
    let mut values = [0; 2];
    for ((value, attribute), answer) in values.iter_mut().zip(NAMES).zip(answers) {
        let object = || format!("{object}/{attribute}");
        let bytes = match answer {
            Ok(bytes) => bytes,
            Err(cause) => {
                let error = failed(operation, object(), &cause);
                return if error.kind() == ErrorKind::NotFound { Ok(None) } else { Err(error) };
            }
        };
        *value = read::any_wwn(&bytes).ok_or_else(|| {
            Error::new(ErrorKind::Malformed, operation, object(), "it is no world wide name")
        })?;
    }
    let pair = |[wwpn, wwnn]: [u64; 2]| Some(WwnPair::new(Wwpn::new(wwpn)?, Wwnn::new(wwnn)?));
    Ok(values.iter().all(|value| read::is_set(*value)).then_some(values).and_then(pair))
}

/// All adapters. One whose names cannot be read is left out; [`unreadable`](super::unreadable) tells of it.
pub(super) fn adapters(files: &dyn Files) -> Result<Vec<Adapter>> {
    let places = places::adapters(files)?.into_iter().flatten();
    Ok(places.filter_map(|place| adapter(files, &place).ok().flatten()).collect())
}

/// An adapter; `None` for one that is going, or not filled yet.
pub(super) fn adapter(files: &dyn Files, place: &Place) -> Result<Option<Adapter>> {
    let attributes = [
        NAMES[0],
        NAMES[1],
        "port_state",
        "port_id",
        "fabric_name",
        "max_npiv_vports",
        "npiv_vports_inuse",
        "speed",
        "symbolic_name",
        "model",
    ];
    let mut answers = files.read_each(&place.fc_host, &attributes).into_iter();
    let names = names("read adapter", &place.no.to_string(), &mut answers)?;
    Ok(names.map(|names| named_adapter(files, place, names, readable(answers))))
}

/// An adapter of these names, of which these attributes were read.
fn named_adapter(
    files: &dyn Files,
    place: &Place,
    names: WwnPair,
    [state, id, fabric, max, in_use, speed, symbolic, model]: [Vec<u8>; 8],
) -> Adapter {
    let kind = match place.parent() {
        Some(parent) => AdapterKind::Virtual { parent },
        None => AdapterKind::Physical {
            npiv: read::number(&max)
                .filter(|max| *max > 0)
                .map(|max| NpivUse { max, in_use: read::number(&in_use).unwrap_or(0) }),
        },
    };
    let mut adapter = Adapter::new(place.no, names, kind);
    adapter.state = read::port_state(&state);
    adapter.port_id = read::port_id(&id);
    // Without a login, drivers leave the fabric's name at zero or all ones, or at the last one.
    adapter.fabric = adapter.port_id.and_then(|_| read::wwn(&fabric)).and_then(FabricName::new);
    let [unique_id, driver, own_model @ ..] = texts(
        files,
        &scsi_host(place),
        ["unique_id", "proc_name", MODEL_OF_DRIVERS[0], MODEL_OF_DRIVERS[1]],
    );
    adapter.unique_id = read::number(&unique_id);
    adapter.driver = read::words(&driver);
    adapter.model = read::words(&model).or_else(|| own_model.iter().find_map(|m| read::words(m)));
    adapter.symbolic_name = read::words(&symbolic);
    adapter.speed_gbit = read::speed_gbit(&speed);
    adapter.pci = match kind {
        AdapterKind::Virtual { .. } => None,
        _ => place.pci(),
    };
    adapter
}

/// The `scsi_host` directory of an adapter.
fn scsi_host(place: &Place) -> String {
    format!("{}/scsi_host/{}", place.dir, place.no)
}

/// The driver of an adapter, as `proc_name` has it.
pub(super) fn driver(files: &dyn Files, place: &Place) -> Option<String> {
    read::words(&files.read(&joined(&scsi_host(place), "proc_name")).ok()?)
}

/// The directories of the vports on an adapter, by ascending number, with their names. One whose names
/// cannot be read or are not filled yet is left out.
fn named(files: &dyn Files, place: &Place) -> Vec<(String, WwnPair)> {
    let mut found: Vec<(u32, String)> = below(files, &place.dir, read::vport)
        .into_iter()
        .filter(|(_, (parent, _))| *parent == place.no)
        .map(|(dir, (_, number))| (number, dir))
        .collect();
    found.sort_unstable();
    let with_names = |dir: String| {
        let names = vport_names_at(files, place, &dir).ok().flatten()?;
        Some((dir, names))
    };
    found.into_iter().filter_map(|(_, dir)| with_names(dir)).collect()
}

/// The names of the vport in a directory; `None` for one that is going, or not filled yet.
pub(super) fn vport_names_at(
    files: &dyn Files,
    place: &Place,
    dir: &str,
) -> Result<Option<WwnPair>> {
    let object = format!("{}/{}", place.no, dir.rsplit('/').next().unwrap_or_default());
    names("read vport", &object, &mut files.read_each(&fc_vport(dir), &NAMES).into_iter())
}

/// The vports on an adapter.
pub(super) fn vports(files: &dyn Files, place: &Place) -> Vec<Vport> {
    let all = named(files, place).into_iter();
    let mut all: Vec<Vport> = all.map(|(dir, names)| vport(files, place.no, &dir, names)).collect();
    // Their own numbers are dealt in the order of creation, those of their hosts are used again.
    all.sort_by_key(|vport| vport.no);
    all
}

/// The names of the vports on an adapter.
pub(super) fn vport_names(files: &dyn Files, place: &Place) -> Vec<WwnPair> {
    named(files, place).into_iter().map(|(_, names)| names).collect()
}

/// The vport of these names.
pub(super) fn vport_named(files: &dyn Files, place: &Place, names: WwnPair) -> Option<Vport> {
    let (dir, _) = named(files, place).into_iter().find(|(_, own)| *own == names)?;
    Some(vport(files, place.no, &dir, names))
}

/// The `fc_vports` directory of a vport.
fn fc_vport(dir: &str) -> String {
    joined(dir, &format!("fc_vports/{}", dir.rsplit('/').next().unwrap_or_default()))
}

fn vport(files: &dyn Files, parent: HostNo, dir: &str, names: WwnPair) -> Vport {
    let [state] = texts(files, &fc_vport(dir), ["vport_state"]);
    let mut vport = Vport::new(parent, names, read::vport_state(&state));
    let host = below(files, dir, read::adapter).into_iter().next();
    if let Some((dir, no)) = host {
        vport.no = Some(no);
        let id = files.read(&format!("{dir}/fc_host/{no}/port_id")).unwrap_or_default();
        // One that was logging in when its state was read may have its address by now: it is told with it then.
        vport.port_id = read::port_id(&id).filter(|_| vport.state != VportState::Initializing);
    }
    vport
}

/// The remote ports of an adapter.
pub(super) fn remote_ports(files: &dyn Files, place: &Place) -> Vec<RemotePort> {
    let mut ports: Vec<RemotePort> = below(files, &place.dir, read::remote_port)
        .into_iter()
        .filter(|(_, (host, _))| *host == place.no)
        .filter_map(|(dir, (_, number))| remote_port(files, place.no, &dir, number))
        .collect();
    ports.sort_by_key(|port| port.number);
    ports
}

/// The `fc_remote_ports` directory of a remote port's own.
pub(super) fn fc_remote_port(dir: &str) -> String {
    joined(dir, &format!("fc_remote_ports/{}", dir.rsplit('/').next().unwrap_or_default()))
}

fn remote_port(files: &dyn Files, adapter: HostNo, dir: &str, number: u32) -> Option<RemotePort> {
    let names = [
        "port_state",
        "port_name",
        "node_name",
        "port_id",
        "roles",
        "scsi_target_id",
        "dev_loss_tmo",
    ];
    let dir = fc_remote_port(dir);
    let mut answers = files.read_each(&dir, &names).into_iter();
    let state = match answers.next()? {
        Ok(state) => state,
        // Gone since it was listed. For a state that cannot be read the record has a word.
        Err(cause) => {
            let error = failed("read remote port", &*dir, &cause);
            (error.kind() != ErrorKind::NotFound).then(Vec::new)?
        }
    };
    let [wwpn, wwnn, id, roles, target, dev_loss] = readable(answers);
    let mut port = RemotePort::new(adapter, number, read::port_state(&state));
    port.wwpn = read::wwpn(&wwpn);
    port.wwnn = read::wwnn(&wwnn);
    port.port_id = read::port_id(&id);
    port.roles = read::roles(&roles);
    port.target_id = read::number(&target);
    port.dev_loss_secs = read::number(&dev_loss);
    Some(port)
}
