//! What all workers and handles of a pool see.
//!
//! Rules:
//! - S1. A task's home is the `Shared` in whose queue it lies. Before its memory goes, a `Shared`
//!   empties its queue and waits for cancellers, as rule C7 of the future room demands.
//! - S2. Closures and results of tasks made here are `'static`.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
#[cfg(not(shuttle))]
use std::time::Duration;
use std::time::Instant;

use crate::error::{TaskError, TaskErrorKind, TrySpawnError};
use crate::executor::{PoolStats, Shutdown};
use crate::fork;
use crate::future::{
    Door, Future, Header, Home, Leftovers, TaskRef, Ticket, await_cancellers, expect_a_wait, host,
    promise, task, waits, watch_forks,
};
use crate::map::Patience;
use crate::primitives::thread::{self, JoinHandle};
use crate::primitives::{Condvar, Mutex, park_until, past};
use crate::queue::{Entry, Fifo};

use super::blocking::blocking;
use super::config::Config;
use super::gate::{Admission, Gate};
use super::idle::{Idle, Seen};
use super::refusing::Refusing;
use super::roster::{Record, Roster};

/// How many workers may stand in for blocked ones.
const SPARES: usize = 256;

/// The life of a worker's thread, given its pool, its place in the roster and its record.
pub(super) type WorkerMain = fn(&Arc<Shared>, usize, Arc<Record>);

pub(super) struct Shared {
    door: Door,
    pub(super) config: Config,
    worker: WorkerMain,
    prefix: String,
    pub(super) stack_bytes: usize,
    pub(super) queue: Fifo<TaskRef>,
    pub(super) idle: Idle,
    gate: Option<Gate>,
    roster: Mutex<Roster>,
    /// A worker has started, left, or is stuck while another waits for the end of all.
    changed: Condvar,
    cancelled: AtomicU64,
    /// Why the pool can run nothing any more, if that is so.
    broken: Mutex<Option<Arc<str>>>,
    #[cfg(all(feature = "rayon", not(shuttle)))]
    team: super::team::Team,
    /// The fork generation in which the pool was made.
    born: u32,
}

impl Shared {
    pub(super) fn new(config: Config, worker: WorkerMain) -> Arc<Self> {
        watch_forks();
        Arc::new_cyclic(|shared| Self {
            door: Door::to(shared.as_ptr()),
            worker,
            prefix: config.name_prefix(),
            stack_bytes: config.stack_bytes(),
            queue: Fifo::new(),
            idle: Idle::new(config.max_workers, SPARES),
            gate: config.queue_capacity.map(Gate::new),
            roster: Mutex::default(),
            changed: Condvar::default(),
            cancelled: AtomicU64::new(0),
            broken: Mutex::default(),
            #[cfg(all(feature = "rayon", not(shuttle)))]
            team: super::team::Team::default(),
            born: fork::generation(),
            config,
        })
    }

    /// The pool belongs to the process from which this one was forked.
    pub(super) fn inherited(&self) -> bool {
        self.born != fork::generation()
    }

    /// The address by which workers know this pool.
    pub(super) fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    /// What tasks know of this pool.
    pub(super) fn home(&self) -> NonNull<Door> {
        NonNull::from(&self.door)
    }

    /// The task was submitted to this pool.
    pub(super) fn owns(&self, task: &Header) -> bool {
        task.belongs_to(&self.door)
    }

    // ---- submit ---------------------------------------------------------------------------------

