//! However a machine ends, nothing of it is left.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{LIMIT, machine};
use npivot_lab::kernel::{Program, Running};
use npivot_wire::ethernet::Mac;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Set in the process that is killed.
const INNER: &str = "NPIVOT_TEST_TO_BE_KILLED";

/// Waits until a descriptor is readable.
fn readable(fd: &OwnedFd) {
    let limit = Timespec { tv_sec: LIMIT.as_secs().cast_signed(), tv_nsec: 0 };
    let mut fds = [PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::IN)];
    assert_eq!(poll(&mut fds, Some(&limit)), Ok(1), "nothing happens");
}

/// A machine whose command runs and does not end.
fn busy() -> Running {
    let mut running = machine().boot(&Program::new(["sleep", "infinity"])).unwrap();
    while running.phase() != "running the command" {
        let mut fds = [PollFd::from_borrowed_fd(running.as_fd(), PollFlags::IN)];
        poll(&mut fds, None).unwrap();
        assert_eq!(running.look(&mut io::sink(), &mut io::sink()).unwrap(), None);
    }
    running
}

/// The processes of a group.
fn members(group: u32) -> Vec<OwnedFd> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let ours = ids.filter(|id| stat(*id, 2) == Some(u64::from(group)));
    ours.filter_map(|id| pidfd_open(Pid::from_raw(id)?, PidfdFlags::empty()).ok()).collect()
}

/// A field of a process's state, counted from the one after its name, which is in brackets (man 5 proc_pid_stat).
fn stat(process: i32, field: usize) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(") ")?.1.split(' ').nth(field)?.parse().ok()
}

#[test]
fn dropped_it_leaves_neither_process_nor_file() {
    let running = busy();
    let room = running.room().to_owned();
    let members = members(running.process_id());
    // The kernel, its watcher, and at least the two programs in it.
    assert!(room.is_dir() && members.len() >= 4, "{members:?}");
    drop(running);
    assert!(!room.exists());
    members.iter().for_each(readable);
}

#[test]
fn it_does_not_outlive_whoever_booted_it() {
    if std::env::var_os(INNER).is_some() {
        let running = busy();
        println!("\nbooted {} {}", running.process_id(), running.room().display());
        io::stdout().flush().unwrap();
        let _ = io::stdin().read_line(&mut String::new());
        unreachable!("killed while it waits");
    }
    let mut inner = Command::new(std::env::current_exe().unwrap())
        .args(["real_kernel::end::it_does_not_outlive_whoever_booted_it", "--exact", "--nocapture"])
        .env(INNER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(inner.stdout.take().unwrap()).lines().map(Result::unwrap);
    let booted = { lines }.find_map(|line| line.strip_prefix("booted ").map(str::to_owned));
    let booted = booted.expect("the inner process boots");
    let (group, room) = booted.split_once(' ').unwrap();
    let process = Pid::from_raw(group.parse().unwrap()).unwrap();
    let process = pidfd_open(process, PidfdFlags::empty()).unwrap();
    inner.kill().unwrap();
    inner.wait().unwrap();
    readable(&process);
    assert!(!Path::new(room).exists());
}

/// What passes by, and the processor time that a process had used, in ticks, when the last of it did.
struct Stopwatch(i32, Vec<u64>);

impl io::Write for Stopwatch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.push(stat(self.0, 11).unwrap() + stat(self.0, 12).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A wire whose other end is gone is no reason to stop, or to spin.
#[test]
fn a_cut_wire_does_not_stop_it() {
    let mut machine = machine();
    drop(machine.nic(Mac([2, 0, 0, 0, 0, 1])).unwrap());
    let running = machine.boot(&Program::new(["sh", "-c", "echo; sleep 2; echo"])).unwrap();
    let mut watch = Stopwatch(running.process_id().cast_signed(), vec![]);
    assert_eq!(running.wait_with(LIMIT, &mut watch, &mut io::sink()).unwrap(), 0);
    let [before, after] = watch.1[..] else { panic!("{:?}", watch.1) };
    assert!(after - before < 100, "of two seconds, it computed {} ms", (after - before) * 10);
}
