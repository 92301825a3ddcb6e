use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use executor_sync::process::{Lock, LockGuard, Memory, Parcel, collect};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::executor::Payload;
use crate::process::{Body, encode};

use super::error::{GetError, PutError};
use super::state::{State, Wish, Words};
use super::store::Store;

/// A first-in-first-out queue between processes, with any number of producers and consumers.
///
/// A clone, and what another process gets when it is (a part of) the argument of a task or of a
/// [`Process`](super::super::Process), is the same queue. The queue is gone with the last that has
/// it.
///
/// A value is in the queue when [`put`](Self::put) returns, as a whole, whatever becomes of the
/// process that put it; it waits for nobody to get it. Whoever is killed on the way neither holds up
/// the others nor takes away what he has not got. The values are in memory that is given back when
/// they are got.
///
/// Who is stopped in the middle of a call (`SIGSTOP`) holds the others up until he goes on, but for
/// those that wait with a limit.
///
/// Whoever waits is woken by what he waits for, and looks by himself twenty times a second, for the
/// one who was to wake him may have been killed just then.
///
/// Values that refer to shared memory, connections or queues cannot be put; give those to a process
/// or task in its argument.
///
/// Python's `multiprocessing.Queue`, without its feeder thread: an encoding error is the caller's,
/// and a process that has put values can be joined before they are got. It is available on 64-bit
/// Linux.
///
/// ```standalone_crate
/// use concurrent_futures::multiprocessing::{Process, Queue};
///
/// fn squares((numbers, results): (Queue<u64>, Queue<u64>)) {
///     while let Ok(number) = numbers.get() {
///         results.put(number * number).unwrap();
///     }
/// }
///
/// fn main() {
///     concurrent_futures::init();
///     let (numbers, results) = (Queue::bounded(4).unwrap(), Queue::unbounded().unwrap());
///     let queues = (numbers.clone(), results.clone());
///     let worker = Process::new(squares, queues);
///     worker.start().unwrap();
///     (1..=10).for_each(|n| numbers.put(n).unwrap());
///     numbers.close();
///     worker.into_result().unwrap();
///     assert_eq!((0..10).map(|_| results.get().unwrap()).sum::<u64>(), 385);
/// }
/// ```
#[doc(alias = "SimpleQueue")]
pub struct Queue<T> {
    words: Words,
    store: Store,
    lock: Lock,
    values: PhantomData<fn(T) -> T>,
}

/// Nobody holds the lock for as long unless he is stopped, or his value is very large.
const MOMENT: Duration = Duration::from_millis(20);

/// Until when somebody waits.
#[derive(Clone, Copy)]
enum Patience {
    None,
    Until(Option<Instant>),
}

impl Patience {
    fn of(timeout: Duration) -> Self {
        match timeout {
            Duration::ZERO => Self::None,
            some => Self::Until(Instant::now().checked_add(some)),
        }
    }

    /// The time is up.
    fn is_over(self) -> bool {
        match self {
            Self::None => true,
            Self::Until(until) => until.is_some_and(|until| until <= Instant::now()),
        }
    }

    fn until(self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Until(until) => until,
        }
    }
}

/// A value on its way into the queue, so that it can come back.
enum Outgoing<T> {
    /// It is a block of memory, and has moved.
    Moved(Body),
    Encoded(T, Body),
}

impl<T: Payload> Outgoing<T> {
    fn new(value: T) -> Result<Self, PutError<T>> {
        if Body::moves::<T>() {
            return Ok(Self::Moved(Body::of(value).expect("a block of memory is its own bytes")));
        }
        let mut bytes = Vec::new();
        let (encoded, luggage) = collect(|| encode(&value, &mut bytes));
        if let Err(why) = encoded {
            return Err(PutError::Encode(value, why.to_string()));
        }
        if !luggage.is_empty() {
            let why = "it refers to shared memory or descriptors, which cannot go through a queue; give them to the \
                       process or task in its argument";
            return Err(PutError::Encode(value, why.to_owned()));
        }
        let bytes = Body::of(bytes).expect("bytes are their own bytes");
        Ok(Self::Encoded(value, bytes))
    }

