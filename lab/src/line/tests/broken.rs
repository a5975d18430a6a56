//! Lines that break: each call says so, and nobody takes what cannot be read for what is not there.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use npivot_hal::{ErrorKind, Host as _};

use super::line;
use crate::line::frame::{receive, send};
use crate::line::words::{Answer, Asked, Said};
use crate::line::{GuestOrder, Line, LineError, linux_host};

const LONG: Duration = Duration::from_mins(1);

fn broken(line: &Line) -> String {
    match line.guest(GuestOrder::Pause) {
        Err(LineError::Broken(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_host_is_at_the_end_of_a_line_until_it_breaks() {
    let (line, server) = line(Path::new("/"));
    let host = linux_host(&line, "web");
    let adapters = host.adapters().await.unwrap();
    assert_eq!(adapters[0].names.wwpn.to_string(), "2100001b32a9da4e");
    drop((host, line));
    assert!(server.join().unwrap().is_ok(), "it ends with the line");
}

/// The other end answers the first question, that there is an adapter, and is gone then: what the adapter is
/// cannot be read, and without a further look it would not be there.
#[tokio::test]
async fn what_cannot_be_read_any_more_is_not_taken_for_gone() {
    let (here, mut there) = UnixStream::pair().unwrap();
    let other = std::thread::spawn(move || {
        send(&mut there, &Said::Ready { place: "/sys".into() }).unwrap();
        let asked: Asked = receive(&mut there).unwrap().unwrap();
        let entry = npivot_sysfs::files::Entry {
            name: "host0".into(),
            kind: npivot_sysfs::files::Kind::Link,
        };
        let answer = Ok(Answer::Listed(vec![Ok(vec![entry.into()])]));
        send(&mut there, &Said::Answer { number: asked.number, answer }).unwrap();
        let _second: Asked = receive(&mut there).unwrap().unwrap();
    });
    let line = Arc::new(Line::over(here).unwrap());
    let error = linux_host(&line, "web").adapters().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer, "{error}");
    assert!(error.to_string().contains("the line to the machine is broken"), "{error}");
    other.join().unwrap();
}

#[test]
fn who_hangs_up_is_told_of_by_every_call() {
    let (here, there) = UnixStream::pair().unwrap();
    let line = Line::over(here).unwrap();
    drop(there);
    assert_eq!(line.ready(LONG), Err(LineError::Broken("the other end hung up".into())));
    assert_eq!(broken(&line), "the other end hung up");
    assert_eq!(broken(&line), "the other end hung up", "for good");
}

#[test]
fn what_is_no_frame_breaks_it() {
    for (bytes, what) in [
        (&b"Kernel panic - not syncing\n"[..], "a frame of 1264939630 bytes"),
        (&[0, 0, 0, 2, 99, 99], "not a frame of this line"),
        (&[0, 0, 0, 9, 0], "end"),
    ] {
        let (here, mut there) = UnixStream::pair().unwrap();
        let line = Line::over(here).unwrap();
        there.write_all(bytes).unwrap();
        drop(there);
        let Err(LineError::Broken(why)) = line.ready(LONG) else { panic!("{what}") };
        assert!(why.contains(what), "{why}");
    }
}

#[test]
fn an_answer_that_nobody_waits_for_is_dropped() {
    let (here, mut there) = UnixStream::pair().unwrap();
    let line = Line::over(here).unwrap();
    send(&mut there, &Said::Answer { number: 77, answer: Ok(Answer::Done) }).unwrap();
    send(&mut there, &Said::Ready { place: "/sys".into() }).unwrap();
    assert_eq!(line.ready(LONG), Ok(true));
    assert!(line.is_whole().is_ok());
}
