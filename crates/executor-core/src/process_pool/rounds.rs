//! What the manager does each time it looks around.

use std::time::{Duration, Instant};

use executor_sync::process::pick_up;
use rustix::process::Signal;

use crate::commons::Progress;
use crate::error::{TaskError, TaskErrorKind};
use crate::process::{Body, Content, PanicReport, ReplyKind, decode, reap, unload};

use super::config::Config;
use super::job::Delivery;
use super::lane::{Lane, LaneState, Said, Verdict};
use super::ledger::{Ledger, Phase};
use super::sink::Landed;

/// How often the memory of busy workers is looked at.
const MEMORY_EVERY: Duration = Duration::from_millis(5);
/// How long a worker that was asked to end may take.
const GRACE: Duration = Duration::from_secs(2);

/// What a look at the pages has brought.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    /// How many frames have been answered.
    pub(super) frames: usize,
    pub(super) bytes: usize,
}

impl Ledger {
    /// The manager is about to sleep; false: there is something to hear first.
    pub(super) fn hang_bells(&mut self) -> bool {
        let mut silent = true;
        for lane in &mut self.lanes {
            // What was taken back and yet read by the worker is let go here at the latest.
            lane.settle();
            silent &= lane.hang_bell();
        }
        silent
    }

    /// Hears what workers have published.
    pub(super) fn read_pages(&mut self, scratch: &mut Vec<u8>) -> Heard {
        let now = Instant::now();
        let mut all = Heard::default();
        self.each_lane(|ledger, lane| {
            if !lane.has_replies() {
                return;
            }
            let before = lane.flights.len();
            // Of what was answered before its greeting was heard nobody knows when it was begun.
            let known = lane.greeted;
            let heard = lane.read_page(scratch, &mut |lane, said| ledger.hear(lane, said));
            if heard.is_err() {
                lane.kill(Verdict::Garbled);
            }
            lane.lively = now;
            let answered = before - lane.flights.len();
            all.frames += answered;
            all.bytes += scratch.len();
            if answered > 0 && known {
                lane.window.learn(answered, now);
            }
        });
        self.settle();
        all
    }

    /// Hears what a worker has written to its pipe; false: the pipe has ended.
    pub(super) fn read_pipe(&mut self, serial: u64) -> bool {
        let mut open = true;
        self.each_lane(|ledger, lane| {
            if lane.serial == serial {
                open = ledger.read_pipe_of(lane);
            }
        });
        self.settle();
        open
    }

    /// False: the pipe has ended.
    fn read_pipe_of(&mut self, lane: &mut Lane) -> bool {
        // Both closures need the ledger, one after the other.
        let ledger = std::cell::RefCell::new(self);
        let heard = lane.read_pipe(
            &mut |piece, len| {
                let mut ledger = ledger.borrow_mut();
                match ledger.jobs.get(piece.key) {
                    Some(job) => job.room(len),
                    None => Body::room_for::<Vec<u8>>(len),
                }
            },
            &mut |lane, said| ledger.borrow_mut().hear(lane, said),
        );
        if heard.is_err() {
            lane.kill(Verdict::Garbled);
        }
        heard.unwrap_or(false)
    }

    /// Looks at each lane while the rest of the ledger can be changed.
    fn each_lane(&mut self, mut look: impl FnMut(&mut Self, &mut Lane)) {
        let mut lanes = std::mem::take(&mut self.lanes);
        for lane in &mut lanes {
            look(self, lane);
        }
        debug_assert!(self.lanes.is_empty(), "lanes are added by the manager alone");
        self.lanes = lanes;
    }

