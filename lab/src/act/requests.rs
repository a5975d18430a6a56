//! A directory in which acts are asked for and answered: files are what a machine in the lab and this one
//! have in common.
//!
//! `NAME.ask` holds the words of an act; it is renamed to that, so that it is whole. It goes, and
//! `NAME.answer` comes, also at once: `done`, or `refused:` and why.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fs::{OFlags, inotify};
use rustix::time::Timespec;

use super::{Act, ActError};

/// More is no act.
const MAX_BYTES: u64 = 4 << 10;

/// How often whoever asks looks for the answer, and how many times: for ten seconds. A machine in the lab is not told
/// of what this one does in a directory of both.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
const LOOKS: u32 = 500;

/// Serves what is asked for in a directory, in a thread, until it is dropped.
#[derive(Debug)]
pub struct Requests {
    stop: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

impl Requests {
    /// Begins. What was asked for before is served first.
    ///
    /// # Errors
    /// The directory cannot be watched: it is not there, or nothing more can be watched.
    pub fn serve(
        directory: &Path,
        act: impl Fn(&Act) -> Result<(), ActError> + Send + 'static,
    ) -> io::Result<Self> {
        let changes = Changes::of(directory)?;
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let stopped = stop.try_clone()?;
        let directory = directory.to_owned();
        let thread = std::thread::Builder::new().name("requests".into());
        let thread = thread.spawn(move || {
            loop {
                answer_all(&directory, &act);
                if changes.wait(&stopped) {
                    return;
                }
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is renamed in a directory.
#[derive(Debug)]
struct Changes {
    told: OwnedFd,
    _open: File,
}

impl Changes {
    fn of(directory: &Path) -> io::Result<Self> {
        // hostfs (fs/hostfs/hostfs_kern.c) forgets a directory that nobody has open: the next one to come finds
        // another inode, which is not watched.
        let open = File::open(directory)?;
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let told = inotify::init(flags)?;
        inotify::add_watch(&told, directory, inotify::WatchFlags::MOVED_TO)?;
        Ok(Self { told, _open: open })
    }

    /// Waits for a change. Whether it is over.
    fn wait(&self, stopped: &OwnedFd) -> bool {
        let mut fds = [PollFd::new(&self.told, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, None);
        let over = !fds[1].revents().is_empty();
        self.forget();
        over
    }

    /// Waits for a change, at most for so long.
    fn wait_for(&self, patience: &Timespec) {
        let mut fds = [PollFd::new(&self.told, PollFlags::IN)];
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, Some(patience));
        self.forget();
    }

    /// What happened is seen in the directory.
    fn forget(&self) {
        let mut buffer = [0; 4096];
        while rustix::io::read(self.told.as_fd(), &mut buffer).is_ok_and(|read| read > 0) {}
    }
}

fn answer_all(directory: &Path, act: &impl Fn(&Act) -> Result<(), ActError>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut asked: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "ask")).collect();
    asked.sort_unstable();
    for path in asked {
        let words = read(&path);
        // Once, whatever becomes of it.
        if fs::remove_file(&path).is_err() {
            continue;
        }
        let done = words.map_err(|cause| ActError::Words(cause.to_string()));
        let done = done.and_then(|words| act(&words.parse()?));
        let text = done.map_or_else(|error| format!("refused: {error}\n"), |()| "done\n".into());
        // Nobody may be there to read it any more.
        let _ = put(&path, "answer", &text);
    }
}

/// The text of a file that somebody else wrote: no link leads elsewhere, no pipe makes it wait.
fn read(path: &Path) -> io::Result<String> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes a file beside `path`, which is there at once and whole.
fn put(path: &Path, extension: &str, text: &str) -> io::Result<()> {
    let begun = path.with_extension("tmp");
    // A new one: not through a link that somebody left there.
    let mut file = File::create_new(&begun)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    fs::rename(&begun, path.with_extension(extension))
}

/// Why an act that was asked for was not done, or may not have been.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// Whoever has the world says why not.
    #[error("{0}")]
    Refused(String),
    /// Nobody answers.
    #[error("nobody answers in {}: is the simulated SAN still there?", .0.display())]
    Silence(PathBuf),
    /// It cannot be asked for.
    #[error("{}: {_1}", .0.display())]
    Io(PathBuf, #[source] io::Error),
}

/// Asks for an act in a directory that somebody serves, and waits for the answer, at most ten seconds.
///
/// # Errors
/// [`AskError`].
pub fn ask(directory: &Path, act: &Act) -> Result<(), AskError> {
    let own = directory.join(std::process::id().to_string());
    let io = |cause| AskError::Io(directory.to_owned(), cause);
    let changes = Changes::of(directory).map_err(io)?;
    put(&own, "ask", &format!("{act}\n")).map_err(io)?;
    let answer = own.with_extension("answer");
    for _ in 0..LOOKS {
        match fs::read_to_string(&answer) {
            Ok(text) => {
                let _ = fs::remove_file(&answer);
                let refused = text.trim_end().strip_prefix("refused: ");
                return refused.map_or(Ok(()), |why| Err(AskError::Refused(why.into())));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            Err(_) => changes.wait_for(&LOOK),
        }
    }
    let _ = fs::remove_file(own.with_extension("ask"));
    Err(AskError::Silence(directory.to_owned()))
}
