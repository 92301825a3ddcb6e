//! Everything that a pool knows, behind one lock.
//!
//! A job is in `jobs` from its submission until it is over; what is to be told then lies in
//! `deliveries`, from where the manager takes it to run it when the lock is free, because it runs
//! code of a user. The items of a job are in the backlog, in the flights of a lane, or have landed.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use crate::commons::Progress;
use crate::error::TaskError;
use crate::executor::PoolStats;

use super::crew::Crew;
use super::job::{Backlog, Delivery, Jobs, Order, Piece};
use super::lane::{Lane, LaneState, Stopped, Verdict};
use super::sink::Sink;
use super::window::LEAST;

/// See the file.
pub(super) struct Ledger {
    pub(super) phase: Phase,
    /// A shutdown has cancelled what had not begun, and what comes back from a dead worker as well.
    pub(super) cutting: bool,
    /// Why nothing can be run any more.
    pub(super) broken: Option<String>,
    pub(super) jobs: Jobs,
    pub(super) backlog: Backlog,
    pub(super) lanes: Vec<Lane>,
    pub(super) crew: Crew,
    pub(super) deliveries: VecDeque<Delivery>,
    /// The manager sleeps, until this moment if there is one, and has not been woken.
    pub(super) asleep: Option<Option<Instant>>,
    /// Something has changed that the manager looks at before it sleeps.
    pub(super) roused: bool,
    /// Why the pool is about to break down.
    pub(super) refused: Option<String>,
    pub(super) finished: u64,
    pub(super) cancelled: u64,
    pub(super) max_workers: usize,
}

/// The jobs of which something has ended or goes on, and what of them was taken back.
struct Withdrawn {
    pieces: Vec<Piece>,
    begun: BTreeSet<u64>,
}

/// Whether the pool takes work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// No new work; what was accepted goes on.
    Closing,
    /// No worker lives any more.
    Ended,
}

impl Ledger {
    pub(super) fn new(max_workers: usize) -> Self {
        Self {
            phase: Phase::Open,
            cutting: false,
            broken: None,
            jobs: Jobs::default(),
            backlog: Backlog::default(),
            lanes: Vec::new(),
            crew: Crew::new(),
            deliveries: VecDeque::new(),
            asleep: None,
            roused: false,
            refused: None,
            finished: 0,
            cancelled: 0,
            max_workers,
        }
    }

    /// Why a job is not taken now.
    pub(super) fn refusal(&self) -> Option<TaskError> {
        if self.phase != Phase::Open {
            return Some(TaskError::shut_down());
        }
        self.broken.as_ref().map(|cause| broken(cause))
    }

    /// Takes a job, and hands it to a worker if one has nothing else to do.
    pub(super) fn accept(&mut self, order: Order, sink: Box<dyn Sink>) {
        let piece = self.jobs.insert(order, sink);
        self.backlog.push_back(piece);
        self.hand_out(Lane::is_idle);
        if self.backlog.len() > 0 {
            self.hand_out(|lane| lane.has_room() && lane.flights.len() < LEAST);
            self.hand_ahead();
        }
        self.want_workers();
    }

    /// There is more to do than workers that have nothing else to do.
    fn want_workers(&mut self) {
        if self.crew.wants(self.max_workers) {
            return;
        }
        let free = |lane: &&Lane| lane.is_idle() || lane.is_ahead();
        let busy = |lane: &&Lane| {
            lane.works() && !lane.flights.is_empty() || lane.is_starting() && !lane.is_ahead()
        };
        let free = self.lanes.iter().filter(free).count();
        let busy = self.lanes.iter().filter(busy).count();
        // What stands behind another task in a window waits as well: its worker may be busy for
        // long.
        let need = busy + self.queued().max(free);
        self.crew.want(need.min(self.max_workers));
    }