    /// Queues a closure, waiting for a place if the queue is bounded and full.
    pub(super) fn spawn<F, R>(self: &Arc<Self>, f: F) -> Future<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match self.admit(Patience::Until(None)) {
            Ok(()) => self.enqueue(f),
            Err(refusal) => refused(refusal.into_error()),
        }
    }

    /// Queues a closure if there is a place for it now.
    pub(super) fn try_spawn<F, R>(self: &Arc<Self>, f: F) -> Result<Future<R>, TrySpawnError<F>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match self.admit(Patience::Never) {
            Ok(()) => Ok(self.enqueue(f)),
            Err(Refusal::Full) => Err(TrySpawnError::Full(f)),
            Err(Refusal::Never(error)) if error.kind() == TaskErrorKind::ShutDown => {
                Err(TrySpawnError::ShutDown(f))
            }
            Err(Refusal::Never(error)) => Ok(refused(error)),
        }
    }

    /// Takes a place in the queue for a task that is about to be pushed.
    #[inline]
    pub(super) fn admit(&self, patience: Patience) -> Result<(), Refusal> {
        if self.inherited() {
            return Err(Refusal::Never(TaskError::forked()));
        }
        if self.idle.closed() {
            return Err(Refusal::Never(self.refusal()));
        }
        match &self.gate {
            None => Ok(()),
            Some(gate) => self.pass(gate, patience),
        }
    }

    fn pass(&self, gate: &Gate, patience: Patience) -> Result<(), Refusal> {
        let admission = match (patience, host()) {
            (Patience::Never, _) => gate.try_enter(),
            (Patience::Anyway, _) => gate.enter_anyway(),
            (_, Some(worker)) if worker.serves(self.address()) => gate.enter_anyway(),
            (Patience::Until(deadline), _) => blocking(|| gate.enter(deadline)),
        };
        match admission {
            Admission::Admitted => Ok(()),
            Admission::Full => Err(Refusal::Full),
            Admission::Closed => Err(Refusal::Never(self.refusal())),
        }
    }

    /// Queues a closure for which a place has been taken.
    pub(super) fn enqueue<F, R>(self: &Arc<Self>, f: F) -> Future<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        // SAFETY: S1, S2.
        let (task, ticket) = unsafe { task(f, Some(self.home())) };
        self.launch(task, &ticket);
        Future::new(ticket)
    }

    /// Pushes an admitted task and sees to it that somebody takes it.
    #[inline]
    pub(super) fn launch<R>(self: &Arc<Self>, task: TaskRef, ticket: &Ticket<R>) {
        self.queue.push(task);
        match self.idle.pushed() {
            Seen::Taken => {}
            Seen::Called => expect_a_wait(),
            Seen::Start => {
                expect_a_wait();
                self.start_worker();
            }
            Seen::Closed => {
                if ticket.header().refuse_in_place(|| self.refusal()) {
                    drop(self.withdrawn(false));
                }
            }
        }
    }

    /// Why nothing is accepted any more.
    pub(super) fn refusal(&self) -> TaskError {
        match &*self.broken.lock() {
            Some(cause) => broken(cause),
            None => TaskError::shut_down(),
        }
    }

    // ---- workers --------------------------------------------------------------------------------

    /// Sees to it that somebody looks at the queue.
    pub(super) fn call(self: &Arc<Self>) {
        if self.idle.call() {
            self.start_worker();
        }
    }

    /// Starts a thread that counts as living and searching already.
    pub(super) fn start_worker(self: &Arc<Self>) {
        let (index, record) = self.roster.lock().enlist();
        let shared = Arc::clone(self);
        let started = thread::Builder::new()
            .name(format!("{}_{index}", self.prefix))
            .stack_size(self.stack_bytes)
            .spawn(move || (shared.worker)(&shared, index, record));
        let mut roster = self.roster.lock();
        roster.starting -= 1;
        match started {
            Ok(thread) => roster.threads.push(thread),
            Err(error) => {
                roster.dismiss(index);
                drop(roster);
                self.missed(&error);
                roster = self.roster.lock();
            }
        }
        self.note_change(&roster);
    }

    /// The OS refused a thread. While others live they do the work; otherwise nobody would.
    #[cold]
    fn missed(self: &Arc<Self>, error: &std::io::Error) {
        let others = self.idle.start_failed();
        if others > 0 && self.idle.stranded() {
            // Each of them tries again while it sleeps.
            self.roster.lock().threads.iter().for_each(|thread| thread.thread().unpark());
        }
        if others == 0 {
            let n = self.config.max_workers;
            let cause = format!(
                "the operating system refused to start a thread with a stack of {} bytes, and none of \
                 the pool's {n} workers lives: {error}; free resources or ask for smaller stacks",
                self.stack_bytes
            );
            self.refuse_queued(&cause);
        }
    }

    /// The pool can run nothing any more: everything queued ends with the cause, and so does
    /// everything that comes. What runs on other workers is not touched.
    #[cold]
    pub(super) fn break_down(self: &Arc<Self>, cause: &str) {
        self.broken.lock().get_or_insert_with(|| cause.into());
        self.close();
        self.refuse_queued(cause);
    }

    fn refuse_queued(self: &Arc<Self>, cause: &str) {
        let (shared, why) = (Arc::clone(self), cause.to_owned());
        // A callback that waits for another of these tasks would wait for this very thread.
        let _refusing = Refusing::begin(move |task| {
            let ours = shared.owns(task);
            let refused = ours && task.refuse_in_place(|| broken(&why));
            if refused {
                drop(shared.withdrawn(false));
            }
            refused
        });
        while let Some(task) = self.queue.pop_aside() {
            if !task.refuse(broken(cause), || self.leave_gate()) {
                self.queue.bury();
            }
        }
    }

    /// A task's place in the queue is free.
    #[inline]
    pub(super) fn leave_gate(&self) {
        if let Some(gate) = &self.gate {
            gate.leave();
        }
    }

    /// A worker ends; it does not count as living any more.
    pub(super) fn dismiss(&self, index: usize) {
        let mut roster = self.roster.lock();
        roster.dismiss(index);
        self.note_change(&roster);
    }

    /// Whoever waits for the end of all looks again.
    fn note_change(&self, roster: &Roster) {
        self.changed.notify_all();
        roster.closing.iter().for_each(|(_, thread)| thread.unpark());
    }

    // ---- shutdown -------------------------------------------------------------------------------

    fn close(&self) {
        self.idle.close();
        if let Some(gate) = &self.gate {
            gate.close();
        }
    }

    /// Shuts down; at the deadline, how many workers still live. `None` waits for ever.
    pub(super) fn shut_down(&self, how: Shutdown, deadline: Option<Instant>) -> Result<(), usize> {
        if self.inherited() {
            return Ok(());
        }
        self.close();
        if how.cancel_futures {
            self.cancel_queued();
        }
        if !how.wait {
            return Ok(());
        }
        match host() {
            Some(worker) if worker.serves(self.address()) => {
                self.outlast_others(worker.id(), deadline)
            }
            _ => blocking(|| self.join(deadline)),
        }
    }

    fn cancel_queued(&self) {
        while let Some(task) = self.queue.pop_aside() {
            let count = || {
                self.leave_gate();
                self.cancelled.fetch_add(1, Relaxed);
            };
            if !task.cancel(count) {
                self.queue.bury();
            }
        }
    }

    fn join(&self, deadline: Option<Instant>) -> Result<(), usize> {
        let mut roster = self.roster.lock();
        while self.idle.live() > 0 || roster.starting > 0 || roster.joining {
            if past(deadline) {
                return Err(self.idle.live());
            }
            roster = self.changed.wait(roster, deadline);
        }
        #[cfg(all(feature = "rayon", not(shuttle)))]
        if !self.team.dismiss() {
            return Ok(());
        }
        roster.joining = true;
        let threads = std::mem::take(&mut roster.threads);
        drop(roster);
        let late: Vec<_> =
            threads.into_iter().filter_map(|thread| join(thread, deadline)).collect();
        let mut roster = self.roster.lock();
        roster.joining = false;
        let still = late.len();
        roster.threads.extend(late);
        self.note_change(&roster);
        if still == 0 { Ok(()) } else { Err(still) }
    }

    /// From inside a task: waits until every other worker has left, waits for this one in turn, or
    /// does the same.
    fn outlast_others(&self, own: u64, deadline: Option<Instant>) -> Result<(), usize> {
        self.roster.lock().closing.push((own, thread::current()));
        waits::yield_to_others(own);
        let outlasted = blocking(|| {
            while self.others_get_on() {
                if past(deadline) {
                    return Err(self.idle.live());
                }
                park_until(deadline);
            }
            Ok(())
        });
        waits::leave(own);
        self.roster.lock().closing.retain(|(id, _)| *id != own);
        outlasted
    }

    /// There is work, or a worker that may still do some without waiting for one that closes.
    fn others_get_on(&self) -> bool {
        let roster = self.roster.lock();
        let closes = |id: &u64| roster.closing.iter().any(|(closing, _)| closing == id);
        let ids: Vec<u64> = roster.ids().filter(|id| !closes(id)).collect();
        let starting = roster.starting > 0;
        drop(roster);
        starting || self.queue.alive() > 0 || waits::any_gets_on(ids.into_iter())
    }

    // ---- rayon ----------------------------------------------------------------------------------

    /// The threads on which rayon's code runs.
    #[cfg(all(feature = "rayon", not(shuttle)))]
    pub(super) fn team(self: &Arc<Self>) -> Result<Arc<rayon::ThreadPool>, TaskError> {
        if self.inherited() {
            return Err(TaskError::forked());
        }
        let start = |thread, report| self.start_teammate(thread, report);
        match self.team.muster(self.config.max_workers, || !self.idle.closed(), start) {
            Ok(team) => Ok(team),
            Err(None) => Err(self.refusal()),
            Err(Some(cause)) => Err(broken(&cause)),
        }
    }

    #[cfg(all(feature = "rayon", not(shuttle)))]
    fn start_teammate(
        self: &Arc<Self>,
        thread: rayon::ThreadBuilder,
        report: super::team::Report,
    ) -> std::io::Result<()> {
        let shared = Arc::clone(self);
        let started = thread::Builder::new()
            .name(format!("{}_rayon_{}", self.prefix, thread.index()))
            .stack_size(self.stack_bytes)
            .spawn(move || {
                let _enrolled = crate::registry::enroll();
                let _observed = crate::panic::observe();
                let ready = shared.config.initialize();
                if let Err(cause) = &ready {
                    shared.break_down(cause);
                }
                drop(shared);
                // Whoever musters the team listens until all have reported or one has failed.
                let _unheard = report.send(ready);
                drop(report);
                thread.run();
            })?;
        self.roster.lock().threads.push(started);
        Ok(())
    }

    // ---- figures --------------------------------------------------------------------------------

    pub(super) fn stats(&self) -> PoolStats {
        if self.inherited() {
            return PoolStats::default();
        }
        let tally = self.roster.lock().tally();
        PoolStats {
            workers: self.idle.live(),
            idle: self.idle.resting(),
            queued: self.queue.alive(),
            running: tally.begun.saturating_sub(tally.finished) as usize,
            finished: tally.finished,
            cancelled: self.cancelled.load(Relaxed),
        }
    }
}

