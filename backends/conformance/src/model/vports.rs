//! The vports of adapters.

use npivot_hal::{ErrorKind, HostNo, Outcome, WwnPair, Wwpn};

use super::Answer;

/// An adapter and its vports.
#[derive(Debug, Clone)]
struct Parent {
    no: HostNo,
    own: Wwpn,
    max: usize,
    vports: Vec<WwnPair>,
}

/// The vports of a host.
#[derive(Debug, Clone, Default)]
pub(crate) struct VportModel(Vec<Parent>);

impl VportModel {
    /// Adds an adapter with the vports that it has.
    pub(crate) fn add(&mut self, no: HostNo, own: Wwpn, max: u32, vports: Vec<WwnPair>) {
        self.0.push(Parent { no, own, max: max as usize, vports });
    }

    fn parent(&mut self, no: HostNo) -> Result<&mut Parent, Vec<ErrorKind>> {
        self.0.iter_mut().find(|parent| parent.no == no).ok_or(vec![ErrorKind::NotFound])
    }

    /// The vports of an adapter, sorted by their names.
    pub(crate) fn vports(&self, no: HostNo) -> Vec<WwnPair> {
        let of = self.0.iter().filter(|parent| parent.no == no);
        let mut all: Vec<WwnPair> = of.flat_map(|parent| parent.vports.clone()).collect();
        all.sort();
        all
    }

    /// `Npiv::create_vport`.
    pub(crate) fn create(&mut self, no: HostNo, names: WwnPair) -> Answer {
        let parent = self.parent(no)?;
        if parent.vports.contains(&names) {
            return Ok(Outcome::from(false));
        }
        let taken = parent.own == names.wwpn;
        let mut wrong = vec![];
        if taken || parent.vports.iter().any(|vport| vport.wwpn == names.wwpn) {
            wrong.push(ErrorKind::AlreadyExists);
        }
        if parent.vports.len() >= parent.max {
            wrong.push(ErrorKind::LimitReached);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        parent.vports.push(names);
        Ok(Outcome::from(true))
    }

    /// `Npiv::delete_vport`.
    pub(crate) fn delete(&mut self, no: HostNo, names: WwnPair) -> Answer {
        let parent = self.parent(no)?;
        let before = parent.vports.len();
        parent.vports.retain(|vport| *vport != names);
        Ok(Outcome::from(parent.vports.len() < before))
    }
}
