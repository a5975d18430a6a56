//! What a step needs on the machine beyond cargo and rustc, and how it gets there.
//!
//! A bare machine with a rustup toolchain is enough: a missing tool is installed, with a line that
//! says what and why, or the failure says what to install by hand.

use std::env;
use std::path::Path;

use crate::failure::Failure;
use crate::kernel::source;
use crate::task::Task;

/// A tool that a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The formatter, a component of the toolchain.
    Rustfmt,
    /// The linter, a component of the toolchain.
    Clippy,
    /// Builds and runs fuzz targets.
    CargoFuzz,
    /// A C++ compiler, for libFuzzer's own source.
    Cxx,
    /// Lists the files that belong to the repository.
    Git,
    /// Builds the lab's kernel.
    Make,
    /// A C compiler, with its assembler and linker.
    Cc,
    /// Makes the kernel's lexers.
    Flex,
    /// Makes the kernel's parsers.
    Bison,
    /// Computes the kernel's constants.
    Bc,
    /// Unpacks the kernel's sources.
    Xz,
    /// The kernel's sources.
    LinuxSource,
    /// Makes a Debian directory.
    Debootstrap,
    /// Keeps its mounts apart.
    Unshare,
}

/// What decides how a missing tool can be installed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    /// rustup manages the toolchain.
    pub(crate) rustup: bool,
    /// Debian's apt-get is there.
    pub(crate) apt: bool,
    /// We may install system packages.
    pub(crate) root: bool,
}

impl Machine {
    fn look(root: &Path) -> Self {
        let id = Task::new("id", ["-u"]).capture(root);
        Self {
            rustup: Task::new("rustup", ["--version"]).succeeds(root),
            apt: Task::new("apt-get", ["--version"]).succeeds(root),
            root: id.is_ok_and(|id| id.stdout.trim_ascii() == b"0"),
        }
    }
}

impl Tool {
    /// Its name for a person.
    fn name(self) -> &'static str {
        match self {
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::CargoFuzz => "cargo-fuzz",
            Self::Cxx => "a C++ compiler",
            Self::Git => "git",
            Self::Make => "make",
            Self::Cc => "a C compiler",
            Self::Flex => "flex",
            Self::Bison => "bison",
            Self::Bc => "bc",
            Self::Xz => "xz",
            Self::LinuxSource => "the archive of Linux 6.1's sources",
            Self::Debootstrap => "debootstrap",
            Self::Unshare => "unshare",
        }
    }

    /// What it is needed for.
    fn purpose(self) -> &'static str {
        match self {
            Self::Rustfmt => "it checks the formatting",
            Self::Clippy => "it lints the workspace",
            Self::CargoFuzz => "it builds and runs the fuzz targets",
            Self::Cxx => "the fuzz targets link libFuzzer, which is C++",
            Self::Git => "it lists the files that belong to the repository",
            Self::Xz => "it unpacks the sources of the lab's kernel",
            Self::LinuxSource => "the lab's kernel is built from it",
            Self::Debootstrap | Self::Unshare => "it makes the lab's Debian directory",
            Self::Make | Self::Cc | Self::Flex | Self::Bison | Self::Bc => {
                "it builds the lab's kernel"
            }
        }
    }

    /// A command that exits with 0 when the tool works.
    fn probe(self) -> Task {
        match self {
            Self::Rustfmt => Task::cargo(["fmt", "--version"]),
            Self::Clippy => Task::cargo(["clippy", "--version"]),
            Self::CargoFuzz => Task::cargo(["fuzz", "--version"]),
            // The name the `cc` crate looks for, which compiles libFuzzer.
            Self::Cxx => Task::new(env::var("CXX").as_deref().unwrap_or("c++"), ["--version"]),
            Self::Git => Task::new("git", ["--version"]),
            Self::Cc => Task::new("gcc", ["--version"]),
            Self::Make
            | Self::Flex
            | Self::Bison
            | Self::Bc
            | Self::Xz
            | Self::Debootstrap
            | Self::Unshare => Task::new(self.name(), ["--version"]),
            Self::LinuxSource => Task::new("test", ["-r", source::ARCHIVE]),
        }
    }

    /// The commands that install it on `machine`, or what a person must do instead.
    fn remedy(self, machine: Machine) -> Result<Vec<Task>, String> {
        match self {
            Self::Rustfmt | Self::Clippy if machine.rustup => {
                Ok(vec![Task::new("rustup", ["component", "add", self.name()])])
            }
            Self::Rustfmt | Self::Clippy => Err(format!(
                "there is no rustup to add it with: install the {} that belongs to this rustc",
                self.name()
            )),
            Self::CargoFuzz => {
                Ok(vec![Task::cargo(["install", "cargo-fuzz", "--version", "^0.13", "--locked"])])
            }
            Self::Cxx => apt_install("g++", machine),
            Self::Git => apt_install("git", machine),
            Self::Cc => apt_install("gcc", machine),
            Self::Make | Self::Flex | Self::Bison | Self::Bc | Self::Debootstrap => {
                apt_install(self.name(), machine)
            }
            Self::Unshare => apt_install("util-linux", machine),
            Self::Xz => apt_install("xz-utils", machine),
            Self::LinuxSource => apt_install(source::PACKAGE, machine),
        }
    }
}

