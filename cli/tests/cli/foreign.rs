//! Machines of strangers: trees and archives of which not everything can be read.

use crate::{fed, file, fresh, npivot, printed, refused};

/// A machine with an adapter that can be read and one that cannot.
const LOCKED: &str = r#"phase now
link /sys/class/fc_host/host0 -> ../../devices/x/host0/fc_host/host0
file 0444 /sys/devices/x/host0/fc_host/host0/port_name "0x2100001b32a9da4e\n"
file 0444 /sys/devices/x/host0/fc_host/host0/node_name "0x2000001b32a9da4e\n"
link /sys/class/fc_host/host1 -> ../../devices/x/host1/fc_host/host1
file 0444 /sys/devices/x/host1/fc_host/host1/port_name (error EACCES)
file 0444 /sys/devices/x/host1/fc_host/host1/node_name "0x2000001b32a9da4f\n"
"#;

/// What it printed and said, if it exited with this code.
fn said(code: i32, args: &[&str]) -> (String, String) {
    let output = npivot(args);
    let [out, error] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(code), "{args:?}: {out}{error}");
    (out, error)
}

#[test]
fn an_adapter_that_cannot_be_read_is_told_and_hides_no_other() {
    let uri = format!("sysfs:{}", file("locked.txt", LOCKED));
    let lists: [&[&str]; 6] = [
        &["host", "list"],
        &["host", "list", "--format", "json"],
        &["host", "tree"],
        &["vport", "list"],
        &["lun", "list"],
        &["lun", "list", "--format", "json"],
    ];
    let warning =
        "npivot: warning: read adapter on host1/port_name: Permission denied (errno 13)\n";
    for words in lists {
        let (out, error) = said(1, &[&["-c", &uri], words].concat());
        assert_eq!(error, warning, "{words:?}");
        assert_eq!(out.contains("host0"), words[0] == "host", "{out}");
    }
    // What concerns another adapter is not in the way.
    for words in [&["host", "show", "host0"][..], &["lun", "list", "--adapter", "host0"]] {
        assert_eq!(said(0, &[&["-c", &uri], words].concat()).1, "", "{words:?}");
    }
    let (_, error) = said(2, &["-c", &uri, "host", "show", "host1"]);
    assert!(error.starts_with(warning) && error.contains("there is no adapter host1"), "{error}");
}

#[test]
fn a_capture_is_of_what_the_connection_names() {
    let topology = "examples/two-fabrics.toml";
    let dir = fresh("to-be-captured");
    printed(0, &["export", topology, "--host", "alpha", &dir]);
    let uri = format!("sysfs:{dir}");
    let text = printed(0, &["-c", &uri, "capture", "-o", "-"]);
    assert_eq!(text, printed(0, &["capture", "--root", &dir, "-o", "-"]));
    assert!(text.contains("link /sys/class/fc_host/host0 -> "), "{text}");

    for phase in ["", "a\u{1b}b", "a\nb"] {
        let name = refused(2, &["-c", &uri, "capture", "--phase", phase, "-o", "-"]);
        assert!(name.contains("expected a name"), "{name}");
    }
    let both = refused(2, &["-c", &uri, "capture", "--root", &dir, "-o", "-"]);
    assert!(both.contains("--root says something else"), "{both}");
    let simulated =
        refused(2, &["-c", "sim:examples/two-fabrics.toml#alpha", "capture", "-o", "-"]);
    assert!(simulated.contains("npivot export") && simulated.contains("--root"), "{simulated}");
    let archive = format!("sysfs:{}", file("captured-already.txt", LOCKED));
    let again = refused(2, &["-c", &archive, "capture", "-o", "-"]);
    assert!(again.contains("a capture already") && again.contains("--root"), "{again}");
    let kernel = refused(2, &["-c", "kernel:x.toml#alpha", "capture", "-o", "-"]);
    assert!(kernel.contains("--root DIR"), "{kernel}");
}

/// A directory that is a sysfs of a machine without Fibre Channel.
fn without_fibre_channel(name: &str) -> String {
    let dir = fresh(name);
    std::fs::create_dir_all(format!("{dir}/class/net")).unwrap();
    format!("sysfs:{dir}")
}

