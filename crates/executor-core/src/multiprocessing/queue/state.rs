//! What all that have a queue know of it, in shared words.
//!
//! Rule Q1. The memory is writable, as long as a `Layout`, aligned to 64 bytes, and mapped for as
//! long as the `Words` live. Zeroes are a `Layout`, and every part of it is atomic, so whatever
//! another process writes there is a value. Nobody reaches it in any other way.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use executor_sync::process::Memory;
use rustix::thread::futex;

use crate::commons::{Berth, Pair};
use crate::future::aside;

/// See the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Where the oldest value begins.
    pub(super) read: u64,
    /// Where the next value will begin.
    pub(super) write: u64,
    /// How many values there are.
    pub(super) len: u64,
    /// Before this the file has no memory, but for its beginning.
    pub(super) punched: u64,
    pub(super) closed: bool,
}

/// The shared words of one queue.
#[derive(Clone, Debug)]
pub(super) struct Words(Memory);

#[repr(C)]
struct Layout {
    /// How many values there may be.
    capacity: AtomicU64,
    /// The fields of the state, for whoever holds the lock.
    state: Pair<5>,
    berths: [Berth; 2],
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    /// That something was put.
    Item,
    /// That something was got.
    Place,
}

/// How long anybody sleeps before he looks again.
const PATROL: Duration = Duration::from_millis(50);

impl Words {
    /// The words of a new queue of so many values.
    pub(super) fn new(capacity: u64) -> std::io::Result<Self> {
        let words = Self(Memory::zeroed(size_of::<Layout>())?);
        words.layout().capacity.store(capacity, Relaxed);
        Ok(words)
    }

    pub(super) fn at(memory: Memory) -> Result<Self, String> {
        if memory.is_writable() && memory.len() == size_of::<Layout>() {
            Ok(Self(memory))
        } else {
            Err(format!("{} bytes of memory are not those of a queue", memory.len()))
        }
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.0
    }

    fn layout(&self) -> &Layout {
        const { assert!(align_of::<Layout>() <= 64) };
        // SAFETY: Q1.
        unsafe { &*self.0.as_ptr().cast::<Layout>() }
    }

    /// How many values there may be.
    pub(super) fn capacity(&self) -> u64 {
        self.layout().capacity.load(Relaxed)
    }

    /// The state. Without the lock it may be that of any moment, and mix two of them.
    pub(super) fn get(&self) -> State {
        let [read, write, len, punched, closed] = self.layout().state.get();
        State { read, write, len, punched, closed: closed != 0 }
    }

    /// Changes the state; for whoever holds the lock.
    pub(super) fn set(&self, state: State) {
        let State { read, write, len, punched, closed } = state;
        self.layout().state.set([read, write, len, punched, u64::from(closed)]);
    }

    fn berth(&self, wish: Wish) -> &Berth {
        &self.layout().berths[wish as usize]
    }

    /// What to give to [`sleep`](Self::sleep); taken before the state is looked at, under the lock.
    pub(super) fn listen(&self, wish: Wish) -> u32 {
        self.berth(wish).listen()
    }

    /// Sleeps until it may have come true, or for a while; not under the lock.
    pub(super) fn sleep(&self, wish: Wish, heard: u32, until: Option<Instant>) {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let most = left.map_or(PATROL, |left| left.min(PATROL));
        let most = futex::Timespec { tv_sec: 0, tv_nsec: most.subsec_nanos().into() };
        let berth = self.berth(wish);
        let word: &AtomicU32 = berth.lie_down();
        aside(|| {
            // Whatever ends the sleep, the caller looks.
            let _why = futex::wait(word, futex::Flags::empty(), heard, Some(&most));
        });
        berth.rise();
    }

    /// It has come true; wakes one of those that sleep for it, or all.
    pub(super) fn ring(&self, wish: Wish, all: bool) {
        if let Some(word) = self.berth(wish).ring() {
            let count = if all { i32::MAX as u32 } else { 1 };
            // It cannot fail: the word is there.
            let _woken = futex::wake(word, futex::Flags::empty(), count);
        }
    }
}
