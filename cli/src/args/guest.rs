//! The commands for guests and for libvirt's hooks.

use std::path::PathBuf;

use clap::Subcommand;

use super::Format;

/// Where npivot's links to devices are.
#[derive(Debug, clap::Args)]
pub(crate) struct LinksAt {
    /// The directory of npivot's links. Default: on this machine /run/npivot/guests, to which /dev/npivot is
    /// made to lead; for a simulated SAN that is kept with --state store.links in that directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) links: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Guest {
    /// Turn a guest's storage into this host's devices, or say everything that is in the way.
    #[command(after_help = "\
Examples:
  npivot guest resolve web1.xml -o web1-here.xml && virsh define web1-here.xml
  npivot guest resolve web1.xml --check
  virsh dumpxml web1 | npivot guest resolve - --record

Reads libvirt's XML: disks of type volume, block and fc (a LUN behind a vHBA: <source wwnn=
wwpn= lun=/>), passed-through SCSI devices. Each LUN must be there, be the one that it is
said to be, and be used by nobody else. What only npivot understands becomes a link of
npivot's, which stays true over reboots; each other byte stays as it was. Nothing is
claimed or made: the hook does that when the guest starts.
Exit code 1 if the guest is refused, as a whole; then nothing is written.")]
    Resolve {
        /// The guest's definition; `-` is standard input.
        guest: PathBuf,
        /// Only say what was found.
        #[arg(long, conflicts_with_all = ["output", "record"])]
        check: bool,
        /// Write the definition to this file, whole or not at all; `-` is standard output.
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
        /// Record which LUN each device is in the guest's metadata: a number that leads to another LUN
        /// later, here or on another host, is noticed then.
        #[arg(long)]
        record: bool,
        /// The guest comes with its memory, from another host or a file: numbers are not believed.
        #[arg(long)]
        arriving: bool,
        /// How to print what was found by --check.
        #[arg(long, value_enum, default_value_t = Format::Text, requires = "check")]
        format: Format,
    },
    /// Give up all that a guest has claimed on this host, and links that nobody else uses.
    #[command(after_help = "\
Examples:
  npivot guest release web1
  npivot guest release 9d6f7f0e-3c1b-4e8e-a0a5-2f6d4a1c0b11

For a guest that is gone without libvirt having said so; a boot of the host ends what was
claimed before it. Its claims are all given up, or
none; a link that could not be removed is told, and goes with the next reboot.")]
    Release {
        /// Its name or UUID.
        guest: String,
        #[command(flatten)]
        links: LinksAt,
    },
    /// List who uses which LUN.
    #[command(after_help = "Example:\n  npivot guest list --format json | jq -r '.[].lun'")]
    List {
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Hook {
    /// libvirt's hook for QEMU guests: check, claim and link their LUNs; refuse those that lack some.
    #[command(after_help = "\
Example, as /etc/libvirt/hooks/qemu.d/npivot (executable; then restart libvirt's daemon):
  #!/bin/sh
  exec npivot hook qemu \"$@\"

libvirt gives GUEST OPERATION SUB-OPERATION EXTRA, and the guest's definition on standard
input. Standard output is a definition that replaces it, or nothing. Exit code 1 refuses
the guest; why is on standard error, which libvirt puts into its own error.")]
    Qemu {
        #[command(flatten)]
        links: LinksAt,
        /// GUEST OPERATION SUB-OPERATION EXTRA.
        #[arg(value_name = "WORD", trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}