    /// The worker with this serial.
    pub(super) fn lane(&mut self, serial: u64) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.serial == serial)
    }

    /// How many workers live that may be given tasks, now or soon.
    pub(super) fn alive(&self) -> usize {
        let useful = |lane: &&Lane| lane.works() || (lane.is_starting() && lane.verdict.is_none());
        self.lanes.iter().filter(useful).count() + self.crew.ordered()
    }

    /// A pool has at most as many workers again on their way in or out.
    fn places(&self) -> usize {
        (2 * self.max_workers).saturating_sub(self.lanes.len() + self.crew.ordered())
    }

    /// How many workers to order now.
    pub(super) fn missing(&self, now: Instant) -> usize {
        let needed = self.phase == Phase::Open || self.backlog.len() > 0;
        if needed && self.broken.is_none() {
            self.crew.missing(self.alive(), now).min(self.places())
        } else {
            0
        }
    }

    /// Tasks that wait and have not begun.
    pub(super) fn queued(&self) -> usize {
        let begun = |lane: &Lane| usize::from(!lane.is_ahead());
        let behind = |lane: &Lane| lane.open_flights().saturating_sub(begun(lane));
        self.backlog.len() + self.lanes.iter().map(behind).sum::<usize>()
    }

    /// A flight that carries items of the job, as its lane's place and its own in there.
    fn locate(&self, key: u64) -> Option<(usize, usize)> {
        let find = |lane: &Lane| lane.flights.iter().position(|flight| flight.piece.key == key);
        self.lanes.iter().enumerate().find_map(|(at, lane)| Some((at, find(lane)?)))
    }

    /// Takes a job back that has not begun. Of a chunk that has, only what has not begun is taken
    /// back, and nobody will be told of the rest.
    pub(super) fn recall(&mut self, key: u64) -> Option<Box<dyn Sink>> {
        let chunk = self.jobs.contains(key).then(|| self.jobs.is_chunk(key))?;
        let begun = if chunk { self.stop(key) } else { false };
        let flown = self.locate(key);
        match flown {
            _ if chunk => self.backlog.bury_all(key),
            Some((lane, at)) => drop(self.lanes[lane].revoke(at)?),
            None => {}
        }
        let sink = self.jobs.remove(key)?;
        if flown.is_none() && !chunk {
            self.backlog.bury(&self.jobs);
        }
        self.cancelled += u64::from(!begun);
        self.hand_out(Lane::is_idle);
        Some(sink)
    }

    /// Wants no more of a chunk; true: some of it had begun.
    fn stop(&mut self, key: u64) -> bool {
        let mut begun = self.jobs.has_results(key);
        for lane in &mut self.lanes {
            for at in (0..lane.flights.len()).rev() {
                if lane.flights[at].piece.key == key {
                    // What is answered already waits to be read, and will find no job.
                    begun |= lane.stop(at).is_none_or(|stopped| stopped.begun);
                }
            }
        }
        begun
    }

    /// The job has begun, as far as its worker says.
    pub(super) fn begun(&mut self, key: u64) -> bool {
        let Some((lane, at)) = self.locate(key) else { return false };
        let lane = &self.lanes[lane];
        !matches!(lane.progress(&lane.flights[at]), Progress::Sent | Progress::Revoked)
    }

    /// Kills the worker that runs the job, and ends the job so; false: none runs it.
    pub(super) fn kill(&mut self, key: u64) -> bool {
        if !self.jobs.contains(key) {
            return false;
        }
        match self.locate(key) {
            Some((lane, at)) => match self.lanes[lane].progress(&self.lanes[lane].flights[at]) {
                Progress::Begun(item) => self.end_running(lane, at, item, TaskError::killed()),
                _ => false,
            },
            None => {
                // Its worker died, and it waits to be run again.
                let sink = self.jobs.remove(key);
                self.backlog.bury(&self.jobs);
                self.finished += 1;
                self.deliveries.extend(sink.map(|sink| Delivery::Fail(sink, TaskError::killed())));
                true
            }
        }
    }

    /// Ends an item that runs with an error, and its worker with it; false: it has just ended.
    pub(super) fn end_running(
        &mut self,
        lane: usize,
        at: usize,
        item: u32,
        error: TaskError,
    ) -> bool {
        let stopped = self.lanes[lane].flights[at].last().is_some();
        if stopped {
            // The worker leaves the frame by itself: it is still there if it can have begun nothing
            // else.
            self.take_back(lane, 1);
            if self.lanes[lane].flights.len() > 1 {
                return false;
            }
            let answered = self.lanes[lane].flights[at].is_over();
            debug_assert!(!answered, "a flight that is over is forgotten");
            self.tell_of_end(lane, at, item, error);
        } else if !self.end_item(lane, at, item, error) {
            return false;
        }
        self.lanes[lane].kill(Verdict::TaskEnded);
        // What stands behind it goes to others now, before what came later.
        self.take_back(lane, 1);
        self.hand_out(Lane::is_idle);
        true
    }

    fn end_item(&mut self, lane: usize, at: usize, item: u32, error: TaskError) -> bool {
        if !self.lanes[lane].condemn(at, item) {
            return false;
        }
        if self.tell_of_end(lane, at, item, error) {
            return true;
        }
        // Its answer was heard just before. The worker stands still now, and has to go all the
        // same.
        self.lanes[lane].kill(Verdict::TaskEnded);
        false
    }

    /// False: the item is answered already.
    fn tell_of_end(&mut self, lane: usize, at: usize, item: u32, error: TaskError) -> bool {
        let flight = &mut self.lanes[lane].flights[at];
        if flight.answer(item).is_err() {
            return false;
        }
        let (key, item) = (flight.piece.key, flight.piece.from + item);
        self.land(key, item, error);
        true
    }

    /// An item has failed.
    pub(super) fn land(&mut self, key: u64, item: u32, error: TaskError) {
        self.finished += 1;
        let told = self.jobs.land(key, item, super::sink::Landed::Failed(error));
        self.deliveries.extend(told);
    }

    /// Cancels every job that has not begun. Of a chunk that has, the items that have ended and the
    /// one that runs are told, and the rest is left out.
    pub(super) fn cancel_queued(&mut self) {
        let left = self.withdraw(true);
        for sink in self.jobs.take_all_but(&left.begun) {
            self.cancelled += 1;
            sink.cancel();
            self.deliveries.push_back(Delivery::Cancel(sink));
        }
        for piece in left.pieces {
            self.jobs.cut(piece.key, piece.len());
        }
        left.begun.into_iter().for_each(|key| self.finish_if_over(key));
        self.cutting = true;
    }

    /// Nothing can be run any more: all that has not begun fails with the cause.
    pub(super) fn break_down(&mut self, cause: String) {
        if self.broken.is_some() {
            return;
        }
        let left = self.withdraw(false);
        for sink in self.jobs.take_all_but(&left.begun) {
            self.finished += 1;
            self.deliveries.push_back(Delivery::Fail(sink, broken(&cause)));
        }
        for piece in left.pieces {
            self.fail(piece, || broken(&cause));
        }
        left.begun.into_iter().for_each(|key| self.finish_if_over(key));
        self.broken = Some(cause);
    }

    /// Takes everything back that has not begun, and the rest of chunks that have if that is
    /// wished.
    fn withdraw(&mut self, rest_of_chunks: bool) -> Withdrawn {
        let mut pieces = self.backlog.take_all();
        let mut begun = BTreeSet::new();
        for lane in &mut self.lanes {
            for at in (0..lane.flights.len()).rev() {
                let key = lane.flights[at].piece.key;
                let taken = if rest_of_chunks && self.jobs.is_chunk(key) {
                    lane.stop(at)
                } else {
                    let unbegun = |piece| Stopped { begun: false, left_out: vec![piece] };
                    lane.revoke(at).map(unbegun)
                };
                // What is answered already waits to be read.
                if taken.as_ref().is_none_or(|stopped| stopped.begun) {
                    begun.insert(key);
                }
                pieces.extend(taken.into_iter().flat_map(|stopped| stopped.left_out));
            }
        }
        let ended = pieces.iter().filter(|piece| self.jobs.has_results(piece.key));
        begun.extend(ended.map(|piece| piece.key));
        pieces.retain(|piece| begun.contains(&piece.key));
        Withdrawn { pieces, begun }
    }

    /// Items that nobody will run fail.
    pub(super) fn fail(&mut self, piece: Piece, error: impl Fn() -> TaskError) {
        for item in piece.from..piece.to {
            self.land(piece.key, item, error());
        }
        self.finish_if_over(piece.key);
    }

    /// Tells a chunk of which nothing is open any more.
    pub(super) fn finish_if_over(&mut self, key: u64) {
        if self.jobs.contains(key) {
            let over = self.jobs.finish_if_over(key);
            self.deliveries.extend(over);
        }
    }

    /// Ends everything now: what runs is killed, what does not is cancelled.
    pub(super) fn end_all(&mut self) {
        self.phase = self.phase.max_closing();
        self.cancel_queued();
        for lane in 0..self.lanes.len() {
            for at in (0..self.lanes[lane].flights.len()).rev() {
                let running = self.lanes[lane].progress(&self.lanes[lane].flights[at]);
                if let Progress::Begun(item) = running {
                    self.end_item(lane, at, item, TaskError::killed());
                }
            }
        }
    }

    /// There is nothing left to do for anybody.
    pub(super) fn is_over(&self) -> bool {
        self.phase != Phase::Open
            && self.lanes.is_empty()
            && self.crew.ordered() == 0
            && self.deliveries.is_empty()
            && self.jobs.len() == 0
    }

    /// What the pool is doing.
    pub(super) fn stats(&self) -> PoolStats {
        let runs = |lane: &&Lane| {
            let first = lane.flights.front();
            first.is_some_and(|flight| matches!(lane.progress(flight), Progress::Begun(_)))
        };
        let running = self.lanes.iter().filter(runs).count();
        let flights: usize = self.lanes.iter().map(Lane::open_flights).sum();
        PoolStats {
            workers: self.lanes.iter().filter(|lane| lane.verdict.is_none()).count(),
            idle: self.lanes.iter().filter(|lane| lane.is_idle()).count(),
            queued: self.backlog.len() + flights.saturating_sub(running),
            running,
            finished: self.finished,
            cancelled: self.cancelled,
        }
    }
}

impl Phase {
    /// At least closing.
    pub(super) fn max_closing(self) -> Self {
        if self == Self::Open { Self::Closing } else { self }
    }
}

impl Lane {
    /// It is starting, and has not begun what it may have been given. It may do so before it is
    /// heard to be ready.
    pub(super) fn is_ahead(&self) -> bool {
        let begun = |first| self.progress(first) != Progress::Sent;
        self.is_starting() && !self.flights.front().is_some_and(begun)
    }

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.state, LaneState::Starting { .. })
    }
}

/// The error for what a broken pool does not run.
pub(super) fn broken(cause: &str) -> TaskError {
    TaskError::broken(format!(
        "the pool is broken and runs nothing any more, as {cause}; mend that and build a new pool"
    ))
}

#[cfg(test)]
mod tests;
