//! What keeps simulated SANs, and what is done to them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use npivot_lab::connection::{Clock, Uri};
use npivot_lab::kernel::SAN_INSIDE;
use npivot_lab::state::StateDir;
use npivot_lab::wire::VolumeFile;
use npivot_wire::faults::FaultPlan;

use super::{Format, ON_WHAT};

/// The variable that stands for `--state`.
const VARIABLE: &str = "NPIVOT_STATE";

/// Where a simulated SAN is kept.
#[derive(Debug, Args)]
pub(crate) struct State {
    /// Keep the simulated SAN in this directory, which is made if it is missing: the next command finds it
    /// as this one left it. Also taken from the environment, as NPIVOT_STATE. For `sim:` and `tree:`
    /// connections; explain, fabric show and export look at it. Without it each command boots its own.
    #[arg(long, value_name = "DIR", global = true, help_heading = ON_WHAT)]
    state: Option<PathBuf>,
    /// Where another command is using that directory, wait until it has ended.
    #[arg(long, global = true, help_heading = ON_WHAT)]
    state_wait: bool,
}

impl State {
    /// The directory for a connection. One that is in the environment is for those that can be kept.
    pub(crate) fn directory_for(&self, uri: &Uri) -> Option<StateDir> {
        let kept = self.state.is_some() || uri.clock() == Clock::Virtual;
        self.directory().filter(|_| kept)
    }

    /// The directory, if one is named: on the command line, else in the environment.
    pub(crate) fn directory(&self) -> Option<StateDir> {
        let environment = || std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let path = self.state.clone().or_else(|| environment().map(PathBuf::from))?;
        Some(StateDir::new(path).waiting(self.state_wait))
    }
}

/// Real kernels on a simulated SAN.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  npivot lab run examples/kernel-lab.toml --host alpha -- ls -l /dev/disk/by-path
  npivot lab run examples/kernel-lab.toml --host alpha --pcap login.pcap -- lsscsi -t
  npivot lab run examples/kernel-lab.toml --host alpha --clock travel -- ./my-test
  npivot lab run examples/kernel-lab.toml --host alpha --stdin -- sha256sum < image
  npivot lab run examples/kernel-lab.toml --host alpha -- ./source --host beta -- ./destination

The host is an unmodified Linux 6.1 as an ordinary process: no root, no KVM. It logs in
to the simulated SAN over FCoE, with vports (/sys/class/fc_host/host0/vport_create) and
disks (/dev/sda), and runs the command once its adapters are online and its disks there. It has this
machine's files; what it writes to them is gone with it, but for directories given
with --share. It is root in there, whoever you are here.

It has nothing to read unless --stdin is given. Its output and its errors are kept apart,
so the one may come before the other's time.

Its names are made of its MAC address, 20:00:MAC and 10:00:MAC; where zones and host
groups of the topology name the adapter, they are changed to that.

Build the kernel once with `cargo xtask kernel`, or name one with --kernel.

Exit status: that of the command (of several hosts, the first that is not 0); 2 when it
was not run.")]
pub(crate) struct Run {
    /// The topology file, or a scenario file that names one.
    pub(crate) topology: PathBuf,
    /// The host that is to be a real kernel.
    #[arg(long)]
    pub(crate) host: String,
    /// The kernel, built for User Mode Linux. Also taken from the environment, as NPIVOT_KERNEL; else the
    /// one that `cargo xtask kernel` has built.
    #[arg(long, value_name = "FILE")]
    pub(crate) kernel: Option<PathBuf>,
    /// Writes all frames down, for Wireshark.
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
    /// How time passes in there. A clock that travels jumps to the next event when nothing is left to do:
    /// waiting costs nothing, and each run has the same frames and prints the same, but for random numbers, names
    /// of temporary files, and how much memory is free. One host with one adapter can have that.
    #[arg(long, value_enum, default_value_t = LabClock::Real)]
    pub(crate) clock: LabClock,
    /// Memory of each host, in MiB: a file in TMPDIR, /dev/shm, /tmp or /var/tmp, the first with room for it that is in
    /// memory itself and not mounted noexec.
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub(crate) memory: u32,
    /// A directory that the hosts may write to for good; give it again for another.
    #[arg(long, value_name = "DIR")]
    pub(crate) share: Vec<PathBuf>,
    /// The directory that is the hosts' root, in place of this machine's: one that debootstrap made, say.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Give up after this many seconds, real ones whatever the clock in there.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) limit: u64,
    /// Gives the command what this one's standard input has: all of it, up to 64 MiB, read before the host boots.
    /// For one host.
    #[arg(short = 'i', long)]
    pub(crate) stdin: bool,
    /// Keeps a volume in a file, which is made if it is missing: ARRAY/VOLUME=FILE; give it again for
    /// another. Without it, content is in memory and gone at the end.
    #[arg(long, value_name = "VOLUME=FILE")]
    pub(crate) volume: Vec<VolumeFile>,
    /// What befalls frames; see `npivot fcf --help`.
    #[arg(long, value_name = "FAULTS")]
    pub(crate) faults: Option<FaultPlan>,
    /// The seed of chance.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// What the host runs; then, if there is another host, `--host NAME -- COMMAND` again.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) words: Vec<OsString>,
}

/// What is done to a simulated SAN.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// The directory in which a running SAN is asked; see `npivot fcf --control`.
    #[arg(long, value_name = "DIR", default_value = SAN_INSIDE)]
    pub(crate) at: PathBuf,
    /// What, and to what.
    #[arg(required = true, value_name = "WORD")]
    pub(crate) words: Vec<String>,
}

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LabClock {
    /// As here.
    Real,
    /// From event to event.
    Travel,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lab {
    /// Run a command on a real Linux kernel that is logged in to a simulated SAN.
    Run(Box<Run>),
    /// Do something to a simulated SAN: pull a cable, show a volume.
    #[command(after_help = "\
What can be done:
  link-down SWITCH/PORT            the light of a cable goes off
  link-up SWITCH/PORT              and on again
  map ARRAY GROUP VOLUME LUN       a host group sees a volume
  unmap ARRAY GROUP VOLUME         and sees it no more

Examples:
  npivot lab run san.toml --host alpha -- sh -c 'npivot lab act link-down a1/8; multipath -ll'
  npivot fcf san.toml --port alpha:0 --transport packet:v1 --control /run/san
  npivot lab act --at /run/san link-up a1/8
  npivot --state /tmp/lab -c sim:examples/two-fabrics.toml#alpha lab act link-down a1/8

Within `lab run` it is done to the SAN that the kernel is logged in to; elsewhere say which
one with --at or --connect. Without npivot, where only a shell is at hand:
  echo link-down a1/8 > /run/npivot/san/x.tmp; mv /run/npivot/san/x.tmp /run/npivot/san/x.ask")]
    Act(Act),
    /// Listen on a terminal of this machine, for a program outside that works on it: what runs in a kernel of the
    /// lab that is entered.
    #[command(
        hide = true,
        after_help = "Example:\n  npivot lab serve /dev/tty1\n\nThe other end is `npivot -c kernel:…` and `Rack::enter` of npivot-lab."
    )]
    Serve {
        /// The terminal.
        terminal: PathBuf,
    },
    /// Restart a simulated host: its vports are gone, its adapters may have other numbers.
    #[command(after_help = "\
Example:
  npivot --state /tmp/lab -c sim:examples/two-fabrics.toml#alpha lab reboot

Which adapter gets which number is drawn from the world's seed. What the fabrics and the
arrays keep (zones, host groups, reservations, data) stays. It waits until the adapters
have logged in.")]
    Reboot {
        /// How to print the old and the new numbers.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}
