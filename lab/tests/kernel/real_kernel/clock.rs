//! Time that jumps.

use super::{finish, machine, text};
use npivot_lab::kernel::{Clock, KernelError, Program};
use npivot_wire::ethernet::Mac;

/// A day passes within the limit, and the clock shows it.
#[test]
fn a_travelling_clock_does_not_wait() {
    let mut machine = machine();
    machine.clock(Clock::Travel).travel_start_secs(1_000_000_000);
    let finished = finish(machine, &Program::new(["sh", "-c", "date +%s; sleep 86400; date +%s"]));
    let times: Vec<u64> =
        text(&finished.stdout).lines().map(|line| line.parse().unwrap()).collect();
    let [before, after] = times[..] else { panic!("{finished:?}") };
    assert!((1_000_000_000..1_000_000_010).contains(&before), "{before}");
    assert!((86_400..86_402).contains(&(after - before)), "{before} {after}");
}

#[test]
fn a_program_beside_has_the_other_end() {
    let program = Program::new(["sh", "-c", "cat /sys/class/net/v1/mtu; exec sleep infinity"]);
    let mut machine = machine();
    machine.clock(Clock::Travel).beside(Mac([2, 0, 0, 0, 0, 1]), program);
    let script = "cat /sys/class/net/v0/address /sys/class/fc_host/host0/port_name; sleep 20; \
                  cat /sys/class/net/v1/statistics/rx_packets";
    let finished = finish(machine, &Program::new(["sh", "-c", script]));
    let lines: Vec<&str> = text(&finished.stdout).lines().collect();
    assert_eq!(lines[..2], ["02:00:00:00:00:01", "0x2000020000000001"], "{finished:?}");
    assert!(lines[2].parse::<u32>().unwrap() > 0, "solicitations arrive there");
    assert_eq!(text(&finished.beside), "2500\n");
}

#[test]
fn a_travelling_clock_has_no_wires() {
    let mut machine = machine();
    let _wire = machine.nic(Mac([2, 0, 0, 0, 0, 1])).unwrap();
    machine.clock(Clock::Travel);
    let error = machine.boot(&Program::new(["true"])).unwrap_err();
    assert!(matches!(&error, KernelError::Refused(why) if why.contains("exclude")), "{error}");
}

#[test]
fn twice_the_same_is_the_same() {
    let once = || {
        let mut machine = machine();
        let beside = Program::new(["sleep", "infinity"]);
        machine.clock(Clock::Travel).beside(Mac([2, 0, 0, 0, 0, 1]), beside);
        let script = "cat /proc/uptime; sleep 3.7; cat /proc/uptime; date +%s.%N; \
                      cat /sys/class/fc_host/host0/port_state /sys/class/net/v1/statistics/rx_bytes";
        finish(machine, &Program::new(["sh", "-c", script]))
    };
    assert_eq!(once(), once());
}