// SAFETY: a task is the reference to its cell.
unsafe impl Entry for TaskRef {
    #[inline]
    fn into_raw(self) -> NonNull<()> {
        self.into_raw().cast()
    }

    #[inline]
    unsafe fn from_raw(raw: NonNull<()>) -> Self {
        // SAFETY: as the caller promises.
        unsafe { Self::from_raw(raw.cast()) }
    }
}

impl Home for Shared {
    fn withdrawn(&self, cancelled: bool) -> Leftovers {
        self.leave_gate();
        if cancelled {
            self.cancelled.fetch_add(1, Relaxed);
        }
        let swept = self.queue.kill(TaskRef::pending);
        if self.idle.closed() {
            // That may have been the last task for which a shutdown has waited.
            self.note_change(&self.roster.lock());
        }
        if swept.is_empty() { None } else { Some(Box::new(swept)) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Only what was pushed after the last worker had left can still be here, and is refused.
        while let Some(task) = self.queue.pop_aside() {
            task.refuse(TaskError::shut_down(), || {});
        }
        await_cancellers();
    }
}

/// Why a task is not queued.
#[derive(Debug)]
pub(super) enum Refusal {
    /// For want of a place.
    Full,
    /// For good.
    Never(TaskError),
}

impl Refusal {
    pub(super) fn into_error(self) -> TaskError {
        match self {
            Self::Full => unreachable!("who waits for ever does not go for want of a place"),
            Self::Never(error) => error,
        }
    }
}

/// Joins a worker's thread, which has only its thread-locals left to drop; at the deadline the
/// thread comes back.
#[cfg_attr(shuttle, expect(unused_variables, reason = "a model joins without a deadline"))]
fn join(thread: JoinHandle<()>, deadline: Option<Instant>) -> Option<JoinHandle<()>> {
    #[cfg(not(shuttle))]
    while deadline.is_some() && !thread.is_finished() {
        const LOOK: Duration = Duration::from_millis(1);
        if past(deadline) {
            return Some(thread);
        }
        thread::park_timeout(LOOK);
    }
    // It ends in a panic only if the destructor of a thread-local does.
    let _ended = thread.join();
    None
}

fn broken(cause: &str) -> TaskError {
    TaskError::new(TaskErrorKind::Broken, format!("the pool is broken: {cause}"))
}

/// A future that has failed before it could be queued.
#[cold]
pub(super) fn refused<R>(error: TaskError) -> Future<R> {
    let (promise, future) = promise();
    let set = promise.set_exception(error);
    debug_assert!(set.is_ok(), "nobody else has the future yet");
    future
}
