//! The gates that every command passes.

use npivot_hal::{Lun, Wwpn};

use super::commands::{self, Found, Spec};
use super::{Call, Cdb, Completion, Handled, Refused, Request, Status};
use crate::array::Array;
use crate::array::attention::Nexus;
use crate::array::ports::refusal;
use crate::array::scsi::{Check, Sense};

/// Two ways to have a command done. On a wire, data follows only when the target asks for it, so a
/// transport first asks whether it should ([`admit`](Self::admit)).
impl Array {
    /// Does a command.
    ///
    /// What it moves is the lesser of what it names and what the initiator gives or takes: reads are cut
    /// to [`Request::room`], writes take as many whole blocks as came. At most 32 MiB are allocated
    /// ([`MAX_TRANSFER_BLOCKS`](super::MAX_TRANSFER_BLOCKS)).
    pub fn serve(&mut self, request: &Request<'_>) -> Completion {
        let done = self.pass(request).and_then(|(spec, call)| {
            if let Some(needs) = spec.needs {
                needs(self, &call)?;
            }
            (spec.run)(self, &call)
        });
        self.complete(request, done)
    }

    /// How many bytes of data a command needs before it can be done: 0 if none. To be asked before the
    /// data is sent for; then [`serve`](Self::serve) does the command, and may still refuse it.
    ///
    /// # Errors
    /// The command ends here, with this.
    pub fn admit(&mut self, nexus: Nexus, lun: Lun, cdb: &[u8]) -> Result<u64, Completion> {
        let request = Request { nexus, lun, cdb, data_out: &[], room: 0 };
        let needed = self.pass(&request).and_then(|(spec, call)| match spec.needs {
            Some(needs) => needs(self, &call),
            None => Ok(0),
        });
        needed.map_err(|refused| self.complete(&request, Err(refused)))
    }

    /// Does a command that sends no data, and returns its answer.
    ///
    /// # Errors
    /// [`Refused`]: why it was not done.
    pub fn execute(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        cdb: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let nexus = Nexus::new(initiator, port);
        let request = Request { nexus, lun, cdb, data_out: &[], room: usize::MAX };
        let done = self.serve(&request);
        match (done.status, done.check) {
            (Status::Good, _) => Ok(done.data),
            (_, Some(check)) => Err(check.into()),
            _ => Err(Refused::Conflict),
        }
    }

    fn pass<'a>(&mut self, request: &Request<'a>) -> Result<(&'static Spec, Call<'a>), Refused> {
        let Request { nexus, lun, cdb, data_out: data, room } = *request;
        let cdb = Cdb::of(cdb).ok_or(Sense::INVALID_FIELD_IN_CDB)?;
        self.attentions.used(nexus);
        let volume = self.volume_at(nexus.initiator, lun);
        let call = Call { nexus, volume, cdb, data, room };
        let found = commands::find(cdb);
        if let Found::Command(spec) = found
            && spec.always
        {
            return known(found, cdb).map(|spec| (spec, call));
        }
        let owed = self.attentions.first(nexus, volume);
        if let Some(condition) = owed
            && (volume.is_none() || condition.before_conflicts())
        {
            self.attentions.told(nexus, volume, condition);
            return Err(condition.sense().into());
        }
        let unit = call.unit()?;
        if let Found::Command(spec) = found
            && !self.volume(unit).registry.admits(nexus, spec.access)
        {
            return Err(Refused::Conflict);
        }
        if let Some(condition) = owed {
            self.attentions.told(nexus, volume, condition);
            return Err(condition.sense().into());
        }
        let spec = known(found, cdb)?;
        match refusal(self.access_state(nexus.port), spec.need) {
            Some(sense) => Err(sense.into()),
            None => Ok((spec, call)),
        }
    }

    fn complete(&self, request: &Request<'_>, done: Handled) -> Completion {
        let mut completion = Completion {
            status: Status::Good,
            data: vec![],
            sense: vec![],
            check: None,
            wanted: 0,
        };
        match done {
            Ok(mut reply) => {
                reply.data.truncate(request.room);
                completion.data = reply.data;
                completion.wanted = reply.wanted;
            }
            Err(Refused::Conflict) => completion.status = Status::ReservationConflict,
            Err(Refused::Check(check)) => {
                let unit = self.volume_at(request.nexus.initiator, request.lun);
                let descriptors = unit.is_some_and(|ix| self.volume(ix).modes.descriptor_sense());
                completion.status = Status::CheckCondition;
                completion.sense = check.encode(descriptors);
                completion.check = Some(check);
            }
        }
        completion
    }
}

/// The command, if there is such a one and NACA is not asked for.
fn known(found: Found, cdb: Cdb<'_>) -> Result<&'static Spec, Refused> {
    match found {
        Found::Command(_) if cdb.naca() => Err(Check::cdb(cdb.last(), Some(2)).into()),
        Found::Command(spec) => Ok(spec),
        Found::NoAction => Err(Check::cdb(1, Some(4)).into()),
        Found::NoCode => Err(Sense::INVALID_OPERATION_CODE.into()),
    }
}
