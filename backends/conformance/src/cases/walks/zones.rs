//! Zoning against its model.

use std::cell::RefCell;
use std::collections::BTreeSet;

use npivot_hal::{DefaultZone, Outcome, Zone, ZoneEdit, ZoneMember, ZoneTransaction};

use super::{LONG, agree, walk};
use crate::Ability::{Fabric, SpareNames, Zoning};
use crate::bed::{Bed, PREFIX, Verdict, Zones, same};
use crate::case::{Case, case};
use crate::model::{Dice, ZoneModel};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Zoning, Disturbs, [Fabric, Zoning, SpareNames], random_zoning_agrees_with_a_model,
        "Zoning: every outcome, error kind, defined and effective configuration, after any sequence of calls").within(LONG),
    case!(Idempotence, Changes, [Fabric, Zoning, SpareNames], random_edits_twice_are_once,
        "ZoneEdit: each is idempotent: asked for what is already so, it is Unchanged").within(LONG),
];

struct Ground<'b> {
    bed: &'b Bed,
    zones: Zones<'b>,
    enabled: String,
    model: RefCell<ZoneModel>,
    open: RefCell<Option<ZoneTransaction>>,
    ended: RefCell<Option<ZoneTransaction>>,
}

async fn ground(bed: &Bed) -> Verdict<Ground<'_>> {
    let zones = bed.zones().await?;
    let enabled = zones.in_force().await?;
    let zoning = zones.zoning()?;
    let (defined, effective) = (zoning.defined().await?, zoning.effective().await?);
    let model = RefCell::new(ZoneModel { defined, effective, open: None });
    let (open, ended) = (RefCell::default(), RefCell::default());
    Ok(Ground { bed, zones, enabled, model, open, ended })
}

fn name(dice: &mut Dice, what: &str) -> String {
    // The empty name is none; the fifth never is made of anything else.
    match dice.below(16) {
        0 => String::new(),
        n => format!("{PREFIX}{what}{}", n % 3),
    }
}

