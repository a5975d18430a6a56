//! A real Linux kernel as a process of this machine: its FC hosts, its disks, and any program of this machine on it.
//!
//! The kernel is Linux 6.1, built for User Mode Linux by `cargo xtask kernel`. It boots in a fraction of a second and
//! needs no privilege. A [`Machine`] says what it has; [booted](Machine::boot), it runs one [`Program`] and gives
//! back its output and exit status; what it cannot is a [`KernelError`].
//!
//! ```no_run
//! use std::time::Duration;
//! use npivot_lab::kernel::{Kernel, Machine, Program};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let machine = Machine::new(Kernel::find()?);
//! let running = machine.boot(&Program::new(["sh", "-c", "uname -r; exit 7"]))?;
//! let finished = running.wait(Duration::from_secs(60))?;
//! assert_eq!(finished.status, 7);
//! # Ok(()) }
//! ```
//!
//! # Wires
//!
//! Each [`Machine::nic`] gives the other end of a wire, on which the kernel's FCoE stack looks for a fabric: whoever
//! holds it is that fabric. With [`Clock::Travel`] the fabric runs inside ([`Machine::beside`]), and time costs nothing.
//!
//! # How it works
//!
//! ```text
//!  here                                    the kernel's process
//!  ──────────────────────────────          ─────────────────────────────────────────
//!  Machine::boot ── settings, command ──►  init.sh: mounts, NICs, FCoE instances
//!  Running::look ◄─ stdout, stderr ──────  the command
//!                ◄─ status, or failed ───  init.sh
//!  SIGKILL ────────────────────────────►  all of it
//! ```
//!
//! Both sides share one directory, which the machine mounts through hostfs with every write passed on at once. The
//! machine never powers off: when there is a status, its processes are killed, as one pulls a plug. An orderly
//! power-off would wait for disks that the fabric no longer answers for.
//!
//! The command's outputs are pipes to it. What it leaves running may hold them: two seconds after its end nobody waits
//! for more.
//!
//! | module | what is in it |
//! |---|---|
//! | `binary` | [`Kernel`]: which kernel, and where it is found |
//! | `debian` | [`debian()`]: a directory with the programs of Debian, for machines to have as their root |
//! | `machine` | [`Machine`]: what is booted, and its command line |
//! | `nic` | the ends of a wire |
//! | `program` | [`Program`]: a command line as a script of a shell |
//! | `script` | what the machine's first program, `init.sh`, is told |
//! | `room` | the shared directory |
//! | `running` | [`Running`]: the process, its output, its end |
//! | `error` | [`KernelError`] |

mod binary;
mod debian;
mod error;
mod machine;
mod nic;
mod program;
mod room;
mod running;
mod script;

pub use binary::Kernel;
pub use debian::debian;
pub use error::KernelError;
pub use machine::{Clock, Machine};
pub use nic::MTU_BYTES;
pub use program::Program;
pub(crate) use room::SAN;
pub use running::{Finished, OffSwitch, Running};

/// Where a machine's programs ask for what is to be done to the simulated SAN ([`crate::act`]).
pub const SAN_INSIDE: &str = "/run/npivot/san";
