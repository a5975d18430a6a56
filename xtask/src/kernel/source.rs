//! Where the kernel's sources come from, and which version they are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::task::Task;

/// Debian's package of them.
pub(crate) const PACKAGE: &str = "linux-source-6.1";
/// The archive in it.
pub(crate) const ARCHIVE: &str = "/usr/src/linux-source-6.1.tar.xz";

/// An archive of kernel sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The archive, anything that tar reads.
    pub(crate) archive: PathBuf,
    /// What distinguishes it from other sources.
    pub(crate) version: String,
}

impl Source {
    /// Whether Debian's are on this machine.
    pub(crate) fn debian_is_there(root: &Path) -> bool {
        Path::new(ARCHIVE).is_file() && Self::debian(root).is_ok()
    }

    /// Debian's, in the version that is installed.
    pub(crate) fn debian(root: &Path) -> Result<Self, Failure> {
        let task = Task::new("dpkg-query", ["-W", "-f", "${Version}", PACKAGE]);
        let asked = task.capture(root)?;
        let version = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
        if !asked.status.success() || version.is_empty() {
            return Err(task.failure(format!("the version of {PACKAGE} could not be read")));
        }
        Ok(Self { archive: PathBuf::from(ARCHIVE), version })
    }

    /// An archive that somebody names: told apart by its name and length.
    pub(crate) fn archive(file: &Path) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::new(format!("--source {}: {what}", file.display()));
        let archive = fs::canonicalize(file).map_err(|cause| wrong(cause.to_string()))?;
        let facts = fs::metadata(&archive).map_err(|cause| wrong(cause.to_string()))?;
        if !facts.is_file() {
            return Err(wrong("is no file: name an archive such as linux-6.1.tar.xz".to_owned()));
        }
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        let name = name.trim_end_matches(".xz").trim_end_matches(".tar");
        Ok(Self { version: format!("{name}-{}", facts.len()), archive: archive.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_known_by_name_and_length() {
        let manifest = crate::root().join("Cargo.toml");
        let source = Source::archive(&manifest).unwrap();
        let length = fs::metadata(&manifest).unwrap().len();
        assert_eq!(source.version, format!("Cargo.toml-{length}"));
        assert!(source.archive.is_absolute());
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let missing = Source::archive(Path::new("no/such/linux.tar.xz")).unwrap_err();
        assert!(missing.why.contains("no/such/linux.tar.xz"), "{missing}");
        assert!(Source::archive(&crate::root()).unwrap_err().why.contains("is no file"));
    }
}
