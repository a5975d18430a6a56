//! The paths of one initiator to one array, as Linux keeps them.

use npivot_hal::{ErrorKind, LunId, Outcome};

/// A path: target id, LUN, and the volume that was there when it was discovered.
pub(crate) type Path = (u32, u64, LunId);

/// What the array shows (through every port alike), and what the host has.
#[derive(Debug, Clone)]
pub(crate) struct PathModel {
    targets: Vec<u32>,
    shown: Vec<(u64, LunId)>,
    paths: Vec<Path>,
}

impl PathModel {
    /// An initiator that has found all that it is shown.
    pub(crate) fn new(targets: Vec<u32>, shown: Vec<(u64, LunId)>) -> Self {
        let mut model = Self { targets, shown, paths: vec![] };
        let _ = model.scan(None, None);
        model
    }

    /// `Luns::paths`, in order of address.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let mut paths = self.paths.clone();
        paths.sort();
        paths
    }

    /// The array shows something else from now on. The host does nothing.
    pub(crate) fn show(&mut self, shown: Vec<(u64, LunId)>) {
        self.shown = shown;
    }

    /// `Luns::identify`.
    pub(crate) fn identify(&self, target: u32, lun: u64) -> Result<LunId, ErrorKind> {
        if !self.paths.iter().any(|path| (path.0, path.1) == (target, lun)) {
            return Err(ErrorKind::NotFound);
        }
        let now = self.shown.iter().find(|(at, _)| *at == lun);
        now.map(|(_, volume)| volume.clone()).ok_or(ErrorKind::Rejected)
    }

    /// `Luns::reported`: the LUNs, in order.
    pub(crate) fn reported(&self, target: u32) -> Result<Vec<u64>, ErrorKind> {
        if !self.paths.iter().any(|path| path.0 == target) {
            return Err(ErrorKind::NotFound);
        }
        let mut luns: Vec<u64> = self.shown.iter().map(|(lun, _)| *lun).collect();
        luns.sort_unstable();
        Ok(luns)
    }

    /// `Luns::scan`.
    pub(crate) fn scan(&mut self, target: Option<u32>, lun: Option<u64>) -> Outcome {
        let mut added = false;
        for at in self.targets.iter().filter(|at| target.is_none_or(|wanted| wanted == **at)) {
            for (number, volume) in &self.shown {
                let wanted = lun.is_none_or(|wanted| wanted == *number);
                let known = self.paths.iter().any(|path| (path.0, path.1) == (*at, *number));
                if wanted && !known {
                    self.paths.push((*at, *number, volume.clone()));
                    added = true;
                }
            }
        }
        Outcome::from(added)
    }

    /// `Luns::remove`.
    pub(crate) fn remove(&mut self, target: u32, lun: u64) -> Outcome {
        let before = self.paths.len();
        self.paths.retain(|path| (path.0, path.1) != (target, lun));
        Outcome::from(self.paths.len() < before)
    }
}
