//! `npivot fcf`.

use std::path::PathBuf;

use clap::Args;
use npivot_lab::wire::{Place, TransportSpec, VolumeFile};
use npivot_wire::faults::FaultPlan;

use super::Format;

/// The forwarder on real wires.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  npivot fcf san.toml --port alpha:0 --transport packet:v1
  npivot fcf san.toml --port a1/0 --transport stream:/run/a.sock \\
                      --port b1/0 --transport stream:/run/b.sock
  npivot fcf san.toml --port alpha:0 --transport packet:v1 --pcap login.pcap -- ./my-test

A port is SWITCH/NUMBER, or HOST:NUMBER for where the topology plugs in that
adapter. A host that has an adapter at one of the ports is not simulated: what
is behind the transport stands for it. A Linux kernel makes its names of its MAC
address, 20:00:MAC and 10:00:MAC; zones and host groups that name the adapter's
last six bytes are changed to that name, and told at the start.

Transports:
  packet:v1               a network interface; needs CAP_NET_RAW (unshare -rn)
  stream:PATH             a Unix socket to which QEMU's -netdev stream connects
  connect:PATH            one on which QEMU listens
  dgram:OWN,PEER          Unix datagram sockets (QEMU's -netdev dgram)
  fd:NUMBER               an inherited socket (User Mode Linux's vec0)

It serves until it is interrupted or all its ports are closed or, with a COMMAND, until
that has ended, whose exit status is then its own (127 where there is no such command, 126
where it cannot be run). Without one it is 1 when a port was
closed by an error, as that its interface was removed. Frames of 2,158 bytes must fit:
give both ends an MTU of 2,500.")]
pub(crate) struct Fcf {
    /// The topology file, or a scenario file that names one.
    pub(crate) topology: PathBuf,
    /// A switch port; each is followed by its transport.
    #[arg(long, value_name = "PORT", required = true)]
    pub(crate) port: Vec<Place>,
    /// What carries the frames of the port before it.
    #[arg(long, value_name = "TRANSPORT", required = true)]
    pub(crate) transport: Vec<TransportSpec>,
    /// Writes the frames of the first port down, for Wireshark; give it again for the second.
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Vec<PathBuf>,
    /// Keeps a volume in a file, which is made if it is missing: ARRAY/VOLUME=FILE; give it again for
    /// another. Without it, content is in memory and gone at the end.
    #[arg(long, value_name = "VOLUME=FILE")]
    pub(crate) volume: Vec<VolumeFile>,
    /// What befalls frames, both ways, on all ports: drop=RATE, corrupt=RATE, duplicate=RATE,
    /// reorder=RATE, delay=RATE:MILLISECONDSms, seed=NUMBER, separated by commas; a RATE is 0 to 1.
    /// No fabric delivers a frame twice: a host may hold wrong data after `duplicate`.
    #[arg(long, value_name = "FAULTS")]
    pub(crate) faults: Option<FaultPlan>,
    /// A directory in which `npivot lab act --at DIR` asks for cables to be pulled and volumes to be shown
    /// meanwhile.
    #[arg(long, value_name = "DIR")]
    pub(crate) control: Option<PathBuf>,
    /// The seed of chance.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// How to print what was counted, at the end and without a COMMAND.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Is run once the ports are open.
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}
