//! The `npivot` command.
//!
//! | module | what is in it |
//! |---|---|
//! | `args` | the command line, with its help |
//! | `commands` | what each command does |
//! | `show` | a SAN as a table, JSON, a graph, a picture |
//! | `outcome` | exit codes and errors |
//! | `ink`, `progress` | what only a terminal shows: colour, signs of life |

mod args;
mod commands;
mod ink;
mod outcome;
mod progress;
mod show;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;

use args::Args;
use outcome::{Answer, Failure};

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let answer = commands::run(&args, &mut out);
    match answer.and_then(|answer| out.flush().map(|()| answer).map_err(Failure::from)) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Ok(Answer::Status(code)) => ExitCode::from(code),
        // Whoever reads has seen enough: `npivot … | head` is no failure.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            // What was printed so far comes first.
            let _ = out.flush();
            let _ = writeln!(io::stderr(), "npivot: {failure}");
            ExitCode::from(if matches!(failure, Failure::NotThere(_)) { 1 } else { 2 })
        }
    }
}
