//! What `init.sh` is given: its settings, the file systems, the commands.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::program::{Input, Program, quoted};
use super::room::{Room, is_plain};
use super::{Clock, KernelError, MTU_BYTES};

/// The first program of a machine.
const INIT: &str = include_str!("init.sh");

/// How long it is between two looks at whether the FC hosts are Online, in seconds, on each clock: each look starts a
/// program, which costs real time, and a travelling clock makes the waiting itself free.
const LOOK_SECS: [&str; 2] = ["0.05", "0.25"];

/// Everything that the script is told.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) name: &'a str,
    pub(super) clock: Clock,
    pub(super) nics: usize,
    /// The NICs within, if there are: the MAC of the first, and what runs on the second.
    pub(super) beside: Option<(&'a str, &'a Program)>,
    pub(super) e_d_tov_ms: u32,
    pub(super) online_secs: u32,
    pub(super) disks: usize,
    pub(super) shares: &'a [PathBuf],
    pub(super) command: &'a Program,
}

/// What programs expect in `/dev` and udev makes elsewhere.
const LINKS: [(&str, &str); 4] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Writes all of it to the room.
pub(super) fn write(room: &Room, told: &Told<'_>) -> Result<(), KernelError> {
    for (name, target) in LINKS {
        room.link(name, target)?;
    }
    room.write("init.sh", INIT)?;
    room.write("command.sh", told.command.script()?)?;
    if let Some((_, program)) = told.beside {
        room.write("beside.sh", program.script()?)?;
    }
    if let Input::Bytes(bytes) = &told.command.input {
        room.write("input", bytes)?;
    }
    room.write("settings.sh", settings(told).into_vec())?;
    let mut shares = String::new();
    for share in told.shares {
        // Writing to a string cannot fail.
        let _ = writeln!(shares, "{}", plain(share)?);
    }
    room.write("shares", shares)?;
    room.write(
        "fstab.root",
        fstab(&[("proc", "/proc", "proc", ""), ("tmpfs", "/sys", "tmpfs", "")]),
    )?;
    room.write("fstab.kernel", fstab(&KERNEL))?;
    room.write("fstab.own", own(room, told)?)
}

/// A path as an fstab and a kernel's command line hold it.
pub(super) fn plain(path: &Path) -> Result<&str, KernelError> {
    path.to_str().filter(|_| is_plain(path)).ok_or_else(|| {
        KernelError::Refused(format!(
            "{}: only absolute paths of letters, digits and / . _ + - can be mounted",
            path.display()
        ))
    })
}

fn settings(told: &Told<'_>) -> OsString {
    let mut nics: Vec<String> = (0..told.nics).map(|number| format!("vec{number}")).collect();
    nics.extend(told.beside.map(|_| "v0".to_owned()));
    let look_secs = LOOK_SECS[usize::from(told.clock == Clock::Travel)];
    let input = match &told.command.input {
        Input::Nothing => OsStr::new("/dev/null"),
        Input::File(path) => path.as_os_str(),
        Input::Bytes(_) => OsStr::new("/run/npivot/input"),
    };
    let disks = told.disks.to_string();
    let numbers = [told.e_d_tov_ms.to_string(), told.online_secs.to_string(), nics.join(" ")];
    let settings: [(&str, &OsStr); 8] = [
        ("name", told.name.as_ref()),
        ("pair", told.beside.map_or("", |(mac, _)| mac).as_ref()),
        ("e_d_tov_ms", numbers[0].as_ref()),
        ("online_secs", numbers[1].as_ref()),
        ("nics", numbers[2].as_ref()),
        ("disks", disks.as_ref()),
        ("look_secs", look_secs.as_ref()),
        ("input", input),
    ];
    let mut text = OsString::new();
    for (name, value) in settings {
        text.push(name);
        text.push("=");
        text.push(quoted(value));
        text.push("\n");
    }
    text.push(format!("mtu={MTU_BYTES}\n"));
    text
}

type Mount<'a> = (&'a str, &'a str, &'a str, &'a str);

/// The root that a machine works in: the directory it was given below, its own writes above; and the kernel's
/// views.
const KERNEL: [Mount<'_>; 5] = [
    ("overlay", "/sys/root", "overlay", "lowerdir=/,upperdir=/sys/upper,workdir=/sys/work"),
    ("proc", "/sys/root/proc", "proc", ""),
    ("sysfs", "/sys/root/sys", "sysfs", ""),
    ("devtmpfs", "/sys/root/dev", "devtmpfs", "mode=755"),
    ("tmpfs", "/sys/root/run", "tmpfs", "mode=755"),
];

/// What needs a place made for it first.
fn own(room: &Room, told: &Told<'_>) -> Result<String, KernelError> {
    let exchange = format!("sync,{}", plain(room.path())?);
    let mut text = fstab(&[
        ("devpts", "/sys/root/dev/pts", "devpts", "gid=5,mode=620,ptmxmode=666"),
        ("tmpfs", "/sys/root/dev/shm", "tmpfs", "mode=1777"),
        ("cgroup2", "/sys/root/sys/fs/cgroup", "cgroup2", ""),
        ("configfs", "/sys/root/sys/kernel/config", "configfs", ""),
        ("none", "/sys/root/run/npivot", "hostfs", &exchange),
    ]);
    for share in told.shares {
        let path = plain(share)?;
        text += &fstab(&[("none", &format!("/sys/root{path}"), "hostfs", path)]);
    }
    Ok(text)
}

fn fstab(mounts: &[Mount<'_>]) -> String {
    let mut text = String::new();
    for (what, place, kind, options) in mounts {
        let options = if options.is_empty() { "defaults" } else { options };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{what} {place} {kind} {options} 0 0");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'a>(command: &'a Program, shares: &'a [PathBuf]) -> Told<'a> {
        Told {
            name: "alpha",
            clock: Clock::Real,
            nics: 2,
            beside: None,
            e_d_tov_ms: 100,
            online_secs: 3,
            disks: 4,
            shares,
            command,
        }
    }

    #[test]
    fn settings_are_words_of_a_shell() {
        let command = Program::new(["a"]).input_file("/it's");
        let text = settings(&told(&command, &[]));
        assert_eq!(
            text.to_str().unwrap(),
            "name='alpha'\npair=''\ne_d_tov_ms='100'\nonline_secs='3'\nnics='vec0 vec1'\n\
             disks='4'\nlook_secs='0.05'\ninput='/it'\\''s'\nmtu=2500\n"
        );
        let travelling = Told {
            clock: Clock::Travel,
            nics: 0,
            beside: Some(("02:00:00:00:00:01", &command)),
            ..told(&command, &[])
        };
        let text = settings(&travelling).into_string().unwrap();
        for part in ["nics='v0'\n", "pair='02:00:00:00:00:01'\n", "look_secs='0.25'\n"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(text.lines().count(), 9);
    }

    #[test]
    fn shares_are_mounted_where_they_are() {
        let room = Room::new(1).unwrap();
        let (command, shares) = (Program::new(["a"]), [PathBuf::from("/srv/results")]);
        write(&room, &told(&command, &shares)).unwrap();
        let text = std::fs::read_to_string(room.path().join("fstab.own")).unwrap();
        assert!(text.contains("none /sys/root/srv/results hostfs /srv/results 0 0\n"), "{text}");
        assert!(text.contains(&format!("hostfs sync,{} 0 0\n", room.path().display())), "{text}");
        let wrong = [PathBuf::from("/a b")];
        assert!(write(&room, &told(&command, &wrong)).is_err());
    }
}