    fn body(&self) -> &Body {
        match self {
            Self::Moved(body) | Self::Encoded(_, body) => body,
        }
    }

    fn back(self) -> T {
        match self {
            Self::Moved(body) => body.decode().expect("it was this block of memory"),
            Self::Encoded(value, _) => value,
        }
    }
}

impl<T> Queue<T> {
    /// A queue of at most `capacity` values. A full one makes [`put`](Self::put) wait.
    ///
    /// # Errors
    ///
    /// What the system refuses: memory, or the three descriptors that it takes. A capacity of zero is
    /// refused as invalid input.
    pub fn bounded(capacity: usize) -> io::Result<Self> {
        if capacity == 0 {
            let text = "a queue without places could take nothing; give it one, or use unbounded()";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Self::with_capacity(capacity as u64)
    }

    /// A queue of as many values as there is memory for.
    ///
    /// # Errors
    ///
    /// As [`bounded`](Self::bounded).
    pub fn unbounded() -> io::Result<Self> {
        Self::with_capacity(u64::MAX)
    }

    fn with_capacity(capacity: u64) -> io::Result<Self> {
        Ok(Self {
            words: Words::new(capacity)?,
            store: Store::new()?,
            lock: Lock::new()?,
            values: PhantomData,
        })
    }

    /// How many values are in it at the moment. Others may put and get meanwhile.
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.words.get().len as usize
    }

    /// No value is in it at the moment.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values it may have; `None`: as many as there is memory for.
    pub fn capacity(&self) -> Option<usize> {
        let capacity = self.words.capacity();
        (capacity != u64::MAX).then_some(capacity as usize)
    }

    /// Takes no more values, from no process, and wakes all that wait. What was put can still be got;
    /// then [`get`](Self::get) says [`Closed`](GetError::Closed). Closing again does nothing.
    pub fn close(&self) {
        let guard = self.lock.acquire();
        self.words.set(State { closed: true, ..self.words.get() });
        drop(guard);
        self.words.ring(Wish::Item, true);
        self.words.ring(Wish::Place, true);
    }

    /// It has been closed.
    pub fn is_closed(&self) -> bool {
        self.words.get().closed
    }

    /// Waits for the lock, which others have for a moment only; `None`: it was not in time.
    fn enter(&self, patience: Patience) -> Option<LockGuard<'_>> {
        match patience.until() {
            // Also late there is a look: what has woken this one may have been for nobody else.
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                self.lock.acquire_timeout(left.max(MOMENT))
            }
            None => Some(self.lock.acquire()),
        }
    }

    /// Does something with the state under the lock, as soon as it is possible; `None`: it was not
    /// in time.
    ///
    /// `attempt` says what is true afterwards, or `None` if it cannot be done yet.
    fn change<R>(
        &self,
        wait_for: Wish,
        patience: Patience,
        mut attempt: impl FnMut(State) -> io::Result<Option<(State, R)>>,
    ) -> io::Result<Option<R>> {
        loop {
            let Some(guard) = self.enter(patience) else { return Ok(None) };
            let heard = self.words.listen(wait_for);
            // A holder that died has changed the state, or not.
            let attempted = attempt(self.words.get());
            if let Ok(Some((state, _))) = &attempted {
                self.words.set(*state);
                if let Some(state) = self.store.give_back(*state) {
                    self.words.set(state);
                }
            }
            drop(guard);
            match attempted? {
                Some((_, done)) => return Ok(Some(done)),
                None if patience.is_over() => return Ok(None),
                None => self.words.sleep(wait_for, heard, patience.until()),
            }
        }
    }
}

