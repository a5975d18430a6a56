//! A fabric of one switch, domain 1, with zoning; names have eight bytes at most.

use std::hash::{DefaultHasher, Hash, Hasher};

use async_trait::async_trait;
use npivot_hal::{
    DomainId, EffectiveZones, ErrorKind, Fabric, FabricCapabilities, NameServerEntry, Outcome,
    Result, Switch, SwitchPort, ZoneDatabase, ZoneEdit, ZoneMember, ZoneTransaction, Zoning,
};

use super::{Toy, names, refused};

const MAX_NAME_BYTES: u32 = 8;

#[derive(Debug, Default)]
pub(crate) struct Machine {
    defined: ZoneDatabase,
    pub(crate) effective: EffectiveZones,
    open: Option<(u64, ZoneDatabase)>,
    last_token: u64,
}

pub(crate) type ToyFabric = Toy<Machine>;

fn domain() -> DomainId {
    DomainId::new(1).unwrap()
}

fn checksum(database: &ZoneDatabase) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{database:?}").hash(&mut hasher);
    hasher.finish()
}

fn no<T>(kind: ErrorKind, object: &str) -> Result<T> {
    Err(refused(kind, "edit zones", object))
}

fn made(name: &str) -> Result<()> {
    let bytes = u32::try_from(name.len()).unwrap();
    if (1..=MAX_NAME_BYTES).contains(&bytes) {
        Ok(())
    } else {
        no(ErrorKind::InvalidArgument, name)
    }
}

impl Machine {
    fn draft(&mut self, presented: &ZoneTransaction) -> Result<&mut ZoneDatabase> {
        match &mut self.open {
            Some((token, draft))
                if *token == presented.token && checksum(draft) == presented.checksum =>
            {
                Ok(draft)
            }
            _ => no(ErrorKind::Conflict, &presented.token.to_string()),
        }
    }
}

/// What an edit does; what it names must be there.
fn apply(draft: &mut ZoneDatabase, edit: ZoneEdit, enabled: Option<&str>) -> Result<()> {
    match edit {
        ZoneEdit::PutAlias(name, members) => {
            made(&name)?;
            if members.iter().any(|member| matches!(member, ZoneMember::Alias(_))) {
                return no(ErrorKind::InvalidArgument, &name);
            }
            draft.aliases.insert(name, members);
        }
        ZoneEdit::PutZone(name, zone) => {
            made(&name)?;
            draft.zones.insert(name, zone);
        }
        ZoneEdit::DeleteZone(name) => {
            draft.zones.remove(&name);
            for zones in draft.zone_sets.values_mut() {
                zones.remove(&name);
            }
        }
        ZoneEdit::CreateZoneSet(name) => {
            made(&name)?;
            draft.zone_sets.entry(name).or_default();
        }
        ZoneEdit::DeleteZoneSet(name) => {
            if draft.zone_sets.contains_key(&name) && enabled == Some(&*name) {
                return no(ErrorKind::InvalidArgument, &name);
            }
            draft.zone_sets.remove(&name);
        }
        ZoneEdit::AddToZoneSet { zone_set, zone } => {
            if !draft.zones.contains_key(&zone) || !draft.zone_sets.contains_key(&zone_set) {
                return no(ErrorKind::NotFound, &zone_set);
            }
            draft.zone_sets.entry(zone_set).or_default().insert(zone);
        }
        ZoneEdit::RemoveFromZoneSet { zone_set, zone } => {
            match draft.zone_sets.get_mut(&zone_set) {
                Some(zones) => drop(zones.remove(&zone)),
                None => return no(ErrorKind::NotFound, &zone_set),
            }
        }
        ZoneEdit::DeleteAlias(name) => drop(draft.aliases.remove(&name)),
        ZoneEdit::SetDefaultZone(default) => draft.default_zone = default,
        other => return no(ErrorKind::Unsupported, &format!("{other:?}")),
    }
    Ok(())
}

#[async_trait]
impl Fabric for ToyFabric {
    fn name(&self) -> &'static str {
        "fabric-a"
    }
    fn capabilities(&self) -> FabricCapabilities {
        let mut capabilities = FabricCapabilities::default();
        capabilities.max_zone_name_bytes = Some(MAX_NAME_BYTES);
        capabilities
    }
    async fn switches(&self) -> Result<Vec<Switch>> {
        drop(self.asked("switches"));
        Ok(vec![Switch::new(domain(), "edge", names(90).wwnn)])
    }
    async fn ports(&self, of: DomainId) -> Result<Vec<SwitchPort>> {
        drop(self.asked("ports"));
        if of == domain() { Ok(vec![]) } else { no(ErrorKind::NotFound, &of.to_string()) }
    }
    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        drop(self.asked("name_server"));
        Ok(vec![])
    }
    fn zoning(&self) -> Option<&dyn Zoning> {
        Some(self)
    }
}

#[async_trait]
impl Zoning for ToyFabric {
    async fn defined(&self) -> Result<ZoneDatabase> {
        Ok(self.asked("defined").defined.clone())
    }
    async fn effective(&self) -> Result<EffectiveZones> {
        Ok(self.asked("effective").effective.clone())
    }
    async fn begin(&self) -> Result<ZoneTransaction> {
        let mut machine = self.asked("begin");
        if machine.open.is_some() {
            return no(ErrorKind::Busy, "fabric-a");
        }
        machine.last_token += 1;
        let (token, draft) = (machine.last_token, machine.defined.clone());
        let begun = ZoneTransaction::new(token, checksum(&draft), domain());
        machine.open = Some((token, draft));
        Ok(begun)
    }
    async fn edit(
        &self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)> {
        let mut machine = self.asked("edit");
        let enabled = machine.effective.zone_set.clone();
        let draft = machine.draft(transaction)?;
        apply(draft, edit, enabled.as_deref())?;
        let now = checksum(draft);
        let outcome = Outcome::from(now != transaction.checksum);
        Ok((ZoneTransaction::new(transaction.token, now, domain()), outcome))
    }
    async fn commit(&self, transaction: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome> {
        let mut machine = self.asked("commit");
        let draft = machine.draft(transaction)?.clone();
        let mut effective = machine.effective.clone();
        if let Some(name) = enable {
            let Some(set) = draft.zone_sets.get(name) else {
                return no(ErrorKind::NotFound, name);
            };
            let zones = set.iter().map(|zone| (zone.clone(), draft.zones[zone].clone())).collect();
            effective = EffectiveZones::new(Some(name.into()), zones, draft.default_zone);
        }
        let changed = machine.defined != draft || machine.effective != effective;
        machine.open = None;
        (machine.defined, machine.effective) = (draft, effective);
        Ok(changed.into())
    }
    async fn abort(&self, transaction: &ZoneTransaction) -> Result<()> {
        let mut machine = self.asked("abort");
        machine.open.take_if(|(token, _)| *token == transaction.token);
        Ok(())
    }
}
