//! A word that two threads hand to and fro, each held to a core of its own: the limit of what
//! handing over anything takes. On a virtual machine it changes with the cores that the host gives.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering::*};
use std::thread;
use std::time::{Duration, Instant};

use super::cores;

/// Two threads that can each have a core of their own.
pub(crate) struct CacheLine(());

/// The word's value when somebody does not play on.
const OVER: u64 = u64::MAX;

impl CacheLine {
    /// # Errors
    ///
    /// Why two threads cannot each have a core of their own.
    pub(crate) fn new() -> Result<Self, String> {
        cores::two().map(Self)
    }

    /// The time that so many trips take, there and back.
    pub(crate) fn trips(&self, count: u64) -> Duration {
        let word = AtomicU64::new(0);
        let ask = || {
            hold(0, &word);
            // Until the other thread is there.
            take_turns(&word, [0, 2]);
            let start = Instant::now();
            take_turns(&word, (2..=count + 1).map(|trip| 2 * trip));
            start.elapsed()
        };
        let answer = || {
            hold(1, &word);
            take_turns(&word, (0..=count + 1).map(|trip| 2 * trip + 1));
        };
        thread::scope(|scope| {
            scope.spawn(answer);
            scope.spawn(ask).join().expect("a thread that measures")
        })
    }
}

/// Takes a core; without it the other thread is not left waiting.
fn hold(core: usize, word: &AtomicU64) {
    if let Err(reason) = cores::take(core) {
        word.store(OVER, Release);
        panic!("{reason}");
    }
}

/// Waits for each turn, and gives the word the value of the next.
fn take_turns(word: &AtomicU64, turns: impl IntoIterator<Item = u64>) {
    for turn in turns {
        loop {
            match word.load(Acquire) {
                OVER => return,
                now if now == turn => break,
                _ => spin_loop(),
            }
        }
        // Not over `OVER`.
        let _ended = word.compare_exchange(turn, turn + 1, Release, Relaxed);
    }
}

#[cfg(test)]
mod tests;