impl<T: Payload> Queue<T> {
    /// Puts a value; waits while the queue is full. A value that is got wakes it, and so does
    /// [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// [`PutError`] hands the value back: the queue has been closed, or the value cannot be encoded,
    /// or there is no memory for it.
    pub fn put(&self, value: T) -> Result<(), PutError<T>> {
        self.put_until(value, Patience::Until(None))
    }

    /// Puts a value if there is a place for it.
    ///
    /// # Errors
    ///
    /// [`Full`](PutError::Full), and those of [`put`](Self::put).
    #[doc(alias = "put_nowait")]
    pub fn try_put(&self, value: T) -> Result<(), PutError<T>> {
        self.put_until(value, Patience::None)
    }

    /// Puts a value; waits no longer than this for a place. Zero waits for nobody.
    ///
    /// # Errors
    ///
    /// As [`try_put`](Self::try_put).
    pub fn put_timeout(&self, value: T, timeout: Duration) -> Result<(), PutError<T>> {
        self.put_until(value, Patience::of(timeout))
    }

    fn put_until(&self, value: T, patience: Patience) -> Result<(), PutError<T>> {
        /// What came of it under the lock.
        enum Put {
            Done,
            Closed,
        }
        let outgoing = Outgoing::new(value)?;
        let capacity = self.words.capacity();
        let put = self.change(Wish::Place, patience, |state| {
            if state.closed {
                return Ok(Some((state, Put::Closed)));
            }
            if state.len >= capacity {
                return Ok(None);
            }
            Ok(Some((self.store.put(state, outgoing.body())?, Put::Done)))
        });
        match put {
            Ok(Some(Put::Done)) => {
                self.words.ring(Wish::Item, false);
                Ok(())
            }
            Ok(Some(Put::Closed)) => Err(PutError::Closed(outgoing.back())),
            Ok(None) => Err(PutError::Full(outgoing.back())),
            Err(error) => Err(PutError::Os(outgoing.back(), error)),
        }
    }

    /// Gets the oldest value; waits for one. A value that is put wakes it, and so does
    /// [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// [`Closed`](GetError::Closed) if the queue has been closed and is empty,
    /// [`Decode`](GetError::Decode) if the bytes are no such value; then it is gone.
    pub fn get(&self) -> Result<T, GetError> {
        self.get_until(Patience::Until(None))
    }

    /// Gets the oldest value if there is one.
    ///
    /// # Errors
    ///
    /// [`Empty`](GetError::Empty), and those of [`get`](Self::get).
    #[doc(alias = "get_nowait")]
    pub fn try_get(&self) -> Result<T, GetError> {
        self.get_until(Patience::None)
    }

    /// Gets the oldest value; waits no longer than this for one. Zero waits for nobody.
    ///
    /// # Errors
    ///
    /// As [`try_get`](Self::try_get).
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.get_until(Patience::of(timeout))
    }

    fn get_until(&self, patience: Patience) -> Result<T, GetError> {
        let got = self.change(Wish::Item, patience, |state| {
            if state.len > 0 {
                let (after, body) = self.store.get(state)?;
                return Ok(Some((after, Some(body))));
            }
            Ok(state.closed.then_some((state, None)))
        });
        let body = match got.map_err(GetError::Os)? {
            Some(Some(body)) => body,
            Some(None) => return Err(GetError::Closed),
            None => return Err(GetError::Empty),
        };
        self.words.ring(Wish::Place, false);
        let body = body.map_err(GetError::Decode)?;
        body.decode().map_err(|why| GetError::Decode(why.to_string()))
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        let Self { words, store, lock, values } = self;
        Self { words: words.clone(), store: store.clone(), lock: lock.clone(), values: *values }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

impl<T> Serialize for Queue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.words.memory(), self.store.parcel(), &self.lock).serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Queue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (words, store, lock): (Memory, Parcel, Lock) = Deserialize::deserialize(deserializer)?;
        let words = Words::at(words).map_err(de::Error::custom)?;
        Ok(Self { words, store: Store::at(store), lock, values: PhantomData })
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
