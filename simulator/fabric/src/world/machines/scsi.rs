//! SCSI from N_Ports outside to the arrays. It is a command of the world like any other, and is recorded as
//! one; but its data is borrowed until then, because there is much of it.

use npivot_hal::{FcId, Lun, Wwpn};

use crate::array::{Completion, Nexus, Request, TaskAnswer, TaskManagement, VolumeIx};
use crate::san::Unreachable;
use crate::san::ids::{ArrayIx, FabricIx, NPortIx, TargetIx};
use crate::world::{Answer, Command, NPortCommand, Refusal, Reply, World};

/// From whom to which array port, and that frames get through: made by [`World::path`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    fabric: FabricIx,
    from: FcId,
    to: FcId,
    initiator: Wwpn,
    target: TargetIx,
}

/// A logical unit of an array, however it is reached: which initiators see it at which LUNs differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// The array.
    pub array: ArrayIx,
    /// Its volume; `None` where the initiator has none at that LUN.
    pub volume: Option<VolumeIx>,
}

impl World {
    /// What an initiator has at a LUN.
    pub fn unit_at(&self, path: &Path, lun: Lun) -> Unit {
        let array = self.targets[path.target.index()].array;
        let volume = self.arrays[array.index()].array.volume_at(path.initiator, lun);
        Unit { array, volume }
    }

    /// The way from an N_Port outside to the array port that another is.
    ///
    /// # Errors
    /// Why frames do not get through. `None` inside where the other is no array's port.
    pub fn path(&self, from: NPortIx, to: NPortIx) -> Result<Option<Path>, Unreachable> {
        self.san.reach(from, to)?;
        let (one, other) = (self.san.nport(from), self.san.nport(to));
        Ok(other.owner.as_target().map(|target| Path {
            fabric: self.san.fabric_of(from),
            from: one.fc_id(),
            to: other.fc_id(),
            initiator: one.names.wwpn,
            target,
        }))
    }

    /// How many bytes of data a command needs before it can be done ([`Array::admit`]).
    ///
    /// # Errors
    /// The command ends here, with this.
    ///
    /// [`Array::admit`]: crate::array::Array::admit
    pub fn admit(&mut self, path: &Path, lun: Lun, cdb: &[u8]) -> Result<u64, Box<Completion>> {
        let (array, nexus) = self.nexus(path.initiator, path.target);
        let answer = self.arrays[array].array.admit(nexus, lun, cdb);
        if let Err(done) = &answer {
            // What was told is told once: a replay must tell it too.
            self.record_scsi(path, lun, cdb, &[], 0, done);
        }
        answer.map_err(Box::new)
    }

    /// Does a command ([`Array::serve`](crate::array::Array::serve)), and records it if the run is.
    pub fn serve(
        &mut self,
        path: &Path,
        lun: Lun,
        cdb: &[u8],
        data_out: &[u8],
        room: usize,
    ) -> Completion {
        let done = self.serve_outside(path.initiator, path.target, lun, cdb, data_out, room);
        self.record_scsi(path, lun, cdb, data_out, room, &done);
        done
    }

    /// Does a task management function, and records it if the run is.
    pub fn manage(&mut self, path: &Path, lun: Lun, function: TaskManagement) -> TaskAnswer {
        let Path { fabric, from, to, .. } = *path;
        let command = NPortCommand::Manage { fabric, from, to, lun, function };
        match self.apply(Command::NPort(command)) {
            Ok(Reply::Managed(answer)) => answer,
            _ => TaskAnswer::Rejected,
        }
    }

    fn record_scsi(
        &mut self,
        path: &Path,
        lun: Lun,
        cdb: &[u8],
        data_out: &[u8],
        room: usize,
        done: &Completion,
    ) {
        let Some(log) = &mut self.log else { return };
        let Path { fabric, from, to, .. } = *path;
        let (cdb, data, room) = (cdb.to_vec(), data_out.to_vec(), room as u64);
        let command = NPortCommand::Scsi { fabric, from, to, lun, cdb, data, room };
        log.command(self.now, &Command::NPort(command));
        let answer: Answer = Ok(Reply::Completion(Box::new(done.clone())));
        log.answer(self.now, &answer);
    }

    /// Initiator and array port of a recorded command.
    pub(super) fn nexus_of(
        &self,
        fabric: FabricIx,
        from: FcId,
        to: FcId,
    ) -> Result<(Wwpn, TargetIx), Refusal> {
        let from = self.outside_nport(fabric, from)?;
        let to = self.san.by_address(fabric, to).ok_or(Refusal::NoSuch("login"))?;
        match self.path(from, to) {
            Ok(Some(path)) => Ok((path.initiator, path.target)),
            Ok(None) => Err(Refusal::Argument("that is no array's port".into())),
            Err(_) => Err(Refusal::Argument("frames do not get through to it".into())),
        }
    }

    fn nexus(&self, initiator: Wwpn, target: TargetIx) -> (usize, Nexus) {
        let target = &self.targets[target.index()];
        (target.array.index(), Nexus::new(initiator, target.number))
    }

    pub(super) fn serve_outside(
        &mut self,
        initiator: Wwpn,
        target: TargetIx,
        lun: Lun,
        cdb: &[u8],
        data_out: &[u8],
        room: usize,
    ) -> Completion {
        let (array, nexus) = self.nexus(initiator, target);
        self.arrays[array].array.serve(&Request { nexus, lun, cdb, data_out, room })
    }

    pub(super) fn manage_outside(
        &mut self,
        initiator: Wwpn,
        target: TargetIx,
        lun: Lun,
        function: TaskManagement,
    ) -> TaskAnswer {
        let (array, nexus) = self.nexus(initiator, target);
        self.arrays[array].array.manage(nexus, lun, function)
    }
}
