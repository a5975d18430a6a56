//! The HAL's questions to a device, through the port.

use npivot_hal::scsi::ask::{self, Ask, AskError};
use npivot_hal::{Lun, LunDetails, LunId, Result};

use super::error::unanswered;
use super::{DeviceRef, Passthrough, PassthroughError};

fn asking<'a>(
    port: &'a dyn Passthrough,
    device: &'a DeviceRef,
    timeout_ms: u32,
) -> impl Ask<PassthroughError> + 'a {
    move |cdb: &[u8], allocation: usize| {
        port.send(device, cdb, allocation, timeout_ms).map_err(|error| match error {
            PassthroughError::Check(sense) => AskError::Check(sense),
            error => AskError::Failed(error),
        })
    }
}

/// Which volume a device is now, with `timeout_ms` for each command. Blocks.
///
/// # Errors
/// As of [`Luns::identify`](npivot_hal::Luns::identify).
pub fn identify(port: &dyn Passthrough, device: &DeviceRef, timeout_ms: u32) -> Result<LunId> {
    let answer = ask::identity(&mut asking(port, device, timeout_ms));
    answer.map_err(|error| unanswered("identify", device.address.to_string(), error))
}

/// All that a device says of itself now, with `timeout_ms` for each command. Blocks.
///
/// # Errors
/// As of [`Luns::inspect`](npivot_hal::Luns::inspect).
pub fn inspect(port: &dyn Passthrough, device: &DeviceRef, timeout_ms: u32) -> Result<LunDetails> {
    let answer = ask::details(&mut asking(port, device, timeout_ms));
    answer.map_err(|error| unanswered("inspect", device.address.to_string(), error))
}

/// Which LUNs the target of a device shows now, by ascending wire value and each once, with `timeout_ms`
/// for each command. Blocks.
///
/// # Errors
/// As of [`Luns::reported`](npivot_hal::Luns::reported).
pub fn reported(port: &dyn Passthrough, device: &DeviceRef, timeout_ms: u32) -> Result<Vec<Lun>> {
    let answer = ask::luns(&mut asking(port, device, timeout_ms));
    let mut luns =
        answer.map_err(|error| unanswered("report LUNs", device.address.to_string(), error))?;
    luns.sort_unstable();
    luns.dedup();
    Ok(luns)
}
