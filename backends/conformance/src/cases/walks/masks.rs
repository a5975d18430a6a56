//! Masking against its model.

use std::cell::RefCell;

use super::{LONG, agree, walk};
use crate::Ability::{Array, Masking, SpareNames};
use crate::bed::{Bed, Mask, PREFIX, Problem, Verdict, same};
use crate::case::{Case, case};
use crate::model::{Answer, Dice, MaskModel};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Masking, Changes, [Array, Masking, SpareNames], random_masking_agrees_with_a_model,
        "Masking: every outcome, error kind and listing, after any sequence of changes").within(LONG),
    case!(Idempotence, Changes, [Array, Masking, SpareNames], random_masking_twice_is_once,
        "Outcome: asking for what is already so succeeds with Unchanged").within(LONG),
];

/// A change of the masking.
#[derive(Debug, Clone)]
enum Change {
    Create(String),
    Delete(String),
    Add(String, npivot_hal::Wwpn),
    Remove(String, npivot_hal::Wwpn),
    Map(String, String, u32),
    Unmap(String, String),
}

/// What changes are drawn from.
struct Ground<'b> {
    bed: &'b Bed,
    mask: Mask<'b>,
    volumes: Vec<String>,
    model: RefCell<MaskModel>,
}

async fn ground(bed: &Bed) -> Verdict<Ground<'_>> {
    let mask = bed.mask()?;
    let volumes = mask.array.volumes().await?;
    if volumes.is_empty() {
        return Err(Problem::Lacks("an array with a volume".into()));
    }
    let volumes: Vec<String> = volumes.into_iter().map(|volume| volume.name).collect();
    let groups = mask.masking()?.groups().await?;
    let max_lun = mask.array.capabilities().max_lun.unwrap_or(255);
    for group in ["a", "b"] {
        mask.delete_later(&format!("{PREFIX}{group}"));
    }
    let model = MaskModel::new(groups, volumes.clone(), max_lun);
    Ok(Ground { bed, mask, volumes, model: RefCell::new(model) })
}

impl Ground<'_> {
    fn draw(&self, dice: &mut Dice) -> Change {
        let group = format!("{PREFIX}{}", dice.pick(&["a", "a", "b", "b", "c"]));
        let initiator = dice.pick(self.bed.spares()).wwpn;
        let missing = format!("{PREFIX}volume");
        let volume = if dice.below(8) == 0 { &missing } else { dice.pick(&self.volumes) };
        let volume = volume.clone();
        // `c` is never made: what names it is refused.
        let can_be = !group.ends_with('c');
        match dice.below(10) {
            0 | 1 if can_be => Change::Create(group),
            2 => Change::Delete(group),
            3 | 4 => Change::Add(group, initiator),
            5 => Change::Remove(group, initiator),
            6..=8 => Change::Map(group, volume, *dice.pick(&[0, 1, 2, 255, u32::MAX])),
            _ => Change::Unmap(group, volume),
        }
    }

    fn on_model(&self, change: &Change) -> Answer {
        let mut model = self.model.borrow_mut();
        match change {
            Change::Create(group) => Ok(model.create(group)),
            Change::Delete(group) => Ok(model.delete(group)),
            Change::Add(group, initiator) => model.add(group, *initiator),
            Change::Remove(group, initiator) => model.remove(group, *initiator),
            Change::Map(group, volume, lun) => model.map(group, volume, *lun),
            Change::Unmap(group, volume) => model.unmap(group, volume),
        }
    }

    async fn on_array(&self, change: &Change) -> Verdict<npivot_hal::Result<npivot_hal::Outcome>> {
        let masking = self.mask.masking()?;
        Ok(match change {
            Change::Create(group) => masking.create_group(group).await,
            Change::Delete(group) => masking.delete_group(group).await,
            Change::Add(group, initiator) => masking.add_initiator(group, *initiator).await,
            Change::Remove(group, initiator) => masking.remove_initiator(group, *initiator).await,
            Change::Map(group, volume, lun) => masking.map(group, volume, *lun).await,
            Change::Unmap(group, volume) => masking.unmap(group, volume).await,
        })
    }

    async fn hold(&self) -> Verdict {
        let listed = self.mask.masking()?.groups().await?;
        let expected = self.model.borrow().groups();
        same("groups()", &listed, &expected)
    }
}

async fn random_masking_agrees_with_a_model(bed: &Bed) -> Verdict {
    let ground = ground(bed).await?;
    let step = async |dice: &mut Dice| {
        let change = ground.draw(dice);
        let expected = ground.on_model(&change);
        agree(&change, ground.on_array(&change).await?, &expected)
    };
    walk(bed, 2, step, async || ground.hold().await).await
}

async fn random_masking_twice_is_once(bed: &Bed) -> Verdict {
    let ground = ground(bed).await?;
    let step = async |dice: &mut Dice| {
        let change = ground.draw(dice);
        let expected = ground.on_model(&change);
        agree(&change, ground.on_array(&change).await?, &expected)?;
        let again = expected.map(|_| npivot_hal::Outcome::Unchanged);
        agree(("again", &change), ground.on_array(&change).await?, &again)
    };
    walk(bed, 3, step, async || ground.hold().await).await
}
