//! A program on the kernel acts on the SAN: pulls a cable, sees what the kernel makes of it, plugs it in again.

use std::path::Path;

use npivot_lab::kernel::Program;
use npivot_lab::rack::travel;

use super::super::travel::inside;
use super::super::{UNTIL, kernel, npivot, rack, run, topology};
use crate::real_kernel::{finish, text};

/// The states of the remote ports, then those with a cable pulled, then after it is back; and what is refused.
fn script(npivot: &Path) -> String {
    format!(
        "npivot() {{ {} \"$@\"; }}\n\
         ports() {{ cat /sys/class/fc_remote_ports/*/port_state | sort | uniq -c | tr -s ' '; }}\n\
         npivot lab act link-down a1/8\n\
         until_true 'ports | grep -q Blocked'\nports\n\
         npivot lab act link-up a1/8\n\
         until_true '! ports | grep -q Blocked'\nports\n\
         npivot lab act link-up z1/8 2>&1\necho $?\n\
         cd /run/npivot/san && echo map vault alpha log 5 > x.tmp && mv x.tmp x.ask\n\
         until_true '[ -e x.answer ]'\ncat x.answer\n",
        npivot.display()
    )
}

/// The fabric's own port is one of the three.
const PRINTED: &str = " 1 Blocked\n 2 Online\n 3 Online\n\
    npivot: there is no switch port `z1/8`: there are a1/0 to a1/47\n2\ndone\n";

#[test]
fn a_program_pulls_a_cable() {
    let mut rack = rack(&["alpha"]);
    assert_eq!(run(&mut rack, "alpha", &script(&npivot())), PRINTED);
}

#[test]
fn it_does_so_on_a_clock_that_travels() {
    let inside = inside();
    let machine = travel(&topology(), "alpha", &kernel(), &inside).unwrap();
    let script = format!("{UNTIL}{}", script(&inside.npivot));
    let finished = finish(machine, &Program::new(["sh", "-c", &script]));
    assert_eq!(text(&finished.stdout), PRINTED, "{}", text(&finished.stderr));
}