impl Ground<'_> {
    fn member(&self, dice: &mut Dice, aliases_too: bool) -> ZoneMember {
        match dice.below(4) {
            0 if aliases_too => ZoneMember::Alias(name(dice, "alias")),
            _ => ZoneMember::Wwpn(dice.pick(self.bed.spares()).wwpn),
        }
    }

    fn members(&self, dice: &mut Dice, aliases_too: bool) -> BTreeSet<ZoneMember> {
        let count = 1 + dice.below(3);
        (0..count).map(|_| self.member(dice, aliases_too)).collect()
    }

    fn zone_set(&self, dice: &mut Dice) -> String {
        if dice.below(4) == 0 { self.enabled.clone() } else { name(dice, "set") }
    }

    fn draw(&self, dice: &mut Dice) -> ZoneEdit {
        match dice.below(12) {
            0 | 1 => {
                let nested = dice.below(8) == 0;
                ZoneEdit::PutAlias(name(dice, "alias"), self.members(dice, nested))
            }
            2 => ZoneEdit::DeleteAlias(name(dice, "alias")),
            3..=5 => {
                let mut zone = Zone::of(self.members(dice, true));
                if dice.below(4) == 0 {
                    zone.principals.insert(self.member(dice, false));
                }
                ZoneEdit::PutZone(name(dice, "zone"), zone)
            }
            6 => ZoneEdit::DeleteZone(name(dice, "zone")),
            7 => ZoneEdit::CreateZoneSet(name(dice, "set")),
            8 => ZoneEdit::DeleteZoneSet(self.zone_set(dice)),
            9 => {
                let zone_set = self.zone_set(dice);
                ZoneEdit::AddToZoneSet { zone_set, zone: name(dice, "zone") }
            }
            10 => {
                let zone_set = self.zone_set(dice);
                ZoneEdit::RemoveFromZoneSet { zone_set, zone: name(dice, "zone") }
            }
            _ => ZoneEdit::SetDefaultZone(*dice.pick(&[DefaultZone::Deny, DefaultZone::Permit])),
        }
    }

    /// The open transaction, or one that is not.
    fn held(&self) -> ZoneTransaction {
        let held = self.open.borrow().clone().or_else(|| self.ended.borrow().clone());
        held.unwrap_or_else(|| {
            ZoneTransaction::new(u64::MAX, 0, npivot_hal::DomainId::new(1).expect("1 is a domain"))
        })
    }

    async fn begin(&self) -> Verdict<String> {
        let expected = self.model.borrow_mut().begin();
        let told = self.zones.zoning()?.begin().await;
        let outcome = match told {
            Ok(open) => {
                self.zones.abort_later(&open);
                *self.open.borrow_mut() = Some(open);
                Ok(Outcome::Changed)
            }
            Err(error) => Err(error),
        };
        agree("begin", outcome, &expected)
    }

    async fn edit(&self, edit: ZoneEdit) -> Verdict<String> {
        let held = self.held();
        let expected = self.model.borrow_mut().edit(&edit);
        let told = self.zones.zoning()?.edit(&held, edit.clone()).await;
        let outcome = told.map(|(next, outcome)| {
            *self.open.borrow_mut() = Some(next);
            outcome
        });
        agree(&edit, outcome, &expected)
    }

    async fn commit(&self, enable: Option<&str>) -> Verdict<String> {
        let held = self.held();
        let expected = self.model.borrow_mut().commit(enable);
        let told = self.zones.zoning()?.commit(&held, enable).await;
        if told.is_ok() {
            *self.ended.borrow_mut() = self.open.borrow_mut().take();
        }
        agree(("commit", enable), told, &expected)
    }

    async fn abort(&self) -> Verdict<String> {
        let held = self.held();
        self.model.borrow_mut().abort();
        self.zones.zoning()?.abort(&held).await?;
        if let Some(open) = self.open.borrow_mut().take() {
            *self.ended.borrow_mut() = Some(open);
        }
        Ok("abort".into())
    }

    async fn step(&self, dice: &mut Dice) -> Verdict<String> {
        match dice.below(12) {
            0 => self.begin().await,
            1 | 2 if self.open.borrow().is_none() => self.begin().await,
            1 => self.abort().await,
            2 => {
                let enable = match dice.below(4) {
                    0 => None,
                    1 => Some(name(dice, "set")),
                    _ => Some(self.enabled.clone()),
                };
                // Without its default zone a fabric in production is not left, not even for a while.
                let _ = self.edit_default_back().await?;
                self.commit(enable.as_deref()).await
            }
            _ => self.edit(self.draw(dice)).await,
        }
    }

    /// The default zone is changed in the transaction's copy only.
    async fn edit_default_back(&self) -> Verdict<String> {
        if self.open.borrow().is_none() {
            return Ok(String::new());
        }
        let before = self.model.borrow().defined.default_zone;
        self.edit(ZoneEdit::SetDefaultZone(before)).await
    }

    async fn hold(&self) -> Verdict {
        let zoning = self.zones.zoning()?;
        let (defined, effective) = {
            let model = self.model.borrow();
            (model.defined.clone(), model.effective.clone())
        };
        same("defined()", &zoning.defined().await?, &defined)?;
        same("effective()", &zoning.effective().await?, &effective)
    }
}

async fn random_zoning_agrees_with_a_model(bed: &Bed) -> Verdict {
    let ground = ground(bed).await?;
    let step = async |dice: &mut Dice| ground.step(dice).await;
    walk(bed, 4, step, async || ground.hold().await).await
}

async fn random_edits_twice_are_once(bed: &Bed) -> Verdict {
    let ground = ground(bed).await?;
    ground.begin().await?;
    let step = async |dice: &mut Dice| {
        let edit = ground.draw(dice);
        let what = ground.edit(edit.clone()).await?;
        // The model says Unchanged the second time, or the same refusal.
        ground.edit(edit).await?;
        Ok(what)
    };
    walk(bed, 4, step, async || ground.hold().await).await?;
    ground.abort().await?;
    Ok(())
}
