//! How fast a disk of the simulated SAN is to a real kernel, beside the kernel's own FC target (tcm_fc, a file on
//! tmpfs, VN2VN over a veth pair) in the same kernel: `cargo run --release -p npivot-lab --example forwarder_speed`.
//!
//! Each figure is the best of several runs, in turns. What is measured is `dd` with direct I/O, one request at a
//! time: latency more than bandwidth.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use npivot_fabric::Topology;
use npivot_lab::kernel::{Kernel, Program};
use npivot_lab::rack::Rack;

/// How often each is run.
const ROUNDS: u32 = 5;

/// Sets the kernel's own target up as /dev/sdc, then times both disks.
const SCRIPT: &str = r#"
set -e
ip link add v0 type veth peer name v1
for n in v0 v1; do
    echo 2500 >/sys/class/net/$n/mtu; ip link set $n up
    echo $n >/sys/bus/fcoe/ctlr_create
done
for c in 1 2; do echo vn2vn >/sys/bus/fcoe/devices/ctlr_$c/mode; done
mkdir -p /mnt/t; mount -t tmpfs t /mnt/t; truncate -s 128M /mnt/t/disk
cd /sys/kernel/config/target
mkdir -p core/fileio_0/f
echo fd_dev_name=/mnt/t/disk,fd_dev_size=134217728 >core/fileio_0/f/control
echo 1 >core/fileio_0/f/enable
name() { sed 's/^0x//; s/../&:/g; s/:$//' /sys/class/fc_host/host$1/port_name; }
here=$PWD/fc/$(name 2)/tpgt_1
mkdir -p $here/lun/lun_0; ln -s $PWD/core/fileio_0/f $here/lun/lun_0/x
mkdir -p $here/acls/$(name 1)/lun_0; ln -s $here/lun/lun_0 $here/acls/$(name 1)/lun_0/x
for c in 2 1; do echo 1 >/sys/bus/fcoe/devices/ctlr_$c/enabled; done
n=0; until [ -e /sys/block/sdc ]; do n=$((n+1)); [ $n -lt 300 ]; sleep 0.1; done
time_of() { s=$(date +%s%N); "$@" 2>/dev/null; e=$(date +%s%N); echo $((e - s)); }
for round in $(seq $1); do for disk in sda sdc; do
    echo read $disk $(time_of dd if=/dev/$disk of=/dev/null bs=64k count=1024 iflag=direct)
    echo write $disk $(time_of dd if=/dev/zero of=/dev/$disk bs=64k count=1024 oflag=direct)
    echo small $disk $(time_of dd if=/dev/$disk of=/dev/null bs=512 count=5000 iflag=direct)
done; done
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/kernel-lab.toml");
    let topology = Topology::load(&path)?;
    let mut rack = Rack::of(&topology, &["alpha"], &Kernel::find()?)?;
    let program = Program::new(["sh", "-c", SCRIPT, "sh", &ROUNDS.to_string()]);
    let finished = rack.boot("alpha", &program)?.wait(Duration::from_mins(5))?;
    let (out, err) = (String::from_utf8(finished.stdout)?, String::from_utf8(finished.stderr)?);
    if finished.status != 0 {
        return Err(format!("the script ended with {}: {out}{err}", finished.status).into());
    }
    println!("{:<28}{:>12}{:>12}{:>20}", "", "npivot", "tcm_fc", "tcm_fc / npivot");
    for (what, requests, label) in [
        ("read", 1_024, "64 KiB reads, 64 MiB"),
        ("write", 1_024, "64 KiB writes, 64 MiB"),
        ("small", 5_000, "512-byte reads, 5,000"),
    ] {
        let best = |disk: &str| {
            let mine = out.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                let this = words.next() == Some(what) && words.next() == Some(disk);
                words.next().filter(|_| this)?.parse::<u64>().ok()
            });
            mine.min().ok_or_else(|| format!("no figure for {what} on {disk}: {out}"))
        };
        let (ours, theirs) = (best("sda")?, best("sdc")?);
        let show = |nanos: u64| {
            let nanos = Duration::from_nanos(nanos);
            format!("{:.0} ms", nanos.as_secs_f64() * 1e3)
        };
        let ratio = Duration::from_nanos(theirs).div_duration_f64(Duration::from_nanos(ours));
        let each = Duration::from_nanos(ours / requests);
        println!("{label:<28}{:>12}{:>12}{ratio:>20.2}  ({each:?} each)", show(ours), show(theirs));
    }
    Ok(())
}
