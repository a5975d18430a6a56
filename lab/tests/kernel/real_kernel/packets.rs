//! Packet sockets, in a machine that has a network of its own.

use npivot_lab::kernel::Program;
use npivot_lab::wire::Transport as _;
use npivot_lab::wire::transport::{MAX_BYTES, Packet, Sent};

use super::fabric::{TOPOLOGY, npivot};
use super::{finish, machine, text};

/// Set in the machine.
const INNER: &str = "NPIVOT_TEST_IN_A_MACHINE";

/// Runs the test of this name again, as root of a machine.
fn in_a_machine(test: &str) {
    let own = std::env::current_exe().unwrap();
    let name = format!("real_kernel::packets::{test}");
    let words = [own.as_os_str(), name.as_ref(), "--exact".as_ref(), "--nocapture".as_ref()];
    let finished = finish(machine(), &Program::new(words).env(INNER, "1"));
    let said = text(&finished.stdout);
    assert!(finished.status == 0 && said.contains("1 passed"), "{said}{}", text(&finished.stderr));
}

fn is_in_a_machine() -> bool {
    std::env::var_os(INNER).is_some()
}

/// Sends as many frames as long as a full one of FC on the loopback, each of which comes twice: as it goes, and as it comes.
fn send(to: &mut Packet, frames: u64) {
    let mut frame = vec![0; 2_158];
    // A type that nobody else listens to.
    frame[12..14].copy_from_slice(&[0x88, 0xb5]);
    for _ in 0..frames {
        assert_eq!(to.send(&frame).unwrap(), Sent::Gone);
    }
}

fn receive(from: &mut Packet) -> u64 {
    let mut buffer = vec![0; MAX_BYTES];
    let mut came = 0;
    while let Some(length) = from.receive(&mut buffer).unwrap() {
        came += u64::from(length == 2_158);
    }
    came
}

/// 64 bursts that nobody reads meanwhile arrive; what does not, since nobody reads for long, is counted.
#[test]
fn bursts_arrive_and_what_is_lost_is_counted() {
    if !is_in_a_machine() {
        return in_a_machine("bursts_arrive_and_what_is_lost_is_counted");
    }
    let [mut here, mut there] = [(); 2].map(|()| Packet::open("lo").unwrap());
    send(&mut there, 1_024);
    assert_eq!((receive(&mut here), here.lost()), (2_048, 0));
    send(&mut there, 10_000);
    let came = receive(&mut here);
    let lost = here.lost();
    assert!(lost > 0, "{came} came");
    assert_eq!(came + lost, 20_000);
    assert_eq!(here.lost(), lost, "asked again");
}

/// The forwarder notices by itself: nobody sends anything, and nobody interrupts it.
#[test]
fn an_interface_that_is_removed_closes_its_port() {
    let script = format!(
        "ip link add x0 type veth peer name x1; ip link set x0 up; ip link set x1 up
         mkfifo /run/said; {} fcf {TOPOLOGY} --port alpha:0 --transport packet:x1 2>/run/said &
         while read -r line; do
             echo \"$line\"
             case $line in *'is open at'*) ip link set x1 down; ip link set x1 up; ip link del x0;; esac
         done </run/said
         wait $!; echo $?",
        npivot().display()
    );
    let finished = finish(machine(), &Program::new(["sh", "-c", &script]));
    let said = text(&finished.stdout);
    let lines: Vec<&str> = said.lines().collect();
    let has = |part: &str| lines.iter().any(|line| line.contains(part));
    assert!(has("npivot: the MTU of x1 is 1500: FC frames of full length need 2158"), "{said}");
    assert!(has("closed: the network interface `x1` was removed"), "{said}");
    assert!(has("npivot: all ports are closed"), "{said}");
    assert_eq!(lines.last(), Some(&"1"), "{said}{}", text(&finished.stderr));
}
