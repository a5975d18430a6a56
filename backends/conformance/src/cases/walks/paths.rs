//! The paths of a guest against their model, while the array's masking changes under them.

use std::cell::RefCell;

use npivot_hal::{LunId, Outcome, ScanScope, ScsiAddress};

use super::{LONG, agree, walk};
use crate::Ability::{Array, Guest, Host, Luns, Masking, Npiv};
use crate::bed::{Bed, Problem, Shown, Verdict, same};
use crate::case::{Case, case};
use crate::model::{Dice, MaskModel, PathModel};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Stale, Changes, [Host, Npiv, Luns, Guest, Array, Masking], random_mappings_agree_with_a_model,
        "Luns: recorded identity, identify, reported, scan and remove, after any sequence of mappings").within(LONG),
];

/// LUNs that every driver takes.
const LUNS: [u32; 4] = [0, 1, 2, 255];

struct Ground<'b> {
    bed: &'b Bed,
    shown: Shown<'b>,
    volumes: Vec<(String, LunId)>,
    targets: Vec<u32>,
    mask: RefCell<MaskModel>,
    paths: RefCell<PathModel>,
}

async fn ground(bed: &Bed) -> Verdict<Ground<'_>> {
    let shown = bed.shown().await?;
    let volumes = shown.mask.array.volumes().await?;
    let volumes: Vec<_> = volumes.into_iter().map(|v| (v.name, v.identity)).collect();
    let names = volumes.iter().map(|(name, _)| name.clone()).collect();
    let groups = shown.mask.masking()?.groups().await?;
    let max_lun = shown.mask.array.capabilities().max_lun.unwrap_or(255);
    let paths = shown.seat.paths(bed).await?;
    let mut targets: Vec<u32> = paths.iter().map(|path| path.address.target).collect();
    targets.dedup();
    let seen = vec![(0, shown.first.identity.clone())];
    Ok(Ground {
        mask: RefCell::new(MaskModel::new(groups, names, max_lun)),
        paths: RefCell::new(PathModel::new(targets.clone(), seen)),
        bed,
        shown,
        volumes,
        targets,
    })
}

impl Ground<'_> {
    fn address(&self, target: u32, lun: u64) -> ScsiAddress {
        ScsiAddress { host: self.shown.seat.no, channel: 0, target, lun }
    }

    /// The path model learns what the masking model shows.
    fn shows(&self) -> Verdict {
        let seen = self.mask.borrow().seen_by(self.shown.seat.guest.names.wwpn);
        let mut shown = vec![];
        for (lun, name) in seen {
            let volume = self.volumes.iter().find(|(known, _)| *known == name);
            let (_, identity) = volume.ok_or_else(|| Problem::failed("an unknown volume"))?;
            shown.push((u64::from(lun), identity.clone()));
        }
        self.paths.borrow_mut().show(shown);
        Ok(())
    }

    async fn step(&self, dice: &mut Dice) -> Verdict<String> {
        let (masking, luns) = (self.shown.mask.masking()?, self.bed.luns()?);
        let group = &self.shown.group;
        let (volume, _) = dice.pick(&self.volumes);
        let (target, lun) = (*dice.pick(&self.targets), *dice.pick(&LUNS));
        let at = u64::from(lun);
        match dice.below(8) {
            0..=2 => {
                let expected = self.mask.borrow_mut().map(group, volume, lun);
                self.shows()?;
                agree(("map", volume, lun), masking.map(group, volume, lun).await, &expected)
            }
            3 | 4 => {
                let expected = self.mask.borrow_mut().unmap(group, volume);
                self.shows()?;
                agree(("unmap", volume), masking.unmap(group, volume).await, &expected)
            }
            5 => {
                let expected = self.paths.borrow_mut().remove(target, at);
                let told = luns.remove(self.address(target, at)).await;
                agree(("remove", target, lun), told, &Ok(expected))
            }
            _ => {
                let target = (dice.below(2) == 0).then_some(target);
                let lun = (dice.below(3) == 0).then_some(at);
                let expected = self.paths.borrow_mut().scan(target, lun);
                let told = luns.scan(self.shown.seat.no, ScanScope { target, lun }).await;
                agree(("scan", target, lun), told, &Ok(expected))
            }
        }
    }

    async fn hold(&self) -> Verdict {
        let luns = self.bed.luns()?;
        let mut listed = vec![];
        for path in luns.paths(self.shown.seat.no).await? {
            listed.push((path.address.target, path.address.lun, path.identity?));
        }
        let expected = self.paths.borrow().paths();
        same("paths()", &listed, &expected)?;
        for (target, lun, _) in expected {
            let told = luns.identify(self.address(target, lun)).await.map_err(|e| e.kind());
            let wanted = self.paths.borrow().identify(target, lun);
            same(&format!("identify of LUN {lun} on target {target}"), &told, &wanted)?;
        }
        for target in &self.targets {
            let told = luns.reported(self.shown.seat.no, *target).await;
            let told = told.map_err(|error| error.kind());
            let told = told.map(|luns| luns.iter().map(|lun| lun.sysfs()).collect::<Vec<_>>());
            let wanted = self.paths.borrow().reported(*target);
            same(&format!("reported by target {target}"), &told, &wanted)?;
        }
        let settled = luns.remove(self.address(u32::from(u16::MAX), 0)).await?;
        same("removal of a path that never was", &settled, &Outcome::Unchanged)
    }
}

async fn random_mappings_agree_with_a_model(bed: &Bed) -> Verdict {
    let ground = ground(bed).await?;
    let step = async |dice: &mut Dice| ground.step(dice).await;
    walk(bed, 10, step, async || ground.hold().await).await
}
