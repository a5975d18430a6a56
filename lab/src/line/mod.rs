//! A line into a kernel: what a Linux machine's files, devices and messages are, and a guest that writes to its
//! disks, from outside of it.
//!
//! ```text
//!  outside                                       inside, where the kernel is
//!  ────────────────────────────                  ─────────────────────────────────────
//!  SysfsHost ── Files ────────┐                  ┌── RootFiles      /sys
//!            ── Passthrough ──┤── Line ══ serve ─┤── SgIo           /dev/sg*, /dev/sd*
//!            ── Messages ─────┘                  ├── NetlinkMessages
//!  KernelGuest ── orders ─────┘                  └── a writer       /dev/sd*
//! ```
//!
//! What goes over the line are the ports of the Linux backend, not the HAL: the whole of the backend runs, outside,
//! and the kernel is at the end of a wire. Any stream will do; the lab's is a console of the machine.
//!
//! **Start here**: [`Line::over`] outside, [`serve`] inside.
//!
//! Frames are a length (4 bytes, big-endian) and a value in postcard's encoding, at most [`MAX_FRAME_BYTES`]. A line
//! that is broken, or that has not answered a call in time, stays broken: each call is an error from then on.
//!
//! | file | what |
//! |---|---|
//! | `frame` | values on a stream |
//! | `words` | what is said, both ways |
//! | `call` | [`Line`]: asks, and waits for the answer |
//! | `ports` | the Linux backend's ports over a line |
//! | `served` | the other end |

mod call;
mod frame;
mod ports;
mod served;
mod words;

#[cfg(test)]
mod tests;

pub use call::{Line, LineError};
pub use frame::MAX_FRAME_BYTES;
pub use ports::{LineDevices, LineFiles, LineMessages};
pub use served::{Ground, serve, serve_terminal};
pub use words::{GuestOrder, GuestReport};

use std::sync::Arc;

use npivot_sysfs::SysfsHost;
use npivot_sysfs::events::Pace;

/// The Linux backend on the machine at the other end, called so.
pub fn linux_host(line: &Arc<Line>, name: impl Into<String>) -> SysfsHost {
    let mut pace = Pace::default();
    pace.first_look_blocks = true;
    SysfsHost::new(name, Arc::new(LineFiles::new(line)))
        .with_passthrough(Arc::new(LineDevices::new(line)))
        .with_messages(Arc::new(LineMessages::new(line)))
        .with_pace(pace)
}
