//! The commands on what is defined: vHBAs, pools, and how they differ from what is.

use std::path::PathBuf;

use clap::Subcommand;
use npivot_hal::{FabricName, WwnPair, Wwnn, Wwpn};

use super::Format;
use super::connected::names;

#[derive(Debug, Subcommand)]
pub(crate) enum Vhba {
    /// Define a vHBA, so that it outlives a reboot. It is not started.
    #[command(after_help = "\
Examples:
  npivot vhba define --name web1-a --wwpn 50:01:a4:a0:00:00:00:01 --wwnn 50:01:a4:a0:00:00:01:01
  npivot vhba define --name web1-a --wwpn 5001a4a000000001 --wwnn 5001a4a000000101 \\
      --parent-wwn 2100001b32a9da01/2000001b32a9da01
  npivot vhba define --name scratch
  npivot vhba define examples/xml/vhba-web1-a.xml

A file is a node device as `virsh nodedev-create` reads it, with a <name> (or --name).
Without names, new ones are drawn that nobody has, as far as the host and its SAN can be
asked; somebody must zone and mask them. Without a parent, one is chosen at each start: online, able to have vports, with some to
spare; of those the one with the fewest vports. A parent by number may be another adapter
after a reboot; by its names, or by its fabric, it is not.
The same definition again changes nothing. Another one of that name replaces it, if the
vHBA's names stay the same or it is down.")]
    Define {
        /// The vHBA as libvirt's node device XML; `-` is standard input.
        #[arg(required_unless_present = "name", conflicts_with_all = ["wwpn", "Parent"])]
        file: Option<PathBuf>,
        /// What to call it: no `/`, white space or control characters.
        #[arg(long)]
        name: Option<String>,
        /// Its port name.
        #[arg(long, requires = "wwnn")]
        wwpn: Option<Wwpn>,
        /// Its node name.
        #[arg(long, requires = "wwpn")]
        wwnn: Option<Wwnn>,
        #[command(flatten)]
        parent: Parent,
    },
    /// Make a vHBA now that nobody defines: the host's next boot ends it.
    #[command(after_help = "\
Examples:
  npivot vhba create
  npivot vhba create examples/xml/vhba-web1-a.xml
  npivot vhba create --wwpn 5001a4a000000001 --wwnn 5001a4a000000101 --parent host0

What `virsh nodedev-create` does, with the parents of `vhba define`, and waiting for the
login. Without names, new ones are drawn. A file's <name> says nothing: what is made is
called scsi_hostN.")]
    Create {
        /// The vHBA as libvirt's node device XML; `-` is standard input.
        #[arg(conflicts_with_all = ["wwpn", "Parent"])]
        file: Option<PathBuf>,
        /// Its port name.
        #[arg(long, requires = "wwnn")]
        wwpn: Option<Wwpn>,
        /// Its node name.
        #[arg(long, requires = "wwpn")]
        wwnn: Option<Wwnn>,
        #[command(flatten)]
        parent: Parent,
    },
    /// Forget a definition. A vHBA that is up stays up, as a transient one.
    #[command(after_help = "Example:\n  npivot vhba undefine web1-a")]
    Undefine {
        /// Its name.
        name: String,
    },
    /// Start a defined vHBA: choose its parent, make it there, wait until it has logged in.
    #[command(after_help = "\
Example:
  npivot vhba start web1-a

One that is there already is adopted. One that does not log in within 30 s is deleted
again; the error says so if it could not be, and `npivot reconcile` finds it then.")]
    Start {
        /// Its name.
        name: String,
    },
    /// Stop a vHBA, defined or not: delete it with the devices behind it.
    #[command(after_help = "\
Examples:
  npivot vhba stop web1-a
  npivot vhba stop scsi_host5

Refused while a pool is up on it, and while a guest uses what is behind it. What fails
leaves it as it is: stop it again.")]
    Stop {
        /// Its name, its port name, or `scsi_hostN`.
        name: String,
        /// Even if a guest uses what is behind it: its writes fail from then on.
        #[arg(long)]
        force: bool,
    },
    /// Say that a host is gone for good: another one may have its vHBA's name.
    #[command(after_help = "\
Example:
  npivot vhba release 50:01:a4:a0:00:00:00:01 --from beta

A vHBA that is up on one host of a store cannot be started on another. A host that has died
cannot give its names up itself. Make sure of it first: two hosts that are logged in with one
name write over each other. Refused if another host than the named one has it.")]
    Release {
        /// The vHBA's port name.
        wwpn: Wwpn,
        /// The host that is gone.
        #[arg(long, value_name = "HOST")]
        from: String,
    },
    /// Have a vHBA started at boot, by `npivot autostart`.
    #[command(
        after_help = "Examples:\n  npivot vhba autostart web1-a\n  npivot vhba autostart web1-a --disable"
    )]
    Autostart {
        /// Its name.
        name: String,
        /// Not any more.
        #[arg(long)]
        disable: bool,
    },
    /// Print a vHBA as libvirt's node device XML.
    #[command(after_help = "Example:\n  npivot vhba dumpxml web1-a")]
    Dumpxml {
        /// Its name, its port name, or `scsi_hostN`.
        name: String,
    },
    /// List the vHBAs: those that are defined, then the transient ones.
    #[command(after_help = "\
