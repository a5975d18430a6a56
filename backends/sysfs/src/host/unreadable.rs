//! What is there and cannot be read. The lists leave it out, since their records have no room for an error.

use npivot_hal::{Error, ErrorKind, Result};

use super::adapters;
use super::places::{self, Place, among};
use crate::attribute as read;
use crate::files::Files;
use crate::quirks::failed;

/// An error for each adapter, vport, remote port and target that cannot be read.
pub(super) fn all(files: &dyn Files) -> Result<Vec<Error>> {
    let mut told = vec![];
    for place in places::adapters(files)? {
        match place {
            Ok(place) => {
                told.extend(adapters::adapter(files, &place).err());
                behind(files, &place, &mut told);
            }
            Err(error) => told.push(error),
        }
    }
    Ok(told)
}

fn behind(files: &dyn Files, place: &Place, told: &mut Vec<Error>) {
    let mut list = |dir: &str| {
        let below = dir.strip_prefix(&*place.dir).unwrap_or(dir);
        let object = format!("{}{below}", place.no);
        let entries =
            files.list(dir).map_err(|cause| failed("list what is behind", object, &cause));
        entries.unwrap_or_else(|error| {
            // What has just gone hides nothing.
            told.extend((error.kind() != ErrorKind::NotFound).then_some(error));
            vec![]
        })
    };
    let entries = list(&place.dir);
    for (rport, (host, _)) in among(&entries, &place.dir, read::remote_port) {
        if host != place.no {
            continue;
        }
        let targets = list(&rport);
        for (target, _) in among(&targets, &rport, read::target) {
            list(&target);
        }
    }
    for (vport, (parent, _)) in among(&entries, &place.dir, read::vport) {
        if parent == place.no {
            told.extend(adapters::vport_names_at(files, place, &vport).err());
        }
    }
}
