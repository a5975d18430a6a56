//! The real sockets of this machine.

use std::process::Command;

use nix::sys::socket::{getsockname, recv, sendto};

use super::*;
use crate::events::uevent;

/// Set in a test that was started again within a network namespace of its own.
const WITHIN: &str = "NPIVOT_TEST_WITHIN_NAMESPACE";

/// Makes the kernel of this network namespace send a uevent itself (`uevent_net_rcv_skb`,
/// `lib/kobject_uevent.c`), and tells its errno: 0 when it is sent.
fn make_kernel_send(socket: &OwnedFd, text: &[u8]) -> i32 {
    let length = u32::try_from(16 + text.len()).unwrap();
    let mut request = length.to_ne_bytes().to_vec();
    request.extend(0x10_u16.to_ne_bytes());
    request.extend(0x5_u16.to_ne_bytes()); // NLM_F_REQUEST, NLM_F_ACK
    request.extend([0; 8]);
    request.extend(text);
    let kernel = NetlinkAddr::new(0, 0);
    if let Err(errno) = sendto(socket.as_raw_fd(), &request, &kernel, MsgFlags::empty()) {
        return errno as i32;
    }
    let mut answer = [0; 4_096];
    let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty()).unwrap();
    assert!(length >= 20, "no acknowledgement");
    -i32::from_ne_bytes(*answer[16..].first_chunk().unwrap())
}

/// A message of the kernel's arrives; too many of them are a loss, after which they arrive again.
async fn receive_for_real() {
    let mut messages = NetlinkMessages::new().subscribe().unwrap();
    let mut next = async || std::future::poll_fn(|c| messages.as_mut().poll_next(c)).await;
    let sender = open(SockProtocol::NetlinkKObjectUEvent, 0).unwrap();
    let send = |path: &str, filling: usize| {
        let filling = "x".repeat(filling);
        let text = format!("add@{path}\0ACTION=add\0DEVPATH={path}\0FILLING={filling}\0");
        make_kernel_send(&sender, text.as_bytes())
    };
    assert_eq!(send("/devices/npivot/host5", 1), 0, "the kernel refused to send");
    let Some(Message::Uevent(bytes)) = next().await else { panic!("no uevent") };
    let read = uevent::parse(&bytes).unwrap();
    assert_eq!((read.action.as_str(), read.devpath.as_str()), ("add", "/devices/npivot/host5"));
    assert!(read.get("SEQNUM").is_some(), "the kernel's own key");

    for _ in 0..40_000 {
        let _ = send("/devices/npivot/host6", 1_000);
    }
    let mut received = 0;
    loop {
        match next().await.expect("it does not end") {
            Message::Lost => break,
            _ => received += 1,
        }
        assert!(received < 40_000, "nothing was lost");
    }
    println!("lost after {received} messages");
    loop {
        // What fitted into the buffer is still there.
        let _ = send("/devices/npivot/host7", 1);
        let message = next().await.expect("it goes on after a loss");
        let Message::Uevent(bytes) = message else { continue };
        if uevent::parse(&bytes).unwrap().devpath.ends_with("host7") {
            return;
        }
    }
}

#[test]
fn the_real_kernels_messages_in_a_namespace_of_ones_own() {
    if std::env::var_os(WITHIN).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(receive_for_real());
    }
    let name = "events::netlink::tests::the_real_kernels_messages_in_a_namespace_of_ones_own";
    let permitted = Command::new("unshare").args(["-Urn", "true"]).output();
    if !permitted.as_ref().is_ok_and(|output| output.status.success()) {
        // What is left to show is that the sockets open or say why not: the tests below.
        println!("no network namespace of one's own here: {permitted:?}");
        return;
    }
    let own = std::env::current_exe().unwrap();
    let mut again = Command::new("unshare");
    again.arg("-Urn").arg(own).args(["--exact", name, "--nocapture"]).env(WITHIN, "1");
    let output = again.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}

/// How many messages of a program's, not the kernel's, come to a socket for uevents and are passed over.
fn what_strangers_send() -> Result<usize, Errno> {
    let protocol = SockProtocol::NetlinkKObjectUEvent;
    let socket = open(protocol, UEVENT_GROUP)?;
    let own: NetlinkAddr = getsockname(socket.as_raw_fd())?;
    let stranger = open(protocol, 0)?;
    let forged = b"add@/devices/host0\0ACTION=add\0DEVPATH=/devices/host0\0FORGED=1\0";
    let to = NetlinkAddr::new(own.pid(), 0);
    sendto(stranger.as_raw_fd(), forged, &to, MsgFlags::empty())?;
    // It is delivered when the call returns.
    let mut buffer = vec![0; LONGEST];
    let mut foreign = 0;
    loop {
        match receive(&socket, &mut buffer) {
            Ok(Received::Foreign) => foreign += 1,
            // The kernel itself may say something meanwhile.
            Ok(Received::Message(length)) => {
                let forged = buffer[..length].windows(6).any(|part| part == b"FORGED");
                assert!(!forged, "a forged message was believed");
            }
            Ok(Received::Cut) => panic!("a message longer than any"),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(foreign),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_message_that_is_not_the_kernels_is_not_believed() {
    match what_strangers_send() {
        Ok(foreign) => assert_eq!(foreign, 1),
        Err(errno @ (Errno::EPERM | Errno::EACCES | Errno::ECONNREFUSED)) => {
            // Then nobody without privilege can forge any; that the sockets are there is shown below.
            println!("sending to a uevent socket is refused here: {errno}");
        }
        Err(errno) => panic!("neither sent nor refused: {errno}"),
    }
}

#[tokio::test]
async fn the_kernels_sockets_are_opened_and_what_is_missing_is_said() {
    let messages = NetlinkMessages::new();
    assert_eq!(messages.missing_fc_socket(), None, "not tried yet");
    let first = messages.subscribe();
    let second = messages.subscribe();
    match (first, second) {
        (Ok(_), Ok(_)) => {
            if let Some(missing) = messages.missing_fc_socket() {
                println!("{missing}");
                let errnos = [Errno::EPROTONOSUPPORT as i32, Errno::EPERM as i32];
                assert!(errnos.contains(&missing.errno()), "{missing}");
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            println!("no socket for uevents here: {error}");
            assert!(error.raw_os_error().is_some(), "{error}");
        }
    }
}

#[test]
fn without_a_runtime_it_is_an_error() {
    assert!(NetlinkMessages::new().subscribe().is_err());
}
