//! With a clock that travels, a run is repeatable to the byte, and waiting costs nothing.

use std::path::Path;

use npivot_lab::kernel::Program;
use npivot_lab::rack::{Inside, travel};
use npivot_wire::ethernet::Mac;

use super::{TOPOLOGY, kernel, npivot, topology};
use crate::real_kernel::{finish, text};

pub(super) fn inside() -> Inside {
    Inside {
        npivot: npivot(),
        topology: Path::new(TOPOLOGY).canonicalize().unwrap(),
        pcap: None,
        faults: None,
        seed: 7,
    }
}

fn once(pcap: &Path) -> (String, Vec<u8>) {
    let inside = Inside { pcap: Some(pcap.to_owned()), ..inside() };
    let machine = travel(&topology(), "alpha", &kernel(), &inside).unwrap();
    let script = "echo 5001a4a000000001:5001a4a100000001 > /sys/class/fc_host/host0/vport_create\n\
         sleep 3\ncat /sys/class/fc_vports/*/vport_state; ls -d /sys/block/sd* | wc -l\n\
         dd if=/dev/sda bs=64k count=16 iflag=direct 2>/dev/null | wc -c\n\
         dmesg | grep -E 'host[0-9]|sd |scsi'; date +%s.%N\n";
    let finished = finish(machine, &Program::new(["sh", "-c", script]));
    assert_eq!(finished.status, 0, "{}{}", text(&finished.stderr), text(&finished.beside));
    (text(&finished.stdout).to_owned(), std::fs::read(pcap).unwrap())
}

#[test]
fn twice_the_same_is_the_same_frame_by_frame() {
    let directory = tempfile::tempdir().unwrap();
    let (one, frames) = once(&directory.path().join("one.pcap"));
    let (two, again) = once(&directory.path().join("two.pcap"));
    assert!(one.starts_with("Active\n6\n1048576\n"), "{one}");
    assert_eq!(one, two);
    assert!(frames.len() > 100_000, "{} bytes of frames", frames.len());
    assert!(frames == again, "the frames of both runs differ");
}

/// When the switch's advertisements came in a run of this script, in microseconds: frames to all ENodes.
fn advertised(pcap: &Path, script: &str) -> Vec<u64> {
    let inside = Inside { pcap: Some(pcap.to_owned()), ..inside() };
    let machine = travel(&topology(), "alpha", &kernel(), &inside).unwrap();
    let finished = finish(machine, &Program::new(["sh", "-c", script]));
    assert_eq!(finished.status, 0, "{}", text(&finished.stderr));
    let bytes = std::fs::read(pcap).unwrap();
    let (mut rest, mut times) = (&bytes[24..], vec![]);
    while let Some((record, after)) = rest.split_at_checked(16) {
        let number = |at: usize| u32::from_ne_bytes(record[at..at + 4].try_into().unwrap());
        let (frame, after) = after.split_at(number(8).try_into().unwrap());
        if frame[..6] == Mac::ALL_ENODES.0 {
            times.push(u64::from(number(0)) * 1_000_000 + u64::from(number(4)));
        }
        rest = after;
    }
    times
}

/// The kernel's clock moves on by 256 ns whenever a program looks at it; what is due comes when it is due all the same.
#[test]
fn the_switch_keeps_its_times_whatever_else_looks_at_the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let quiet = advertised(&directory.path().join("quiet.pcap"), "sleep 30");
    let busy = "for n in $(seq 40); do date; done >/dev/null; sleep 30";
    let busy = advertised(&directory.path().join("busy.pcap"), busy);
    assert_eq!(quiet.len(), 5, "{quiet:?}");
    assert_eq!(quiet, busy);
}

/// An initiator sends as fast as it can what it is asked for, and nobody reads it meanwhile: time stands still.
#[test]
fn long_writes_arrive_whole() {
    let machine = travel(&topology(), "alpha", &kernel(), &inside()).unwrap();
    let script = "head -c 4194304 /dev/urandom > /run/direct; head -c 4194304 /dev/urandom > /run/buffered
        dd if=/run/direct of=/dev/sda bs=1M oflag=direct 2>/dev/null || echo direct: $?
        dd if=/dev/sda bs=1M count=4 iflag=direct 2>/dev/null | cmp - /run/direct && echo same
        dd if=/run/buffered of=/dev/sda bs=1M conv=fsync 2>/dev/null || echo buffered: $?
        dd if=/dev/sda bs=1M count=4 iflag=direct 2>/dev/null | cmp - /run/buffered && echo same
        for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
            dd if=/run/direct of=/dev/sda bs=256k skip=$n seek=$n count=1 oflag=direct 2>/dev/null || echo at once: $? &
        done; wait
        dd if=/dev/sda bs=1M count=4 iflag=direct 2>/dev/null | cmp - /run/direct && echo same
        read -r up rest < /proc/uptime; [ ${up%.*} -lt 15 ] || echo $up s";
    let finished = finish(machine, &Program::new(["sh", "-c", script]));
    assert_eq!(text(&finished.stdout), "same\nsame\nsame\n", "{}", text(&finished.stderr));
}

/// All of the suite, with vports that it makes and links that it resets: what a fabric and an array would have to be asked for is not
/// among it, since the suite sees the host alone here.
#[test]
fn the_linux_backend_conforms_when_it_changes_a_real_kernel() {
    let inside = inside();
    let machine = travel(&topology(), "alpha", &kernel(), &inside).unwrap();
    let spare: Vec<String> = [0x01, 0x12, 0x13, 0x14]
        .iter()
        .map(|n| format!("--spare 5001a4a0000000{n:02x}/5001a4a1000000{n:02x}"))
        .collect();
    let script = format!(
        "{} conform -c sysfs: --allow disturbs {} | awk '/cases:/ || $3 ~ /FAIL|dev/ {{ print (/cases:/ ? $0 : $2 \" \" $3) }}'",
        inside.npivot.display(),
        spare.join(" ")
    );
    let finished = finish(machine, &Program::new(["sh", "-c", &script]));
    assert_eq!(
        text(&finished.stdout),
        "a_reset_is_told deviates\n\
         267 cases: 78 passed, 1 deviate as known, 188 not applicable: sysfs: conforms\n",
        "{}",
        text(&finished.stderr)
    );
}
