//! A machine to boot: what it has, and what it is to run.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use command_fds::{CommandFdExt as _, FdMapping};
use npivot_wire::ethernet::Mac;

use super::nic::Nic;
use super::room::Room;
use super::running::Running;
use super::script::{self, Told};
use super::{Kernel, KernelError, Program};

/// The first program here becomes the kernel, and leaves a watcher behind: when whoever started it is gone, however
/// that came about, descriptor 3 ends, and with it the machine's room and all of its processes. Nothing writes a
/// core: a kernel that panics would leave all its memory on the disk.
const LAUNCH: &str = r#"ulimit -c 0
{ read -r _ <&3; cd /; rm -rf -- "${TMPDIR:?}"; kill -9 0; } &
exec "$0" "$@" 3<&-"#;
/// The descriptor that the watcher reads.
const LEASH_FD: i32 = 3;
/// The descriptor of the first NIC's wire.
const FIRST_NIC_FD: i32 = 20;
/// The descriptor of the console that is a line into the machine.
const LINE_FD: i32 = 19;
/// The least memory that a machine boots with, in MiB.
const LEAST_MEMORY_MIB: u32 = 64;

/// How a machine's time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// As here.
    #[default]
    Real,
    /// When nothing is left to do, it jumps to the next event; what is computed takes none of it. Nothing outside
    /// can be a part of that: the machine has no wires.
    Travel,
}

/// A machine to boot.
///
/// Its files are those of a directory of this machine, `/` unless given: all can be read and run as far as whoever
/// boots it may read them, and what is written stays in the machine's memory and is gone with it, but for what is
/// [shared](Machine::share). `/run` begins empty.
#[derive(Debug)]
pub struct Machine {
    kernel: Kernel,
    name: String,
    memory_mib: u32,
    root: PathBuf,
    shares: Vec<PathBuf>,
    clock: Clock,
    travel_start_secs: u64,
    nics: Vec<Nic>,
    line: Option<OwnedFd>,
    beside: Option<(Mac, Program)>,
    e_d_tov_ms: u32,
    online_secs: u32,
    disks: usize,
}

