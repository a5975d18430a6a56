//! A sign of life on standard error for what takes long. Only a terminal shows it.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long something may take before it shows a sign of life.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Something under way. Dropped, it leaves no trace on the terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    done: Option<Sender<()>>,
    waker: Option<JoinHandle<()>>,
}

impl Progress {
    /// Something of unknown length.
    pub(crate) fn spinner(message: &'static str) -> Self {
        Self::shown_later(ProgressBar::no_length(), "{spinner} {msg} ({elapsed})", message)
    }

    /// Something of this many parts.
    pub(crate) fn bar(message: &'static str, parts: u64) -> Self {
        let template = "{spinner} {msg} {bar:30} {human_pos}/{human_len} ({elapsed})";
        Self::shown_later(ProgressBar::new(parts), template, message)
    }

    fn shown_later(bar: ProgressBar, template: &str, message: &'static str) -> Self {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_message(message);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let (done, wait) = mpsc::channel();
        let shown = bar.clone();
        let waker = thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                // Hidden by itself where standard error is no terminal.
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
            }
        });
        Self { bar, done: Some(done), waker: Some(waker) }
    }

    /// So many parts are done.
    pub(crate) fn at(&self, parts: u64) {
        self.bar.set_position(parts);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done = None;
        if let Some(waker) = self.waker.take() {
            // It cannot panic, and there would be nothing to do about it.
            let _ = waker.join();
        }
        self.bar.finish_and_clear();
    }
}
