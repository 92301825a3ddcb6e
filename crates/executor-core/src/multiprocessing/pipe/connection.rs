use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use executor_sync::process::{Access, Parcel, collect};
use rustix::event::PollFlags;
use rustix::io::{Errno, IoSlice, writev};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::executor::Payload;
use crate::future::aside;
use crate::process::Body;

use super::super::ready::ready;
use super::error::ConnectionError;
use super::inbox::Inbox;
use super::message::Header;
use super::quiet::without_signal;

/// One end of a [`pipe`]: sends messages to the other end, and receives those that it sends.
///
/// It can be (a part of) the argument of a task or of a [`Process`](super::super::Process). Each end
/// is meant for one process; threads of that process may share it, and then each message goes to
/// one of them. A message keeps its boundaries, and is received as a whole or not at all.
///
/// The end of the other side comes from the kernel, so it does not matter what ended it: when nobody
/// has the other end, [`recv`](Self::recv) returns what was sent before, and then
/// [`Eof`](ConnectionError::Eof). An end that was given to a `Process` is that process's alone once
/// [`start`](super::super::Process::start) has returned. One that was given to a task of a pool is
/// held by the program, too, until the task has ended, so the other side sees the end of it then.
///
/// Messages that refer to shared memory or to other connections cannot be sent; give those to a
/// process or task in its argument.
pub struct Connection<T> {
    reader: Parcel,
    writer: Parcel,
    most: u64,
    /// Held while a message is written, so that two do not mix.
    sending: Mutex<()>,
    inbox: Mutex<Inbox>,
    messages: PhantomData<fn(T) -> T>,
}

/// The longest message that is let through by default.
const MOST: u64 = 1 << 30;
/// So much goes into a pipe at once.
const AT_ONCE: usize = 4096;
/// A pipe that large messages go through holds as much.
const WIDE: usize = 1 << 20;

/// Two ends of a line of messages, in both directions: what is sent into one comes out of the other.
///
/// A sender waits while the pipe is full, which is at 64 KiB or more.
///
/// Python's `multiprocessing.Pipe()`. It is available on 64-bit Linux.
///
/// # Errors
///
/// What the system refuses: it takes four descriptors.
///
/// ```standalone_crate
/// use concurrent_futures::multiprocessing::{Connection, ConnectionError, Process, pipe};
///
/// fn shout(line: Connection<String>) {
///     while let Ok(word) = line.recv() {
///         line.send(word.to_uppercase()).unwrap();
///     }
/// }
///
/// fn main() {
///     concurrent_futures::init();
///     let (ours, theirs) = pipe::<String>().unwrap();
///     let process = Process::new(shout, theirs);
///     process.start().unwrap();
///     ours.send("hello".to_owned()).unwrap();
///     assert_eq!(ours.recv().unwrap(), "HELLO");
///     process.kill().unwrap();
///     assert!(matches!(ours.recv(), Err(ConnectionError::Eof)));
///     process.join().unwrap();
/// }
/// ```
#[doc(alias = "Pipe")]
pub fn pipe<T: Payload>() -> io::Result<(Connection<T>, Connection<T>)> {
    let (left_reader, right_writer) = pipe_with(PipeFlags::CLOEXEC)?;
    let (right_reader, left_writer) = pipe_with(PipeFlags::CLOEXEC)?;
    let end = |reader, writer| {
        let (reader, writer) =
            (Parcel::new(reader, Access::Read), Parcel::new(writer, Access::Write));
        Connection::new(reader, writer, MOST)
    };
    Ok((end(left_reader, left_writer), end(right_reader, right_writer)))
}

impl<T> Connection<T> {
    fn new(reader: Parcel, writer: Parcel, most: u64) -> Self {
        let (sending, inbox) = (Mutex::new(()), Mutex::default());
        Self { reader, writer, most, sending, inbox, messages: PhantomData }
    }

