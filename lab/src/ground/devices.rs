//! SCSI commands to simulated devices, as SG_IO passes them through.

use npivot_fabric::Simulation;
use npivot_fabric::host::IoFailure;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand, Refusal, Reply};
use npivot_hal::scsi::Sense;
use npivot_sysfs::passthrough::{DeviceRef, Passthrough, PassthroughError};

/// `DID_TRANSPORT_FAILFAST` and `DID_TIME_OUT` (`include/scsi/scsi_status.h`).
const FAILED_FAST: u16 = 0x0f;
const TIMED_OUT: u16 = 0x03;
/// The status of a command that a reservation keeps out (SAM-5, 5.3).
const RESERVATION_CONFLICT: u8 = 0x18;

/// The devices of a simulated host.
#[derive(Debug, Clone)]
pub struct TreeDevices {
    simulation: Simulation,
    host: HostIx,
}

impl TreeDevices {
    /// The devices of this host.
    pub fn new(simulation: &Simulation, host: HostIx) -> Self {
        Self { simulation: simulation.clone(), host }
    }
}

impl Passthrough for TreeDevices {
    fn send(
        &self,
        device: &DeviceRef,
        cdb: &[u8],
        allocation: usize,
        _timeout_ms: u32,
    ) -> Result<Vec<u8>, PassthroughError> {
        let transport = |host| PassthroughError::Transport { host, driver: 0 };
        let command = HostCommand::Scsi { address: device.address, cdb: cdb.to_vec() };
        match self.simulation.apply(Command::Host(self.host, command)) {
            Ok(Reply::Data(mut data)) => {
                data.truncate(allocation);
                Ok(data)
            }
            Err(Refusal::Io(IoFailure::Check(sense))) => {
                let sense = Sense::decode(&sense.fixed_format());
                Err(sense.map_or_else(|_| transport(TIMED_OUT), PassthroughError::Check))
            }
            Err(Refusal::Io(IoFailure::Conflict)) => {
                Err(PassthroughError::Status { status: RESERVATION_CONFLICT })
            }
            Err(Refusal::Io(IoFailure::PathLost)) => Err(transport(FAILED_FAST)),
            // Held, or lost on the way; and a reply of another kind is no answer either.
            Ok(_) | Err(Refusal::Io(_)) => Err(transport(TIMED_OUT)),
            Err(_) => Err(PassthroughError::Gone),
        }
    }
}
