//! What a change did.

/// Whether a request changed anything. Asking for what is already so succeeds with `Unchanged`: that is
/// what makes it safe to repeat a call whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Outcome {
    /// It was so already.
    Unchanged,
    /// It is so now.
    Changed,
}

impl Outcome {
    /// Whether something changed.
    pub const fn changed(self) -> bool {
        matches!(self, Self::Changed)
    }

    /// `Changed` if either is.
    pub const fn or(self, other: Self) -> Self {
        if self.changed() { self } else { other }
    }
}

impl From<bool> for Outcome {
    fn from(changed: bool) -> Self {
        if changed { Self::Changed } else { Self::Unchanged }
    }
}
