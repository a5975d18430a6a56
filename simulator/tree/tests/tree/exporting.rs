//! A tree as a directory, and what unmodified programs make of it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use npivot_tree::export::{Attributes, Export, Failure, Written};
use npivot_tree::{Node, Tree};

use crate::site::{self, ALPHA, BETA};

fn export(export: Export, host: npivot_fabric::san::ids::HostIx, to: &Path) -> Written {
    let mut world = site::world();
    site::create(&mut world, host, site::guest(1));
    export.write(&Tree::new(&world, host).unwrap(), to, &mut |_| {}).unwrap()
}

#[test]
fn a_directory_is_the_tree() {
    let dir = tempfile::tempdir().unwrap();
    for (name, hard_links) in [("plain", false), ("shared", true)] {
        let to = dir.path().join(name);
        let mut world = site::world();
        site::create(&mut world, BETA, site::guest(1));
        let tree = Tree::new(&world, BETA).unwrap();
        let written =
            Export { hard_links, ..Export::default() }.write(&tree, &to, &mut |_| {}).unwrap();
        assert_eq!(written.shared > 0, hard_links);
        let mut compared = 0;
        compare(&tree, "", &to.join("sys"), &mut compared);
        // The tree, and `dev` with its files, and the root.
        let nodes = u64::try_from(fs::read_dir(to.join("dev")).unwrap().count()).unwrap();
        assert_eq!(compared + nodes + 2, written.entries());
    }
}

fn compare(tree: &Tree<'_>, path: &str, real: &Path, compared: &mut u64) {
    let mut names: Vec<String> = (fs::read_dir(real).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(tree.list(path).unwrap(), names, "{path}");
    for name in names {
        *compared += 1;
        let (path, real) = (format!("{path}/{name}"), real.join(name));
        let metadata = fs::symlink_metadata(&real).unwrap();
        let mode = metadata.permissions().mode() & 0o777;
        match tree.look(&path).unwrap() {
            Node::Dir => {
                assert!(metadata.is_dir() && mode == 0o755, "{path}");
                compare(tree, &path, &real, compared);
            }
            Node::Link { text } => {
                assert_eq!(fs::read_link(&real).unwrap(), Path::new(&text), "{path}");
                assert!(real.exists(), "{path} leads nowhere");
            }
            Node::File { mode: wanted, .. } => {
                assert_eq!(mode, u32::from(wanted), "{path}");
                if wanted & 0o400 != 0 {
                    assert_eq!(fs::read(&real).unwrap(), tree.read(&path).unwrap(), "{path}");
                }
            }
        }
    }
}

#[test]
fn what_is_needed_is_less_and_leads_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let all = export(Export::default(), ALPHA, &dir.path().join("all"));
    let needed = Export { attributes: Attributes::Needed, hard_links: true };
    let needed = export(needed, ALPHA, &dir.path().join("needed"));
    assert!(needed.files * 10 < all.files * 7, "{needed} of {all}");
    no_broken_links(&dir.path().join("needed/sys"));
}

fn no_broken_links(dir: &Path) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        assert!(entry.path().exists(), "{} leads nowhere", entry.path().display());
        if entry.file_type().unwrap().is_dir() {
            no_broken_links(&entry.path());
        }
    }
}

#[test]
fn what_is_there_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine"), "x").unwrap();
    let world = site::world();
    let tree = Tree::new(&world, ALPHA).unwrap();
    let error = Export::default().write(&tree, dir.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(error.failure, Failure::NotEmpty), "{error}");
    assert_eq!((error.written, fs::read_dir(dir.path()).unwrap().count()), (Written::default(), 1));
    let file = dir.path().join("mine").join("below");
    let error = Export::default().write(&tree, &file, &mut |_| {}).unwrap_err();
    assert!(matches!(error.failure, Failure::Write { .. }), "{error}");
}

