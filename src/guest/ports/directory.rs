//! Links in a directory: symbolic links to device nodes.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use npivot_hal::{Error, ErrorKind, Outcome, Result};

use super::Links;
use crate::guest::DeviceLink;

/// Links in a directory: `/dev/npivot/pool/web1/naa.…` is `DIRECTORY/pool/web1/naa.…`.
///
/// `/dev` is made anew at each boot and belongs to others, so the links are elsewhere and
/// [`DeviceLink::DIRECTORY`] is one link to them, which [`entered_by`](Self::entered_by) makes.
#[derive(Debug, Clone)]
pub struct DirectoryLinks {
    directory: PathBuf,
    entry: Option<PathBuf>,
    blocks: Option<PathBuf>,
}

impl DirectoryLinks {
    /// Where links are if nobody says otherwise. They are for as long as the host is up.
    pub const DEFAULT: &str = "/run/npivot/guests";

    /// Links in this directory, which is made when the first link is.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), entry: None, blocks: None }
    }

    /// The same; before a link is made, this path is made to lead to the directory.
    #[must_use]
    pub fn entered_by(mut self, entry: impl Into<PathBuf>) -> Self {
        self.entry = Some(entry.into());
        self
    }

    /// The same; whether a multipath map has taken a device is looked up here: `/sys/class/block`.
    #[must_use]
    pub fn with_maps(mut self, class_block: impl Into<PathBuf>) -> Self {
        self.blocks = Some(class_block.into());
        self
    }

    /// All links that are there. What is no link of npivot's is passed over.
    ///
    /// # Errors
    /// Any: the directory cannot be read. One that does not exist has none.
    pub fn all(&self) -> Result<Vec<DeviceLink>> {
        let mut found = vec![];
        for kind in names(&self.directory)? {
            for through in names(&self.directory.join(&kind))? {
                for wwid in names(&self.directory.join(&kind).join(&through))? {
                    let text = format!("{}/{kind}/{through}/{wwid}", DeviceLink::DIRECTORY);
                    found.extend(text.parse::<DeviceLink>());
                }
            }
        }
        Ok(found)
    }

    /// Where a link is in the directory.
    pub fn place(&self, link: &DeviceLink) -> PathBuf {
        let text = link.to_string();
        let inner = text.strip_prefix(DeviceLink::DIRECTORY).unwrap_or(&text);
        self.directory.join(inner.trim_start_matches('/'))
    }

    /// Makes the directories of a link, all but the first of which must be directories themselves: through a link in
    /// the place of one, npivot would write wherever that leads.
    fn make_directories(&self, place: &Path) -> Result<()> {
        fs::create_dir_all(&self.directory)
            .map_err(|cause| refused("make directory", &self.directory, &cause))?;
        let inner = place.strip_prefix(&self.directory).ok().and_then(Path::parent);
        let mut directory = self.directory.clone();
        for part in inner.into_iter().flatten() {
            directory.push(part);
            match fs::create_dir(&directory) {
                Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(refused("make directory", &directory, &cause));
                }
                _ => self.check_directory(&directory)?,
            }
        }
        Ok(())
    }

    fn check_directory(&self, directory: &Path) -> Result<()> {
        match fs::symlink_metadata(directory) {
            Ok(there) if !there.is_dir() => {
                let reason =
                    format!("it is no directory of {}: remove it", self.directory.display());
                let place = directory.display().to_string();
                Err(Error::new(ErrorKind::AlreadyExists, "enter directory", place, reason))
            }
            _ => Ok(()),
        }
    }

    /// Makes the entry lead to the directory.
    fn enter(&self) -> Result<()> {
        let Some(entry) = self.entry.as_ref().filter(|entry| **entry != self.directory) else {
            return Ok(());
        };
        match fs::read_link(entry) {
            Ok(there) if there == self.directory => return Ok(()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                let made = symlink(&self.directory, entry);
                return made.map_err(|cause| refused("make link", entry, &cause));
            }
            _ => {}
        }
        let same = fs::canonicalize(entry).ok().zip(fs::canonicalize(&self.directory).ok());
        if same.is_some_and(|(one, other)| one == other) {
            return Ok(());
        }
        let reason = format!(
            "it is there, and does not lead to {}: remove it, or name it with --links",
            self.directory.display()
        );
        Err(Error::new(ErrorKind::AlreadyExists, "make link", entry.display().to_string(), reason))
    }

    /// The multipath map that has taken a device, as its node.
    fn map_of(&self, node: &str) -> Option<String> {
        let holders = self.blocks.as_ref()?.join(node.strip_prefix("/dev/")?).join("holders");
        let mut maps: Vec<String> = fs::read_dir(holders)
            .ok()?
            .flatten()
            .filter_map(|holder| map(&holder.path()))
            .collect();
        maps.sort();
        maps.into_iter().next()
    }
}

