//! A stream of frames, each behind its length in four bytes, most significant first: what QEMU's
//! `-netdev stream` and `-netdev socket` speak on a Unix socket.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use super::{MAX_BYTES, Sent, Transport};

/// How much may wait to be sent, in bytes; beyond it a frame stays with the caller.
const UNSENT_BYTES: usize = 256 << 10;

/// A connected stream.
#[derive(Debug)]
pub struct Stream {
    socket: UnixStream,
    came: Vec<u8>,
    unsent: Vec<u8>,
}

impl Stream {
    /// A connected socket.
    ///
    /// # Errors
    /// It cannot be made non-blocking.
    pub fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket, came: vec![], unsent: vec![] })
    }

    /// Connects to one that listens.
    ///
    /// # Errors
    /// Nobody does.
    pub fn connect(path: &Path) -> io::Result<Self> {
        Self::new(UnixStream::connect(path)?)
    }

    /// How long the next frame of what came is announced to be.
    fn next_bytes(&self) -> Option<usize> {
        let head = self.came.first_chunk::<4>()?;
        Some(usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX))
    }

    /// The next whole frame of what came.
    fn take(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        let Some(bytes) = self.next_bytes() else { return Ok(None) };
        if bytes > MAX_BYTES {
            let text =
                format!("a frame of {bytes} bytes was announced; at most {MAX_BYTES} can be");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let Some(frame) = self.came.get(4..4 + bytes) else { return Ok(None) };
        let length = bytes.min(into.len());
        into[..length].copy_from_slice(&frame[..length]);
        self.came.drain(..4 + bytes);
        Ok(Some(length))
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Transport for Stream {
    fn receive(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            if let Some(length) = self.take(into)? {
                return Ok(Some(length));
            }
            let mut chunk = [0; 16 << 10];
            match self.socket.read(&mut chunk) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(bytes) => self.came.extend_from_slice(&chunk[..bytes]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<Sent> {
        if self.unsent.len() > UNSENT_BYTES {
            return Ok(Sent::Later);
        }
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        self.unsent.extend_from_slice(&length.to_be_bytes());
        self.unsent.extend_from_slice(frame);
        self.flush().map(|()| Sent::Gone)
    }

    fn has_received(&self) -> bool {
        self.next_bytes().is_some_and(|bytes| bytes > MAX_BYTES || self.came.len() >= 4 + bytes)
    }

    fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    fn flush(&mut self) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(bytes) => drop(self.unsent.drain(..bytes)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A socket that waits for somebody to connect, and for the next when that one has left.
#[derive(Debug)]
pub struct Listening {
    listener: UnixListener,
    path: PathBuf,
    stream: Option<Stream>,
}

impl Listening {
    /// Listens at a path.
    ///
    /// # Errors
    /// The path is taken, too long, or may not be written.
    pub fn bind(path: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, path: path.to_owned(), stream: None })
    }

    fn accept(&mut self) -> io::Result<Option<&mut Stream>> {
        if self.stream.is_none() {
            match self.listener.accept() {
                Ok((socket, _)) => self.stream = Some(Stream::new(socket)?),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.stream.as_mut())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl AsFd for Listening {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_ref().map_or_else(|| self.listener.as_fd(), |stream| stream.as_fd())
    }
}

impl Transport for Listening {
    fn receive(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        let Some(stream) = self.accept()? else { return Ok(None) };
        let came = stream.receive(into);
        if came.is_err() {
            // Whoever it was is gone, or speaks another protocol: the next may come.
            self.stream = None;
            return Ok(None);
        }
        came
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<Sent> {
        let Some(stream) = &mut self.stream else { return Ok(Sent::Gone) };
        if let Ok(sent) = stream.send(frame) {
            return Ok(sent);
        }
        self.stream = None;
        Ok(Sent::Gone)
    }

    fn has_received(&self) -> bool {
        self.stream.as_ref().is_some_and(Stream::has_received)
    }

    fn has_unsent(&self) -> bool {
        self.stream.as_ref().is_some_and(Stream::has_unsent)
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(stream) = &mut self.stream
            && stream.flush().is_err()
        {
            self.stream = None;
        }
        Ok(())
    }
}
