//! The kernel's file: which, and whether it can be run.

use std::env;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::KernelError;

/// A kernel that was built for User Mode Linux: a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    path: PathBuf,
}

impl Kernel {
    /// The one at `path`.
    ///
    /// # Errors
    /// [`KernelError::NoKernel`] if there is no file that may be executed.
    pub fn at(path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let path = path.as_ref();
        let none = |cause: String| KernelError::NoKernel { path: path.to_owned(), cause };
        let found = path.canonicalize().map_err(|cause| none(cause.to_string()))?;
        let facts = found.metadata().map_err(|cause| none(cause.to_string()))?;
        if !facts.is_file() {
            return Err(none("not a file".to_owned()));
        }
        if facts.permissions().mode() & 0o111 == 0 {
            return Err(none("not executable".to_owned()));
        }
        Ok(Self { path: found })
    }

    /// The one that `NPIVOT_KERNEL` names; without it the one that `cargo xtask kernel` built last, which is
    /// `npivot/kernel/linux` in `XDG_CACHE_HOME` or in `.cache` of `HOME`.
    ///
    /// # Errors
    /// [`KernelError::NoKernel`] if there is none there.
    pub fn find() -> Result<Self, KernelError> {
        let named = |name: &str| env::var_os(name).map(PathBuf::from);
        match place(named("NPIVOT_KERNEL"), &named, "npivot/kernel/linux") {
            Some(path) => Self::at(path),
            None => Err(KernelError::NoKernel {
                path: PathBuf::from("npivot/kernel/linux"),
                cause: "none of NPIVOT_KERNEL, XDG_CACHE_HOME and HOME is set".to_owned(),
            }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where something is looked for that was built once: where it is given, else in the cache. Empty variables and paths in a cache that are not absolute count as not given,
/// as the XDG Base Directory Specification has it.
pub(super) fn place(
    given: Option<PathBuf>,
    named: &dyn Fn(&str) -> Option<PathBuf>,
    kept: &str,
) -> Option<PathBuf> {
    if let Some(given) = given.filter(|path| !path.as_os_str().is_empty()) {
        return Some(given);
    }
    let absolute = |name| named(name).filter(|path: &PathBuf| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME");
    let cache = cache.or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    Some(cache?.join(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_named_or_in_the_cache() {
        let at = |kernel: &str, cache: &str, home: &str| {
            let given = |path: &str| Some(PathBuf::from(path)).filter(|_| path != "-");
            let named = |name: &str| given(if name == "HOME" { home } else { cache });
            place(given(kernel), &named, "npivot/kernel/linux")
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(at("k/linux", "/c", "/h"), is("k/linux"));
        assert_eq!(at("-", "/c", "/h"), is("/c/npivot/kernel/linux"));
        assert_eq!(at("", "", "/h"), is("/h/.cache/npivot/kernel/linux"));
        assert_eq!(at("-", "c", "-"), None);
    }

    #[test]
    fn what_cannot_be_run_is_refused_with_a_way_out() {
        for (path, what) in [
            ("no/such/kernel", "No such file"),
            (env!("CARGO_MANIFEST_DIR"), "not a file"),
            (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "not executable"),
        ] {
            let error = Kernel::at(path).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains(path), "{error}");
            assert!(error.contains("cargo xtask kernel"), "{error}");
        }
    }
}
