//! The FCoE controller of a libfc adapter, the forwarder that it found, and the network interface under
//! both (`drivers/scsi/fcoe/fcoe_sysfs.c`).
//!
//! A controller that is not enabled is a port without light, and the other way round.

use npivot_fabric::san::{Port, Switch};

use crate::tree::Tree;
use crate::tree::attribute::Attribute;

pub(crate) const CTLR: &[Attribute] = &[
    Attribute::fixed("e_d_tov", "2000").writable(),
    Attribute::shown("enabled").writable(),
    Attribute::fixed("fcf_dev_loss_tmo", "1800").writable(),
    Attribute::fixed("fip_vlan_responder", "0").writable(),
    Attribute::fixed("mode", "Fabric").writable(),
    Attribute::shown("r_a_tov").writable(),
];

/// Error counters of the link: nothing goes wrong on a simulated one.
pub(crate) const LESB: &[Attribute] = &[
    Attribute::fixed("err_block", "0"),
    Attribute::fixed("fcs_error", "0"),
    Attribute::fixed("link_fail", "0"),
    Attribute::fixed("miss_fka", "0"),
    Attribute::fixed("symb_err", "0"),
    Attribute::fixed("vlink_fail", "0"),
];

pub(crate) const FCF: &[Attribute] = &[
    Attribute::fixed("dev_loss_tmo", "1800").writable(),
    Attribute::shown("fabric_name"),
    Attribute::fixed("fc_map", "0xefc00"),
    Attribute::fixed("fka_period", "800"),
    Attribute::shown("mac"),
    Attribute::shown("priority"),
    Attribute::fixed("selected", "1"),
    Attribute::fixed("state", "Connected"),
    Attribute::shown("switch_name"),
    Attribute::fixed("vfid", "0"),
    Attribute::fixed("vlan_id", "0"),
];

pub(crate) const NET: &[Attribute] = &[
    Attribute::fixed("addr_len", "6"),
    Attribute::shown("address"),
    Attribute::fixed("flags", "0x1003"),
    Attribute::shown("ifindex"),
    Attribute::fixed("mtu", "2500"),
    Attribute::shown("operstate"),
    Attribute::fixed("type", "1"),
];

/// The number of an interface: 1 is the loopback's.
pub(crate) const fn if_index(position: u32) -> u32 {
    position + 2
}

pub(crate) fn show(tree: &Tree<'_>, position: u32, name: &str) -> Option<String> {
    let adapter = tree.ctlr(position)?;
    let light = tree.has_light(adapter);
    let san = tree.world().san();
    let port: &Port = san.port(tree.port(adapter)?);
    let switch: &Switch = san.switch_of(tree.port(adapter)?);
    Some(match name {
        "enabled" => u8::from(light).to_string(),
        // 2 x E_D_TOV until the fabric's login says otherwise (`fcoe_ctlr`, `fc_lport_flogi_resp`).
        "r_a_tov" => if adapter.nport.is_some() { "10000" } else { "4000" }.into(),
        "fabric_name" => san.fabric_name(switch).map_or("0x0".into(), |f| f.sysfs().to_string()),
        "switch_name" => switch.wwn().sysfs().to_string(),
        "priority" => switch.settings.priority.to_string(),
        // The forwarder's, locally administered: its domain and port.
        "mac" => format!("0e:fc:{:02x}:aa:bb:{:02x}", switch.domain.get(), port.number & 0xff),
        // The interface's: the low bytes of the adapter's port name.
        "address" => {
            let bytes = adapter.names.wwpn.get().to_be_bytes();
            bytes[2..].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
        }
        "ifindex" => if_index(position).to_string(),
        "operstate" => if light { "up" } else { "down" }.into(),
        _ => return None,
    })
}
