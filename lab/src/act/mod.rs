//! What somebody does to a simulated SAN by hand: pull a cable, show a volume. An [`Act`] is a few words.
//!
//! Whoever has the world does it at once ([`Act::apply`]). Programs on a real kernel in the lab ask for it
//! through a directory that both sides see ([`Requests`], [`ask`]).

mod requests;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use npivot_fabric::World;
use npivot_fabric::san::Switch;
use npivot_fabric::san::ids::{ArrayIx, PortIx};
use npivot_fabric::world::{Command, MaskingCommand, Refusal};

pub use requests::{AskError, Requests, ask};

/// Something that is done to a simulated SAN.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// The light of a cable goes off or on, at both ends.
    Link {
        /// One of its ends, as `SWITCH/NUMBER`.
        port: String,
        /// On or off.
        up: bool,
    },
    /// A host group sees a volume as a LUN.
    Map {
        /// The array.
        array: String,
        /// The host group.
        group: String,
        /// The volume.
        volume: String,
        /// The LUN.
        lun: u32,
    },
    /// A host group sees a volume no more.
    Unmap {
        /// The array.
        array: String,
        /// The host group.
        group: String,
        /// The volume.
        volume: String,
    },
}

/// Why an [`Act`] was not done. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The words say nothing that can be done.
    #[error("`{0}`: expected {FORMS}")]
    Words(String),
    /// A word names nothing.
    #[error("there is no {what} `{name}`{}", known(.have))]
    NoSuch {
        /// What it should name.
        what: &'static str,
        /// The word.
        name: String,
        /// What there is.
        have: Vec<String>,
    },
    /// The world refuses.
    #[error("refused: {0}")]
    Refused(String),
}

/// How acts are written.
const FORMS: &str = "link-down SWITCH/PORT, link-up SWITCH/PORT, map ARRAY GROUP VOLUME LUN or unmap ARRAY \
                     GROUP VOLUME";

fn known(have: &[String]) -> String {
    if have.is_empty() { String::new() } else { format!(": there are {}", have.join(", ")) }
}

impl FromStr for Act {
    type Err = ActError;

    /// Reads the words as they are displayed, with any white space between them.
    fn from_str(text: &str) -> Result<Self, ActError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let owned = |word: &str| word.to_owned();
        match words[..] {
            ["link-down", port] => Ok(Self::Link { port: owned(port), up: false }),
            ["link-up", port] => Ok(Self::Link { port: owned(port), up: true }),
            ["map", array, group, volume, lun] => {
                let lun = lun.parse().map_err(|_| ActError::Words(text.trim().into()))?;
                let (array, group, volume) = (owned(array), owned(group), owned(volume));
                Ok(Self::Map { array, group, volume, lun })
            }
            ["unmap", array, group, volume] => {
                let (array, group, volume) = (owned(array), owned(group), owned(volume));
                Ok(Self::Unmap { array, group, volume })
            }
            _ => Err(ActError::Words(text.trim().into())),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { port, up: false } => write!(f, "link-down {port}"),
            Self::Link { port, up: true } => write!(f, "link-up {port}"),
            Self::Map { array, group, volume, lun } => {
                write!(f, "map {array} {group} {volume} {lun}")
            }
            Self::Unmap { array, group, volume } => write!(f, "unmap {array} {group} {volume}"),
        }
    }
}

impl Act {
    /// The command that it is in a world.
    ///
    /// # Errors
    /// [`ActError::NoSuch`]: there is no such port or array. What else is wrong the world tells.
    pub fn command(&self, world: &World) -> Result<Command, ActError> {
        Ok(match self {
            Self::Link { port, up } => Command::Light { port: port_of(world, port)?, on: *up },
            Self::Map { array, group, volume, lun } => {
                let (group, volume, lun) = (group.clone(), volume.clone(), *lun);
                let map = MaskingCommand::Map { group, volume, lun };
                Command::Masking(array_of(world, array)?, map)
            }
            Self::Unmap { array, group, volume } => {
                let (group, volume) = (group.clone(), volume.clone());
                let unmap = MaskingCommand::Unmap { group, volume };
                Command::Masking(array_of(world, array)?, unmap)
            }
        })
    }

    /// Does it. What is so already stays so.
    ///
    /// # Errors
    /// [`ActError`].
    pub fn apply(&self, world: &mut World) -> Result<(), ActError> {
        let command = self.command(world)?;
        let refused = |refusal: Refusal| ActError::Refused(refusal.to_string());
        world.apply(command).map(drop).map_err(refused)
    }
}

fn port_of(world: &World, text: &str) -> Result<PortIx, ActError> {
    let switches = &world.san().switches;
    let found = text.rsplit_once('/').and_then(|(name, number)| {
        switches.iter().find(|switch| switch.name == name)?.port(number.parse().ok()?)
    });
    found.ok_or_else(|| ActError::NoSuch {
        what: "switch port",
        name: text.to_owned(),
        have: switches.iter().map(numbers).collect(),
    })
}

fn numbers(switch: &Switch) -> String {
    format!("{}/0 to {0}/{}", switch.name, switch.settings.ports.saturating_sub(1))
}

fn array_of(world: &World, name: &str) -> Result<ArrayIx, ActError> {
    let at = world.arrays().iter().position(|array| array.name() == name);
    at.map(ArrayIx::from_index).ok_or_else(|| ActError::NoSuch {
        what: "array",
        name: name.to_owned(),
        have: world.arrays().iter().map(|array| array.name().to_owned()).collect(),
    })
}
