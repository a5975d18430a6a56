//! Frames that are lost, damaged, out of order, or come twice. On a clock that travels: each run has the same
//! ones, and what the kernel waits for costs nothing.

use npivot_lab::kernel::Program;
use npivot_lab::rack::{Inside, travel};

use super::super::travel::inside;
use super::super::{UNTIL, kernel, topology};
use crate::real_kernel::{finish, text};

/// What a script prints on a host whose wire is bad.
fn run(faults: &str, script: &str) -> String {
    let inside = Inside { faults: Some(faults.parse().unwrap()), ..inside() };
    let machine = travel(&topology(), "alpha", &kernel(), &inside).unwrap();
    let finished = finish(machine, &Program::new(["sh", "-c", &format!("{UNTIL}{script}")]));
    assert_eq!(finished.status, 0, "{}{}", text(&finished.stdout), text(&finished.stderr));
    text(&finished.stdout).to_owned()
}

const WRITE_AND_READ: &str = "until_true '[ -b /dev/sda ]'\n\
     seq 1 200000 | head -c 1048576 > /tmp/data\n\
     dd if=/tmp/data of=/dev/sda bs=16k oflag=direct 2>/dev/null\n\
     dd if=/dev/sda of=/tmp/back bs=16k count=64 iflag=direct 2>/dev/null\n\
     cmp /tmp/data /tmp/back && echo same\n\
     grep -vq '^0x0$' /sys/class/fc_host/host0/statistics/invalid_crc_count && echo some were damaged\n";

/// No command comes twice here: a target carries it out twice, and libfc, which gives the number of an exchange to
/// its next command at once, takes the second answer for that one's. No fabric does that to it.
#[test]
fn data_is_whole_on_a_bad_wire() {
    for seed in [3, 4, 6] {
        let faults = format!("drop=0.01,corrupt=0.01,reorder=0.05,seed={seed}");
        assert_eq!(run(&faults, WRITE_AND_READ), "same\nsome were damaged\n", "seed {seed}");
    }
}

#[test]
fn a_login_of_which_each_frame_comes_twice_is_one_login() {
    let script = "until_true 'grep -q Target /sys/class/fc_remote_ports/*/roles'\n\
         cat /sys/class/fc_host/host*/port_state\n\
         cat /sys/class/fc_remote_ports/*/roles | sort | uniq -c | sed 's/^ *//'\n";
    assert_eq!(run("duplicate=1", script), "Online\n1 Directory Server\n2 FCP Target\n");
}
