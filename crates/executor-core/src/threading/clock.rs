//! Which timers are pending, which are due, and who runs them. Pure but for the threads it names.
//!
//! ```text
//! set ─▶ pending ──ripen──▶ due ──take──▶ a runner calls it
//!           └────withdraw────┴──▶ never called
//! ```
//!
//! All of it is behind one lock. A timer's function is taken out under it, either by a runner or by
//! a canceller; so either it runs or it was cancelled, never both and never neither.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::future::Promise;

/// A function that is on its way longer than this no longer counts as about to be through.
pub(super) const LONG: Duration = Duration::from_millis(1);

/// When a timer fires; those for the same moment in the order of their starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    at: Moment,
    number: u64,
}

/// A time beyond what a clock can say never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    At(Instant),
    Never,
}

impl Key {
    /// That of a timer which is started now; `number` is given once.
    pub(super) fn new(interval: Duration, number: u64) -> Self {
        let at = Instant::now().checked_add(interval).map_or(Moment::Never, Moment::At);
        Self { at, number }
    }

    /// It needs somebody who keeps the time.
    pub(super) fn comes(&self) -> bool {
        self.at != Moment::Never
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

/// What a timer does, and who is told that it is over.
pub(super) struct Entry {
    /// Behind a lock only because a function need not be `Sync`; nobody but its taker locks it.
    f: Mutex<Function>,
    over: Promise<()>,
}

pub(super) type Function = Box<dyn FnOnce() + Send>;

impl Entry {
    pub(super) fn new(f: Function, over: Promise<()>) -> Self {
        Self { f: Mutex::new(f), over }
    }

    pub(super) fn into_parts(self) -> (Function, Promise<()>) {
        (self.f.into_inner().unwrap_or_else(PoisonError::into_inner), self.over)
    }
}

/// What the keeper of time has to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing is left to wait for.
    End,
    /// Nothing before that moment.
    Sleep(Instant),
    /// Start these runners, which count already.
    Start(Range<u64>),
}

/// See the file.
pub(super) struct Clock {
    pending: BTreeMap<Key, Entry>,
    due: BTreeMap<Key, Entry>,
    /// The thread that waits for the next moment.
    pub(super) keeper: Option<Thread>,
    /// Runners that were started and have not come for their first function.
    coming: BTreeSet<u64>,
    /// Since when the others run the one that they took last.
    running: BTreeMap<u64, Instant>,
    runners: u64,
}

impl Clock {
    pub(super) const fn new() -> Self {
        Self {
            pending: BTreeMap::new(),
            due: BTreeMap::new(),
            keeper: None,
            coming: BTreeSet::new(),
            running: BTreeMap::new(),
            runners: 0,
        }
    }

    /// Adds a timer. The keeper may have to get up earlier for it.
    pub(super) fn set(&mut self, key: Key, entry: Entry) {
        self.pending.insert(key, entry);
        if key.comes() && self.pending.first_key_value().is_some_and(|(first, _)| *first == key) {
            self.wake_keeper();
        }
    }

    /// Takes a timer back that no runner has taken.
    pub(super) fn withdraw(&mut self, key: Key) -> Option<Entry> {
        let entry = self.pending.remove(&key).or_else(|| self.due.remove(&key));
        if self.idle() {
            self.wake_keeper();
        }
        entry
    }

    fn wake_keeper(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.unpark();
        }
    }

    /// Nobody has to keep the time.
    fn idle(&self) -> bool {
        self.due.is_empty() && self.next().is_none()
    }

    /// When the next timer is due.
    fn next(&self) -> Option<Instant> {
        match self.pending.first_key_value()?.0.at {
            Moment::At(at) => Some(at),
            Moment::Never => None,
        }
    }

    fn ripen(&mut self, now: Instant) {
        while self.next().is_some_and(|at| at <= now)
            && let Some((key, entry)) = self.pending.pop_first()
        {
            self.due.insert(key, entry);
        }
    }

    /// What the keeper does at this moment. At the end there is no keeper any more.
    pub(super) fn step(&mut self, now: Instant) -> Step {
        self.ripen(now);
        if self.due.is_empty() {
            let next = self.next();
            if next.is_none() {
                self.keeper = None;
            }
            return next.map_or(Step::End, Step::Sleep);
        }
        let soon = |since: &&Instant| now.duration_since(**since) < LONG;
        if !self.coming.is_empty() || self.running.values().any(|since| soon(&since)) {
            // They are likely to do it all. If not, more are needed than a look ago.
            let look = now + LONG;
            return Step::Sleep(self.next().map_or(look, |next| next.min(look)));
        }
        // As many again as are held up, so that many long functions do not queue for long.
        let many = self.running.len().clamp(1, self.due.len()) as u64;
        let runners = self.runners..self.runners + many;
        self.runners = runners.end;
        self.coming.extend(runners.clone());
        Step::Start(runners)
    }

    /// A runner comes for its next function; `None`: it is not needed any more.
    pub(super) fn take(&mut self, runner: u64, now: Instant) -> Option<(Key, Entry)> {
        self.ripen(now);
        self.coming.remove(&runner);
        let taken = self.due.pop_first();
        match taken {
            Some(_) => self.running.insert(runner, now),
            None => self.running.remove(&runner),
        };
        taken
    }

    /// A runner could not be started; true: there is no other.
    pub(super) fn missed(&mut self, runner: u64) -> bool {
        self.coming.remove(&runner);
        self.coming.is_empty() && self.running.is_empty()
    }

    /// A runner does not come again.
    pub(super) fn leave(&mut self, runner: u64) {
        self.running.remove(&runner);
    }
}
