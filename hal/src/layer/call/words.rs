//! Requests in words. Names that people gave are quoted and escaped: a line stays a line.

use std::collections::BTreeSet;
use std::fmt;

use crate::{DefaultZone, ScanScope, ZoneEdit, ZoneMember};

use super::Request;

/// How many members of a zone are named; the rest are counted.
const NAMED_MEMBERS: usize = 8;

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation();
        match self {
            Self::RemotePorts { adapter } | Self::Paths { adapter } => {
                write!(f, "{operation} of {adapter}")
            }
            Self::Vports { parent } => write!(f, "{operation} of {parent}"),
            Self::CreateVport { parent, names } | Self::DeleteVport { parent, names } => {
                write!(f, "{operation} {names} on {parent}")
            }
            Self::Identify { address } | Self::Inspect { address } | Self::Remove { address } => {
                write!(f, "{operation} {address}")
            }
            Self::Reported { adapter, target } => {
                write!(f, "{operation} of target {target} on {adapter}")
            }
            Self::Scan { adapter, scope } => write!(f, "{operation} {adapter} {}", Scope(scope)),
            Self::Reset { adapter } => write!(f, "{operation} {adapter}"),
            Self::SetDevLossSecs { adapter, secs } => {
                write!(f, "{operation} of {adapter} to {secs} s")
            }
            Self::Ports { domain } => write!(f, "{operation} of domain {domain}"),
            Self::Edit { transaction, edit } => {
                write!(f, "{operation} in transaction {}: {}", transaction.token, Edit(edit))
            }
            Self::Commit { transaction, enable: None } => {
                write!(f, "{operation} {}", transaction.token)
            }
            Self::Commit { transaction, enable: Some(set) } => {
                write!(f, "{operation} {} and enable {}", transaction.token, Name(set))
            }
            Self::Abort { transaction } => write!(f, "{operation} {}", transaction.token),
            Self::CreateGroup { group } | Self::DeleteGroup { group } => {
                write!(f, "{operation} {}", Name(group))
            }
            Self::AddInitiator { group, initiator } => {
                write!(f, "{operation} {initiator} to {}", Name(group))
            }
            Self::RemoveInitiator { group, initiator } => {
                write!(f, "{operation} {initiator} from {}", Name(group))
            }
            Self::Map { group, volume, lun } => {
                write!(f, "{operation} {} to {} at LUN {lun}", Name(volume), Name(group))
            }
            Self::Unmap { group, volume } => {
                write!(f, "{operation} {} from {}", Name(volume), Name(group))
            }
            // Those without arguments: nothing to add.
            _ => f.write_str(operation),
        }
    }
}

/// A name in quotes, without control characters.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0.escape_debug())
    }
}

/// Target and LUN with the kernel's wildcard `-`.
struct Scope<'a>(&'a ScanScope);

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.target {
            Some(target) => write!(f, "target {target}")?,
            None => f.write_str("target -")?,
        }
        match self.0.lun {
            Some(lun) => write!(f, " LUN {lun}"),
            None => f.write_str(" LUN -"),
        }
    }
}

struct Members<'a>(&'a BTreeSet<ZoneMember>);

impl fmt::Display for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, member) in self.0.iter().take(NAMED_MEMBERS).enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            match member {
                ZoneMember::Alias(alias) => Name(alias).fmt(f)?,
                other => other.fmt(f)?,
            }
        }
        match self.0.len().saturating_sub(NAMED_MEMBERS) {
            0 => f.write_str("]"),
            more => write!(f, " and {more} more]"),
        }
    }
}

struct Edit<'a>(&'a ZoneEdit);

impl fmt::Display for Edit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ZoneEdit::PutAlias(name, members) => {
                write!(f, "put alias {} {}", Name(name), Members(members))
            }
            ZoneEdit::DeleteAlias(name) => write!(f, "delete alias {}", Name(name)),
            ZoneEdit::PutZone(name, zone) => {
                write!(f, "put zone {} {}", Name(name), Members(&zone.members))?;
                if zone.is_peer() {
                    write!(f, " with principals {}", Members(&zone.principals))?;
                }
                Ok(())
            }
            ZoneEdit::DeleteZone(name) => write!(f, "delete zone {}", Name(name)),
            ZoneEdit::CreateZoneSet(name) => write!(f, "create zone set {}", Name(name)),
            ZoneEdit::DeleteZoneSet(name) => write!(f, "delete zone set {}", Name(name)),
            ZoneEdit::AddToZoneSet { zone_set, zone } => {
                write!(f, "add zone {} to zone set {}", Name(zone), Name(zone_set))
            }
            ZoneEdit::RemoveFromZoneSet { zone_set, zone } => {
                write!(f, "remove zone {} from zone set {}", Name(zone), Name(zone_set))
            }
            ZoneEdit::SetDefaultZone(DefaultZone::Deny) => f.write_str("default zone deny"),
            ZoneEdit::SetDefaultZone(DefaultZone::Permit) => f.write_str("default zone permit"),
        }
    }
}
