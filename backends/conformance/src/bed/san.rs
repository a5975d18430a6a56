//! Zones, host groups, cables: changed for a case, put back after it.

use std::sync::Arc;

use npivot_hal::{
    Array, Error, ErrorKind, Fabric, HostNo, Lun, Masking, Outcome, Volume, Wwpn, ZoneEdit,
    ZoneTransaction, Zoning,
};

use super::log_in::Seat;
use super::undo::Undo;
use super::{Bed, PREFIX, Problem, Verdict};
use crate::{Ability, Unit};

/// A fabric's zoning, which will be put back as it is.
#[derive(Debug)]
pub(crate) struct Zones<'b> {
    bed: &'b Bed,
    pub(crate) fabric: Arc<dyn Fabric>,
}

/// An array's masking.
#[derive(Debug)]
pub(crate) struct Mask<'b> {
    bed: &'b Bed,
    pub(crate) array: Arc<dyn Array>,
}

/// A guest that sees one volume at LUN 0 and none else, in a group of the suite's own.
#[derive(Debug)]
pub(crate) struct Shown<'b> {
    pub(crate) mask: Mask<'b>,
    pub(crate) seat: Seat<'b>,
    pub(crate) group: String,
    /// What it sees.
    pub(crate) first: Volume,
    /// What it does not.
    pub(crate) second: Volume,
}

impl Bed {
    /// The zoning of the first fabric that has it; of the guest's, if there is a guest.
    pub(crate) async fn zones(&self) -> Verdict<Zones<'_>> {
        let lacking = || Problem::Lacks(Ability::Zoning.to_string());
        let mut found: Vec<_> = self.fabrics.iter().filter(|f| f.zoning().is_some()).collect();
        if let (Some(guest), Ok(host)) = (self.known.guests.first(), self.host()) {
            let adapters = host.adapters().await?;
            let parent = adapters.into_iter().find(|adapter| adapter.names.wwpn == guest.parent);
            let name = parent.and_then(|parent| parent.fabric);
            if let Some(own) =
                found.iter().position(|f| name.is_some() && f.capabilities().fabric_name == name)
            {
                found.swap(0, own);
            }
        }
        let fabric = Arc::clone(found.first().ok_or_else(lacking)?);
        let zoning = fabric.zoning().ok_or_else(lacking)?;
        let (defined, effective) = (zoning.defined().await?, zoning.effective().await?);
        self.later(Undo::Zones { fabric: Arc::clone(&fabric), defined, effective });
        Ok(Zones { bed: self, fabric })
    }

    /// The masking of the first array that has it.
    pub(crate) fn mask(&self) -> Verdict<Mask<'_>> {
        let found = self.arrays.iter().find(|array| array.masking().is_some());
        let array = found.ok_or_else(|| Problem::Lacks(Ability::Masking.to_string()))?;
        Ok(Mask { bed: self, array: Arc::clone(array) })
    }

    /// The masking of the array behind a guest's unit.
    async fn mask_of(&self, unit: &Unit) -> Verdict<Mask<'_>> {
        for array in &self.arrays {
            let ports = array.target_ports().await?;
            if array.masking().is_some() && ports.iter().any(|p| p.names.wwpn == unit.target) {
                return Ok(Mask { bed: self, array: Arc::clone(array) });
            }
        }
        Err(Problem::Lacks("Array::masking of the array that the guest sees".into()))
    }

    /// A guest's vport that sees one volume, as the suite masked it.
    pub(crate) async fn shown(&self) -> Verdict<Shown<'_>> {
        let guest = self.guest()?;
        let mask = self.mask_of(&guest.units[0]).await?;
        let volumes = mask.array.volumes().await?;
        let [first, second, ..] = &volumes[..] else {
            return Err(Problem::Lacks("an array with two volumes".into()));
        };
        let (first, second) = (first.clone(), second.clone());
        let group = mask.group("shown").await?;
        mask.borrow(&group, guest.names.wwpn).await?;
        let _ = mask.masking()?.map(&group, &first.name, 0).await?;
        let mut targets: Vec<Wwpn> = guest.units.iter().map(|unit| unit.target).collect();
        targets.sort_unstable();
        targets.dedup();
        let ports = mask.array.target_ports().await?;
        targets.retain(|target| ports.iter().any(|port| port.names.wwpn == *target));
        let lun = Lun::from_number(0).ok_or_else(|| Problem::failed("LUN 0 is no LUN"))?;
        let units: Vec<Unit> =
            targets.iter().map(|t| Unit::new(*t, lun, first.identity.clone())).collect();
        let host = self.host()?;
        let adapters = host.adapters().await?;
        let parent = adapters.into_iter().find(|adapter| adapter.names.wwpn == guest.parent);
        let parent = parent.ok_or_else(|| Problem::failed("a known adapter is not listed"))?;
        let _ = self.create(parent.no, guest.names).await?;
        let vport = self.logged_in(parent.no, guest.names).await?;
        let no = Self::own_adapter(&vport)?;
        self.sees(no, &units).await?;
        Ok(Shown { mask, seat: Seat { parent, no, guest }, group, first, second })
    }

    /// Pulls a cable, to be plugged in again when the case ends.
    pub(crate) async fn dark(&self, port: Wwpn) -> Verdict {
        self.later(Undo::Light(port));
        self.light(port, false).await
    }

    /// Plugs a cable in, or pulls it.
    pub(crate) async fn light(&self, port: Wwpn, on: bool) -> Verdict {
        match self.bench()?.set_light(port, on).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                Err(Problem::Declined(format!("Bench::set_light of {port} ({error})")))
            }
            answer => Ok(answer?),
        }
    }

    /// Sets dev_loss, to be set back to 60 s, the kernel's default, when the case ends.
    pub(crate) async fn dev_loss(&self, adapter: HostNo, secs: u32) -> Verdict<Outcome> {
        let ports = self.host()?.remote_ports(adapter).await?;
        let before = ports.iter().find_map(|port| port.dev_loss_secs).unwrap_or(60);
        self.later(Undo::DevLoss { adapter, secs: before });
        Ok(self.links()?.set_dev_loss_secs(adapter, secs).await?)
    }
}

