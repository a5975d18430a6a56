//! The command line.

mod connected;
mod defined;
mod fcf;
mod guest;
mod lab;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use npivot_hal::Wwpn;
use npivot_lab::connection::Uri;

pub(crate) use connected::{
    Adapter, Allow, Capture, Conform, DeviceForm, ExportArgs, Host, Lun, LunName, ReportFormat,
    Vport,
};
pub(crate) use defined::{Autostart, Parent, Pool, Reconcile, Vhba};
pub(crate) use fcf::Fcf;
pub(crate) use guest::{Guest, Hook, LinksAt};
pub(crate) use lab::{Act, Lab, LabClock, Run as LabRun, State};
pub(crate) use store::Store;

/// Above the options that all commands have.
const ON_WHAT: &str = "On what to work";

const EXIT_CODES: &str = "\
Exit codes:
  0  the answer is yes: all expectations held, the file is right, it is done
  1  the answer is no: it is not there, or not all of it; a guest is refused
  2  no answer: wrong usage, a file that cannot be read or is wrong, a refusal";

/// Fibre Channel without owning any: simulated SANs, scenarios on them, explanations.
#[derive(Debug, Parser)]
#[command(name = "npivot", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// What to look at: this machine (`sysfs:`), a directory with its sysfs (`sysfs:DIR`), a capture of
    /// another (`sysfs:ARCHIVE#PHASE`), a simulated host (`sim:TOPOLOGY#HOST`), the same through its
    /// sysfs tree (`tree:TOPOLOGY#HOST`), or a real kernel in its place (`kernel:TOPOLOGY#HOST`). For all commands that look at a host.
    #[arg(
        short = 'c',
        long = "connect",
        value_name = "URI",
        global = true,
        help_heading = ON_WHAT,
        default_value = "sysfs:",
        hide_default_value = true
    )]
    pub(crate) connect: Uri,
    #[command(flatten)]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) store: Store,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario: prints a timeline in virtual time and a verdict.
    #[command(after_help = "\
Examples:
  npivot run examples/live-migration.toml
  npivot run examples/live-migration.toml --seed 7 --format json | jq .expectations")]
    Run {
        /// The scenario file.
        scenario: PathBuf,
        /// How to print the report.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// The seed of chance, in place of the file's. The same seed prints the same bytes.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Check and show simulated SANs.
    #[command(subcommand)]
    Fabric(Fabric),
    /// Explain whether a host sees a volume: walks the layers and names the one that blocks.
    #[command(after_help = "\
Examples:
  npivot explain examples/two-fabrics.toml --host alpha --volume web1-root
  npivot explain examples/unmasked-lun.toml --host beta --volume web1-data \\
      --initiator 50:01:a4:a0:00:00:00:11

The SAN is booted first. A name that no adapter has, but a zone or a host
group, is taken as that of a vHBA to be made on one of the host's adapters.")]
    Explain {
        /// The topology file, or a scenario file that names one.
        topology: PathBuf,
        /// The host.
        #[arg(long)]
        host: String,
        /// The volume.
        #[arg(long)]
        volume: String,
        /// The array, where two have a volume of this name.
        #[arg(long)]
        array: Option<String>,
        /// Only this port name: an adapter's, or that of a vHBA to be made.
        #[arg(long)]
        initiator: Option<Wwpn>,
        /// How to print the explanation.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Look at a host: its adapters, what hangs off them, what happens on them.
    #[command(subcommand)]
    Host(Host),
    /// Look at a host's paths to logical units, and ask the devices behind them.
    #[command(subcommand)]
    Lun(Lun),
    /// Make, delete and list virtual N_Ports (NPIV).
    #[command(subcommand)]
    Vport(Vport),
    /// Define vHBAs that outlive a reboot; start, stop and list them.
    #[command(subcommand)]
    Vhba(Vhba),
    /// Define storage pools on vHBAs, as libvirt does; start, stop and list them and their volumes.
    #[command(subcommand)]
    Pool(Pool),
    /// Find what differs between what is defined and what the host has, and mend it.
    Reconcile(Reconcile),
    /// Start what starts at boot.
    Autostart(Autostart),
    /// Resolve guests' storage; say and end who uses what.
    #[command(subcommand)]
    Guest(Guest),
    /// Programs that libvirt calls.
    #[command(subcommand)]
    Hook(Hook),
    /// Real kernels on a simulated SAN; and what a simulated host cannot do itself.
    #[command(subcommand)]
    Lab(Lab),
    /// Put a simulated SAN on real wires: kernels and emulators log in to it over FCoE.
    Fcf(Fcf),
    /// Prove a backend: run the conformance suite on a connection.
    Conform(Conform),
    /// Write a simulated host's sysfs tree to a directory, for programs that can read one elsewhere.
    Export(ExportArgs),
    /// Write all that a machine's sysfs says about Fibre Channel to a file, to be looked at elsewhere.
    Capture(Capture),
    /// Print a completion script for a shell.
    #[command(after_help = "Example:\n  npivot completions bash > /etc/bash_completion.d/npivot")]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, or write one per command into a directory.
    #[command(
        after_help = "Examples:\n  npivot man | man -l -\n  npivot man /usr/local/share/man/man1"
    )]
    Man {
        /// The directory.
        directory: Option<PathBuf>,
    },
}

impl Command {
    /// Whether it looks at what is defined, and changes nothing of it.
    pub(crate) const fn only_reads(&self) -> bool {
        match self {
            Self::Vhba(command) => matches!(command, Vhba::Dumpxml { .. } | Vhba::List { .. }),
            Self::Pool(command) => matches!(
                command,
                Pool::Dumpxml { .. } | Pool::List { .. } | Pool::Info { .. } | Pool::Volumes { .. }
            ),
            Self::Reconcile(wanted) => wanted.dry_run,
            Self::Guest(command) => {
                matches!(command, Guest::Resolve { .. } | Guest::List { .. })
            }
            _ => false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fabric {
    /// Check a topology file: says `ok`, or everything that is wrong in it.
    #[command(after_help = "Example:\n  npivot fabric check examples/two-fabrics.toml")]
    Check {
        /// The topology file, or a scenario file that names one.
        topology: PathBuf,
    },
    /// Boot a topology and show it: switches, name server, zones, host groups.
    #[command(after_help = "\
Examples:
  npivot fabric show examples/two-fabrics.toml
  npivot fabric show examples/two-fabrics.toml --format svg > san.svg
  npivot fabric show examples/two-fabrics.toml --format dot | dot -Tpdf > san.pdf
  npivot fabric show examples/two-fabrics.toml --format json | jq '.hosts[].ports[]'

The SAN is booted first: the name server has who could log in. In JSON, WWNs are
16 hexadecimal digits, as in sysfs; fields may be added, `version` counts other
changes.")]
    Show {
        /// The topology file, or a scenario file that names one.
        topology: PathBuf,
        /// How to show it.
        #[arg(long, value_enum, default_value_t = Picture::Text)]
        format: Picture,
        /// Only this fabric.
        #[arg(long)]
        fabric: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Picture {
    /// Tables.
    Text,
    /// For programs.
    Json,
    /// For GraphViz.
    Dot,
    /// A picture.
    Svg,
}
