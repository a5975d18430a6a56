//! What is kept of a host.
//!
//! A definition is kept as the XML that its owner gave, as npivot writes it: what npivot does not understand
//! in it is not its to lose. Everything else is a few plain fields.

use std::fmt;
use std::str::FromStr;

use npivot_hal::WwnPair;
use serde::{Deserialize, Serialize};

use super::VhbaDefinition;
use crate::libvirt::ParentChoice;

/// The tables.
pub(super) const VHBAS: &str = "vhba";
pub(super) const POOLS: &str = "pool";
/// What npivot has made for a vHBA or pool that is up.
pub(super) const VHBAS_UP: &str = "vhba-up";
pub(super) const POOLS_UP: &str = "pool-up";

/// What a vHBA is called: libvirt's rules for names of node devices are those of file names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName(String);

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no name: expected 1 to 200 characters without `/`, white space or control characters"
)]
pub struct NodeNameError {
    text: String,
}

impl NodeName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NodeName {
    type Err = NodeNameError;

    fn from_str(text: &str) -> Result<Self, NodeNameError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for NodeName {
    type Error = NodeNameError;

    fn try_from(text: String) -> Result<Self, NodeNameError> {
        let odd = |char: char| char == '/' || char.is_whitespace() || char.is_control();
        if text.is_empty()
            || text.chars().count() > 200
            || text.contains(odd)
            || text == ".."
            || text == "."
        {
            return Err(NodeNameError { text });
        }
        Ok(Self(text))
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A defined vHBA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VhbaRecord {
    /// Its names.
    pub names: WwnPair,
    /// How its parent is chosen at each start.
    pub parent: ParentChoice,
    /// Whether it is started at boot.
    pub autostart: bool,
    /// The XML that it was defined by, if that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xml: Option<String>,
}

impl VhbaRecord {
    /// One that is not started at boot.
    pub(super) fn of(definition: &VhbaDefinition) -> Self {
        let VhbaDefinition { name: _, names, parent, xml } = definition.clone();
        Self { names, parent, autostart: false, xml }
    }
}

/// A defined pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PoolRecord {
    /// Its definition, as npivot writes it.
    pub xml: String,
    /// Whether it is started at boot.
    pub autostart: bool,
}

/// What was made, or found, when something was started. Written before anything is made, so that nothing can
/// be left behind unnoticed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Made {
    /// Whether the start has ended well. If not, it was cut short.
    pub complete: bool,
    /// The vHBAs that it is about.
    pub vhbas: Vec<MadeVhba>,
}

/// A vHBA of something that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a vHBA, and whose it is")]
pub struct MadeVhba {
    /// Its names.
    pub names: WwnPair,
    /// Whether it was there already: then it is not npivot's to delete.
    pub adopted: bool,
}
