//! Rule H1. The home of a task is the `Shared` in an `Arc` that the pool's manager holds until no
//! job is left and all have been told; and when the last `Arc` goes, whoever came through the gate
//! before has left it: rule C7.

use std::collections::{BTreeSet, VecDeque};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use rustix::process::Signal;

use crate::error::{BuildError, TaskError};
use crate::executor::{PoolStats, Shutdown};
use crate::fork;
use crate::future::{
    Door, Future, Home, Leftovers, Maker, Remote, aside, await_cancellers, remote,
};
use crate::panic;
use crate::primitives::{Condvar, Mutex, MutexGuard};
use crate::process::{ForkServer, Method, reap};

use super::config::Config;
use super::greeting::greeting;
use super::job::{Delivery, Order};
use super::lane::Lane;
use super::ledger::{Ledger, Phase};
use super::options::StartMethod;
use super::poller::Poller;
use super::seat;
use super::sink::Sink;
use super::stored::Stored;

/// A pool, as its executor, its manager and its futures know it.
pub(super) struct Shared {
    door: Door,
    pub(super) config: Config,
    pub(super) name: String,
    /// How the program calls itself.
    pub(super) program: String,
    pub(super) method: Method,
    pub(super) poller: Poller,
    pub(super) ledger: Mutex<Ledger>,
    /// What the manager is telling, older than what the ledger has to tell. Not in the ledger, which
    /// those who submit would fight for with a manager that comes back for each.
    pub(super) telling: Mutex<VecDeque<Delivery>>,
    /// The number of the thread that is the manager.
    pub(super) manager: AtomicU64,
    /// A place in the queue has become free, or will never be.
    room: Condvar,
    ended: Condvar,
    /// The process that made the pool, as a count of forks.
    born: u32,
}

/// What became of a wish for a place in the queue.
pub(super) enum Admission<'a> {
    Admitted(MutexGuard<'a, Ledger>),
    Full,
    Refused(TaskError),
}

/// How long to wait for a place in the queue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wait {
    Never,
    Until(Option<Instant>),
    /// Not at all: the caller goes over the bound.
    Over,
}

impl Shared {
    pub(super) fn new(config: Config) -> Result<Arc<Self>, BuildError> {
        let name = Config::name();
        // Finds out now what would be wrong later.
        greeting(&config, &name, 0)?;
        let poller = Poller::new().map_err(|error| {
            BuildError::new(format!("the system refuses what watches worker processes: {error}"))
        })?;
        let program = std::env::args_os().next().unwrap_or_default();
        let program = program.to_string_lossy().into_owned();
        let method = match config.start_method {
            StartMethod::Spawn => Method::Spawn,
            StartMethod::ForkServer => Method::Fork(ForkServer::shared(&program, &config.env)),
        };
        Ok(Arc::new_cyclic(|shared| Self {
            door: Door::to(shared.as_ptr()),
            program,
            method,
            poller,
            ledger: Mutex::new(Ledger::new(config.max_workers)),
            telling: Mutex::default(),
            manager: AtomicU64::new(0),
            room: Condvar::default(),
            ended: Condvar::default(),
            born: fork::generation(),
            config,
            name,
        }))
    }

    /// What the worker with this number is told first.
    pub(super) fn boot(&self, index: u32) -> Stored {
        let boot = greeting(&self.config, &self.name, index);
        boot.expect("it could be made when the pool was").into()
    }

    /// The pool came along by a fork: its manager did not.
    pub(super) fn inherited(&self) -> bool {
        self.born != fork::generation()
    }

    /// Makes the two ends of a task.
    pub(super) fn task<T>(self: &Arc<Self>) -> (Maker<T>, Future<T>) {
        // SAFETY: H1.
        let (maker, ticket) = unsafe { remote(NonNull::from(&self.door)) };
        (maker, Future::new(ticket))
    }

