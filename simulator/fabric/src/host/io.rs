//! Commands to a device: who are you, read, write.

use npivot_hal::{PathState, ScsiAddress};

use super::{Device, DeviceKey};
use crate::array::scsi::Sense;
use crate::san::ids::{AdapterIx, HostIx, TargetIx};
use crate::world::{Answer, Happening, Refusal, Reply, World};

/// Why a device did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IoFailure {
    /// The remote port is blocked: the kernel holds the command until the port returns or is given up.
    #[error("the remote port is blocked, I/O is held")]
    Held,
    /// The command was failed by the transport (fast_io_fail or dev_loss has passed).
    #[error("the path is lost")]
    PathLost,
    /// The frames do not arrive although the host does not know yet: it will time out.
    #[error("no answer from the target")]
    NoAnswer,
    /// The array refused it.
    #[error("{0}")]
    Check(Sense),
}

impl World {
    /// The device at an address, with its adapter.
    fn device(&self, host: HostIx, address: ScsiAddress) -> Result<(AdapterIx, &Device), Refusal> {
        let ix = self.must_have_adapter(host, address.host)?;
        let key = DeviceKey { target: address.target, lun: address.lun };
        let device = self.adapter_ref(ix).devices.get(&key).filter(|_| address.channel == 0);
        Ok((ix, device.ok_or(Refusal::NoDevice(address))?))
    }

    /// The array port that a device's commands get to now.
    fn way_to(&self, ix: AdapterIx, device: &Device) -> Result<TargetIx, IoFailure> {
        match device.state {
            PathState::Blocked => Err(IoFailure::Held),
            PathState::Running => {
                self.reachable_target(ix, device.rport).ok_or(IoFailure::NoAnswer)
            }
            _ => Err(IoFailure::PathLost),
        }
    }

    /// INQUIRY, VPD page 83: which volume the array shows there now.
    pub(super) fn identify(&self, host: HostIx, address: ScsiAddress) -> Answer {
        let (ix, device) = self.device(host, address)?;
        let target = self.way_to(ix, device)?;
        let array = &self.arrays[self.targets[target.index()].array.index()].array;
        let initiator = self.adapter_ref(ix).names.wwpn;
        let volume = array.volume_at(initiator, device.lun);
        let volume = volume.ok_or(IoFailure::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED))?;
        Ok(Reply::Identity(array.volume(volume).identity().clone()))
    }

    pub(super) fn read(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
        lba: u64,
        blocks: u32,
    ) -> Answer {
        self.command(host, address, |array, nexus, lun| {
            array.read(nexus.0, nexus.1, lun, lba, blocks).map(Reply::Data)
        })
    }

    pub(super) fn write(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
        lba: u64,
        data: &[u8],
    ) -> Answer {
        if data.is_empty() || !data.len().is_multiple_of(512) {
            let text = format!("a write is a multiple of 512 bytes, not {}", data.len());
            return Err(Refusal::Argument(text));
        }
        self.command(host, address, |array, nexus, lun| {
            array.write(nexus.0, nexus.1, lun, lba, data).map(|()| Reply::Done)
        })
    }

    /// Sends a command. A unit attention is told and the command repeated once, as the SCSI midlayer does
    /// (`scsi_check_sense`, `drivers/scsi/scsi_error.c`).
    fn command(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
        send: impl Fn(
            &mut crate::array::Array,
            (npivot_hal::Wwpn, u16),
            npivot_hal::Lun,
        ) -> Result<Reply, Sense>,
    ) -> Answer {
        let (ix, device) = self.device(host, address)?;
        let lun = device.lun;
        let target = self.way_to(ix, device)?;
        let initiator = self.adapter_ref(ix).names.wwpn;
        let port = &self.targets[target.index()];
        let (array, nexus) = (port.array.index(), (initiator, port.number));
        let mut answer = send(&mut self.arrays[array].array, nexus, lun);
        if answer == Err(Sense::REPORTED_LUNS_CHANGED) {
            self.tell(Happening::LunsChanged { host, address });
            answer = send(&mut self.arrays[array].array, nexus, lun);
        }
        answer.map_err(|sense| IoFailure::Check(sense).into())
    }
}