/// Whether we may do what only root may.
pub(crate) fn is_root(root: &Path) -> bool {
    Machine::look(root).root
}

/// Makes sure that `tool` works, installing it when it is missing.
pub(crate) fn ensure(tool: Tool, root: &Path) -> Result<(), Failure> {
    if tool.probe().succeeds(root) {
        return Ok(());
    }
    let missing = format!("{} is missing ({})", tool.name(), tool.purpose());
    let remedy = tool
        .remedy(Machine::look(root))
        .map_err(|advice| Failure::new(format!("{missing}; {advice}")))?;
    println!("{missing}: installing it");
    for task in remedy {
        task.run(root).map_err(|cause| Failure {
            why: format!("{missing}, and installing it failed: {cause}"),
            repeat: cause.repeat,
        })?;
    }
    if tool.probe().succeeds(root) {
        Ok(())
    } else {
        let why = format!("{missing}, even after it was installed: is its folder in PATH?");
        Err(tool.probe().failure(why))
    }
}

fn apt_install(package: &str, machine: Machine) -> Result<Vec<Task>, String> {
    match machine {
        Machine { apt: true, root: true, .. } => Ok(vec![
            Task::new("apt-get", ["update", "-q"]),
            Task::new("apt-get", ["install", "-q", "-y", "--no-install-recommends", package]),
        ]),
        Machine { apt: true, root: false, .. } => {
            Err(format!("run `sudo apt-get install {package}`: only root may install it"))
        }
        Machine { apt: false, .. } => {
            Err(format!("install the package that Debian calls `{package}` by this system's means"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Machine = Machine { rustup: false, apt: false, root: false };

    fn shown(remedy: Result<Vec<Task>, String>) -> Vec<String> {
        remedy.unwrap().iter().map(Task::shown).collect()
    }

    #[test]
    fn components_come_from_rustup() {
        let machine = Machine { rustup: true, ..BARE };
        assert_eq!(shown(Tool::Rustfmt.remedy(machine)), ["rustup component add rustfmt"]);
        assert_eq!(shown(Tool::Clippy.remedy(machine)), ["rustup component add clippy"]);
        assert!(Tool::Clippy.remedy(BARE).unwrap_err().contains("no rustup"));
    }

    #[test]
    fn system_packages_need_apt_and_root() {
        let debian = Machine { apt: true, root: true, ..BARE };
        assert_eq!(
            shown(Tool::Cxx.remedy(debian)),
            ["apt-get update -q", "apt-get install -q -y --no-install-recommends g++"]
        );
        let user = Machine { root: false, ..debian };
        assert!(Tool::Cxx.remedy(user).unwrap_err().contains("sudo apt-get install g++"));
        assert!(Tool::Git.remedy(BARE).unwrap_err().contains("`git`"));
    }

    #[test]
    fn cargo_fuzz_needs_only_cargo() {
        let quoted = "cargo install cargo-fuzz --version '^0.13' --locked";
        assert_eq!(shown(Tool::CargoFuzz.remedy(BARE)), [quoted]);
    }

    #[test]
    fn what_is_there_is_not_installed_again() {
        assert_eq!(ensure(Tool::Git, Path::new(".")), Ok(()));
    }
}