Examples:
  npivot vhba list
  npivot vhba list --format json | jq -r '.[] | select(.state == null) | .name'")]
    List {
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// How a vHBA's parent is chosen.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct Parent {
    /// The parent by number: `scsi_host0` or `host0`.
    #[arg(long = "parent", id = "parent", value_name = "ADAPTER")]
    pub(crate) name: Option<String>,
    /// The parent by its own names.
    #[arg(long = "parent-wwn", value_name = "WWPN/WWNN", value_parser = names)]
    pub(crate) names: Option<WwnPair>,
    /// Any parent that is logged in to this fabric.
    #[arg(long = "parent-fabric", value_name = "WWN")]
    pub(crate) fabric: Option<FabricName>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Pool {
    /// Define a pool from libvirt's XML. It is not started.
    #[command(after_help = "\
Examples:
  npivot pool define examples/xml/web1-a.xml
  virsh pool-dumpxml --inactive web1-a | npivot pool define -

The same definition again changes nothing. Another one of that name and UUID replaces it,
if the pool's vHBAs stay the same or it is down. Refused if another pool has one of its
names: its own, its UUID, or one of its vHBAs'.")]
    Define {
        /// The file; `-` is standard input.
        file: PathBuf,
    },
    /// Forget a pool, which must be down.
    #[command(after_help = "Example:\n  npivot pool undefine web1-a")]
    Undefine {
        /// Its name or UUID.
        pool: String,
    },
    /// Start a pool: bring its vHBAs up and wait for its LUNs.
    #[command(after_help = "\
Example:
  npivot pool start web1-a

It waits until the LUNs that the definition expects are there, or where it expects none,
until nothing more comes; never longer than its deadline, 30 s if it names none. Exit code
1 if not all is there by then: the pool is up with what is there, the rest appears when it
comes. If no vHBA can be brought up, none is left behind, unless the error says so.")]
    Start {
        /// Its name or UUID.
        pool: String,
    },
    /// Stop a pool: delete the vHBAs that it manages, with the devices behind them.
    #[command(after_help = "\
Example:
  npivot pool stop web1-a

Refused while a guest uses one of its volumes. If a vHBA cannot be deleted, the pool
counts as up: stop it again.")]
    Stop {
        /// Its name or UUID.
        pool: String,
        /// Even if a guest uses one of its volumes: its writes fail from then on.
        #[arg(long)]
        force: bool,
    },
    /// Have the kernel look for LUNs that it has not found by itself.
    #[command(after_help = "Example:\n  npivot pool refresh web1-a")]
    Refresh {
        /// Its name or UUID.
        pool: String,
    },
    /// Have a pool started at boot, by `npivot autostart`.
    #[command(
        after_help = "Examples:\n  npivot pool autostart web1-a\n  npivot pool autostart web1-a --disable"
    )]
    Autostart {
        /// Its name or UUID.
        pool: String,
        /// Not any more.
        #[arg(long)]
        disable: bool,
    },
    /// Print a pool's definition as libvirt's XML.
    #[command(after_help = "Example:\n  npivot pool dumpxml web1-a | virsh pool-define /dev/stdin")]
    Dumpxml {
        /// Its name or UUID.
        pool: String,
    },
    /// List the pools.
    #[command(after_help = "Example:\n  npivot pool list --format json | jq -r '.[].name'")]
    List {
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show one pool: its vHBAs, how many volumes, how much they hold.
    #[command(after_help = "Example:\n  npivot pool info web1-a")]
    Info {
        /// Its name or UUID.
        pool: String,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// List a pool's volumes, one per logical unit whatever paths it has; each path is asked who it is.
    #[command(after_help = "\
Examples:
  npivot pool volumes web1-a
  npivot pool volumes web1-a --format json | jq -r '.volumes[] | .by_id, .paths[].by_path'

A volume's name is its identity, which is the same on every host and after every reboot.
ALIAS is libvirt's name for one of its paths, a number of the moment. In PATHS, the ones
that can be used are counted before the slash. Exit code 1 if a path is stale or cannot
be read: it is listed below, and never handed out.")]
    Volumes {
        /// Its name or UUID.
        pool: String,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// `npivot reconcile`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  npivot reconcile --dry-run
  npivot reconcile

Compares what is defined, and what was started, with what the host has: a vport that was
deleted by hand, a start that was cut short, a vHBA left by something that nobody wants
any more. Exit code 1 if something could not be done, and with --dry-run if there is
something to do. What could not be done is found again by the next run.")]
pub(crate) struct Reconcile {
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// `npivot autostart`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  npivot autostart
  npivot autostart --wait 60

For boot; npivot-autostart.service runs it. What was up before and does not start at boot
is noted as down. With --wait, what could not be started is tried again whenever something
happens on an adapter. One that fails keeps none of the others: what was started and what
was not, and why, is listed. Exit code 1 if something was not.")]
pub(crate) struct Autostart {
    /// Try again what fails, for so many seconds: adapters may not have logged in yet.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) wait: u64,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}
