//! Checks fabrics: switches, the links between them, and zoning.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{DomainId, Zone, ZoneDatabase, ZoneMember};

use toml::Spanned;

use super::check::Check;
use super::model::{FabricSpec, PortRef, SwitchSpec};
use super::raw::{self, Settings, Table, Text};
use super::source::{Problem, Span, quoted};
use super::words::{self, Member};
use crate::config::SwitchSettings;

/// The zone set in which zones stand when the file has no zone sets.
const ONLY_ZONE_SET: &str = "cfg";

/// Checks all fabrics: first the switches of all, which hosts and links name, then each fabric's rest.
pub(super) fn check(check: &mut Check, fabrics: &[(Text, raw::Fabric)]) -> Vec<FabricSpec> {
    if fabrics.is_empty() {
        let problem = Problem::new(0..0, "there is no fabric");
        let help = "a topology has at least one table such as `[fabric.a]`, with `switches`";
        check.problems.push(problem.with_help(help));
    }
    let mut specs = Vec::new();
    for (index, (name, fabric)) in fabrics.iter().enumerate() {
        check.accept(words::machine_name("a fabric", name));
        if fabric.switches.is_empty() {
            let why = format!("fabric {} has no switch", quoted(name.get_ref()));
            let problem = Problem::new(name.span(), why);
            check
                .problems
                .push(problem.with_help("such as `switches = [{ name = \"a1\", domain = 1 }]`"));
        }
        specs.push(FabricSpec {
            name: name.get_ref().clone(),
            switches: switches(check, index, fabric),
            isls: Vec::new(),
            zones: ZoneDatabase::default(),
            enabled: None,
        });
    }
    for (index, (spec, (_, fabric))) in specs.iter_mut().zip(fabrics).enumerate() {
        spec.isls = isls(check, index, fabric);
        let mut zoning = Zoning::new(check, fabric, &spec.name);
        spec.zones = zoning.database();
        spec.enabled = zoning.enabled(&spec.zones);
    }
    specs
}

fn switches(check: &mut Check, index: usize, fabric: &raw::Fabric) -> Vec<SwitchSpec> {
    let mut domains = BTreeMap::new();
    let mut specs = Vec::new();
    for (at, spanned) in fabric.switches.iter().enumerate() {
        let switch = spanned.get_ref();
        let settings = settings(check, &switch.settings);
        // With a wrong key there, the missing one is most likely that, misspelt.
        if settings.is_some() {
            let missing = [("name", switch.name.is_none()), ("domain", switch.domain.is_none())];
            for (key, _) in missing.into_iter().filter(|(_, missing)| *missing) {
                let problem = Problem::new(spanned.span(), format!("the key `{key}` is missing"));
                check.problems.push(problem);
            }
        }
        let domain = switch.domain.as_ref();
        let domain = domain.and_then(|number| take_domain(check, &mut domains, number));
        let Some(name) = &switch.name else { continue };
        check.accept(words::machine_name("a switch", name));
        check.name_switch(name, index, at, settings.map(|settings| settings.ports));
        if let (Some(domain), Some(settings)) = (domain, settings) {
            let name = name.get_ref().clone();
            specs.push(SwitchSpec { name, domain, settings });
        }
    }
    specs
}

/// The domain id that a number is, if nobody in the fabric has it.
fn take_domain(
    check: &mut Check,
    domains: &mut BTreeMap<DomainId, Span>,
    number: &Spanned<i64>,
) -> Option<DomainId> {
    let id = u8::try_from(*number.get_ref()).ok().and_then(DomainId::new);
    let problem = match id {
        None => {
            let why =
                format!("{} is not a domain id, expected 1 to {}", number.get_ref(), DomainId::MAX);
            Problem::new(number.span(), why)
        }
        Some(domain) => match domains.insert(domain, number.span()) {
            None => return id,
            Some(first) => {
                let why = format!("domain {domain} is taken in this fabric");
                Problem::new(number.span(), why).with_place(first, "here")
            }
        },
    };
    check.problems.push(problem);
    None
}

