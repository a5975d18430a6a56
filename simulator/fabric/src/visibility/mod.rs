//! Who sees what: the one function that decides it, layer by layer, and its explanation.
//!
//! A volume is visible to an initiator through a target port when every [`Layer`] lets it through:
//! link ∧ login ∧ segment ∧ zone ∧ mask ∧ host scan. [`World::sees`] answers with the first layer that
//! does not; [`World::explain`] shows all of them and says what would mend it. Both ask [`World::layer`].
//!
//! [`World::sees`]: crate::World::sees
//! [`World::explain`]: crate::World::explain
//! [`World::layer`]: crate::World::layer

mod explain;
mod layers;

pub use explain::{Explanation, PathTrace, Verdict};
pub use layers::{Block, Initiator, Layer, Path};