impl Machine {
    /// One with 256 MiB of memory, the files of `/`, no NIC, and a clock like ours.
    pub fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            name: "npivot".to_owned(),
            memory_mib: 256,
            root: PathBuf::from("/"),
            shares: vec![],
            clock: Clock::Real,
            // 2026-01-01 00:00:00 UTC.
            travel_start_secs: 1_767_225_600,
            nics: vec![],
            line: None,
            beside: None,
            e_d_tov_ms: 100,
            online_secs: 0,
            disks: 0,
        }
    }

    /// Its host name.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Its memory, in MiB, at least 64. It takes from this machine what it has touched, and never gives it back.
    pub fn memory_mib(&mut self, memory_mib: u32) -> &mut Self {
        self.memory_mib = memory_mib;
        self
    }

    /// The directory of this machine that is its root. It needs `/bin/sh`, mount, umount, pivot_root, mkdir, cp, cat and
    /// sleep, and the folders `dev`, `proc`, `run` and `sys`; `ip` for [`Machine::beside`], sync for
    /// [`Machine::share`].
    pub fn root(&mut self, directory: impl Into<PathBuf>) -> &mut Self {
        self.root = directory.into();
        self
    }

    /// A directory of this machine that it has at the same path, to write to. What the command wrote is there when
    /// it has ended.
    pub fn share(&mut self, directory: impl Into<PathBuf>) -> &mut Self {
        self.shares.push(directory.into());
        self
    }

    /// How its time passes.
    pub fn clock(&mut self, clock: Clock) -> &mut Self {
        self.clock = clock;
        self
    }

    /// What a [travelling](Clock::Travel) clock shows at first, in seconds since 1970: 2026 begins unless given.
    pub fn travel_start_secs(&mut self, secs: u64) -> &mut Self {
        self.travel_start_secs = secs;
        self
    }

    /// The E_D_TOV, in ms, that its FCoE instances begin with; a fabric may raise it. The login waits twice as long
    /// after a first attempt that came too early (drivers/scsi/fcoe/fcoe_ctlr.c, libfc/fc_lport.c): 100 ms unless
    /// given, where the kernel's own is 2 s.
    pub fn e_d_tov_ms(&mut self, e_d_tov_ms: u32) -> &mut Self {
        self.e_d_tov_ms = e_d_tov_ms;
        self
    }

    /// How long, in seconds of its clock, the command waits for all its FC hosts to be Online; 0, which is not at
    /// all, unless given.
    pub fn online_within_secs(&mut self, secs: u32) -> &mut Self {
        self.online_secs = secs;
        self
    }

    /// How many SCSI disks the command waits for once all FC hosts are Online, for what is left of
    /// [that time](Machine::online_within_secs); with fewer it begins all the same. None unless given.
    pub fn disks(&mut self, disks: usize) -> &mut Self {
        self.disks = disks;
        self
    }

    /// Adds a NIC with an FCoE instance in fabric mode, and gives the other end of its wire: a datagram socket, one
    /// Ethernet frame a datagram.
    ///
    /// The first is `vec0`. The kernel makes the names of the FC host from the MAC address: the WWPN is 20:00 and
    /// the address, the WWNN 10:00 and the address (libfcoe, fcoe_wwn_from_mac). Dropped, the end is a fabric that is
    /// silent: the wire is there, and nothing comes of what is sent.
    ///
    /// # Errors
    /// [`KernelError::Io`] if the system has no more descriptors.
    pub fn nic(&mut self, mac: Mac) -> Result<OwnedFd, KernelError> {
        let (nic, here) = Nic::wired(mac)?;
        self.nics.push(nic);
        Ok(here)
    }

    /// Gives it a console more, [`Machine::LINE`], and gives its other end: a stream of bytes, through which a program
    /// in the machine and one here talk while both run.
    ///
    /// # Errors
    /// [`KernelError::Io`] if the system has no more descriptors.
    pub fn line(&mut self) -> Result<UnixStream, KernelError> {
        let doing = "making the line into the machine";
        let (here, there) = UnixStream::pair().map_err(KernelError::io(doing))?;
        self.line = Some(there.into());
        Ok(here)
    }

    /// The terminal in the machine that is the other end of its [line](Machine::line).
    pub const LINE: &str = "/dev/tty1";

    /// Adds a NIC with an FCoE instance, `v0`, whose wire ends in the machine itself, at `v1`: there `program` is
    /// started with no input, before the instance is enabled, and terminated when the command has ended. The only kind of wire for
    /// a [travelling](Clock::Travel) clock.
    pub fn beside(&mut self, mac: Mac, program: Program) -> &mut Self {
        self.beside = Some((mac, program));
        self
    }

    /// Boots it, to run `command` and nothing else.
    ///
    /// # Errors
    /// [`KernelError::Refused`] if a machine cannot be so, [`KernelError::NoRoom`] without room for its memory,
    /// [`KernelError::Io`] if the system refuses a process or a file.
    pub fn boot(self, command: &Program) -> Result<Running, KernelError> {
        self.check()?;
        let room = Room::new(self.memory_mib.saturating_add(command.input_mib()))?;
        let mac = self.beside.as_ref().map(|(mac, _)| mac.to_string());
        let beside = self.beside.as_ref().map(|(_, program)| program);
        let told = Told {
            name: &self.name,
            clock: self.clock,
            nics: self.nics.len(),
            beside: mac.as_deref().zip(beside),
            e_d_tov_ms: self.e_d_tov_ms,
            online_secs: self.online_secs,
            disks: self.disks,
            shares: &self.shares,
            command,
        };
        script::write(&room, &told)?;
        let (reader, leash) = std::io::pipe().map_err(KernelError::io("making a pipe"))?;
        let mut launch = self.launch(&room)?;
        let mut mappings = vec![FdMapping { parent_fd: reader.into(), child_fd: LEASH_FD }];
        let mut held = vec![OwnedFd::from(leash)];
        for (nic, child_fd) in self.nics.into_iter().zip(FIRST_NIC_FD..) {
            mappings.push(FdMapping { parent_fd: nic.end, child_fd });
            held.push(nic.kept);
        }
        if let Some(parent_fd) = self.line {
            mappings.push(FdMapping { parent_fd, child_fd: LINE_FD });
        }
        launch.fd_mappings(mappings).map_err(|cause| KernelError::Refused(cause.to_string()))?;
        Running::start(launch, room, held, self.online_secs)
    }

    fn check(&self) -> Result<(), KernelError> {
        let refused = |what: &str| Err(KernelError::Refused(format!("{}: {what}", self.name)));
        let sound = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        if self.name.is_empty() || self.name.len() > 63 || !self.name.chars().all(sound) {
            return refused("a host name is 1 to 63 letters, digits, `-` and `.`");
        }
        if self.memory_mib < LEAST_MEMORY_MIB {
            return refused("it needs at least 64 MiB of memory");
        }
        let outside = !self.nics.is_empty() || self.line.is_some();
        if self.clock == Clock::Travel && outside {
            return refused(
                "a clock that travels and a wire or line to outside exclude each other: have the fabric beside it",
            );
        }
        if !self.root.is_dir() {
            return refused(&format!("{} is no directory to be its root", self.root.display()));
        }
        match self.shares.iter().find(|share| !share.is_dir()) {
            Some(share) => refused(&format!("{} is no directory to share", share.display())),
            None => Ok(()),
        }
    }

    /// The process that becomes the kernel.
    fn launch(&self, room: &Room) -> Result<Command, KernelError> {
        let exchange = script::plain(room.path())?;
        let mut words: Vec<OsString> = vec![
            format!("mem={}M", self.memory_mib).into(),
            format!("uml_dir={exchange}/uml").into(),
            "con=null".into(),
            "con0=null,fd:1".into(),
            "quiet".into(),
            "panic=-1".into(),
            // A kernel that restarts would boot again, in the same room, for ever.
            "noreboot".into(),
            // As the kernel would measure it in a tenth of a second; nothing in the machine waits by counting.
            "lpj=10000000".into(),
            "root=/dev/root".into(),
            "rootfstype=hostfs".into(),
            format!("rootflags={}", script::plain(&self.root)?).into(),
            "ro".into(),
        ];
        if self.line.is_some() {
            words.push(format!("con1=fd:{LINE_FD}").into());
        }
        if self.clock == Clock::Travel {
            words.push("time-travel=inf-cpu".into());
            let nanos = u128::from(self.travel_start_secs) * 1_000_000_000;
            words.push(format!("time-travel-start={nanos}").into());
        }
        for ((number, nic), fd) in self.nics.iter().enumerate().zip(FIRST_NIC_FD..) {
            words.push(nic.word(number, fd).into());
        }
        let first = format!(r#""mount -t hostfs -o sync,{exchange} none /dev && . /dev/init.sh""#);
        words.extend(["init=/bin/sh".into(), "--".into(), "-c".into(), first.into()]);
        // What the shell calls itself where it complains; the kernel's own last word would be it otherwise.
        words.push("npivot".into());
        let console = room.create("console")?;
        let errors = console.try_clone().map_err(KernelError::io("opening console"))?;
        let mut launch = Command::new("/bin/sh");
        launch.arg("-c").arg(LAUNCH).arg(self.kernel.path()).args(words);
        launch
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        // The kernel's memory is a file without a name, in this directory.
        launch.env("TMPDIR", room.path()).env("HOME", room.path()).current_dir(room.path());
        launch.stdin(Stdio::null()).stdout(console).stderr(errors);
        Ok(launch)
    }
}
