//! Where a backend is known to differ from the contract.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A case that a backend is known to fail, as data: it **must** fail. One that passes is an error
/// ("unexpected pass"), so that a deviation does not outlive its cause; and so is one that names no case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The case's name.
    pub case: Cow<'static, str>,
    /// Why it fails: what the backend does instead, and why that stays so for now.
    pub reason: Cow<'static, str>,
    /// Where that can be checked: a bug's number, a driver's source file, a manual's section.
    pub source: Cow<'static, str>,
}

impl Deviation {
    /// A deviation.
    pub const fn new(case: &'static str, reason: &'static str, source: &'static str) -> Self {
        Self {
            case: Cow::Borrowed(case),
            reason: Cow::Borrowed(reason),
            source: Cow::Borrowed(source),
        }
    }
}
