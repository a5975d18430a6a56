//! `npivot lab run`: a command on real kernels that are logged in to a simulated SAN; `npivot lab act`: what
//! is done to that.

use std::ffi::OsString;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use npivot_fabric::Topology;
use npivot_lab::act::{ActError, ask};
use npivot_lab::kernel::{Kernel, Machine, OffSwitch, Program, Running};
use npivot_lab::load_topology;
use npivot_lab::rack::{Inside, Options, Rack, travel};
use npivot_lab::wire::{Tap, VolumeFile};

use crate::args::{Act, LabClock, LabRun};
use crate::outcome::{Answer, Failure};

/// How many pieces of output may wait to be written.
const CHUNKS: usize = 16;

/// How much a command can be given to read, in bytes: it is in memory, here and in the host.
const MOST_INPUT_BYTES: u64 = 64 << 20;

/// How long the end of the input may take before somebody is told what is waited for.
const INPUT_PATIENCE: Duration = Duration::from_secs(3);

/// Where several hosts print, a longer line is broken.
const LONGEST_LINE_BYTES: usize = 64 << 10;

/// A host and what it runs.
struct Job {
    host: String,
    program: Program,
}

pub(super) fn run(asked: &LabRun, out: &mut impl Write) -> Result<Answer, Failure> {
    let mut jobs = jobs(asked)?;
    let kernel = match &asked.kernel {
        Some(path) => Kernel::at(path),
        None => Kernel::find(),
    };
    let kernel = kernel?;
    let (file, topology) = load_topology(&asked.topology)?;
    if asked.stdin {
        let [job] = &mut jobs[..] else {
            let text = "--stdin is for one host: several cannot share one input; put it in a file, which all see";
            return Err(Failure::Word(text.into()));
        };
        job.program = job.program.clone().input(input()?);
    }
    match asked.clock {
        LabClock::Real => in_real_time(asked, &jobs, &topology, &kernel, out),
        LabClock::Travel => travelling(asked, &jobs, &topology, &file, &kernel, out),
    }
}

/// All of standard input: a host gets it whole, since no pipe leads into it.
fn input() -> Result<Vec<u8>, Failure> {
    let (to_us, read) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = vec![];
        let done = io::stdin().lock().take(MOST_INPUT_BYTES + 1).read_to_end(&mut bytes);
        let _ = to_us.send(done.map(|_| bytes));
    });
    let cannot = |cause| Failure::Unread("standard input".into(), cause);
    let gone = || cannot(io::ErrorKind::UnexpectedEof.into());
    let done = read.recv_timeout(INPUT_PATIENCE).or_else(|_| {
        super::say(Some("waiting for the end of standard input, which the command is given whole"));
        read.recv().map_err(|_| gone())
    })?;
    let bytes = done.map_err(cannot)?;
    if bytes.len() as u64 > MOST_INPUT_BYTES {
        let text = "standard input is longer than 64 MiB, the most that a command can be given: put it in a file, which \
                    the host sees as well";
        return Err(Failure::Word(text.into()));
    }
    Ok(bytes)
}

/// `npivot lab act` on a SAN that runs elsewhere.
pub(super) fn act(asked: &Act) -> Result<Answer, Failure> {
    let word = |error: &dyn std::fmt::Display| Failure::Word(error.to_string());
    let act = asked.words.join(" ").parse().map_err(|error: ActError| word(&error))?;
    if !asked.at.is_dir() {
        let text = "is no directory in which a simulated SAN is asked: use this within `npivot lab run`, or \
                    name one with --at or -c sim:TOPOLOGY#HOST";
        return Err(Failure::Word(format!("{} {text}", asked.at.display())));
    }
    ask(&asked.at, &act).map_err(|error| word(&error))?;
    Ok(Answer::Yes)
}

fn in_real_time(
    asked: &LabRun,
    jobs: &[Job],
    topology: &Topology,
    kernel: &Kernel,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let mut options = Options::default();
    options.seed = asked.seed;
    options.faults = asked.faults;
    if let Some(file) = &asked.pcap {
        let tap = Tap::create(file).map_err(|cause| Failure::Directory(file.clone(), cause))?;
        options.tap = Some(tap);
    }
    let tap = options.tap.clone();
    let hosts: Vec<&str> = jobs.iter().map(|job| job.host.as_str()).collect();
    let mut rack = Rack::with(topology, &hosts, kernel, options)?;
    let attached = rack.plant().with(|world, _| VolumeFile::attach_all(&asked.volume, world));
    attached.map_err(|error| Failure::Word(error.to_string()))?;
    let mut running = vec![];
    for job in jobs {
        if let Some(machine) = rack.machine(&job.host) {
            furnish(asked, machine)?;
        }
        running.push(rack.boot(&job.host, &job.program)?);
    }
    let status = wait_all(asked, jobs, running, out)?;
    drop(rack);
    if let (Some(tap), Some(file)) = (tap, &asked.pcap) {
        tap.flush().map_err(|cause| Failure::Directory(file.clone(), cause))?;
    }
    Ok(Answer::Status(status))
}