#[test]
fn a_failure_half_way_says_what_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("half");
    let world = site::world();
    let tree = Tree::new(&world, ALPHA).unwrap();
    let mut told = vec![];
    // Somebody is quicker than the export: it meets its own first directory taken away.
    let error = Export::default().write(&tree, &to, &mut |written| {
        told.push(written.entries());
        fs::rename(to.join("sys"), dir.path().join("taken")).unwrap_or_default();
    });
    let error = error.unwrap_err();
    assert!(error.written.entries() >= 1024, "{error}");
    assert_eq!(told.first(), Some(&1024));
    assert!(error.to_string().contains("are left there"), "{error}");
}

#[test]
fn equal_files_share_an_inode() {
    let dir = tempfile::tempdir().unwrap();
    let written = export(Export { hard_links: true, ..Export::default() }, BETA, dir.path());
    let fpin = |name: &str| {
        let path = format!("sys/class/fc_host/host0/statistics/{name}");
        fs::metadata(dir.path().join(path)).unwrap().ino()
    };
    assert_eq!(fpin("fpin_cn"), fpin("fpin_li"));
    assert!(written.shared * 2 > written.files, "{written:?}");
}

/// The output of a program; `None` where it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("{program} is not compared: {error}");
            return None;
        }
    };
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn lsscsi_reads_an_export() {
    let dir = tempfile::tempdir().unwrap();
    for (name, attributes) in [("all", Attributes::All), ("needed", Attributes::Needed)] {
        let to = dir.path().join(name);
        export(Export { attributes, hard_links: false }, ALPHA, &to);
        let root = format!("--sysfsroot={}", to.join("sys").display());
        let Some(list) = run("lsscsi", &[&root, "-t", "-s"]) else { return };
        // Two targets of four logical units for each of: two adapters, a vport.
        assert_eq!(list.lines().count(), 24, "{list}");
        assert!(list.contains("fc:0x500601600000000a,0x010800"), "{list}");
        let verbose = run("lsscsi", &[&root, "-t", "-v"]).unwrap();
        assert!(verbose.contains("0000:05:00.0/host0/rport-0:0-0"), "{verbose}");
        let hosts = run("lsscsi", &[&root, "-H", "-t"]).unwrap();
        let hosts: Vec<&str> = hosts.lines().collect();
        assert_eq!(hosts.len(), 3, "{hosts:?}");
        assert!(hosts[0].contains("fc:0x2100000000000a00,0x010000"), "{hosts:?}");
        assert!(hosts[2].contains("fc:0x5001a4a000000001,0x010001"), "{hosts:?}");
        let long = run("lsscsi", &[&root, "-L", "0:0:0:1"]).unwrap();
        assert!(long.contains("state=running") && long.contains("scsi_level=8"), "{long}");
    }
}

#[test]
fn lsblk_reads_an_export() {
    let dir = tempfile::tempdir().unwrap();
    for (name, attributes) in [("all", Attributes::All), ("needed", Attributes::Needed)] {
        for host in [ALPHA, BETA] {
            let to = dir.path().join(format!("{name}{}", host.0));
            export(Export { attributes, hard_links: true }, host, &to);
            let columns = "NAME,TRAN,HCTL,SIZE,VENDOR,MODEL,REV,WWN,MAJ:MIN";
            let to = to.to_str().unwrap();
            let Some(list) = run("lsblk", &["--sysroot", to, "-n", "-o", columns]) else { return };
            let lines: Vec<Vec<&str>> =
                list.lines().map(|line| line.split_whitespace().collect()).collect();
            assert_eq!(lines.len(), if host == ALPHA { 24 } else { 16 }, "{list}");
            let tran = if host == ALPHA { "fc" } else { "fcoe" };
            let disk = lines.iter().find(|line| line[2] == "0:0:0:1").unwrap();
            assert_eq!(disk[1..7], [tran, "0:0:0:1", "2M", "NPIVOT", "VOLUME", "0001"], "{list}");
            assert_eq!(disk[7], "0x5000000000000123", "{list}");
        }
    }
}
