//! What makes a kernel this kernel: its configuration, the edits to its sources, and the hash over both.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The configuration, within the repository.
const CONFIGURATION: &str = "lab/kernel/uml-6.1-fcoe.config";

/// How many digits of the hash name a kernel.
const DIGITS: usize = 12;

/// One line of the sources as it is, and as the lab needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The file, within the sources.
    pub(crate) file: &'static str,
    /// What must stand there exactly once.
    pub(crate) old: &'static str,
    /// What it becomes.
    pub(crate) new: &'static str,
}

/// The edits. None touches what the lab is there to try: SCSI, FCoE and the network are as released.
///
/// The one there is concerns the machine underneath. User Mode Linux 6.1 hands a process's extended registers to
/// the kernel it runs on in a buffer of fixed size, and that kernel refuses one that does not hold all of them:
/// with AMX they take 11,008 bytes, and without this no program starts (`ptrace set fp regs failed, errno = 14`).
/// On a processor with fewer, that kernel takes as much of the buffer as it has registers.
pub(crate) const EDITS: [Edit; 1] = [Edit {
    file: "arch/x86/um/user-offsets.c",
    old: "DEFINE_LONGS(HOST_FP_SIZE, 2696);",
    new: "DEFINE_LONGS(HOST_FP_SIZE, 11264);",
}];

/// What is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// The configuration's text.
    pub(crate) configuration: String,
}

impl Recipe {
    /// The repository's.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let configuration = fs::read_to_string(root.join(CONFIGURATION))
            .map_err(|cause| Failure::new(format!("{CONFIGURATION}: {cause}")))?;
        Ok(Self { configuration })
    }

    /// What every kernel of this recipe is called first, whatever source it is from.
    pub(crate) fn prefix(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.configuration);
        for edit in EDITS {
            for part in [edit.file, edit.old, edit.new] {
                hash.update([0]);
                hash.update(part);
            }
        }
        let mut name = String::new();
        for byte in hash.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name.truncate(DIGITS);
        name.push('-');
        name
    }

    /// What the kernel of this recipe and this version of the sources is called.
    pub(crate) fn name(&self, version: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || ".-+~".contains(c) { c } else { '_' };
        self.prefix() + &version.chars().map(plain).collect::<String>()
    }

    /// What the configuration asks for and `config`, the one that the kernel's own tools made of it, does not have.
    pub(crate) fn not_taken(&self, config: &str) -> Vec<&str> {
        let wanted = self.configuration.lines().map(str::trim_end);
        wanted
            .filter(|line| line.starts_with("CONFIG_"))
            .filter(|line| match line.strip_suffix("=n") {
                Some(option) => config.lines().any(|has| has.split('=').next() == Some(option)),
                None => !config.lines().any(|has| has == *line),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(configuration: &str) -> Recipe {
        Recipe { configuration: configuration.to_owned() }
    }

    #[test]
    fn another_configuration_or_source_is_another_kernel() {
        let one = recipe("CONFIG_FCOE=y\n");
        assert_eq!(one.name("6.1.192-2"), format!("{}6.1.192-2", one.prefix()));
        assert_eq!(one.prefix().len(), DIGITS + 1);
        assert_ne!(one.prefix(), recipe("CONFIG_FCOE=y\n# why\n").prefix());
        assert_ne!(one.name("6.1.192-2"), one.name("6.1.192-3"));
        assert!(!one.name("../a/b").contains('/'));
    }

    #[test]
    fn what_was_not_taken_is_named() {
        let recipe = recipe("# why\nCONFIG_A=y\nCONFIG_B=n\nCONFIG_C=12\nCONFIG_D=n\n");
        let made = "CONFIG_A=y\nCONFIG_BB=y\nCONFIG_C=123\nCONFIG_D=y\n# CONFIG_B is not set\n";
        assert_eq!(recipe.not_taken(made), ["CONFIG_C=12", "CONFIG_D=n"]);
        assert_eq!(recipe.not_taken(""), ["CONFIG_A=y", "CONFIG_C=12"]);
    }

    #[test]
    fn the_repository_has_a_recipe() {
        let recipe = Recipe::read(&crate::root()).unwrap();
        for needed in ["CONFIG_FCOE=y", "CONFIG_HOSTFS=y", "CONFIG_UML_NET_VECTOR=y"] {
            assert!(recipe.not_taken("").contains(&needed), "{needed}");
        }
    }
}
