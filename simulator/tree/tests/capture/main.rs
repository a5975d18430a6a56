//! The tree of a libfc host against the capture of a real kernel, entry by entry, in three phases.

mod archive;
mod differences;
mod site;
mod tree;

use std::collections::BTreeSet;

use npivot_tree::Tree;

use differences::{List, What, compare};

/// What the capture holds of `/sys`.
const ROOTS: [&str; 13] = [
    "class/fc_host",
    "class/fc_remote_ports",
    "class/fc_transport",
    "class/fc_vports",
    "class/scsi_host",
    "class/scsi_device",
    "class/scsi_disk",
    "class/scsi_generic",
    "class/block",
    "class/bsg",
    "bus/scsi/devices",
    "bus/fcoe/devices",
    "devices/virtual/net/v0/ctlr_0",
];

#[test]
fn each_phase_is_what_the_kernel_showed_but_for_the_reviewed_differences() {
    let real = archive::read(include_str!("linux-6.1-fcoe-sysfs.txt"));
    let list: List = toml::from_str(include_str!("differences.toml")).unwrap();
    let mut unused: BTreeSet<&str> =
        list.difference.iter().flat_map(|d| &d.paths).map(String::as_str).collect();
    let mut faults = vec![];
    let mut compared = 0;
    site::phases(|phase, world| {
        let tree = Tree::new(world, site::HOST).unwrap();
        let mut real = real[phase].clone();
        real.remove("devices/virtual/net/v0/ctlr_0");
        let ours = tree::entries(&tree, &ROOTS);
        compared += real.len();
        for (path, what) in compare(&real, &ours) {
            let mut patterns = list.difference.iter().filter_map(|d| d.allows(&path, what));
            if let Some(pattern) = patterns.next() {
                unused.remove(pattern);
            } else {
                let (real, ours) = (real.get(&path), ours.get(&path));
                faults.push(format!("{phase} {path} {what:?}\n  real {real:?}\n  ours {ours:?}"));
            }
        }
    });
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
    assert!(unused.is_empty(), "listed, but they do not occur: {unused:?}");
    assert_eq!(compared, 137 + 477 + 1417, "every entry of the capture is compared");
    let reasons = list.difference.iter().all(|d| !d.reason.is_empty());
    assert!(reasons, "a difference has a reason");
}

#[test]
fn a_difference_is_found_whatever_it_is() {
    let read = |text: &str| archive::read(&format!("phase p\n{text}"))["p"].clone();
    let real = read("dir 0755 /sys/a\nfile 0444 /sys/a/x \"1\\n\"\nlink /sys/a/l -> ../b");
    let one =
        |text: &str| compare(&real, &read(text)).into_iter().map(|(_, w)| w).collect::<Vec<_>>();
    assert_eq!(
        one("dir 0755 /sys/a\nfile 0444 /sys/a/x \"2\\n\"\nlink /sys/a/l -> ../b"),
        [What::Content]
    );
    assert_eq!(
        one("dir 0755 /sys/a\nfile 0644 /sys/a/x \"1\\n\"\nlink /sys/a/l -> ../b"),
        [What::Kind]
    );
    assert_eq!(
        one("dir 0755 /sys/a\nfile 0444 /sys/a/x \"1\\n\"\nlink /sys/a/l -> b"),
        [What::Content]
    );
    assert_eq!(one("dir 0755 /sys/a\nlink /sys/a/l -> ../b"), [What::Missing]);
    assert_eq!(
        one("dir 0755 /sys/a\nfile 0444 /sys/a/x \"1\\n\"\nlink /sys/a/l -> ../b\ndir 0755 /sys/c"),
        [What::Extra]
    );
}
