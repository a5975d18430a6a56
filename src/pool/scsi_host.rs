//! The SCSI host that a pool is on, found anew at each start.

use npivot_hal::{Adapter, AdapterKind, Host, HostNo};

use crate::libvirt::ScsiHostAdapter;
use crate::vhba::VhbaError;

/// Finds the adapter.
pub(super) async fn find(host: &dyn Host, wanted: &ScsiHostAdapter) -> Result<HostNo, VhbaError> {
    let adapters = host.adapters().await?;
    let is_it = |adapter: &&Adapter| match *wanted {
        ScsiHostAdapter::ByName(no) => adapter.no == no,
        // A vHBA shares its parent's place; the place is the parent's.
        ScsiHostAdapter::ByPlace { address, unique_id } => {
            adapter.pci == Some(address)
                && !matches!(adapter.kind, AdapterKind::Virtual { .. })
                && adapter.unique_id.is_none_or(|own| own == unique_id)
        }
    };
    adapters.iter().find(is_it).map(|adapter| adapter.no).ok_or_else(|| {
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
