//! Where kernels are kept.
//!
//! ```text
//! npivot/kernel/
//!   linux -> 0123456789ab-6.1.192-2/linux   the one that was asked for last
//!   0123456789ab-6.1.192-2/linux            a kernel
//!   0123456789ab-6.1.192-2.building/        a build under way, or what is left of one that was stopped
//!   0123456789ab-6.1.192-2.log              what the last build that failed printed
//!   lock                                    held by whoever builds
//! ```

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

use super::recipe::Recipe;

/// A kernel's file name.
const BINARY: &str = "linux";

/// The folder that holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cache {
    folder: PathBuf,
}

/// A place for one kernel that nobody else builds in meanwhile.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where the kernel goes.
    pub(crate) kernel: PathBuf,
    /// Where it is built; deleted when it is done.
    pub(crate) tree: PathBuf,
    /// What the build prints.
    pub(crate) log: PathBuf,
    _lock: File,
}

impl Cache {
    /// The one of whoever runs us.
    pub(crate) fn of_this_user() -> Result<Self, Failure> {
        let folder = |name: &str| env::var_os(name).map(PathBuf::from);
        Self::within(folder("XDG_CACHE_HOME"), folder("HOME")).ok_or_else(|| {
            Failure::new(
                "neither XDG_CACHE_HOME nor HOME names a folder to keep the kernel in: set one",
            )
        })
    }

    /// By the rules of the XDG Base Directory Specification: a path that is not absolute counts as not given.
    fn within(cache_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<Self> {
        let cache_home = cache_home.filter(|folder| folder.is_absolute());
        let home = home.filter(|folder| folder.is_absolute()).map(|home| home.join(".cache"));
        Some(Self { folder: cache_home.or(home)?.join("npivot").join("kernel") })
    }

    /// The kernel of this name, if it was built.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.join(name).join(BINARY)).filter(|kernel| kernel.is_file())
    }

    /// The kernel of this recipe that was built last, from whatever source.
    pub(crate) fn newest(&self, recipe: &Recipe) -> Option<PathBuf> {
        let prefix = recipe.prefix();
        let entries = fs::read_dir(&self.folder).ok()?.filter_map(Result::ok);
        let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
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
            println!("another build of a kernel is under way: waiting for it");
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
            kernel: self.folder.join(name).join(BINARY),
            log: self.folder.join(format!("{name}.log")),
            tree,
            _lock: lock,
        })
    }

    /// Makes `kernel` the one that is found without a name.
    pub(crate) fn choose(&self, kernel: &Path) -> Result<(), Failure> {
        let link = self.folder.join(BINARY);
        let target = kernel.strip_prefix(&self.folder).unwrap_or(kernel);
        if fs::read_link(&link).is_ok_and(|now| now == target) {
            return Ok(());
        }
        // A link cannot be changed, only replaced: whoever looks meanwhile finds the old one or the new.
        let new = self.folder.join(format!("{BINARY}.{}", std::process::id()));
        let _ = fs::remove_file(&new);
        symlink(target, &new)
            .and_then(|()| fs::rename(&new, &link))
            .map_err(|cause| Failure::new(format!("linking {}: {cause}", link.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(Cache);

    impl Scratch {
        fn new(test: &str) -> Self {
            let name = format!("npivot-kernel-{test}-{}", std::process::id());
            Self(Cache { folder: env::temp_dir().join(name) })
        }

        fn keep(&self, name: &str) -> PathBuf {
            let folder = self.0.folder.join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(BINARY), name).unwrap();
            folder.join(BINARY)
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
            Cache::within(given(cache), given(home)).map(|cache| cache.folder)
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(folder("/c", "/h"), is("/c/npivot/kernel"));
        assert_eq!(folder("", "/h"), is("/h/.cache/npivot/kernel"));
        assert_eq!(folder("relative", "/h"), is("/h/.cache/npivot/kernel"));
        assert_eq!(folder("", ""), None);
    }

    #[test]
    fn a_kernel_is_found_and_chosen_by_name() {
        let scratch = Scratch::new("chosen");
        let recipe = Recipe { configuration: "CONFIG_A=y\n".to_owned() };
        assert_eq!(scratch.0.find("x"), None);
        assert_eq!(scratch.0.newest(&recipe), None);
        scratch.keep("other-6.1");
        let kernel = scratch.keep(&recipe.name("6.1"));
        assert_eq!(scratch.0.newest(&recipe).as_ref(), Some(&kernel));
        for chosen in [kernel, scratch.keep("other-6.1")] {
            scratch.0.choose(&chosen).unwrap();
            scratch.0.choose(&chosen).unwrap();
            let link = scratch.0.folder.join(BINARY);
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
