//! To the XML, in libvirt's order.

use npivot_hal::PciAddress;

use super::adapter::{FcHostAdapter, PoolAdapter, ScsiHostAdapter};
use super::definition::PoolDefinition;
use super::extension;
use crate::libvirt::xml::Writer;

/// The elements of a pool in the order in which libvirt prints them (`virStoragePoolDefFormatBuf`).
pub(super) const POOL_ORDER: [&str; 9] = [
    "name",
    "uuid",
    "capacity",
    "allocation",
    "available",
    "features",
    "source",
    "target",
    "refresh",
];
/// Those of its source (`virStoragePoolSourceFormat`).
pub(super) const SOURCE_ORDER: [&str; 11] = [
    "host",
    "device",
    "dir",
    "adapter",
    "name",
    "initiator",
    "format",
    "auth",
    "protocol",
    "vendor",
    "product",
];
/// Those of its target.
pub(super) const TARGET_ORDER: [&str; 2] = ["path", "permissions"];

pub(super) fn pool(pool: &PoolDefinition) -> String {
    let unread = &pool.unread;
    let (before_source, after_target) = unread.pool.around("source", &POOL_ORDER);
    let (before_adapter, after_adapter) = unread.source.around("adapter", &SOURCE_ORDER);
    let mut to = Writer::new();
    let pool_type = [("type", "scsi".to_owned())];
    to.element("pool", &pool_type, &unread.pool.attributes, |to| {
        to.text("name", &unread.name, pool.name.as_str());
        let uuid = pool.uuid.map(|uuid| uuid.to_string());
        if uuid.is_some() || !unread.uuid.is_empty() {
            to.text("uuid", &unread.uuid, &uuid.unwrap_or_default());
        }
        to.children(before_source);
        to.element("source", &[], &unread.source.attributes, |to| {
            to.children(before_adapter);
            adapter(to, pool);
            to.children(after_adapter);
        });
        to.element("target", &[], &unread.target.attributes, |to| {
            to.text("path", &unread.path, &pool.target_path);
            to.children(&unread.target.children);
        });
        to.children(after_target);
        extension::write(to, &pool.extension, &unread.extension);
    });
    to.finish()
}

fn adapter(to: &mut Writer, pool: &PoolDefinition) {
    let known = match &pool.adapter {
        PoolAdapter::FcHost(adapter) => fc_host_attributes(adapter),
        PoolAdapter::ScsiHost(adapter) => scsi_host_attributes(adapter),
    };
    let kept = &pool.unread.adapter;
    let place = match pool.adapter {
        PoolAdapter::ScsiHost(ScsiHostAdapter::ByPlace { address, unique_id }) => {
            Some((address, unique_id))
        }
        _ => None,
    };
    if kept.children.is_empty() && place.is_none() {
        return to.empty("adapter", &known, &kept.attributes);
    }
    to.element("adapter", &known, &kept.attributes, |to| {
        if let Some((address, unique_id)) = place {
            parent_address(to, pool, address, unique_id);
        }
        to.children(&kept.children);
    });
}

/// As `virStorageAdapterFormatSCSIHost` has it.
fn parent_address(to: &mut Writer, pool: &PoolDefinition, address: PciAddress, unique_id: u32) {
    let [outer, inner] = [&pool.unread.parent_address, &pool.unread.address];
    let unique_id = [("unique_id", unique_id.to_string())];
    to.element("parentaddr", &unique_id, &outer.attributes, |to| {
        to.leaf("address", &pci_attributes(address), inner);
        to.children(&outer.children);
    });
}

/// A PCI address as libvirt prints it (`virPCIDeviceAddressFormat`).
pub(in crate::libvirt) fn pci_attributes(address: PciAddress) -> [(&'static str, String); 4] {
    [
        ("domain", format!("{:#06x}", address.domain)),
        ("bus", format!("{:#04x}", address.bus)),
        ("slot", format!("{:#04x}", address.slot)),
        ("function", format!("{:#03x}", address.function)),
    ]
}

fn scsi_host_attributes(adapter: &ScsiHostAdapter) -> Vec<(&'static str, String)> {
    let mut given = vec![("type", "scsi_host".to_owned())];
    if let ScsiHostAdapter::ByName(no) = adapter {
        given.push(("name", format!("scsi_{no}")));
    }
    given
}

/// The attributes that are given, in the order of `virStorageAdapterFormatFCHost`.
pub(super) fn fc_host_attributes(adapter: &FcHostAdapter) -> Vec<(&'static str, String)> {
    let parent_wwns = adapter.parent_wwns;
    let yes_or_no = |yes| if yes { "yes" } else { "no" }.to_owned();
    let given = [
        ("type", Some("fc_host".to_owned())),
        ("parent", adapter.parent.clone()),
        ("parent_wwnn", parent_wwns.map(|pair| pair.wwnn.to_string())),
        ("parent_wwpn", parent_wwns.map(|pair| pair.wwpn.to_string())),
        ("parent_fabric_wwn", adapter.parent_fabric_wwn.map(|name| name.to_string())),
        ("managed", adapter.managed.map(yes_or_no)),
        ("wwnn", Some(adapter.wwns.wwnn.to_string())),
        ("wwpn", Some(adapter.wwns.wwpn.to_string())),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