fn settings(check: &mut Check, table: &Settings) -> Option<SwitchSettings> {
    let settings: SwitchSettings =
        raw::read_settings(table, &["name", "domain"], &mut check.problems)?;
    let mut good = true;
    for (key, zero, range) in [
        ("ports", settings.ports == 0, "1 to 65535"),
        ("priority", settings.priority == 0, "1 (best) to 255 (never principal)"),
    ] {
        let value = table.iter().find(|(name, _)| name.get_ref() == key);
        if let (true, Some((_, value))) = (zero, value) {
            let why = format!("`{key}` is 0, expected {range}");
            check.problems.push(Problem::new(value.span(), why));
            good = false;
        }
    }
    good.then_some(settings)
}

fn isls(check: &mut Check, index: usize, fabric: &raw::Fabric) -> Vec<(PortRef, PortRef)> {
    let mut links = Vec::new();
    for isl in &fabric.isls {
        let [one, other] = &isl.get_ref()[..] else {
            let why = format!("an ISL has two ends, not {}", isl.get_ref().len());
            let problem = Problem::new(isl.span(), why);
            check.problems.push(problem.with_help("such as `[\"a1/47\", \"a2/47\"]`"));
            continue;
        };
        let ends = [one, other].map(|word| Some((check.take_port(word, "an ISL")?, word)));
        for (end, word) in ends.into_iter().flatten().filter(|(end, _)| end.fabric != index) {
            let (here, there) = (check.fabric_name(index), check.fabric_name(end.fabric));
            let why = format!(
                "an ISL of fabric {} ends at {}, which is in fabric {}",
                quoted(here),
                quoted(word.get_ref()),
                quoted(there)
            );
            let help =
                "an ISL joins two switches of one fabric; fabrics that are joined are one fabric";
            check.problems.push(Problem::new(word.span(), why).with_help(help));
        }
        let [Some((one, _)), Some((other, _))] = ends else {
            continue;
        };
        if (one.fabric, one.switch) == (other.fabric, other.switch) {
            let why = "an ISL from a switch to itself";
            let problem = Problem::new(isl.span(), why);
            check.problems.push(problem.with_help("an ISL joins two switches"));
        }
        links.push((one, other));
    }
    links
}

/// The check of one fabric's zoning.
struct Zoning<'a> {
    check: &'a mut Check,
    fabric: &'a raw::Fabric,
    fabric_name: &'a str,
    /// The names of its aliases.
    aliases: BTreeSet<&'a str>,
}

impl<'a> Zoning<'a> {
    fn new(check: &'a mut Check, fabric: &'a raw::Fabric, fabric_name: &'a str) -> Self {
        let aliases = fabric.alias.keys().map(|name| name.get_ref().as_str()).collect();
        Self { check, fabric, fabric_name, aliases }
    }

    fn database(&mut self) -> ZoneDatabase {
        let mut database =
            ZoneDatabase { default_zone: self.fabric.default_zone, ..ZoneDatabase::default() };
        for (name, members) in &self.fabric.alias {
            let members = self.alias(name, members);
            database.aliases.insert(name.get_ref().clone(), members);
        }
        for (name, zone) in &self.fabric.zone {
            self.check.accept(words::zone_name("a zone", name));
            let zone = self.zone(name, zone);
            database.zones.insert(name.get_ref().clone(), zone);
        }
        match &self.fabric.zone_sets {
            Some(sets) => database.zone_sets = self.zone_sets(sets),
            None if database.zones.is_empty() => {}
            None => {
                let all = database.zones.keys().cloned().collect();
                database.zone_sets.insert(ONLY_ZONE_SET.to_owned(), all);
            }
        }
        database
    }

    fn alias(&mut self, name: &Text, members: &[Text]) -> BTreeSet<ZoneMember> {
        let shown = quoted(name.get_ref());
        self.check.accept(words::zone_name("an alias", name));
        if let Some(other) = words::taken_for(name.get_ref()) {
            let why = format!("alias {shown} would be taken for {other}");
            self.check
                .problems
                .push(Problem::new(name.span(), why).with_help("give it another name"));
        }
        let mut found = BTreeSet::new();
        for word in members {
            match self.check.accept(words::member(word, |text| self.aliases.contains(text))) {
                Some(Member::Is(member)) => {
                    found.insert(member);
                }
                Some(Member::Alias(other)) => {
                    let why = if self.aliases.contains(other.as_str()) {
                        format!("alias {shown} names alias {}", quoted(&other))
                    } else {
                        format!("alias {shown} names {}, which is no member", quoted(&other))
                    };
                    let problem = Problem::new(word.span(), why);
                    let help =
                        "an alias holds WWPNs, `DOMAIN,PORT` and addresses, not other aliases";
                    self.check.problems.push(problem.with_help(help));
                }
                None => {}
            }
        }
        found
    }

