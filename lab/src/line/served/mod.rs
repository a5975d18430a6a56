//! The other end of a line: it answers from what it stands on.
//!
//! | file | what |
//! |---|---|
//! | `mod` | [`serve`]: questions come in, several are worked on at a time |
//! | `answers` | each question's answer |
//! | `writer` | the guest that writes there |
//! | `terminal` | a console of the machine as the stream |

mod answers;
mod terminal;
mod writer;

use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Scope;

use npivot_sysfs::Files;
use npivot_sysfs::events::{MessageStream, Messages};
use npivot_sysfs::passthrough::Passthrough;
use tokio::runtime::Handle;

use super::frame;
use super::words::{Asked, Fault, Said};
use answers::Answers;

pub use terminal::serve_terminal;

/// How many questions are worked on at a time: a device that does not answer keeps one for half a minute.
const WORKERS: usize = 8;
/// How many more may wait.
const QUEUE: usize = 64;

/// What is served: a machine's files, devices, messages and block devices.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "the ports that a line carries")]
pub struct Ground {
    /// Its sysfs.
    pub files: Arc<dyn Files>,
    /// Its SCSI devices.
    pub devices: Arc<dyn Passthrough>,
    /// Its kernel's messages.
    pub messages: Arc<dyn Messages>,
    /// Where its block devices are: `/dev`.
    pub block_devices: PathBuf,
}

/// Who can send.
type Out = Mutex<Box<dyn Write + Send>>;

fn say(out: &Out, said: &Said) -> io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    frame::send(&mut **out, said)
}

/// Answers what comes, until the stream ends. In a tokio runtime, all is done in its time.
///
/// # Errors
/// The stream's own, and InvalidData for what is no frame.
pub fn serve(
    mut from: impl Read,
    to: impl Write + Send + 'static,
    ground: Ground,
) -> io::Result<()> {
    let out: Arc<Out> = Arc::new(Mutex::new(Box::new(to)));
    say(&out, &Said::Ready { place: ground.files.place() })?;
    let messages = Arc::clone(&ground.messages);
    let answers = Answers::new(ground);
    let runtime = Handle::try_current().ok();
    let pump: OnceLock<Result<(), Fault>> = OnceLock::new();
    let (sender, questions) = sync_channel::<Asked>(QUEUE);
    let questions = Mutex::new(questions);
    std::thread::scope(|scope| {
        let work = Work { answers: &answers, out: &out, questions: &questions };
        for _ in 0..WORKERS {
            work.begin(scope, runtime.clone(), || {
                pump.get_or_init(|| pump_messages(&messages, &out).map_err(Fault::from)).clone()
            })?;
        }
        loop {
            match frame::receive(&mut from) {
                Ok(Some(asked)) => {
                    // They work for as long as questions come.
                    if sender.send(asked).is_err() {
                        return Ok(());
                    }
                }
                ended => {
                    drop(sender);
                    return ended.map(|_: Option<Asked>| ());
                }
            }
        }
    })
}

/// What the workers share.
#[derive(Clone, Copy)]
struct Work<'w> {
    answers: &'w Answers,
    out: &'w Arc<Out>,
    questions: &'w Mutex<Receiver<Asked>>,
}

impl<'w> Work<'w> {
    /// Starts a worker, that answers until no question comes any more.
    fn begin<'scope>(
        self,
        scope: &'scope Scope<'scope, 'w>,
        runtime: Option<Handle>,
        subscribe: impl Fn() -> Result<(), Fault> + Send + 'scope,
    ) -> io::Result<()>
    where
        'w: 'scope,
    {
        let work = move || {
            let _in_its_time = runtime.as_ref().map(Handle::enter);
            loop {
                let next = self.questions.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Asked { number, ask }) = next else { return };
                let answer = self.answers.answer(ask, &subscribe);
                let told = say(self.out, &Said::Answer { number, answer });
                // One that is too long to be told; if the stream is the cause, this fails as well.
                if let Err(cause) = told {
                    let _ = say(self.out, &Said::Answer { number, answer: Err(cause.into()) });
                }
            }
        };
        std::thread::Builder::new().name("line-worker".into()).spawn_scoped(scope, work).map(drop)
    }
}

/// Passes the kernel's messages on from now on, from a thread of its own, until they end or nobody takes them.
fn pump_messages(messages: &Arc<dyn Messages>, out: &Arc<Out>) -> io::Result<()> {
    let (messages, out) = (Arc::clone(messages), Arc::clone(out));
    let (opened, is_open) = sync_channel(1);
    let pump = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        let stream = runtime.and_then(|runtime| {
            let _in = runtime.enter();
            Ok((messages.subscribe()?, runtime))
        });
        match stream {
            Err(cause) => drop(opened.send(Err(cause))),
            Ok((stream, runtime)) => {
                let _ = opened.send(Ok(()));
                runtime.block_on(pass_on(stream, &out));
            }
        }
    };
    std::thread::Builder::new().name("line-messages".into()).spawn(pump)?;
    is_open.recv().unwrap_or_else(|_| Err(io::Error::other("the messages' thread has ended")))
}

async fn pass_on(mut stream: MessageStream, out: &Out) {
    while let Some(message) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        if say(out, &Said::Message(message.into())).is_err() {
            return;
        }
    }
}