    /// Waits for a place in the queue, and for the ledger.
    pub(super) fn enter(&self, wait: Wait) -> Admission<'_> {
        let mut ledger = self.ledger.lock();
        loop {
            if let Some(error) = ledger.refusal() {
                return Admission::Refused(error);
            }
            let full = self.config.queue_capacity.is_some_and(|most| ledger.queued() >= most);
            match wait {
                _ if !full => return Admission::Admitted(ledger),
                Wait::Over => return Admission::Admitted(ledger),
                Wait::Never => return Admission::Full,
                // The manager cannot wait for itself.
                Wait::Until(_)
                    if seat::is_taken_by_caller(self.address(), self.manager.load(Relaxed)) =>
                {
                    return Admission::Admitted(ledger);
                }
                Wait::Until(Some(at)) if Instant::now() >= at => return Admission::Full,
                Wait::Until(deadline) => ledger = self.room.wait(ledger, deadline),
            }
        }
    }

    /// Takes a job in.
    pub(super) fn accept(
        &self,
        mut ledger: MutexGuard<'_, Ledger>,
        order: Order,
        sink: Box<dyn Sink>,
    ) {
        ledger.accept(order, sink);
        self.after_change(&mut ledger);
    }

    /// Sees to it that the manager does what only it can do.
    fn after_change(&self, ledger: &mut Ledger) {
        let clogged = ledger.lanes.iter().filter(|lane| lane.clogged);
        clogged.for_each(|lane| self.poller.watch_room(lane));
        if ledger.phase != Phase::Open || ledger.broken.is_some() {
            // It may have been the last job.
            return self.wake(ledger);
        }
        let Some(until) = ledger.asleep else { return };
        if ledger.missing(Instant::now()) > 0
            || !ledger.deliveries.is_empty()
            || self.sleeps_too_long(ledger, until)
        {
            self.wake(ledger);
        }
    }

    /// Something is in flight that has to be looked at before the manager will look by itself.
    fn sleeps_too_long(&self, ledger: &Ledger, until: Option<Instant>) -> bool {
        let busy = |lane: &&Lane| !lane.flights.is_empty();
        let Some(at) = until else { return ledger.lanes.iter().any(|lane| busy(&lane)) };
        if self.config.memory_limit.is_some() {
            return true;
        }
        let due = |lane: &Lane| lane.flights.back()?.sent_at.checked_add(self.config.start_timeout);
        ledger.lanes.iter().filter(busy).filter_map(due).any(|due| due < at)
    }

    /// Has the manager look around: wakes it if it sleeps, and keeps it from sleeping if it does
    /// not yet.
    pub(super) fn wake(&self, ledger: &mut Ledger) {
        if ledger.asleep.take().is_some() {
            self.poller.call();
        } else {
            ledger.roused = true;
        }
    }

    /// A place in the queue may have become free.
    pub(super) fn tell_of_room(&self) {
        if self.config.queue_capacity.is_some() {
            self.room.notify_all();
        }
    }

    pub(super) fn shut_down(&self, how: Shutdown, deadline: Option<Instant>) -> Result<(), usize> {
        if self.inherited() {
            return Ok(());
        }
        let mut ledger = self.ledger.lock();
        ledger.phase = ledger.phase.max_closing();
        if how.cancel_futures {
            ledger.cancel_queued();
        }
        self.close(ledger);
        if how.wait { self.await_end(deadline) } else { Ok(()) }
    }

    /// Ends all workers now, by this signal.
    pub(super) fn end_workers(&self, signal: Signal) {
        if self.inherited() {
            return;
        }
        let mut ledger = self.ledger.lock();
        ledger.end_all();
        ledger.signal_all(signal);
        self.close(ledger);
    }

    fn close(&self, mut ledger: MutexGuard<'_, Ledger>) {
        self.wake(&mut ledger);
        drop(ledger);
        self.room.notify_all();
    }

    fn await_end(&self, deadline: Option<Instant>) -> Result<(), usize> {
        aside(|| {
            if seat::is_taken_by_caller(self.address(), self.manager.load(Relaxed)) {
                // No thread could be started to stand in for it; what is left goes on when the
                // callback is over.
                return Ok(());
            }
            let mut ledger = self.ledger.lock();
            while ledger.phase != Phase::Ended {
                if deadline.is_some_and(|at| Instant::now() >= at) {
                    return Err(ledger.lanes.len().max(1));
                }
                ledger = self.ended.wait(ledger, deadline);
            }
            Ok(())
        })
    }

    /// What is to be told next.
    pub(super) fn next_delivery(&self) -> Option<Delivery> {
        let next = self.telling.lock().pop_front();
        next.or_else(|| {
            let more = std::mem::take(&mut self.ledger.lock().deliveries);
            let mut telling = self.telling.lock();
            *telling = more;
            telling.pop_front()
        })
    }

    /// The last worker has ended.
    pub(super) fn note_end(&self, ledger: &mut Ledger) {
        ledger.phase = Phase::Ended;
        self.ended.notify_all();
    }

    /// The manager is gone, for a reason that should not exist: everything ends.
    pub(super) fn collapse(&self, why: &TaskError) {
        let mut ledger = self.ledger.lock();
        let cause = format!("its manager has failed: {why}");
        let left = ledger.jobs.take_all_but(&BTreeSet::new());
        let mut deliveries = std::mem::take(&mut *self.telling.lock());
        deliveries.append(&mut ledger.deliveries);
        ledger.broken.get_or_insert_with(|| cause.clone());
        for lane in &mut std::mem::take(&mut ledger.lanes) {
            lane.kill(super::lane::Verdict::Unneeded);
            let _ended = reap(lane.child.pid, true);
        }
        self.note_end(&mut ledger);
        drop(ledger);
        self.room.notify_all();
        deliveries.into_iter().for_each(|delivery| panic::contain(|| delivery.run()));
        for sink in left {
            panic::contain(|| sink.fail(super::ledger::broken(&cause)));
        }
    }

    pub(super) fn stats(&self) -> PoolStats {
        if self.inherited() { PoolStats::default() } else { self.ledger.lock().stats() }
    }

    pub(super) fn worker_pids(&self) -> Vec<u32> {
        if self.inherited() {
            return Vec::new();
        }
        let ledger = self.ledger.lock();
        let mut lanes: Vec<&Lane> =
            ledger.lanes.iter().filter(|lane| lane.verdict.is_none()).collect();
        lanes.sort_by_key(|lane| lane.index);
        lanes.iter().map(|lane| lane.child.pid).collect()
    }

    /// What threads know the pool by.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The number of the calling thread as a manager, new each time.
    pub(super) fn new_manager(&self) -> u64 {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let number = NUMBERS.fetch_add(1, Relaxed);
        self.manager.store(number, Relaxed);
        number
    }
}

impl Home for Shared {
    fn withdrawn(&self, _cancelled: bool) -> Leftovers {
        None
    }

    fn remote(&self) -> Option<&dyn Remote> {
        Some(self)
    }
}

impl Remote for Shared {
    fn recall(&self, key: u64, cancel: &mut dyn FnMut()) -> Option<Leftovers> {
        // The page is still shared with the process from which this one was forked.
        if self.inherited() {
            return None;
        }
        let mut ledger = self.ledger.lock();
        let sink = ledger.recall(key)?;
        cancel();
        self.after_change(&mut ledger);
        drop(ledger);
        self.tell_of_room();
        Some(Some(Box::new(sink)))
    }

    fn begun(&self, key: u64) -> bool {
        !self.inherited() && self.ledger.lock().begun(key)
    }

    fn kill(&self, key: u64) -> bool {
        if self.inherited() {
            return false;
        }
        let mut ledger = self.ledger.lock();
        let killed = ledger.kill(key);
        self.wake(&mut ledger);
        killed
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !self.inherited() {
            await_cancellers();
        }
    }
}
