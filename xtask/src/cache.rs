//! Where what the lab needs is kept: kernels, and Debian directories.
//!
//! ```text
//! npivot/kernel/
//!   linux -> 0123456789ab-6.1.192-2/linux   the one that was asked for last
//!   0123456789ab-6.1.192-2/linux            a kernel
//!   0123456789ab-6.1.192-2.building/        a build under way, or what is left of one that was stopped
//!   0123456789ab-6.1.192-2.log              what the last build that failed printed
//!   lock                                    held by whoever builds
//! npivot/debian/
//!   root -> 0123456789ab/root               the same with directories
//! ```

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder that holds things of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// What each is called within a folder of its own: a file or a directory.
    kept: &'static str,
}

/// A place for one of them that nobody else builds in meanwhile.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where it goes.
    pub(crate) made: PathBuf,
    /// Where it is built; deleted when it is done.
    pub(crate) tree: PathBuf,
    /// What the build prints.
    pub(crate) log: PathBuf,
    _lock: File,
}

impl Cache {
    /// That of whoever runs us: things of this kind, which are called `kept`.
    pub(crate) fn of_this_user(kind: &str, kept: &'static str) -> Result<Self, Failure> {
        let folder = |name: &str| env::var_os(name).map(PathBuf::from);
        let folder = within(folder("XDG_CACHE_HOME"), folder("HOME")).ok_or_else(|| {
            let why = "neither XDG_CACHE_HOME nor HOME names a folder to keep things in: set one";
            Failure::new(why)
        })?;
        Ok(Self { folder: folder.join(kind), kept })
    }

    /// The one of this name, if it was made.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.join(name).join(self.kept)).filter(|made| made.exists())
    }

    /// The one that was made last among those whose names begin so.
    pub(crate) fn newest(&self, prefix: &str) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.folder).ok()?.filter_map(Result::ok);
        let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        let built = ours.filter_map(|entry| self.find(&entry.file_name().to_string_lossy()));
        built.max_by_key(|kernel| fs::metadata(kernel).and_then(|facts| facts.modified()).ok())
    }

    /// Waits until nobody else builds, and clears what a stopped build left.
    pub(crate) fn reserve(&self, name: &str) -> Result<Place, Failure> {
        let at = |doing: &str, path: &Path, cause: &io::Error| {
            Failure::new(format!("{doing} {}: {cause}", path.display()))
        };
        fs::create_dir_all(&self.folder).map_err(|cause| at("making", &self.folder, &cause))?;
        let path = self.folder.join("lock");
        let lock = File::create(&path).map_err(|cause| at("making", &path, &cause))?;
        if lock.try_lock().is_err() {
            println!("another build is under way: waiting for it");
            lock.lock().map_err(|cause| at("locking", &path, &cause))?;
        }
        let tree = self.folder.join(format!("{name}.building"));
        match fs::remove_dir_all(&tree) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(at("clearing", &tree, &cause));
            }
            _ => {}
        }
        Ok(Place {
            made: self.folder.join(name).join(self.kept),
            log: self.folder.join(format!("{name}.log")),
            tree,
            _lock: lock,
        })
    }

    /// Makes `made` the one that is found without a name.
    pub(crate) fn choose(&self, made: &Path) -> Result<(), Failure> {
        let link = self.folder.join(self.kept);
        let target = made.strip_prefix(&self.folder).unwrap_or(made);
        if fs::read_link(&link).is_ok_and(|now| now == target) {
            return Ok(());
        }
        // A link cannot be changed, only replaced: whoever looks meanwhile finds the old one or the new.
        let new = self.folder.join(format!("{}.{}", self.kept, std::process::id()));
        let _ = fs::remove_file(&new);
        symlink(target, &new)
            .and_then(|()| fs::rename(&new, &link))
            .map_err(|cause| Failure::new(format!("linking {}: {cause}", link.display())))
    }
}

/// Where a user's things are kept, by the rules of the XDG Base Directory Specification: a path that is not absolute
/// counts as not given.
fn within(cache_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let cache_home = cache_home.filter(|folder| folder.is_absolute());
    let home = home.filter(|folder| folder.is_absolute()).map(|home| home.join(".cache"));
    Some(cache_home.or(home)?.join("npivot"))
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines: Vec<&str> = text.lines().rev().take(15).collect();
    lines.reverse();
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = "linux";

    struct Scratch(Cache);

    impl Scratch {
        fn new(test: &str) -> Self {
            let name = format!("npivot-kernel-{test}-{}", std::process::id());
            Self(Cache { folder: env::temp_dir().join(name), kept: KEPT })
        }

        fn keep(&self, name: &str) -> PathBuf {
            let folder = self.0.folder.join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(KEPT), name).unwrap();
            folder.join(KEPT)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0.folder);
        }
    }

    #[test]
    fn the_folder_follows_the_specification() {
        let folder = |cache: &str, home: &str| {
            let given = |path: &str| Some(PathBuf::from(path)).filter(|_| !path.is_empty());
            within(given(cache), given(home))
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(folder("/c", "/h"), is("/c/npivot"));
        assert_eq!(folder("", "/h"), is("/h/.cache/npivot"));
        assert_eq!(folder("relative", "/h"), is("/h/.cache/npivot"));
        assert_eq!(folder("", ""), None);
    }

    #[test]
    fn a_kernel_is_found_and_chosen_by_name() {
        let scratch = Scratch::new("chosen");
        assert_eq!(scratch.0.find("x"), None);
        assert_eq!(scratch.0.newest("this-"), None);
        scratch.keep("other-6.1");
        let kernel = scratch.keep("this-6.1");
        assert_eq!(scratch.0.newest("this-").as_ref(), Some(&kernel));
        for chosen in [kernel, scratch.keep("other-6.1")] {
            scratch.0.choose(&chosen).unwrap();
            scratch.0.choose(&chosen).unwrap();
            let link = scratch.0.folder.join(KEPT);
            assert_eq!(fs::canonicalize(link).unwrap(), fs::canonicalize(chosen).unwrap());
        }
    }

    #[test]
    fn a_stopped_build_is_cleared() {
        let scratch = Scratch::new("stopped");
        let tree = scratch.0.reserve("a").unwrap().tree;
        fs::create_dir_all(tree.join("half")).unwrap();
        let place = scratch.0.reserve("a").unwrap();
        assert!(!place.tree.exists());
        let second = File::open(scratch.0.folder.join("lock")).unwrap();
        assert!(second.try_lock().is_err(), "the place is held");
        drop(place);
        assert!(second.try_lock().is_ok());
    }
}
