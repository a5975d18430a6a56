//! What the kernel says of a network interface (`rtnetlink(7)`).

use std::io;
use std::os::fd::AsRawFd;

use nix::libc;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket,
};

/// A message's header, and the part that all messages of interfaces begin with, in bytes: the attributes follow.
const HEAD_BYTES: usize = 16 + 16;

/// The kind of an answer that says that there is none: NLMSG_ERROR (linux/netlink.h).
const NO_SUCH: u16 = 2;

/// The MTU of an interface, in bytes; `None` if the kernel does not tell it, or there is no such interface.
///
/// The socket's own network namespace is asked, which `/sys/class/net` may not be of.
pub(super) fn mtu(index: usize) -> Option<u32> {
    let index = i32::try_from(index).ok()?;
    mtu_of(&ask(index).ok()?)
}

/// Whether there is an interface of this number. One that is being removed is not: the kernel answers when it is done.
pub(super) fn is_there(index: usize) -> bool {
    let answer = i32::try_from(index).ok().and_then(|index| ask(index).ok());
    // Who gets no answer at all has another problem.
    answer.is_none_or(|answer| kind_of(&answer) != Some(NO_SUCH))
}

/// The answer to a question for one interface.
fn ask(index: i32) -> io::Result<Vec<u8>> {
    let socket = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    let mut question = vec![];
    question.extend(32_u32.to_ne_bytes());
    question.extend(libc::RTM_GETLINK.to_ne_bytes());
    question.extend(1_u16.to_ne_bytes());
    question.extend([0; 12]);
    question.extend(index.to_ne_bytes());
    question.extend([0; 8]);
    sendto(socket.as_raw_fd(), &question, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut answer = vec![0; 32 << 10];
    // The kernel answers before the question's call returns.
    let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::MSG_DONTWAIT)?;
    answer.truncate(length);
    Ok(answer)
}

fn kind_of(answer: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?))
}

/// The MTU in an answer.
fn mtu_of(answer: &[u8]) -> Option<u32> {
    if kind_of(answer)? != libc::RTM_NEWLINK {
        return None;
    }
    let mut rest = answer.get(HEAD_BYTES..)?;
    while let Some((head, _)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_ne_bytes([head[0], head[1]]));
        let value = rest.get(4..length)?;
        if u16::from_ne_bytes([head[2], head[3]]) == libc::IFLA_MTU {
            return value.try_into().ok().map(u32::from_ne_bytes);
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_has_an_mtu_and_no_interface_has_none() {
        let index = nix::net::if_::if_nametoindex("lo").unwrap();
        assert!(mtu(index.try_into().unwrap()).unwrap() >= 1_280);
        assert!(is_there(index.try_into().unwrap()));
        assert_eq!((mtu(0x7fff_ffff), is_there(0x7fff_ffff)), (None, false));
    }

    #[test]
    fn an_answer_that_is_cut_off_says_nothing() {
        let index = nix::net::if_::if_nametoindex("lo").unwrap();
        let answer = ask(index.try_into().unwrap()).unwrap();
        let whole = mtu_of(&answer);
        for length in 0..answer.len() {
            assert!([None, whole].contains(&mtu_of(&answer[..length])), "{length}");
        }
    }
}