    fn hear(&mut self, lane: &mut Lane, said: Said<'_>) {
        match said {
            Said::Hello | Said::Refused(_) if lane.greeted => lane.kill(Verdict::Garbled),
            Said::Hello => {
                lane.ready(Instant::now());
                self.crew.started();
            }
            Said::Refused(why) => {
                // It ends by itself, and is ended if it does not.
                lane.leave(Instant::now());
                self.refuse(why);
            }
            Said::Item { key, item, kind, content } => {
                self.finished += 1;
                self.crew.succeeded();
                let told = match (kind, content) {
                    (ReplyKind::Value, Content::Small(bytes)) => {
                        self.jobs.land_bytes(key, item, bytes)
                    }
                    (ReplyKind::Value, Content::Large(body)) => {
                        self.jobs.land(key, item, Landed::Body(body))
                    }
                    (ReplyKind::Laden, Content::Small(bytes)) => {
                        self.unload(lane, key, item, bytes)
                    }
                    (ReplyKind::Laden, Content::Large(body)) => {
                        self.unload(lane, key, item, body.as_bytes())
                    }
                    (kind, content) => {
                        self.jobs.land(key, item, Landed::Failed(failure(lane, kind, content)))
                    }
                };
                self.deliveries.extend(told);
            }
            Said::Over { key, spent } => {
                let told = self.jobs.spent(key, spent);
                self.deliveries.extend(told);
            }
        }
    }

    /// A result refers to descriptors of the worker, which lets go of them when it is used again:
    /// they are fetched now.
    fn unload(&mut self, lane: &mut Lane, key: u64, item: u32, bytes: &[u8]) -> Option<Delivery> {
        let Ok((value, tickets)) = unload(bytes) else {
            lane.kill(Verdict::Garbled);
            let error =
                TaskError::decode("the worker's tickets for its result make no sense".to_owned());
            return self.jobs.land(key, item, Landed::Failed(error));
        };
        self.jobs.load(key, pick_up(&tickets));
        self.jobs.land_bytes(key, item, &bytes[..value])
    }

    /// A worker's process has ended: hears the last of it, and sees to its tasks.
    pub(super) fn end_of(&mut self, serial: u64, scratch: &mut Vec<u8>, config: &Config) {
        let Some(at) = self.lanes.iter().position(|lane| lane.serial == serial) else { return };
        let Ok(Some(ended)) = reap(self.lanes[at].child.pid, false) else { return };
        self.read_pages(scratch);
        let mut lane = self.lanes.swap_remove(at);
        // Its pipe may hold more than is read at a time; whoever else has it open cannot hold this
        // up.
        let mut last = usize::MAX;
        while self.read_pipe_of(&mut lane) && lane.flights.len() < last {
            last = lane.flights.len();
        }
        self.bury(lane, ended, config);
        self.settle();
    }

    /// What had to wait until all lanes were back.
    fn settle(&mut self) {
        if let Some(cause) = self.refused.take() {
            self.break_down(cause);
        }
    }

    /// Ends what has taken too long; when to look again.
    pub(super) fn check_times(&mut self, config: &Config) -> Option<Instant> {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for at in 0..self.lanes.len() {
            let due = self.due(at, config, now);
            next = next.into_iter().chain(due).min();
        }
        let alive = self.alive();
        next.into_iter().chain(self.crew.pause(alive).filter(|at| *at > now)).min()
    }

    /// When the lane has to be looked at again; what is overdue already is done.
    fn due(&mut self, at: usize, config: &Config, now: Instant) -> Option<Instant> {
        if self.lanes[at].verdict.is_some() {
            return None;
        }
        let memory = self.check_memory(at, config).then(|| now + MEMORY_EVERY);
        let lane = &self.lanes[at];
        let unbegun = lane.waits_since();
        let stuck = match (lane.state, lane.flights.front()) {
            _ if let Some(since) = lane.asked_to_end => since.checked_add(GRACE),
            _ if let Some(since) = unbegun => since.checked_add(config.start_timeout),
            (LaneState::Starting { since }, None) => since.checked_add(config.start_timeout),
            (_, Some(flight)) => match lane.progress(flight) {
                Progress::Begun(item) => {
                    return self.due_by_timeout(at, item, now).into_iter().chain(memory).min();
                }
                // Its answer is there, or will be as soon as it has been written.
                _ => lane.lively.checked_add(config.start_timeout),
            },
            (LaneState::Leaving { since }, None) => {
                since.max(lane.lively).checked_add(config.start_timeout)
            }
            (LaneState::Ready, None) => None,
        };
        if stuck.is_some_and(|at| at <= now) {
            if unbegun.is_some() && !self.take_back_first(at) {
                // It has begun just now.
                return Some(now);
            }
            self.lanes[at].kill(Verdict::Stuck);
            return None;
        }
        stuck.into_iter().chain(memory).min()
    }