/// A holder that is a multipath map: `dm/uuid` begins with `mpath-` (multipath-tools, `libmultipath/defaults.h`).
fn map(holder: &Path) -> Option<String> {
    let uuid = fs::read_to_string(holder.join("dm/uuid")).ok()?;
    let name = holder.file_name()?.to_str()?;
    uuid.starts_with("mpath-").then(|| format!("/dev/{name}"))
}

/// The names in a directory, in order.
fn names(directory: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => return Ok(vec![]),
        Err(cause) => return Err(refused("list links", directory, &cause)),
    };
    let mut names = vec![];
    for entry in entries {
        let entry = entry.map_err(|cause| refused("list links", directory, &cause))?;
        // What is not UTF-8 is no link of npivot's.
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

fn refused(operation: &'static str, path: &Path, cause: &io::Error) -> Error {
    let kind = match cause.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ErrorKind::PermissionDenied
        }
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::NoAnswer,
    };
    let error = Error::new(kind, operation, path.display().to_string(), cause.to_string());
    match cause.raw_os_error() {
        Some(errno) => error.with_errno(errno),
        None => error,
    }
}

/// Replaces a link in one step: at each instant the old one or the new one is there.
fn replace(place: &Path, target: &str) -> io::Result<()> {
    let directory = place.parent().unwrap_or(Path::new("/"));
    // No WWID begins so. Who was killed here has left one behind, which is nobody's.
    let new =
        tempfile::Builder::new().prefix(".new-").make_in(directory, |new| symlink(target, new))?;
    new.into_temp_path().persist(place).map_err(|error| error.error)
}

#[async_trait]
impl Links for DirectoryLinks {
    async fn point(&self, link: &DeviceLink, nodes: &[String]) -> Result<Outcome> {
        let place = self.place(link);
        let Some(first) = nodes.first() else {
            let (kind, reason) = (ErrorKind::InvalidArgument, "there is no device to point to");
            return Err(Error::new(kind, "point link", link.to_string(), reason));
        };
        let target = nodes.iter().find_map(|node| self.map_of(node));
        let target = target.as_ref().unwrap_or(first);
        self.make_directories(&place)?;
        self.enter()?;
        match fs::symlink_metadata(&place) {
            Ok(there) if !there.is_symlink() => {
                let reason = "something that is no link is in its place";
                let place = place.display().to_string();
                return Err(Error::new(ErrorKind::AlreadyExists, "point link", place, reason));
            }
            Ok(_) if fs::read_link(&place).is_ok_and(|there| there == Path::new(target)) => {
                return Ok(Outcome::Unchanged);
            }
            _ => {}
        }
        replace(&place, target).map_err(|cause| refused("point link", &place, &cause))?;
        Ok(Outcome::Changed)
    }

    async fn remove(&self, link: &DeviceLink) -> Result<Outcome> {
        let place = self.place(link);
        for directory in place.ancestors().skip(1).take_while(|path| *path != self.directory) {
            self.check_directory(directory)?;
        }
        match fs::symlink_metadata(&place) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Outcome::Unchanged),
            Ok(there) if !there.is_symlink() => {
                let reason = "something that is no link is in its place";
                let place = place.display().to_string();
                return Err(Error::new(ErrorKind::AlreadyExists, "remove link", place, reason));
            }
            _ => {}
        }
        match fs::remove_file(&place) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Outcome::Unchanged),
            Err(cause) => Err(refused("remove link", &place, &cause)),
            Ok(()) => {
                // Only one that is empty goes.
                let _ = place.parent().map(fs::remove_dir);
                Ok(Outcome::Changed)
            }
        }
    }
}
