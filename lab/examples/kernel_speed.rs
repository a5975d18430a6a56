//! What a machine of the lab costs: from boot to a command's status, on both clocks, and its memory.
//!
//! ```sh
//! cargo xtask kernel
//! cargo run --release -p npivot-lab --example kernel_speed
//! ```

use std::error::Error;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use npivot_lab::kernel::{Clock, Kernel, Machine, Program, Running};
use npivot_wire::ethernet::Mac;
use rustix::event::{PollFd, PollFlags, poll};

/// How often each is done; the median counts.
const TIMES: usize = 15;
const LIMIT: Duration = Duration::from_mins(2);
const MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);

type Outcome<T> = Result<T, Box<dyn Error>>;

#[expect(clippy::disallowed_methods, reason = "real time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Outcome<()> {
    let kernel = Kernel::find()?;
    println!("kernel                          {:>8} KiB", fs::metadata(kernel.path())?.len() >> 10);
    let row = |what: &str, set: &dyn Fn(&mut Machine), command: &Program| -> Outcome<()> {
        let mut took = vec![];
        for _ in 0..TIMES {
            let mut machine = Machine::new(kernel.clone());
            set(&mut machine);
            let start = now();
            let finished = machine.boot(command)?.wait(LIMIT)?;
            took.push(start.elapsed());
            assert_eq!(finished.status, 0, "{finished:?}");
        }
        took.sort_unstable();
        let (least, median) = (took[0], took[TIMES / 2]);
        println!("{what:<32}{:>8} ms (least {} ms)", median.as_millis(), least.as_millis());
        Ok(())
    };
    let nothing = Program::new(["true"]);
    row("boot, true", &|_| {}, &nothing)?;
    let travelling = |machine: &mut Machine| {
        machine.clock(Clock::Travel);
    };
    row("boot, true, travelling", &travelling, &nothing)?;
    let idle = Program::new(["sleep", "infinity"]);
    let beside = |machine: &mut Machine| {
        machine.clock(Clock::Travel).beside(MAC, idle.clone());
    };
    row("boot, FCoE, true, travelling", &beside, &nothing)?;
    row("boot, FCoE, sleep 60, travelling", &beside, &Program::new(["sleep", "60"]))?;
    let mut machine = Machine::new(kernel.clone());
    let _wire = machine.nic(MAC)?;
    let running = until_it_runs(machine.boot(&Program::new(["sleep", "infinity"]))?)?;
    println!("memory of 256 MiB, touched      {:>8} KiB", memory_kib(&running)?);
    Ok(())
}

/// Waits until the command runs.
fn until_it_runs(mut running: Running) -> Outcome<Running> {
    while running.phase() != "running the command" {
        poll(&mut [PollFd::from_borrowed_fd(running.as_fd(), PollFlags::IN)], None)?;
        running.look(&mut io::sink(), &mut io::sink())?;
    }
    Ok(running)
}

/// What a machine's processes have in memory, each page counted once.
fn memory_kib(running: &Running) -> Outcome<u64> {
    let room = running.room().to_string_lossy().into_owned();
    let mut sum = 0;
    for entry in fs::read_dir("/proc")?.filter_map(Result::ok) {
        let file = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        if String::from_utf8_lossy(&file("cmdline")).contains(&room) {
            let rollup = String::from_utf8_lossy(&file("smaps_rollup")).into_owned();
            let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
            sum +=
                pss.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}
