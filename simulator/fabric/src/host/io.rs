//! Commands to a device: who are you, read, write.

use npivot_hal::{Capacity, LunDetails, PathState, ScsiAddress};

use super::{Device, DeviceKey};
use crate::array::scsi::{Sense, SenseKey};
use crate::array::{Array, BLOCK_LENGTH, Refused, Volume, VolumeIx};
use crate::san::ids::{AdapterIx, HostIx, TargetIx};
use crate::world::{Answer, Happening, Refusal, Reply, TargetPort, World};

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
    /// Another initiator has reserved the volume: RESERVATION CONFLICT.
    #[error("another initiator has reserved the volume")]
    Conflict,
}

impl From<Refused> for IoFailure {
    fn from(refused: Refused) -> Self {
        refused.sense().map_or(Self::Conflict, Self::Check)
    }
}

/// How often the kernel repeats a command that ended with a unit attention, at the least: each kind is
/// told once.
const ATTENTIONS: usize = 16;

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

    /// The volume that an array shows at a device now, and through which of its ports.
    fn volume_now(
        &self,
        host: HostIx,
        address: ScsiAddress,
    ) -> Result<(&Array, VolumeIx, u16), Refusal> {
        let (ix, device) = self.device(host, address)?;
        let target = self.way_to(ix, device)?;
        let TargetPort { array, number, .. } = self.targets[target.index()];
        let array = &self.arrays[array.index()].array;
        let initiator = self.adapter_ref(ix).names.wwpn;
        let volume = array.volume_at(initiator, device.lun);
        let volume = volume.ok_or(IoFailure::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED))?;
        Ok((array, volume, number))
    }

    /// INQUIRY, VPD page 83: which volume the array shows there now.
    pub(super) fn identify(&self, host: HostIx, address: ScsiAddress) -> Answer {
        let (array, volume, _) = self.volume_now(host, address)?;
        Ok(Reply::Identity(array.volume(volume).identity().clone()))
    }

    /// INQUIRY, VPD pages, READ CAPACITY, PERSISTENT RESERVE IN, MODE SENSE, REPORT TARGET PORT GROUPS.
    pub(super) fn inspect(&self, host: HostIx, address: ScsiAddress) -> Answer {
        let (array, ix, port) = self.volume_now(host, address)?;
        let (volume, product): (&Volume, _) = (array.volume(ix), array.product());
        let mut details = LunDetails::new(&product.vendor, &product.product, &product.revision);
        details.serial = Some(volume.serial().to_owned());
        details.identity = Some(volume.identity().clone());
        let (blocks, block_bytes) = (volume.size_blocks(), BLOCK_LENGTH);
        details.capacity = Some(Capacity { blocks, block_bytes });
        details.reservations = Some(array.reservations(ix));
        details.read_only = Some(volume.is_write_protected());
        details.access = Some(array.access_state(port));
        Ok(Reply::Details(Box::new(details)))
    }

    /// REPORT LUNS, which a program sends through a device: without one on the target it cannot.
    pub(super) fn reported_luns(&mut self, ix: AdapterIx, target: u32) -> Answer {
        let adapter = self.adapter_ref(ix);
        let devices = adapter
            .devices
            .range(DeviceKey { target, lun: 0 }..=DeviceKey { target, lun: u64::MAX });
        let Some((_, device)) = devices.into_iter().next() else {
            return Err(Refusal::NoSuch("device on this target"));
        };
        let initiator = adapter.names.wwpn;
        let way = self.way_to(ix, device)?;
        let TargetPort { array, number, .. } = self.targets[way.index()];
        let array = &mut self.arrays[array.index()].array;
        array.luns_reported(initiator, number);
        Ok(Reply::Luns(array.report_luns(initiator).map(|(lun, _)| lun).collect()))
    }

    /// A command as SG_IO passes it through: a unit attention goes to the sender, who asks again.
    pub(super) fn scsi_command(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
        cdb: &[u8],
    ) -> Answer {
        let (ix, device) = self.device(host, address)?;
        let lun = device.lun;
        let target = self.way_to(ix, device)?;
        let initiator = self.adapter_ref(ix).names.wwpn;
        let TargetPort { array, number, .. } = self.targets[target.index()];
        let answer = self.arrays[array.index()].array.execute(initiator, number, lun, cdb);
        if answer == Err(Sense::REPORTED_LUNS_CHANGED.into()) {
            self.tell(Happening::LunsChanged { host, address });
        }
        answer.map(Reply::Data).map_err(|refused| IoFailure::from(refused).into())
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

    /// Sends a command, and again while it ends with a unit attention, as the kernel does
    /// (`scsi_io_completion_action`, `drivers/scsi/scsi_lib.c`). That LUNs have changed is told.
    fn command(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
        send: impl Fn(
            &mut crate::array::Array,
            (npivot_hal::Wwpn, u16),
            npivot_hal::Lun,
        ) -> Result<Reply, Refused>,
    ) -> Answer {
        let (ix, device) = self.device(host, address)?;
        let lun = device.lun;
        let target = self.way_to(ix, device)?;
        let initiator = self.adapter_ref(ix).names.wwpn;
        let port = &self.targets[target.index()];
        let (array, nexus) = (port.array.index(), (initiator, port.number));
        let mut answer = send(&mut self.arrays[array].array, nexus, lun);
        for _ in 0..ATTENTIONS {
            match answer.as_ref().err().and_then(|refused| refused.sense()) {
                Some(sense) if sense.key == SenseKey::UnitAttention => {
                    if sense == Sense::REPORTED_LUNS_CHANGED {
                        self.tell(Happening::LunsChanged { host, address });
                    }
                    answer = send(&mut self.arrays[array].array, nexus, lun);
                }
                _ => break,
            }
        }
        answer.map_err(|refused| IoFailure::from(refused).into())
    }
}