#[test]
fn nothing_is_proved_where_there_is_no_fibre_channel() {
    let uri = without_fibre_channel("proving-nothing");
    for format in ["text", "json", "junit"] {
        let (out, error) = said(1, &["-c", &uri, "conform", "--format", format]);
        assert_eq!(out, "", "no case was run");
        assert!(error.contains("there is no Fibre Channel here"), "{error}");
        assert!(error.contains("nothing can be proved on it"), "{error}");
    }
    // Lists that are empty prove nothing either.
    std::fs::create_dir_all(uri.replace("sysfs:", "") + "/class/fc_host").unwrap();
    let (out, error) = said(1, &["-c", &uri, "conform"]);
    assert!(out.is_empty() && error.contains("has no Fibre Channel adapter"), "{out}{error}");
}

#[test]
fn what_is_no_file_is_no_archive_and_none_hangs() {
    let zeros = refused(2, &["-c", "sysfs:/dev/zero", "host", "list"]);
    assert!(zeros.contains("neither a directory nor a file"), "{zeros}");
    // Nobody writes to it: to open it would last for ever.
    let pipe = fresh("archive.pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let piped = refused(2, &["-c", &format!("sysfs:{pipe}"), "host", "list"]);
    assert!(piped.contains("sysfs:/dev/stdin"), "{piped}");
    // Nothing of it is read.
    let large = file("large.txt", "");
    std::fs::File::options().write(true).open(&large).unwrap().set_len((256 << 20) + 1).unwrap();
    let large = refused(2, &["-c", &format!("sysfs:{large}"), "host", "list"]);
    assert!(large.contains("larger than 256 MiB"), "{large}");

    let piped = fed(LOCKED, &["-c", "sysfs:/dev/stdin#now", "host", "list"]);
    assert!(String::from_utf8_lossy(&piped.stdout).contains("21:00:00:1b:32:a9:da:4e"));
}

#[test]
fn nothing_that_a_stranger_wrote_reaches_the_terminal_raw() {
    let (dir, vport) = (fresh("hostile"), "5001a4a000000001/5001a4a000000101");
    let topology = "examples/two-fabrics.toml";
    printed(0, &["export", topology, "--host", "alpha", &dir, "--vport", vport]);
    let text = printed(0, &["capture", "--root", &dir, "-o", "-"]);
    let path = text.lines().find_map(|line| line.split(' ').nth(2)?.strip_suffix("/vpd_pg83"));
    let device = path.expect("it has a disk").replacen("/sys/", "", 1);
    let at = |name: &str| format!("{dir}/sys/{device}/{name}");
    let disk = std::fs::read_dir(at("block")).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(disk, at("block/sd\u{1b}[31mx")).unwrap();
    std::fs::remove_file(at("vpd_pg83")).unwrap();
    std::fs::write(at("wwid"), "t10.VENDOR  \u{1b}[2J\n").unwrap();
    let host = device.split("/host0/").next().unwrap();
    std::fs::write(
        format!("{dir}/sys/{host}/host0/scsi_host/host0/proc_name"),
        "qla\u{1b}[2J\u{9b}x\n",
    )
    .unwrap();
    let uri = format!("sysfs:{dir}");
    for words in
        [&["lun", "list"][..], &["host", "list"], &["host", "show", "host0"], &["host", "tree"]]
    {
        let (out, error) = said(0, &[&["-c", &uri], words].concat());
        let raw = |c: char| c.is_control() && c != '\n';
        assert!(!out.contains(raw) && !error.contains(raw), "{words:?}: {out:?}{error:?}");
    }
    let archive = format!("sysfs:{}", file("hostile.txt", "phase a\u{1b}[2J\n"));
    let refused = refused(2, &["-c", &archive, "host", "list"]);
    assert!(!refused.contains('\u{1b}') && refused.contains("\\u{1b}[2J"), "{refused:?}");
}

#[test]
fn who_listens_where_there_is_no_fibre_channel_is_told() {
    let uri = without_fibre_channel("listening-to-nothing");
    let (out, list) = said(1, &["-c", &uri, "host", "list"]);
    assert_eq!(out, "");
    for secs in [&["--for", "0"][..], &[]] {
        assert_eq!(
            said(1, &[&["-c", &uri, "host", "events"], secs].concat()),
            (out.clone(), list.clone())
        );
    }
}

#[test]
fn a_directory_has_no_phases() {
    let copy = fresh("phases");
    printed(0, &["export", "examples/two-fabrics.toml", "--host", "alpha", &copy]);
    let said = refused(2, &["-c", &format!("sysfs:{copy}#now"), "host", "list"]);
    assert!(said.contains("it is a directory, which has no phase `now`"), "{said}");
}
