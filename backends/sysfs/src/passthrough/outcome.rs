//! What became of a command, from what the kernel wrote back.

use npivot_hal::scsi::{Sense, SenseKey};

use super::PassthroughError;

/// SCSI status bytes (SAM-5, 5.3.1).
const GOOD: u8 = 0x00;
const CHECK_CONDITION: u8 = 0x02;
const CONDITION_MET: u8 = 0x04;
/// Host bytes (`enum scsi_host_status`, `include/scsi/scsi_status.h`).
const DID_OK: u16 = 0x00;
const DID_TIME_OUT: u16 = 0x03;
/// Driver bytes of old kernels; the upper four bits were advice (`include/scsi/scsi.h` before 5.14).
const DRIVER_TIMEOUT: u16 = 0x06;
const DRIVER_SENSE: u16 = 0x08;

/// What the kernel wrote back into an SG_IO header. None of its lengths is believed beyond the buffers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written {
    /// SCSI status byte.
    pub(super) status: u8,
    /// Host byte.
    pub(super) host: u16,
    /// Driver byte.
    pub(super) driver: u16,
    /// How many bytes of sense data it wrote.
    pub(super) sense_bytes: u8,
    /// How many bytes of the allocation were not transferred.
    pub(super) resid: i32,
}

/// The data of a command that was done.
pub(super) fn outcome(
    written: Written,
    mut data: Vec<u8>,
    sense: &[u8],
) -> Result<Vec<u8>, PassthroughError> {
    let Written { status, host, driver, sense_bytes, resid } = written;
    match host {
        DID_OK => {}
        DID_TIME_OUT => return Err(PassthroughError::TimedOut),
        // DID_NO_CONNECT among them, which a lost remote port answers while its devices still exist
        // (`fc_remote_port_chkready`, `include/scsi/scsi_transport_fc.h`).
        _ => return Err(PassthroughError::Transport { host, driver }),
    }
    match driver & 0x0f {
        0 | DRIVER_SENSE => {}
        DRIVER_TIMEOUT => return Err(PassthroughError::TimedOut),
        _ => return Err(PassthroughError::Transport { host, driver }),
    }
    // The lowest bit was once a vendor's.
    match status & 0xfe {
        GOOD | CONDITION_MET => {}
        CHECK_CONDITION => {
            let sense = &sense[..sense.len().min(sense_bytes.into())];
            let sense = Sense::decode(sense).map_err(|_| PassthroughError::Status { status })?;
            // With these two keys it was done all the same.
            if !matches!(sense.key, SenseKey::NoSense | SenseKey::RecoveredError) {
                return Err(PassthroughError::Check(sense));
            }
        }
        _ => return Err(PassthroughError::Status { status }),
    }
    let untransferred = usize::try_from(resid).unwrap_or(0).min(data.len());
    data.truncate(data.len() - untransferred);
    Ok(data)
}
