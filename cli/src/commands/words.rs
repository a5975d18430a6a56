//! Words of the command line that name something of the SAN.

use std::collections::BTreeSet;

use npivot_fabric::World;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::topology::source::nearest;
use npivot_hal::{Wwpn, ZoneMember};

use crate::outcome::Failure;
use crate::show::Who;

/// How many right words are listed.
const LISTED: usize = 12;

/// The place of a word among the right ones.
pub(super) fn find<'a>(
    what: &str,
    word: &str,
    right: impl IntoIterator<Item = &'a str>,
) -> Result<usize, Failure> {
    let right: Vec<&str> = right.into_iter().collect();
    if let Some(place) = right.iter().position(|&r| r == word) {
        return Ok(place);
    }
    Err(Failure::Word(format!("there is no {what} `{word}`{}", help(word, right))))
}

/// What somebody may have meant; if nothing is near, what there is.
fn help(word: &str, mut right: Vec<&str>) -> String {
    // To a single letter, every other is as near.
    let near = nearest(word, right.iter().copied()).filter(|_| word.chars().count() > 1);
    if let Some(near) = near {
        return format!("; did you mean `{near}`?");
    }
    if right.is_empty() {
        return "; there is none".into();
    }
    let mut seen = BTreeSet::new();
    right.retain(|r| seen.insert(*r));
    let more = match right.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    right.truncate(LISTED);
    format!("; there are: {}{more}", right.join(", "))
}

/// Checks that this host can be the one that looks by this name: its adapter has it, or nobody has it and
/// the SAN is prepared for it, in a zone or a host group.
pub(super) fn check_initiator(world: &World, host: HostIx, wwpn: Wwpn) -> Result<(), Failure> {
    let name = &world.hosts()[host.index()].name;
    let adapters = world.hosts()[host.index()].adapters.values();
    if adapters.filter_map(|&ix| world.adapter(ix)).any(|adapter| adapter.names.wwpn == wwpn) {
        return Ok(());
    }
    let who = Who::of(world);
    let word = wwpn.with_colons();
    if let Some(owner) = who.has(wwpn) {
        return Err(Failure::Word(format!("{word} is no port name of {name}: {owner} has it")));
    }
    let prepared = prepared(world);
    if prepared.contains(&wwpn) {
        return Ok(());
    }
    let free = prepared.into_iter().filter(|&wwpn| who.has(wwpn).is_none());
    let own = who.all().filter(|(_, owner)| owner.split_once(' ').is_some_and(|o| o.0 == name));
    let known = free.chain(own.map(|(wwpn, _)| wwpn)).map(|wwpn| wwpn.with_colons().to_string());
    let known: Vec<String> = known.collect();
    let word = word.to_string();
    let help = help(&word, known.iter().map(String::as_str).collect());
    Err(Failure::Word(format!(
        "no adapter of {name} is {word}, and no zone or host group has it{help}"
    )))
}

/// The names in zones, in force or not, and in host groups.
fn prepared(world: &World) -> BTreeSet<Wwpn> {
    let defined = world.san().fabrics.iter().map(|fabric| fabric.zoning.defined());
    let members = defined.flat_map(|zones| {
        let zoned =
            zones.zones.values().flat_map(|zone| zone.members.iter().chain(&zone.principals));
        zones.aliases.values().flatten().chain(zoned)
    });
    let zoned = members.filter_map(|member| match member {
        ZoneMember::Wwpn(wwpn) => Some(*wwpn),
        _ => None,
    });
    let groups = world.arrays().iter().flat_map(|node| node.array.group_records());
    groups.flat_map(|group| group.initiators).chain(zoned).collect()
}
