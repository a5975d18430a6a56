//! `npivot completions` and `npivot man`.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::outcome::{Answer, Failure};

pub(super) fn completions(shell: Shell, out: &mut impl Write) -> Result<Answer, Failure> {
    // The generator panics where it cannot write: give it a buffer, which always takes it.
    let mut script = vec![];
    clap_complete::generate(shell, &mut Args::command(), "npivot", &mut script);
    out.write_all(&script)?;
    Ok(Answer::Yes)
}

pub(super) fn man(directory: Option<&Path>, out: &mut impl Write) -> Result<Answer, Failure> {
    // `help` is a way to ask, not a command with a page.
    let without_help = |command: clap::Command| command.disable_help_subcommand(true);
    let command = without_help(Args::command()).mut_subcommands(without_help);
    match directory {
        Some(directory) => clap_mangen::generate_to(command, directory)
            .map_err(|cause| Failure::Directory(directory.to_owned(), cause))?,
        None => clap_mangen::Man::new(command).render(out)?,
    }
    Ok(Answer::Yes)
}
