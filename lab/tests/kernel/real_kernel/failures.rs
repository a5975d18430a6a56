//! What goes wrong is told apart from a command that failed.

use std::time::Duration;

use super::{LIMIT, machine};
use npivot_lab::kernel::{Kernel, KernelError, Machine, Program};
use npivot_wire::ethernet::Mac;
use rustix::system::RebootCommand;

/// Set in the machine that restarts itself.
const INNER: &str = "NPIVOT_TEST_RESTARTS";

#[test]
fn no_kernel_says_how_to_get_one() {
    let error = Kernel::at("/no/such/linux").unwrap_err().to_string();
    assert!(error.contains("/no/such/linux") && error.contains("cargo xtask kernel"), "{error}");
}

#[test]
fn what_is_no_kernel_is_told_by_its_end() {
    let machine = Machine::new(Kernel::at("/bin/true").unwrap());
    let error = machine.boot(&Program::new(["true"])).unwrap().wait(LIMIT).unwrap_err();
    assert!(matches!(&error, KernelError::Died { phase, .. } if phase == "booting"), "{error}");
}

#[test]
fn a_command_that_never_ends_is_ended() {
    let running = machine().boot(&Program::new(["sleep", "infinity"])).unwrap();
    let error = running.wait(Duration::from_millis(100)).unwrap_err();
    assert!(matches!(&error, KernelError::TimedOut { .. }), "{error}");
}

#[test]
fn a_kernel_that_goes_down_says_its_last_words() {
    let script = "echo half; echo 2 >/proc/sys/vm/panic_on_oom; exec tail /dev/zero";
    let mut stdout = vec![];
    let mut machine = machine();
    machine.memory_mib(64);
    let running = machine.boot(&Program::new(["sh", "-c", script])).unwrap();
    let error = running.wait_with(LIMIT, &mut stdout, &mut std::io::sink()).unwrap_err();
    let KernelError::Died { phase, console, .. } = &error else { panic!("{error}") };
    assert_eq!((phase.as_str(), stdout.as_slice()), ("running the command", &b"half\n"[..]));
    assert!(console.contains("Kernel panic"), "{console}");
}

#[test]
fn a_kernel_that_restarts_is_one_that_went_down() {
    if std::env::var_os(INNER).is_some() {
        // As root of the machine, where this is run once more.
        rustix::system::reboot(RebootCommand::Restart).unwrap();
        return;
    }
    let own = std::env::current_exe().unwrap();
    let name = "real_kernel::failures::a_kernel_that_restarts_is_one_that_went_down";
    let words = [own.as_os_str(), name.as_ref(), "--exact".as_ref()];
    let running = machine().boot(&Program::new(words).env(INNER, "1")).unwrap();
    let error = running.wait(LIMIT).unwrap_err();
    let KernelError::Died { phase, console, .. } = &error else { panic!("{error}") };
    assert_eq!(phase, "running the command", "{error}");
    assert!(console.ends_with("reboot: Restarting system"), "{error}");
}

#[test]
fn a_root_without_a_shell_goes_down_at_once() {
    let empty = tempfile::tempdir_in("/var/tmp").unwrap();
    let mut machine = machine();
    machine.root(empty.path());
    let error = machine.boot(&Program::new(["true"])).unwrap().wait(LIMIT).unwrap_err();
    assert!(matches!(&error, KernelError::Died { .. }), "{error}");
    assert!(error.to_string().contains("/bin/sh"), "{error}");
}

#[test]
fn without_a_fabric_the_host_is_named() {
    let mut machine = machine();
    let wire = machine.nic(Mac([2, 0, 0, 0, 0, 1])).unwrap();
    machine.online_within_secs(1);
    let error = machine.boot(&Program::new(["true"])).unwrap().wait(LIMIT).unwrap_err();
    drop(wire);
    let KernelError::Offline { host, state, secs: 1 } = &error else { panic!("{error}") };
    assert_eq!(host, "host0", "{error}");
    assert_ne!(state, "Online");
}
