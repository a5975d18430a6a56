//! The commands that work on a connection.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Subcommand, ValueEnum};
use npivot_conformance::Group;
use npivot_hal::{HostNo, ScsiAddress, WwnPair, Wwnn, Wwpn};

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Host {
    /// List the adapters, physical and virtual.
    #[command(after_help = "\
Examples:
  npivot host list
  npivot -c sim:examples/two-fabrics.toml#alpha host list --format json | jq '.[].wwpn'")]
    List {
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show one adapter: its port, its vports, the remote ports that it knows.
    #[command(after_help = "\
Examples:
  npivot host show host0
  npivot -c sim:examples/two-fabrics.toml#alpha host show 21:00:00:1b:32:a9:da:01")]
    Show {
        /// The adapter: `host5`, `5`, or its port name.
        adapter: Adapter,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print one adapter as a node device of libvirt's.
    #[command(after_help = "\
Examples:
  npivot host dumpxml scsi_host0
  npivot -c sim:examples/two-fabrics.toml#alpha host dumpxml host0 --form virtual-functions

What libvirt has no place for is in npivot's namespace, which libvirt reads past; its
schema does not: `--form schema` leaves it out.")]
    Dumpxml {
        /// The adapter: `scsi_host5`, `host5`, `5`, or its port name.
        adapter: Adapter,
        /// What it tells beyond libvirt, and in which words.
        #[arg(long, value_enum, default_value_t = DeviceForm::Libvirt)]
        form: DeviceForm,
    },
    /// Show what hangs off what: adapters, vports, targets, logical units.
    #[command(after_help = "Example:\n  npivot -c sim:examples/two-fabrics.toml#alpha host tree")]
    Tree {
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print what happens, one line each, until interrupted.
    #[command(after_help = "\
Examples:
  npivot host events
  npivot host events --for 60 --format json

An event says where to look, not what is now so. `lost` means that some were missed:
read everything anew. A simulated host is quiet until somebody does something.")]
    Events {
        /// Stop after this many seconds.
        #[arg(long = "for", value_name = "SECONDS")]
        secs: Option<u64>,
        /// How to print them; JSON is one object per line.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// How `npivot host dumpxml` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceForm {
    /// As libvirt, with state, vendor, address and vHBAs in npivot's namespace.
    Libvirt,
    /// The same, with HBA and vHBA naming each other as the PCI functions of SR-IOV do.
    VirtualFunctions,
    /// Only what libvirt's schema has.
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lun {
    /// List the paths: address, device, target, identity.
    #[command(after_help = "\
Examples:
  npivot lun list
  npivot lun list --adapter host3 --format json | jq -r '.[].identity' | sort | uniq -c")]
    List {
        /// Only this adapter: `host5`, `5`, or its port name.
        #[arg(long)]
        adapter: Option<Adapter>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Ask the devices of a logical unit what they are now: identity, serial number, size, reservations.
    #[command(after_help = "\
Examples:
  npivot lun show 5:0:1:0
  npivot lun show sda
  npivot lun show naa.600140500000000a0000000000000001

Exit code 1 if nothing has this name, or if a path is stale: its device says that it is
another volume than the host believes.")]
    Show {
        /// A SCSI address `H:C:T:L`, a block device, or an identity as in sysfs' `wwid`.
        lun: LunName,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Vport {
    /// Make a vport and wait until it has logged in.
    #[command(after_help = "\
Example:
  npivot -c sim:examples/two-fabrics.toml#alpha \\
      vport create --parent host0 50:01:a4:a0:00:00:00:01 50:01:a4:a0:00:00:01:01

Exit code 1 if it was made and has not logged in within the time given: it stays.
A simulated SAN is booted anew by each command, unless --state keeps it.")]
    Create {
        /// The adapter to make it on: `host5`, `5`, or its port name.
        #[arg(long)]
        parent: Adapter,
        /// Its port name.
        wwpn: Wwpn,
        /// Its node name.
        wwnn: Wwnn,
        /// How long to wait for its login, in seconds; 0 does not wait.
        #[arg(long, default_value_t = 10, value_name = "SECONDS")]
        wait: u64,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Delete a vport with everything behind it.
    #[command(after_help = "\
Example:
  npivot vport delete 50:01:a4:a0:00:00:00:01

Flush and close what uses its devices first: they go with it. A vport that is not there
is no error.")]
    Delete {
        /// Its port name.
        wwpn: Wwpn,
        /// Its parent, where two adapters have a vport of this name.
        #[arg(long)]
        parent: Option<Adapter>,
    },
    /// List the vports.
    #[command(after_help = "Example:\n  npivot vport list --parent host0 --format json")]
    List {
        /// Only those of this adapter.
        #[arg(long)]
        parent: Option<Adapter>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// `npivot conform`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  npivot conform -c sim:examples/two-fabrics.toml#alpha
  npivot conform -c tree:examples/two-fabrics.toml#alpha --format junit > conform.xml
  npivot conform -c sysfs: --group inventory --group identity

On a real machine only the cases that read are run, unless you allow more: `changes`
makes and deletes vports, `disturbs` resets links too.
Exit code 1 if a case fails, and if there is no Fibre Channel to prove anything on; 2 if no
case was selected.")]
pub(crate) struct Conform {
    /// Only this group of cases; may be given several times.
    #[arg(long = "group", value_name = "GROUP")]
    pub(crate) groups: Vec<Group>,
    /// Only cases whose name begins so; may be given several times.
    #[arg(long = "case", value_name = "NAME")]
    pub(crate) cases: Vec<String>,
    /// What the cases may do; default: everything in a simulation, only read elsewhere.
    #[arg(long, value_enum)]
    pub(crate) allow: Option<Allow>,
    /// Names that nothing on the SAN uses, for cases to make vports of; may be given several times.
    #[arg(long = "spare", value_name = "WWPN/WWNN", value_parser = names)]
    pub(crate) spare: Vec<WwnPair>,
    /// List the cases and what each proves, and run none.
    #[arg(long)]
    pub(crate) list: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

/// What conformance cases may do to a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Allow {
    /// Read.
    Reads,
    /// Make and delete vports, zones, host groups.
    Changes,
    /// Reset links and pull cables.
    Disturbs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A table.
    Text,
    /// For programs.
    Json,
    /// For CI systems.
    Junit,
}

/// `npivot export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  npivot export examples/two-fabrics.toml --host alpha /tmp/alpha
  lsscsi -t --sysfsroot=/tmp/alpha/sys
  lsblk --sysroot /tmp/alpha -o NAME,TRAN,HCTL,SIZE
  npivot -c sysfs:/tmp/alpha host tree

The SAN is booted first. A picture of one instant: writing into it changes files only.")]
pub(crate) struct ExportArgs {
    /// The topology file, or a scenario file that names one.
    pub(crate) topology: PathBuf,
    /// The host.
    #[arg(long)]
    pub(crate) host: String,
    /// The directory, which must not exist or be empty.
    pub(crate) directory: PathBuf,
    /// Make vports first, on the host's first adapters in turn: `WWPN/WWNN`; may be given several times.
    #[arg(long = "vport", value_name = "WWPN/WWNN", value_parser = names)]
    pub(crate) vports: Vec<WwnPair>,
    /// Only what inventory programs read: a tenth of the files.
    #[arg(long)]
    pub(crate) needed: bool,
    /// Link files that are equal to each other: writing to one changes all.
    #[arg(long)]
    pub(crate) hard_links: bool,
}

/// `npivot capture`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  npivot capture -o this-machine.txt
  npivot capture --root /mnt/rescue --phase before -o -
  npivot -c sysfs:this-machine.txt host tree

Only Fibre Channel is written: adapters, remote ports, vports, their devices. Serial
numbers are left out unless asked for; WWNs and identities are not.")]
pub(crate) struct Capture {
    /// The root of the machine's file system, or a sysfs itself; as `-c sysfs:DIR`. Default: this machine's.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The file to write, which must not exist; `-` is standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// What to call this moment; an archive may have several.
    #[arg(long, default_value = "captured", value_parser = phase_name)]
    pub(crate) phase: String,
    /// With serial numbers.
    #[arg(long)]
    pub(crate) serials: bool,
}

/// What a moment of a capture can be called.
fn phase_name(text: &str) -> Result<String, String> {
    if npivot_sysfs::archive::is_phase_name(text) {
        return Ok(text.to_owned());
    }
    Err("expected a name, with no white space around it and no control characters".into())
}

/// A port name and a node name with a slash between them.
pub(super) fn names(text: &str) -> Result<WwnPair, String> {
    let pair = text.split_once('/').ok_or_else(|| format!("`{text}`: expected WWPN/WWNN"))?;
    let wwpn: Wwpn = pair.0.parse().map_err(|error| format!("{error}"))?;
    let wwnn: Wwnn = pair.1.parse().map_err(|error| format!("{error}"))?;
    Ok(WwnPair::new(wwpn, wwnn))
}

/// An adapter as people name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adapter {
    /// By number.
    No(HostNo),
    /// By port name.
    Wwpn(Wwpn),
}

impl FromStr for Adapter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("scsi_").unwrap_or(text);
        if let Ok(no) = name.strip_prefix("host").unwrap_or(name).parse() {
            return Ok(Self::No(HostNo(no)));
        }
        text.parse().map(Self::Wwpn).map_err(|_| {
            format!("`{text}` is no adapter: expected `host5`, `5`, or a port name of 16 digits")
        })
    }
}

impl std::fmt::Display for Adapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::No(no) => no.fmt(f),
            Self::Wwpn(wwpn) => wwpn.with_colons().fmt(f),
        }
    }
}

/// A logical unit as people name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LunName {
    /// One path.
    Address(ScsiAddress),
    /// A block device, or an identity.
    Word(String),
}

impl FromStr for LunName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = || Self::Word(text.strip_prefix("/dev/").unwrap_or(text).to_owned());
        Ok(text.parse().map_or_else(|_| word(), Self::Address))
    }
}