fn travelling(
    asked: &LabRun,
    jobs: &[Job],
    topology: &Topology,
    file: &Path,
    kernel: &Kernel,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let [job] = jobs else {
        let text = "with a clock that travels there is one host: take --clock real for several";
        return Err(Failure::Word(text.into()));
    };
    if !asked.volume.is_empty() {
        let text =
            "--volume needs --clock real: the array of a clock that travels is inside the kernel";
        return Err(Failure::Word(text.into()));
    }
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|cause| Failure::Unread(path.to_owned(), cause))
    };
    let inside = Inside {
        npivot: std::env::current_exe().map_err(Failure::Runtime)?,
        topology: absolute(file)?,
        pcap: asked.pcap.as_deref().map(absolute).transpose()?,
        faults: asked.faults,
        seed: asked.seed,
    };
    let mut machine = travel(topology, &job.host, kernel, &inside)?;
    furnish(asked, &mut machine)?;
    let running = machine.boot(&job.program)?;
    wait_all(asked, jobs, vec![running], out).map(Answer::Status)
}

/// What every host gets.
fn furnish(asked: &LabRun, machine: &mut Machine) -> Result<(), Failure> {
    machine.memory_mib(asked.memory);
    if let Some(root) = &asked.root {
        machine.root(absolute_directory(root)?);
    }
    for share in &asked.share {
        machine.share(absolute_directory(share)?);
    }
    Ok(())
}

fn absolute_directory(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|cause| Failure::Unread(path.to_owned(), cause))
}

/// The hosts and their commands: `COMMAND [--host NAME -- COMMAND]…`.
fn jobs(asked: &LabRun) -> Result<Vec<Job>, Failure> {
    let mut jobs: Vec<(String, Vec<OsString>)> = vec![(asked.host.clone(), vec![])];
    let mut words = asked.words.iter().peekable();
    while let Some(word) = words.next() {
        let rest: Vec<_> = words.clone().take(2).collect();
        let next = match rest[..] {
            [name, dashes] if word == "--host" && dashes == "--" => Some(name),
            _ => None,
        };
        if let Some(name) = next {
            let name = name
                .clone()
                .into_string()
                .map_err(|name| Failure::Word(format!("{} is no host's name", name.display())))?;
            if jobs.iter().any(|(host, _)| *host == name) {
                return Err(Failure::Word(format!("host `{name}` is given twice")));
            }
            jobs.push((name, vec![]));
            words.nth(1);
        } else if let Some((_, command)) = jobs.last_mut() {
            command.push(word.clone());
        }
    }
    jobs.into_iter()
        .map(|(host, words)| {
            if words.is_empty() {
                return Err(Failure::Word(format!("host `{host}` has no command")));
            }
            let program = Program::here(words).map_err(Failure::Runtime)?;
            Ok(Job { host, program })
        })
        .collect()
}

/// Passes on what the hosts print, and waits for all of them: the first status that is not 0.
fn wait_all(
    asked: &LabRun,
    jobs: &[Job],
    running: Vec<Running>,
    out: &mut impl Write,
) -> Result<u8, Failure> {
    let limit = Duration::from_secs(asked.limit);
    let several = jobs.len() > 1;
    let switches: Vec<OffSwitch> = running.iter().map(Running::off_switch).collect();
    // The output is this thread's alone.
    // What nobody reads waits in the hosts, not here.
    let (to_out, printed) = mpsc::sync_channel(CHUNKS);
    let (ends, written) = std::thread::scope(|scope| {
        let threads: Vec<_> = jobs
            .iter()
            .zip(running)
            .map(|(job, running)| {
                let to_out = Chunks(to_out.clone());
                scope.spawn(move || {
                    let name = several.then_some(job.host.as_str());
                    let mut out = Lines::new(to_out, name);
                    let mut err = Lines::new(io::stderr(), name);
                    running.wait_with(limit, &mut out, &mut err)
                })
            })
            .collect();
        drop(to_out);
        let mut written: io::Result<()> = Ok(());
        for chunk in printed {
            if written.is_ok() {
                written = out.write_all(&chunk).and_then(|()| out.flush());
                // Who has seen enough waits for nothing more; a disk that is full is no reason to stop a test.
                if written.as_ref().is_err_and(is_closed) {
                    switches.iter().for_each(OffSwitch::off);
                }
            }
        }
        let ends: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect();
        (ends, written)
    });
    let written = match written {
        Err(closed) if is_closed(&closed) => return Err(closed.into()),
        written => written,
    };
    let mut status = 0;
    for end in ends {
        let code = end?;
        if status == 0 {
            status = code;
        }
    }
    // How the commands ended says more than that somebody wanted only a part of what they print.
    match written {
        Err(error) if status == 0 => Err(error.into()),
        _ => Ok(status),
    }
}

/// Whether nobody reads what is written.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Passes on what is written to whoever owns the output.
struct Chunks(mpsc::SyncSender<Vec<u8>>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whole lines with the host's name before them, where there are several.
struct Lines<'n, W: Write> {
    to: W,
    name: Option<&'n str>,
    line: Vec<u8>,
}

impl<'n, W: Write> Lines<'n, W> {
    const fn new(to: W, name: Option<&'n str>) -> Self {
        Self { to, name, line: vec![] }
    }
}

impl<W: Write> Write for Lines<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(name) = self.name else { return self.to.write(bytes) };
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(part);
            let is_long = self.line.len() >= LONGEST_LINE_BYTES;
            if is_long && !part.ends_with(b"\n") {
                self.line.push(b'\n');
            }
            if is_long || part.ends_with(b"\n") {
                let mut whole = format!("{name}: ").into_bytes();
                whole.append(&mut self.line);
                self.to.write_all(&whole)?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<W: Write> Drop for Lines<'_, W> {
    fn drop(&mut self) {
        if let (Some(name), false) = (self.name, self.line.is_empty()) {
            let mut whole = format!("{name}: ").into_bytes();
            whole.append(&mut self.line);
            whole.push(b'\n');
            let _ = self.to.write_all(&whole);
        }
        let _ = self.to.flush();
    }
}
