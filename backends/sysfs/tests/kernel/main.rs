//! What a kernel sends, read and made into events: parsers on golden and on wild bytes, and the watch on
//! a scripted host with scripted messages, in virtual time.

mod bytes;
mod fake;
mod fc_messages;
mod uevents;
mod watch;
mod watch_patience;