    fn zone(&mut self, name: &Text, zone: &raw::Zone) -> Zone {
        let shown = quoted(name.get_ref());
        let (members, principals, missing) = match zone {
            raw::Zone::Regular(members) => (members, None, members.is_empty().then_some("member")),
            raw::Zone::Peer(raw::PeerZone { principals, peers }) => {
                let missing = principals.is_empty().then_some("principal");
                let missing = missing.or(peers.is_empty().then_some("peer"));
                (peers, Some(principals), missing)
            }
        };
        if let Some(missing) = missing {
            let problem = Problem::new(name.span(), format!("zone {shown} has no {missing}"));
            self.check.problems.push(problem);
        }
        Zone {
            members: self.members(name, members),
            principals: principals.map(|list| self.members(name, list)).unwrap_or_default(),
        }
    }

    fn members(&mut self, zone: &Text, words: &[Text]) -> BTreeSet<ZoneMember> {
        let mut found = BTreeSet::new();
        for word in words {
            match self.check.accept(words::member(word, |text| self.aliases.contains(text))) {
                Some(Member::Alias(alias)) if !self.aliases.contains(alias.as_str()) => {
                    let why = format!(
                        "zone {} names alias {}, which fabric {} does not have",
                        quoted(zone.get_ref()),
                        quoted(&alias),
                        quoted(self.fabric_name)
                    );
                    self.check.unknown(word, &why, "alias", self.aliases.iter().copied());
                }
                Some(Member::Alias(alias)) => {
                    found.insert(ZoneMember::Alias(alias));
                }
                Some(Member::Is(member)) => {
                    found.insert(member);
                }
                None => {}
            }
        }
        found
    }

    fn zone_sets(&mut self, sets: &Table<Vec<Text>>) -> BTreeMap<String, BTreeSet<String>> {
        let zones = &self.fabric.zone;
        let mut found = BTreeMap::new();
        for (name, listed) in sets {
            self.check.accept(words::zone_name("a zone set", name));
            for word in listed.iter().filter(|word| !zones.contains_key(*word)) {
                let why = format!(
                    "zone set {} names zone {}, which fabric {} does not have",
                    quoted(name.get_ref()),
                    quoted(word.get_ref()),
                    quoted(self.fabric_name)
                );
                let right = zones.keys().map(|zone| zone.get_ref().as_str());
                self.check.unknown(word, &why, "zone", right);
            }
            let listed = listed.iter().map(|word| word.get_ref().clone());
            found.insert(name.get_ref().clone(), listed.collect());
        }
        found
    }

    /// The zone set in force. Of one there is no choice; of several the file has to choose, for a SAN in
    /// which nobody sees anybody would be a puzzle.
    fn enabled(&mut self, database: &ZoneDatabase) -> Option<String> {
        let sets = &database.zone_sets;
        let Some(word) = &self.fabric.enabled else {
            if let (true, Some(table)) = (sets.len() > 1, &self.fabric.zone_sets) {
                let place = table.keys().nth(1).map_or(0..0, Text::span);
                let why = format!(
                    "fabric {} has {} zone sets and does not say which is enabled",
                    quoted(self.fabric_name),
                    sets.len()
                );
                let first = table.keys().next().map_or("", |name| name.get_ref());
                let help = format!("such as `enabled = \"{first}\"`, or `enabled = \"\"` for none");
                self.check.problems.push(Problem::new(place, why).with_help(help));
            }
            return sets.keys().next().cloned();
        };
        let name = word.get_ref();
        if name.is_empty() {
            return None;
        }
        if !sets.contains_key(name) {
            let why = format!(
                "zone set {} is enabled, which fabric {} does not have",
                quoted(name),
                quoted(self.fabric_name)
            );
            self.check.unknown(word, &why, "zone set", sets.keys().map(String::as_str));
        }
        Some(name.clone())
    }
}
