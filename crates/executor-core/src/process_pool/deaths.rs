//! What becomes of the tasks of a worker that has ended.

use std::time::{Duration, Instant};

use crate::commons::Progress;
use crate::error::{TaskError, WorkerExit};
use crate::process::Ended;

use super::config::Config;
use super::flight::Flight;
use super::job::{Delivery, Piece};
use super::lane::{Lane, LaneState, Verdict};
use super::ledger::Ledger;

/// Signals by which somebody outside ends a process.
const FROM_OUTSIDE: [i32; 4] = [libc::SIGKILL, libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

impl Ledger {
    /// A worker has ended, and all that it said has been heard. Its lane is no longer among the
    /// others.
    pub(super) fn bury(&mut self, mut lane: Lane, ended: Ended, config: &Config) {
        let now = Instant::now();
        lane.read_tails(|_| ());
        let exit = describe(&lane, ended, config.memory_limit);
        let mut again = Vec::new();
        while let Some(flight) = lane.flights.pop_front() {
            let progress = lane.progress(&flight);
            // What was to be ended is not tried again.
            let ended = lane.asked_to_end.is_some() || lane.verdict == Some(Verdict::Unneeded);
            again.extend(self.pick_up(&flight, progress, &exit, ended));
            self.finish_if_over(flight.piece.key);
        }
        for piece in again.into_iter().rev().filter(|piece| piece.len() > 0) {
            if self.jobs.contains(piece.key) {
                self.put_back(piece);
            }
        }
        self.note_end(&lane, &exit, now, config);
    }

    /// Whatever is not run again in a broken pool fails with the cause.
    fn put_back(&mut self, piece: Piece) {
        match &self.broken {
            _ if self.cutting => self.cut(piece),
            None => self.backlog.push_front(piece),
            Some(cause) => {
                let cause = cause.clone();
                self.fail(piece, || super::ledger::broken(&cause));
            }
        }
    }

    /// Leaves out what a cancelling shutdown did not find because a worker had it that was about to
    /// end.
    fn cut(&mut self, piece: Piece) {
        if self.jobs.is_chunk(piece.key) {
            self.jobs.cut(piece.key, piece.len());
            self.finish_if_over(piece.key);
        } else if let Some(sink) = self.jobs.remove(piece.key) {
            self.cancelled += 1;
            sink.cancel();
            self.deliveries.push_back(Delivery::Cancel(sink));
        }
    }

    /// Of a frame that a dead worker had: the item that ran fails, or is tried again; those behind
    /// it were not begun. Returns what is to be run elsewhere.
    fn pick_up(
        &mut self,
        flight: &Flight,
        progress: Progress,
        exit: &WorkerExit,
        killed: bool,
    ) -> Vec<Piece> {
        let rest = flight.unanswered();
        // Of what was begun, the answers before the last one have been heard, unless what the
        // worker shares with the program has been overwritten: then nobody knows, and nothing is
        // run twice.
        let began = match progress {
            Progress::Sent | Progress::Revoked | Progress::Condemned(_) => return rest,
            Progress::Begun(item) => flight.piece.from + item,
            Progress::Done | Progress::Foreign => u32::MAX,
        };
        let mut again = Vec::new();
        for run in rest {
            let begun = Piece { to: run.to.min(began.saturating_add(1)), ..run };
            for item in begun.from..begun.to {
                let alone = Piece { from: item, to: item + 1, ..run };
                let Some(job) = self.jobs.get(run.key) else { return Vec::new() };
                if !killed && job.may_retry(item) {
                    again.push(alone);
                } else {
                    let error = if killed {
                        TaskError::killed()
                    } else {
                        TaskError::worker_died(exit.clone())
                    };
                    self.land(run.key, item, error);
                }
            }
            again.push(Piece { from: begun.to.max(run.from), ..run });
        }
        again
    }

    /// Learns from the end for the workers to come.
    fn note_end(&mut self, lane: &Lane, exit: &WorkerExit, now: Instant, config: &Config) {
        let others = self.lanes.iter().any(Lane::works);
        match lane.state {
            // What the program itself ends is no sign that something is wrong with the workers.
            LaneState::Ready if lane.verdict == Some(Verdict::TaskEnded) => {}
            LaneState::Ready => self.crew.died(now),
            LaneState::Leaving { .. } => {}
            LaneState::Starting { .. } if lane.verdict == Some(Verdict::Unneeded) => {}
            LaneState::Starting { .. } => {
                let outside = exit.signal().is_some_and(|signal| FROM_OUTSIDE.contains(&signal));
                let stuck = lane.verdict == Some(Verdict::Stuck);
                if outside && !stuck {
                    if self.crew.was_thwarted(now) {
                        self.refuse(format!("its workers are killed while they start: {exit}"));
                    }
                } else if self.crew.started_badly(others, now) {
                    self.refuse(never_ready(exit, stuck.then_some(config.start_timeout)));
                }
            }
        }
    }

    /// Gives up for good, once no lane is being looked at.
    pub(super) fn refuse(&mut self, cause: String) {
        self.refused.get_or_insert(cause);
    }
}

fn never_ready(exit: &WorkerExit, waited: Option<Duration>) -> String {
    let words = exit.last_words();
    match waited {
        Some(waited) => too_slow(waited, &words),
        None => format!(
            "{exit} before it was ready for work, several times: is `concurrent_futures::init();` the first line of \
             main(), and does the initializer leave the process alive?{words}"
        ),
    }
}

pub(super) fn too_slow(waited: Duration, words: &str) -> String {
    format!(
        "its workers do not get ready within start_timeout ({waited:?}): is `concurrent_futures::init();` the first \
         line of main(), and does the initializer come to an end?{words}"
    )
}

fn describe(lane: &Lane, ended: Ended, limit: Option<u64>) -> WorkerExit {
    let mut exit = WorkerExit::new(lane.child.pid, ended.code, ended.signal);
    if let Some(tail) = &lane.stdout {
        exit = exit.with_stdout_tail(tail.text());
    }
    if let Some(tail) = &lane.stderr {
        exit = exit.with_stderr_tail(tail.text());
    }
    let used = match (lane.verdict, limit) {
        (Some(Verdict::Memory { used }), _) => Some(used),
        // The system refused it more.
        (None, Some(limit)) if ended.max_rss >= limit => Some(ended.max_rss),
        _ => None,
    };
    match (used, limit) {
        (Some(used), Some(limit)) => exit.with_excess_memory(used, limit),
        _ => exit,
    }
}
