//! The SCSI host that a pool is on, found anew at each start.

use npivot_hal::{Adapter, AdapterKind, Host, HostNo, PciAddress};

use crate::libvirt::ScsiHostAdapter;
use crate::vhba::VhbaError;

/// Finds the adapter.
pub(super) async fn find(host: &dyn Host, wanted: &ScsiHostAdapter) -> Result<HostNo, VhbaError> {
    let adapters = host.adapters().await?;
    let found = match *wanted {
        ScsiHostAdapter::ByName(no) => adapters.iter().find(|adapter| adapter.no == no),
        ScsiHostAdapter::ByPlace { address, unique_id } => at_place(&adapters, address, unique_id),
    };
    found.map(|adapter| adapter.no).ok_or_else(|| {
        let there: Vec<String> = adapters.iter().map(|adapter| adapter.no.to_string()).collect();
        let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
        let wanted = match wanted {
            ScsiHostAdapter::ByName(no) => format!("SCSI host scsi_{no}"),
            ScsiHostAdapter::ByPlace { address, unique_id } => {
                format!("a SCSI host {unique_id} at PCI {address}")
            }
        };
        VhbaError::NoScsiHost { host: host.name().into(), wanted, there }
    })
}

/// The adapter at a place. A vHBA shares its parent's place; the place is the parent's. `unique_id` tells several
/// of one PCI function apart, but for qla2xxx, which has one there and takes the host's number (`unique_id` in
/// `qla2x00_probe_one`), which another boot deals anew.
fn at_place(adapters: &[Adapter], address: PciAddress, unique_id: u32) -> Option<&Adapter> {
    let is_vhba = |adapter: &&Adapter| matches!(adapter.kind, AdapterKind::Virtual { .. });
    let there = adapters.iter().filter(|adapter| adapter.pci == Some(address));
    let there: Vec<&Adapter> = there.filter(|adapter| !is_vhba(adapter)).collect();
    match there[..] {
        [only] if only.driver.as_deref() == Some("qla2xxx") => Some(only),
        _ => there.into_iter().find(|adapter| adapter.unique_id.is_none_or(|own| own == unique_id)),
    }
}
