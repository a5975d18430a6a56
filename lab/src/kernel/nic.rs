//! The wires of a machine: a NIC in it, and an end of a socket here.

use std::os::fd::OwnedFd;

use npivot_wire::ethernet::Mac;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair, sockopt};

use super::KernelError;

/// The NICs' largest payload, in bytes: a full FC frame with its FCoE header and trailer needs 2,158, FIP's
/// solicitations are as long.
pub const MTU_BYTES: u32 = 2500;

/// How much of what is on the wire the system keeps for us, in bytes; it may grant less.
const QUEUE_BYTES: usize = 4 << 20;

/// A NIC of a machine.
#[derive(Debug)]
pub(super) struct Nic {
    mac: Mac,
    /// The machine's end.
    pub(super) end: OwnedFd,
    /// The caller's end once more, for as long as the machine runs: the kernel's driver does not take it well when
    /// nobody is there. A frame that cannot be sent makes it try again for ever, with all the processor's time.
    pub(super) kept: OwnedFd,
}

impl Nic {
    /// A NIC, and the end of its wire that stays here.
    ///
    /// One datagram is one Ethernet frame. Sockets with connections would tell the kernel that the other end
    /// is closed, again and again, without its driver doing anything about it.
    pub(super) fn wired(mac: Mac) -> Result<(Self, OwnedFd), KernelError> {
        let doing = "making the wire of a NIC";
        let pair = socketpair(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None);
        let (here, end) = pair.map_err(KernelError::os(doing))?;
        for socket in [&here, &end] {
            sockopt::set_socket_send_buffer_size(socket, QUEUE_BYTES)
                .map_err(KernelError::os(doing))?;
        }
        let kept = here.try_clone().map_err(KernelError::io(doing))?;
        Ok((Self { mac, end, kept }, here))
    }

    /// The word for it on the kernel's command line, when it is the `number`th and its end is descriptor `fd`.
    pub(super) fn word(&self, number: usize, fd: i32) -> String {
        format!("vec{number}:transport=fd,fd={fd},mtu={MTU_BYTES},mac={}", self.mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nic_is_a_word_of_the_command_line() {
        let (nic, here) = Nic::wired(Mac([2, 0, 0, 0, 0, 0xa1])).unwrap();
        assert_eq!(nic.word(1, 11), "vec1:transport=fd,fd=11,mtu=2500,mac=02:00:00:00:00:a1");
        rustix::io::write(&nic.end, b"frame").unwrap();
        let mut buffer = [0; 9];
        assert_eq!(rustix::io::read(&here, &mut buffer), Ok(5));
    }
}
