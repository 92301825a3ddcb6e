use std::time::{Duration, Instant};

/// When to start workers, and when to give up.
#[derive(Debug)]
pub(super) struct Crew {
    /// How many workers are to live.
    wanted: usize,
    /// The numbers of workers that were ordered and of whose start nothing is known.
    ordered: Vec<u32>,
    /// Workers that died one after another, without a task in between that ended.
    deaths: u32,
    /// Attempts to start a worker that failed, without a success in between.
    failures: u32,
    /// Attempts that were ended from outside.
    mishaps: u32,
    /// No worker is started before.
    not_before: Option<Instant>,
    next_serial: u64,
}

/// Deaths in a row that are not worth a pause.
const HARMLESS: u32 = 3;
/// The longest pause before a worker is started.
const LONGEST: Duration = Duration::from_millis(500);
/// How often a worker may fail to start while there is no other.
const ATTEMPTS: u32 = 5;
/// How often it may exit, crash or hang before it is ready.
const BAD_STARTS: u32 = 3;
/// How often it may be killed by others before it is ready.
const MISHAPS: u32 = 30;

impl Crew {
    pub(super) fn new() -> Self {
        Self {
            wanted: 0,
            ordered: Vec::new(),
            deaths: 0,
            failures: 0,
            mishaps: 0,
            not_before: None,
            next_serial: 1,
        }
    }

    /// There is work for so many workers; those that have been there stay.
    pub(super) fn want(&mut self, workers: usize) {
        self.wanted = self.wanted.max(workers);
    }

    /// How many workers were ordered and have not arrived.
    pub(super) fn ordered(&self) -> usize {
        self.ordered.len()
    }

    /// As many workers as that are wanted already.
    pub(super) fn wants(&self, workers: usize) -> bool {
        self.wanted >= workers
    }

    /// How many workers to order now, when so many live or are ordered.
    pub(super) fn missing(&self, alive: usize, now: Instant) -> usize {
        if self.not_before.is_some_and(|at| now < at) {
            0
        } else {
            self.wanted.saturating_sub(alive)
        }
    }

    /// When to look again, if workers are missing now.
    pub(super) fn pause(&self, alive: usize) -> Option<Instant> {
        if self.wanted > alive { self.not_before } else { None }
    }

    /// Orders a worker: its number, and its serial. Numbers of workers that have ended are used again.
    pub(super) fn order(&mut self, used: impl Fn(u32) -> bool) -> (u32, u64) {
        self.next_serial += 1;
        let free = |index: &u32| !used(*index) && !self.ordered.contains(index);
        let index = (0..).find(free).expect("there are more numbers than workers");
        self.ordered.push(index);
        (index, self.next_serial)
    }

    /// The worker with this number has started, or could not.
    pub(super) fn arrived(&mut self, index: u32) {
        self.ordered.retain(|ordered| *ordered != index);
    }

    /// A worker is ready.
    pub(super) fn started(&mut self) {
        self.failures = 0;
        self.mishaps = 0;
    }

    /// A task has ended.
    pub(super) fn succeeded(&mut self) {
        self.deaths = 0;
        self.not_before = None;
    }

    /// A worker that was ready has died.
    pub(super) fn died(&mut self, now: Instant) {
        self.deaths += 1;
        self.pause_for(self.deaths, now);
    }

    /// The system has refused to start a worker; true: give up.
    pub(super) fn refused(&mut self, others_live: bool, now: Instant) -> bool {
        self.failures += 1;
        self.pause_for(HARMLESS + 2 * self.failures, now);
        self.failures >= ATTEMPTS && !others_live
    }

    /// A worker has ended by itself, or has been ended as it hung, before it was ready; true: give
    /// up.
    pub(super) fn started_badly(&mut self, others_live: bool, now: Instant) -> bool {
        self.failures += 1;
        self.pause_for(HARMLESS + self.failures, now);
        self.failures >= BAD_STARTS && (!others_live || self.failures >= 2 * BAD_STARTS)
    }

    /// A worker was killed by somebody else before it was ready; true: give up.
    pub(super) fn was_thwarted(&mut self, now: Instant) -> bool {
        self.mishaps += 1;
        self.pause_for(self.mishaps, now);
        self.mishaps >= MISHAPS
    }

    fn pause_for(&mut self, times: u32, now: Instant) {
        let doublings = times.saturating_sub(HARMLESS).min(16);
        let pause = Duration::from_millis((1 << doublings) - 1).min(LONGEST);
        self.not_before = (!pause.is_zero()).then(|| now + pause);
    }
}

#[cfg(test)]
mod tests;