impl Zones<'_> {
    pub(crate) fn zoning(&self) -> Verdict<&dyn Zoning> {
        self.fabric.zoning().ok_or_else(|| Problem::failed("the fabric has lost its zoning"))
    }

    /// Opens a transaction, to be aborted when the case ends.
    pub(crate) async fn begin(&self) -> Verdict<ZoneTransaction> {
        let open = self.zoning()?.begin().await?;
        self.abort_later(&open);
        Ok(open)
    }

    /// Takes note that a transaction is open.
    pub(crate) fn abort_later(&self, open: &ZoneTransaction) {
        let fabric = Arc::clone(&self.fabric);
        self.bed.later(Undo::Transaction { fabric, open: open.clone() });
    }

    /// Makes these edits in a transaction, and commits it with this zone set.
    pub(crate) async fn change(
        &self,
        edits: impl IntoIterator<Item = ZoneEdit>,
        enable: Option<&str>,
    ) -> Verdict<Outcome> {
        let zoning = self.zoning()?;
        let mut open = self.begin().await?;
        for edit in edits {
            (open, _) = zoning.edit(&open, edit).await?;
        }
        Ok(zoning.commit(&open, enable).await?)
    }

    /// The zone set in force.
    pub(crate) async fn in_force(&self) -> Verdict<String> {
        let set = self.zoning()?.effective().await?.zone_set;
        // Without one, enabling any could not be put back.
        set.ok_or_else(|| Problem::Lacks("a zone set in force".into()))
    }

    /// What an edit is refused with, in a transaction that is aborted then.
    pub(crate) async fn refusal(&self, edits: &[ZoneEdit], last: ZoneEdit) -> Verdict<Error> {
        let zoning = self.zoning()?;
        let mut open = self.begin().await?;
        for edit in edits {
            (open, _) = zoning.edit(&open, edit.clone()).await?;
        }
        let answer = zoning.edit(&open, last.clone()).await;
        zoning.abort(&open).await?;
        match answer {
            Ok((_, outcome)) => Err(Problem::failed(format!(
                "{last:?} was taken ({outcome:?}), expected a refusal"
            ))),
            Err(error) => Ok(error),
        }
    }
}

impl Mask<'_> {
    pub(crate) fn masking(&self) -> Verdict<&dyn Masking> {
        self.array.masking().ok_or_else(|| Problem::failed("the array has lost its masking"))
    }

    /// Makes an empty group, to be deleted when the case ends.
    pub(crate) async fn group(&self, name: &str) -> Verdict<String> {
        let group = format!("{PREFIX}{name}");
        self.delete_later(&group);
        let _ = self.masking()?.create_group(&group).await?;
        Ok(group)
    }

    /// Takes note that a group may come to be.
    pub(crate) fn delete_later(&self, group: &str) {
        let array = Arc::clone(&self.array);
        self.bed.later(Undo::Group { array, group: group.to_owned() });
    }

    /// Puts an initiator into a group, to be put back where it was.
    pub(crate) async fn borrow(&self, group: &str, initiator: Wwpn) -> Verdict {
        let masking = self.masking()?;
        let groups = masking.groups().await?;
        if let Some(home) = groups.iter().find(|home| home.initiators.contains(&initiator)) {
            let (array, home) = (Arc::clone(&self.array), home.name.clone());
            // First out of the suite's group, which is deleted before this is run: it stands above it.
            let undo = Undo::Initiator { array, group: home.clone(), initiator };
            self.bed.before_last(undo);
            let _ = masking.remove_initiator(&home, initiator).await?;
        }
        let _ = masking.add_initiator(group, initiator).await?;
        Ok(())
    }

    /// A volume by place, in the order of their names.
    pub(crate) async fn volume(&self, nth: usize) -> Verdict<Volume> {
        let volume = self.array.volumes().await?.into_iter().nth(nth);
        volume.ok_or_else(|| Problem::Lacks(format!("an array with {} volumes", nth + 1)))
    }
}

impl Bed {
    /// To be put back after the last thing that was noted.
    fn before_last(&self, undo: Undo) {
        let mut list = self.undo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = list.len().saturating_sub(1);
        list.insert(place, undo);
    }
}

impl Shown<'_> {
    /// Shows the second volume where the first was.
    pub(crate) async fn remap(&self) -> Verdict {
        let masking = self.mask.masking()?;
        let _ = masking.unmap(&self.group, &self.first.name).await?;
        let _ = masking.map(&self.group, &self.second.name, 0).await?;
        Ok(())
    }

    /// Takes the first volume away.
    pub(crate) async fn unmap(&self) -> Verdict {
        let _ = self.mask.masking()?.unmap(&self.group, &self.first.name).await?;
        Ok(())
    }
}