    /// Ends a worker that uses too much memory; true: it has to be looked at again. What a worker
    /// needs to get ready is its own affair.
    fn check_memory(&mut self, at: usize, config: &Config) -> bool {
        let lane = &mut self.lanes[at];
        let Some(limit) = config.memory_limit else { return false };
        if lane.flights.is_empty() || lane.is_ahead() {
            return false;
        }
        if let Ok(used) = lane.memory()
            && used > limit
        {
            lane.kill(Verdict::Memory { used });
        }
        true
    }

    /// The same for a task that runs: only its own timeout ends it.
    fn due_by_timeout(&mut self, at: usize, item: u32, now: Instant) -> Option<Instant> {
        let lane = &self.lanes[at];
        let timeout = lane.flights.front()?.timeout?;
        let left = timeout.saturating_sub(lane.running_for());
        if !left.is_zero() {
            return now.checked_add(left);
        }
        let error = TaskError::new(
            TaskErrorKind::TimedOut,
            format!(
                "the task ran for longer than its timeout of {timeout:?}, and its worker process {} was ended; give it \
                 more with TaskOptions::timeout or task_timeout",
                lane.child.pid
            ),
        );
        // If it has just ended, its answer is on the way.
        let ended = self.end_running(at, 0, item, error);
        // The next item has a timeout of its own.
        (!ended).then_some(now)
    }

    /// Lets workers go that a pool which is closing, or broken, has no use for.
    pub(super) fn let_go(&mut self) {
        let now = Instant::now();
        let closing = self.phase != Phase::Open;
        if !(closing || self.broken.is_some()) || self.backlog.len() > 0 {
            return;
        }
        let busy: usize = self.lanes.iter().map(|lane| lane.flights.len()).sum();
        for lane in self.lanes.iter_mut().filter(|lane| lane.verdict.is_none()) {
            match lane.state {
                // Whatever it is busy with is of no use to anybody.
                LaneState::Starting { .. } if busy == 0 => lane.kill(Verdict::Unneeded),
                LaneState::Ready if lane.flights.is_empty() && (busy == 0 || closing) => {
                    lane.leave(now)
                }
                _ => {}
            }
        }
    }

    /// Asks all workers to end, or ends them.
    pub(super) fn signal_all(&mut self, signal: Signal) {
        let now = Instant::now();
        for lane in &mut self.lanes {
            if signal == Signal::KILL {
                lane.kill(Verdict::Unneeded);
            } else {
                lane.asked_to_end = Some(now);
                lane.leave(now);
                lane.signal(signal);
            }
        }
    }
}

impl Lane {
    /// Since when the worker has not begun its first frame; `None`: it has, or there is none.
    fn waits_since(&self) -> Option<Instant> {
        let first = self.flights.front()?;
        let waits = self.progress(first) == Progress::Sent;
        waits.then_some(match self.state {
            LaneState::Starting { since } => since,
            _ => first.sent_at.max(self.lively),
        })
    }
}

/// The error that a worker reports.
fn failure(lane: &Lane, kind: ReplyKind, content: Content<'_>) -> TaskError {
    let bytes = match &content {
        Content::Small(bytes) => bytes,
        Content::Large(body) => body.as_bytes(),
        Content::Skipped(why) => {
            return TaskError::decode(format!("there was no memory for the task's result: {why}"));
        }
    };
    let text = || String::from_utf8_lossy(bytes).into_owned();
    match kind {
        ReplyKind::Encode => {
            TaskError::encode(format!("the task's result cannot be encoded: {}", text()))
        }
        ReplyKind::Decode => TaskError::decode(format!(
            "the task's argument cannot be decoded in its worker: {}",
            text()
        )),
        _ => match decode::<PanicReport>(bytes) {
            Ok(report) => {
                report.into_error(format!("worker {} (process {})", lane.index, lane.child.pid))
            }
            Err(why) => TaskError::decode(format!(
                "the task panicked, and its report makes no sense: {why}"
            )),
        },
    }
}
