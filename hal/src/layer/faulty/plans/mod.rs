//! Ready-made plans.

mod counted;
mod matching;
mod once;
mod rates;
mod script;
mod switch;
mod timed;

pub use counted::{Counted, Pass};
pub use matching::{Line, When};
pub use once::Once;
pub use rates::{Rates, RatesError};
pub use script::Script;
pub use switch::{FaultGuard, FaultSwitch};
pub use timed::Timed;
