//! What a store of version 1 is given: it has definitions, and nothing is noted of their names.

use std::collections::BTreeSet;

use npivot_hal::WwnPair;
use serde::Deserialize;

use super::{lease_key, ledger};
use crate::libvirt::PoolDefinition;
use crate::store::{Content, lease_record};

/// What version 1 wrote, as far as it matters here.
#[derive(Deserialize)]
struct Vhba {
    names: WwnPair,
}

#[derive(Deserialize)]
struct Pool {
    xml: String,
}

#[derive(Deserialize)]
struct Up {
    vhbas: Vec<Vhba>,
}

/// The names in all definitions as given out, and the leases of what is noted as being up. A record that
/// cannot be read is passed over: whoever needs it is told so then.
pub(crate) fn names_of_version_1(content: &Content) -> Content {
    let (mut names, mut made) = (BTreeSet::new(), Content::new());
    for (key, value) in content {
        let (table, rest) = key.split_once('/').unwrap_or_default();
        let (host, _) = rest.rsplit_once('/').unwrap_or_default();
        let is_up = table.ends_with("-up");
        let pairs = pairs(table, value);
        names.extend(pairs.iter().flat_map(|pair| [pair.wwpn.get(), pair.wwnn.get()]));
        for pair in pairs.iter().filter(|_| is_up) {
            // Of two hosts that have one name up, the first one has it.
            let (key, value) = lease_record(&lease_key(pair.wwpn), host);
            made.entry(key).or_insert(value);
        }
    }
    made.extend(ledger::records(names));
    made
}

fn pairs(table: &str, value: &[u8]) -> Vec<WwnPair> {
    let pairs = match table {
        "vhba" => serde_json::from_slice(value).map(|vhba: Vhba| vec![vhba.names]).ok(),
        "pool" => serde_json::from_slice(value).ok().and_then(|pool: Pool| {
            let pool = PoolDefinition::parse("pool", &pool.xml).ok()?;
            Some(pool.vhbas().map(|vhba| vhba.wwns).collect())
        }),
        "vhba-up" | "pool-up" => serde_json::from_slice(value)
            .map(|up: Up| up.vhbas.into_iter().map(|vhba| vhba.names).collect())
            .ok(),
        _ => None,
    };
    pairs.unwrap_or_default()
}