    /// Lets messages through that take up to so many bytes. The default is 1 GiB. Both ends are
    /// asked: the one that sends, and the one that receives before it makes room.
    pub fn with_max_message_size(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// Something can be received without waiting, be it that nobody has the other end any more;
    /// waits so long for it. Zero only looks.
    pub fn poll(&self, timeout: Duration) -> bool {
        // What cannot be polled is told by the call that receives.
        self.wait(Instant::now().checked_add(timeout)).unwrap_or(true)
    }

    fn wait(&self, until: Option<Instant>) -> io::Result<bool> {
        ready(self.reader.as_fd(), PollFlags::IN, until)
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn to send. Another worker of a pool may stand in while others send.
    fn turn(&self) -> MutexGuard<'_, ()> {
        match self.sending.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                aside(|| self.sending.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    /// Writes a message. A thread that is stopped half-way leaves the pipe to nobody else.
    ///
    /// Nobody starts to stand in while a signal is kept from this thread, for he would inherit that.
    fn write(&self, body: &Body) -> Result<(), Errno> {
        let _turn = self.turn();
        let header = Header { width: body.width(), len: body.len() as u64 }.to_bytes();
        if header.len() + body.len() <= AT_ONCE {
            // Another worker of a pool may stand in while the pipe is full.
            ready(self.writer.as_fd(), PollFlags::OUT, None)
                .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
            without_signal(|| self.push(&header, body.as_bytes()))
        } else {
            // Where the system refuses it, it takes longer.
            let _refused = fcntl_setpipe_size(&self.writer, WIDE);
            aside(|| without_signal(|| self.push(&header, body.as_bytes())))
        }
    }

    fn push(&self, mut header: &[u8], mut body: &[u8]) -> Result<(), Errno> {
        while !header.is_empty() || !body.is_empty() {
            match writev(&self.writer, &[IoSlice::new(header), IoSlice::new(body)]) {
                Ok(written) => {
                    let of_header = written.min(header.len());
                    header = &header[of_header..];
                    body = &body[written - of_header..];
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<T: Payload> Connection<T> {
    /// Sends a message; waits while the pipe is full. A reader, or the end of the other side, wakes
    /// it.
    ///
    /// # Errors
    ///
    /// [`Eof`](ConnectionError::Eof) if nobody has the other end any more,
    /// [`Encode`](ConnectionError::Encode) and [`TooLong`](ConnectionError::TooLong) if the value
    /// cannot be sent: then nothing was.
    pub fn send(&self, value: T) -> Result<(), ConnectionError> {
        let (body, luggage) = collect(|| Body::of(value));
        let body = body.map_err(|why| ConnectionError::Encode(why.to_string()))?;
        if !luggage.is_empty() {
            return Err(ConnectionError::Encode(
                "it refers to shared memory or descriptors, which cannot go through a pipe; give them to the process or \
                 task in its argument"
                    .to_owned(),
            ));
        }
        let (bytes, most) = (body.len() as u64, self.most);
        if bytes > most {
            return Err(ConnectionError::TooLong { bytes, most });
        }
        self.write(&body).map_err(|error| match error {
            Errno::PIPE => ConnectionError::Eof,
            error => ConnectionError::Os(error.into()),
        })
    }

    /// Receives the next message; waits for it.
    ///
    /// # Errors
    ///
    /// [`Eof`](ConnectionError::Eof) if nobody has the other end any more,
    /// [`HalfMessage`](ConnectionError::HalfMessage) if it ended in the middle of a message,
    /// [`Decode`](ConnectionError::Decode) if the bytes are no such value.
    pub fn recv(&self) -> Result<T, ConnectionError> {
        self.recv_until(None)
    }

    /// Receives the next message; waits for it no longer than this. Zero only looks.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](ConnectionError::TimedOut), and those of [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, ConnectionError> {
        self.recv_until(Instant::now().checked_add(timeout))
    }

    fn recv_until(&self, until: Option<Instant>) -> Result<T, ConnectionError> {
        // It waits without the inbox, which another thread may want to look into.
        while self.wait(until)? {
            let body = self.inbox().take(self.reader.as_fd(), self.most)?;
            if let Some(body) = body {
                return body.decode().map_err(|why| ConnectionError::Decode(why.to_string()));
            }
        }
        Err(ConnectionError::TimedOut)
    }
}

/// The descriptor that is readable when something can be received, to poll together with others.
impl<T> AsFd for Connection<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

impl<T> fmt::Debug for Connection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection { .. }")
    }
}

impl<T> Serialize for Connection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.inbox().is_empty() {
            return Err(ser::Error::custom(
                "a part of a message has come through this connection; receive it before giving the connection away",
            ));
        }
        (&self.reader, &self.writer, self.most).serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Connection<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (reader, writer, most) = Deserialize::deserialize(deserializer)?;
        Ok(Self::new(reader, writer, most))
    }
}
