//! Vports for cases: made, logged in, seated where they see something.

use npivot_hal::{
    Adapter, ErrorKind, HostNo, LunPath, Outcome, PortState, RemotePort, Vport, VportState, WwnPair,
};

use super::undo::Undo;
use super::{Bed, PATIENCE, Problem, Verdict, ensure};
use crate::{Guest, Unit};

/// A guest's vport that is logged in and sees what it should.
#[derive(Debug)]
pub(crate) struct Seat<'b> {
    /// The adapter that the vport is on.
    pub(crate) parent: Adapter,
    /// The vport's own adapter.
    pub(crate) no: HostNo,
    /// The guest.
    pub(crate) guest: &'b Guest,
}

impl Bed {
    /// Makes a vport, to be deleted when the case ends.
    pub(crate) async fn create(&self, parent: HostNo, names: WwnPair) -> Verdict<(Vport, Outcome)> {
        self.later(Undo::Vport { parent, names });
        match self.npiv()?.create_vport(parent, names).await {
            // Which error it must be is a case of its own; here it only means that nothing can be tried.
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                Err(Problem::Declined(format!("a switch with NPIV ({error})")))
            }
            answer => Ok(answer?),
        }
    }

    /// Takes note that a vport may come to be, to be deleted when the case ends.
    pub(crate) fn delete_later(&self, parent: HostNo, names: WwnPair) {
        self.later(Undo::Vport { parent, names });
    }

    /// The vport of these names, if it is listed.
    pub(crate) async fn vport(&self, parent: HostNo, names: WwnPair) -> Verdict<Option<Vport>> {
        let vports = self.npiv()?.vports(parent).await?;
        Ok(vports.into_iter().find(|vport| vport.names == names))
    }

    /// Waits until a vport is logged in.
    pub(crate) async fn logged_in(&self, parent: HostNo, names: WwnPair) -> Verdict<Vport> {
        let mut up = None;
        let what = format!("vport {names} on {parent} is Active");
        self.until(&what, PATIENCE, async || {
            let vport = self.vport(parent, names).await?;
            let Some(vport) = vport else {
                return Err(Problem::failed(format!("vport {names} is not listed on {parent}")));
            };
            match vport.state {
                VportState::NoFabricSupport => {
                    return Err(Problem::Declined("a switch with NPIV".into()));
                }
                VportState::NoFabricResources => {
                    return Err(Problem::Declined("a switch with room for a vport".into()));
                }
                state => ensure!(!state.is_refusal(), "{what}: it is {state}"),
            }
            let active = vport.state == VportState::Active;
            up = active.then_some(vport);
            Ok(active)
        })
        .await?;
        up.ok_or_else(|| Problem::failed(what))
    }

    /// A spare vport that is logged in, and the adapter it is on.
    pub(crate) async fn active(&self, nth: usize) -> Verdict<(Adapter, Vport)> {
        let (hba, names) = (self.hba().await?, self.spare(nth)?);
        let _ = self.create(hba.no, names).await?;
        let vport = self.logged_in(hba.no, names).await?;
        Ok((hba, vport))
    }

    /// The number of a vport's own adapter.
    pub(crate) fn own_adapter(vport: &Vport) -> Verdict<HostNo> {
        let missing =
            || Problem::failed(format!("the active vport {} has no adapter", vport.names));
        vport.no.ok_or_else(missing)
    }

    /// A guest's vport, logged in, with all its paths.
    pub(crate) async fn seat(&self) -> Verdict<Seat<'_>> {
        let guest = self.guest()?;
        let adapters = self.host()?.adapters().await?;
        let parent = adapters.into_iter().find(|adapter| adapter.names.wwpn == guest.parent);
        let Some(parent) = parent else {
            let text = format!("adapters() does not list {}, which is known", guest.parent);
            return Err(Problem::failed(text));
        };
        let _ = self.create(parent.no, guest.names).await?;
        let vport = self.logged_in(parent.no, guest.names).await?;
        let no = Self::own_adapter(&vport)?;
        let seat = Seat { parent, no, guest };
        if self.has(crate::Ability::Luns) {
            self.sees(no, &guest.units).await?;
        } else {
            self.finds_targets(&seat).await?;
        }
        Ok(seat)
    }

    /// Waits until an adapter's paths are these, and no others.
    pub(crate) async fn sees(&self, no: HostNo, units: &[Unit]) -> Verdict {
        let mut wanted = units.to_vec();
        wanted.sort();
        let what = format!("{no} lists the {} paths that are known", wanted.len());
        let mut last = String::new();
        let waited = self
            .until(&what, PATIENCE, async || {
                let paths = self.luns()?.paths(no).await?;
                let found = units_of(&paths);
                last = format!("{found:?}");
                Ok(found == wanted)
            })
            .await;
        waited.map_err(|problem| match problem {
            Problem::Failed(text) => {
                Problem::Failed(format!("{text}: found {last}, expected {wanted:?}"))
            }
            other => other,
        })
    }

    async fn finds_targets(&self, seat: &Seat<'_>) -> Verdict {
        self.until("the guest's targets are online", PATIENCE, async || {
            let ports = self.host()?.remote_ports(seat.no).await?;
            let is_up = |unit: &Unit| ports.iter().any(|port| port.wwpn == Some(unit.target));
            Ok(seat.guest.units.iter().all(is_up))
        })
        .await
    }
}

/// What paths lead to: those with an identity and a target, in order.
pub(crate) fn units_of(paths: &[LunPath]) -> Vec<Unit> {
    let unit = |path: &LunPath| {
        Some(Unit::new(path.target?, path.lun, path.identity.as_ref().ok()?.clone()))
    };
    let mut units: Vec<Unit> = paths.iter().filter_map(unit).collect();
    units.sort();
    units
}

impl Seat<'_> {
    /// Its paths, by address.
    pub(crate) async fn paths(&self, bed: &Bed) -> Verdict<Vec<LunPath>> {
        Ok(bed.luns()?.paths(self.no).await?)
    }

    /// Its first path.
    pub(crate) async fn path(&self, bed: &Bed) -> Verdict<LunPath> {
        let first = self.paths(bed).await?.into_iter().next();
        first.ok_or_else(|| Problem::failed("the paths that were there are gone"))
    }

    /// Its remote ports that are targets and online.
    pub(crate) async fn targets(&self, bed: &Bed) -> Verdict<Vec<RemotePort>> {
        let mut ports = bed.host()?.remote_ports(self.no).await?;
        ports.retain(|port| port.roles.target && port.state == PortState::Online);
        Ok(ports)
    }
}
