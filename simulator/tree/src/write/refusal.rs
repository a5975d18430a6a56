//! With which number a write returns that the world refuses.

use npivot_fabric::host::IoFailure;
use npivot_fabric::world::Refusal;

use crate::Errno;

/// What the kernel answers for a refusal. A vport's refusals carry the number of the host's driver.
pub fn errno_of(refusal: &Refusal) -> Errno {
    match refusal {
        Refusal::Vport(refusal) => Errno(refusal.errno),
        // The file was there when it was opened, the device is gone.
        Refusal::NoSuch(_) | Refusal::NoAdapter(_) | Refusal::NoDevice(_) => Errno::ENODEV,
        Refusal::Busy(_) => Errno::EBUSY,
        Refusal::Already(_) => Errno::EALREADY,
        Refusal::Io(IoFailure::Held) => Errno::EAGAIN,
        Refusal::Io(_) => Errno::EIO,
        _ => Errno::EINVAL,
    }
}
