//! What each file that can be written takes.

use npivot_fabric::world::HostCommand;
use npivot_hal::{HostNo, PortState, VportState};

use super::parse;
use crate::Errno;
use crate::tree::Tree;
use crate::tree::class::{Class, Object};
use crate::tree::device::Device;

type Asked = Result<Vec<HostCommand>, Errno>;

/// The actions of a uevent that one may ask for (`kobject_actions`, `lib/kobject_uevent.c`).
const ACTIONS: [&[u8]; 8] =
    [b"add", b"remove", b"change", b"move", b"online", b"offline", b"bind", b"unbind"];

pub(super) fn store(
    tree: &Tree<'_>,
    object: Object,
    group: Option<&str>,
    name: &str,
    bytes: &[u8],
) -> Asked {
    match (object.class, object.device, name) {
        (_, _, "uevent") => uevent(bytes),
        (Some(Class::FcHost), Device::Host(no), _) if group.is_none() => fc_host(no, name, bytes),
        // Nothing is counted, so there is nothing to reset.
        (Some(Class::FcHost), _, "reset_statistics") => Ok(vec![]),
        (Some(Class::ScsiHost), Device::Host(adapter), "scan") => {
            let scope = parse::scan(bytes)?.ok_or(Errno::EINVAL)?;
            Ok(vec![HostCommand::scan(adapter, scope)])
        }
        (Some(Class::FcRemotePorts), Device::Rport(no, number), _) => {
            rport(tree, no, number, name, bytes)
        }
        (Some(Class::FcVports), Device::Vport(no), _) => vport(tree, no, name, bytes),
        // Any value does it.
        (None, Device::Lu(address), "delete") => Ok(vec![HostCommand::Remove(address)]),
        (None, Device::Lu(address), "rescan") => Ok(vec![HostCommand::Rescan(address)]),
        _ => Err(Errno::EOPNOTSUPP),
    }
}

fn uevent(bytes: &[u8]) -> Asked {
    let text = parse::c_string(bytes);
    let word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if ACTIONS.contains(&word) { Ok(vec![]) } else { Err(Errno::EINVAL) }
}

fn fc_host(no: HostNo, name: &str, bytes: &[u8]) -> Asked {
    match name {
        "vport_create" => {
            Ok(vec![HostCommand::CreateVport { parent: no, names: parse::names(bytes)? }])
        }
        "vport_delete" => {
            Ok(vec![HostCommand::DeleteVport { parent: no, names: parse::names(bytes)? }])
        }
        "issue_lip" => Ok(vec![HostCommand::Reset(no)]),
        "dev_loss_tmo" => {
            Ok(vec![HostCommand::SetDevLoss { adapter: no, secs: parse::seconds(bytes)? }])
        }
        "tgtid_bind_type" => bind_type(bytes),
        _ => Err(Errno::EOPNOTSUPP),
    }
}

/// The binding is known by the first letters of its name (`store_fc_private_host_tgtid_bind_type`).
fn bind_type(bytes: &[u8]) -> Asked {
    let is = |name: &str| bytes.starts_with(name.as_bytes());
    if is("wwpn") {
        Ok(vec![])
    } else if ["none", "wwnn", "port_id"].into_iter().any(is) {
        Err(Errno::EOPNOTSUPP)
    } else {
        Err(Errno::EINVAL)
    }
}

fn rport(tree: &Tree<'_>, adapter: HostNo, number: u32, name: &str, bytes: &[u8]) -> Asked {
    let state = tree.rport(adapter, number).ok_or(Errno::ENODEV)?.state;
    let is_lost = matches!(state, PortState::Blocked | PortState::Deleted | PortState::NotPresent);
    match name {
        // The value is read first, then the port looked at; and the drivers take no time for a second
        // (`fc_set_rport_loss_tmo`, `qla2x00_set_rport_loss_tmo`, `lpfc_set_rport_loss_tmo`).
        "dev_loss_tmo" => {
            let secs = parse::seconds(bytes)?.max(1);
            Ok(vec![HostCommand::SetRportDevLoss { adapter, rport: number, secs }])
        }
        // Here it is the other way round.
        "fast_io_fail_tmo" if is_lost => Err(Errno::EBUSY),
        "fast_io_fail_tmo" => {
            let secs = parse::seconds_or_off(bytes)?;
            Ok(vec![HostCommand::SetFastIoFail { adapter, rport: number, secs }])
        }
        "port_state" => {
            let wanted = port_state(bytes)?;
            if wanted == state {
                return Ok(vec![]);
            }
            let marginal = wanted == PortState::Marginal;
            Ok(vec![HostCommand::SetMarginal { adapter, rport: number, marginal }])
        }
        _ => Err(Errno::EOPNOTSUPP),
    }
}

/// The two states that may be written, known by the first letters of their names
/// (`fc_rport_set_marginal_state`).
fn port_state(bytes: &[u8]) -> Result<PortState, Errno> {
    let states = [PortState::Online, PortState::Marginal];
    let is = |state: &PortState| bytes.starts_with(state.as_str().as_bytes());
    states.into_iter().find(is).ok_or(Errno::EINVAL)
}

fn vport(tree: &Tree<'_>, no: HostNo, name: &str, bytes: &[u8]) -> Asked {
    let adapter = tree.adapter(no).ok_or(Errno::ENODEV)?;
    match name {
        // Any value does it. The kernel does it later, and the write has succeeded by then.
        "vport_delete" => {
            let (parent, _) = tree.vport(no).ok_or(Errno::ENODEV)?;
            Ok(vec![HostCommand::DeleteVport { parent: HostNo(parent), names: adapter.names }])
        }
        "vport_disable" => {
            let is_disabled = adapter.vport_state() == Some(VportState::Disabled);
            // Only the first character is looked at.
            match bytes.first() {
                Some(b'0') if !is_disabled => Err(Errno::EALREADY),
                Some(b'1') if is_disabled => Err(Errno::EALREADY),
                Some(b'0' | b'1') => {
                    let disable = bytes.starts_with(b"1");
                    Ok(vec![HostCommand::DisableVport { vport: no, disable }])
                }
                _ => Err(Errno::EINVAL),
            }
        }
        "symbolic_name" => {
            let text = parse::c_string(bytes);
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            let name = String::from_utf8(text.to_vec()).map_err(|_| Errno::EINVAL)?;
            Ok(vec![HostCommand::SetSymbolicName { vport: no, name }])
        }
        _ => Err(Errno::EOPNOTSUPP),
    }
}
