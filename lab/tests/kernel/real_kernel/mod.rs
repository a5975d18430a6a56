//! Everything here boots the kernel that `NPIVOT_KERNEL` names, or the one in the cache.

mod clock;
mod command;
mod end;
mod fabric;
mod failures;
mod files;
mod packets;
mod privilege;
mod wires;

use std::time::Duration;

use npivot_lab::kernel::{Finished, Kernel, Machine, Program};

/// Long enough for any machine that tests run on; nothing waits for it unless something is broken.
const LIMIT: Duration = Duration::from_mins(2);

/// A machine with the kernel under test.
fn machine() -> Machine {
    Machine::new(Kernel::find().unwrap_or_else(|error| panic!("{error}")))
}

/// What a command does in a machine that has nothing else.
fn run(words: &[&str]) -> Finished {
    finish(machine(), &Program::new(words))
}

fn finish(machine: Machine, program: &Program) -> Finished {
    let running = machine.boot(program).unwrap_or_else(|error| panic!("{error}"));
    running.wait(LIMIT).unwrap_or_else(|error| panic!("{error}"))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
