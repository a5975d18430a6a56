//! `cargo xtask kernel`: the lab's kernel, Linux as an ordinary process, built once and kept.
//!
//! Start with [`ensure`]. What is built is a [`recipe::Recipe`]: the configuration, the edits and the source.
//! The kernel is kept in `$XDG_CACHE_HOME/npivot/kernel` (or `~/.cache/npivot/kernel`) under a name made of the
//! recipe's hash, so that all clones of the repository share it and no `cargo clean` throws it away; the link
//! `linux` beside it names the newest, which is what `npivot lab` takes when it is told no other.
//!
//! | module | what it holds |
//! |---|---|
//! | [`recipe`] | what makes a kernel this kernel: configuration, edits, and the hash over them |
//! | [`source`] | where the sources come from and which version they are |
//! | [`build`] | from sources to a stripped binary, step by step |

mod build;
mod recipe;
pub(crate) mod source;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::failure::Failure;
use crate::tools::{self, Tool};

use crate::cache::Cache;
use recipe::Recipe;
use source::Source;

/// What building needs beyond the sources.
const TOOLS: [Tool; 6] = [Tool::Make, Tool::Cc, Tool::Flex, Tool::Bison, Tool::Bc, Tool::Xz];

/// The kernel of this repository, built when there is none: its path, and how that came about on standard output.
///
/// `given` is an archive of kernel sources to take instead of Debian's. A kernel that was built from Debian's
/// stays good when the sources are no longer on the machine. `now` times the build, for the reader only.
pub(crate) fn ensure(
    root: &Path,
    given: Option<&Path>,
    now: fn() -> Instant,
) -> Result<PathBuf, Failure> {
    let recipe = Recipe::read(root)?;
    let cache = Cache::of_this_user("kernel", "linux")?;
    if given.is_none()
        && !Source::debian_is_there(root)
        && let Some(kernel) = cache.newest(&recipe.prefix())
    {
        return already(&cache, kernel);
    }
    if given.is_none() {
        tools::ensure(Tool::LinuxSource, root)?;
    }
    let source = given.map_or_else(|| Source::debian(root), Source::archive)?;
    let name = recipe.name(&source.version);
    if let Some(kernel) = cache.find(&name) {
        return already(&cache, kernel);
    }
    for tool in TOOLS {
        tools::ensure(tool, root)?;
    }
    let place = cache.reserve(&name)?;
    // Whoever had the place before may have built it meanwhile.
    let kernel = match cache.find(&name) {
        Some(kernel) => kernel,
        None => build::build(&recipe, &source, &place, now)?,
    };
    cache.choose(&kernel).map(|()| kernel)
}

fn already(cache: &Cache, kernel: PathBuf) -> Result<PathBuf, Failure> {
    println!("the lab's kernel is already built");
    cache.choose(&kernel).map(|()| kernel)
}

/// The chore: as [`ensure`], with the path as the last line.
pub(crate) fn run(root: &Path, given: Option<&Path>, now: fn() -> Instant) -> Result<(), Failure> {
    let kernel = ensure(root, given, now)?;
    println!("{}", kernel.display());
    Ok(())
}
