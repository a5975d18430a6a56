//! A text file with its name, and problems that point into it.
//!
//! Nothing here knows what the text means, so every TOML file of npivot can complain in the same voice:
//! the place, what is wrong there, the line itself with the place underlined, and a way out.
//!
//! ```
//! # use npivot_fabric::topology::source::{Problem, Problems, SourceFile};
//! let file = SourceFile::new("run.toml", "seed = 7\nsteps = -1\n")?;
//! let mut problems = Problems::new(file);
//! problems.push(Problem::new(17..19, "`steps` is negative").with_help("leave it out for no limit"));
//! assert_eq!(
//!     problems.into_result(()).unwrap_err().to_string(),
//!     "run.toml:2:9: `steps` is negative\n    \
//!          2 | steps = -1\n      \
//!            |         ^^\n      \
//!            help: leave it out for no limit"
//! );
//! # Ok::<(), npivot_fabric::topology::source::ReadError>(())
//! ```

mod file;
mod problems;
mod toml_errors;

pub use file::{Position, ReadError, SourceFile, Span};
pub use problems::{Problem, Problems};
pub use toml_errors::nearest;

pub(super) use toml_errors::{one_of, parse_table, quoted};
