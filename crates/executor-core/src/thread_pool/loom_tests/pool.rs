use std::mem::take;
use std::sync::{Arc, Mutex as Notes};
use std::time::{Duration, Instant};

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*, fence};
use loom::thread::{JoinHandle, spawn};

use crate::primitives::thread::{Thread, current, park};
use crate::thread_pool::idle::{Idle, Nap, Rest, Seen};

/// What a task does on its worker.
pub(super) type Work = fn(&Arc<Pool>);

pub(super) struct Pool {
    pub(super) idle: Idle,
    /// How many tasks are queued.
    queue: AtomicUsize,
    /// How many tasks have been done.
    done: AtomicUsize,
    /// What the tasks do, the first one first; what follows does nothing.
    work: Notes<Vec<Work>>,
    keep_alive: bool,
    /// No thread can be started any more.
    pub(super) refuse_threads: Notes<bool>,
    /// How far a model has come, where it says so.
    step: AtomicUsize,
    /// A shutdown has found everybody gone.
    over: AtomicBool,
    /// How many tasks ended without having run.
    refused: AtomicUsize,
    threads: Notes<Vec<JoinHandle<()>>>,
    waiters: Notes<Vec<Thread>>,
}

impl Pool {
    pub(super) fn new(max_workers: usize, spares: usize) -> Arc<Self> {
        Self::with(max_workers, spares, false, &[])
    }

    pub(super) fn with(
        max_workers: usize,
        spares: usize,
        keep_alive: bool,
        work: &[Work],
    ) -> Arc<Self> {
        Arc::new(Self {
            idle: Idle::new(max_workers, spares),
            queue: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            work: Notes::new(work.to_vec()),
            keep_alive,
            refuse_threads: Notes::new(false),
            step: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            refused: AtomicUsize::new(0),
            threads: Notes::default(),
            waiters: Notes::default(),
        })
    }

    // ---- the queue: no stronger than it must be
    // ---------------------------------------------------

    /// As `Fifo::pop`, which fences before it looks: a worker that has seen the pool closed must
    /// see what was pushed by somebody who had not.
    fn pop(&self) -> bool {
        fence(SeqCst);
        self.queue.fetch_update(Acquire, Relaxed, |tasks| tasks.checked_sub(1)).is_ok()
    }

    pub(super) fn holds_work(&self) -> bool {
        self.queue.load(Relaxed) > 0
    }

    // ---- as in `shared.rs`
    // --------------------------------------------------------------------------

    pub(super) fn push(self: &Arc<Self>) {
        self.queue.fetch_add(1, Release);
        match self.idle.pushed() {
            Seen::Taken | Seen::Called => {}
            Seen::Start => self.start_worker(),
            Seen::Closed => {
                // As a ticket refuses its task unless a worker has begun it.
                let _refused = self.refuse_one();
            }
        }
    }

    pub(super) fn call(self: &Arc<Self>) {
        if self.idle.call() {
            self.start_worker();
        }
    }

    fn start_worker(self: &Arc<Self>) {
        if *self.refuse_threads.lock().unwrap() {
            self.advance();
            if self.idle.start_failed() == 0 {
                while self.refuse_one() {}
            }
            return;
        }
        let pool = Arc::clone(self);
        let thread = spawn(move || pool.serve());
        self.threads.lock().unwrap().push(thread);
    }

    fn refuse_one(&self) -> bool {
        let refused = self.pop();
        if refused {
            self.refused.fetch_add(1, Release);
            self.notify();
        }
        refused
    }

    // ---- as in `worker.rs`
    // --------------------------------------------------------------------------

    fn serve(self: &Arc<Self>) {
        let idle = &self.idle;
        let nap = Arc::new(Nap::new());
        let work = || self.holds_work();
        let mut searching = true;
        loop {
            let closed = idle.closed();
            if self.pop() {
                if take(&mut searching) && idle.found() && work() {
                    self.call();
                }
                self.run();
                if idle.retire() {
                    return;
                }
                continue;
            }
            if closed {
                return idle.leave(searching);
            }
            searching = searching || idle.search();
            if searching && work() {
                continue;
            }
            let deadline = self.keep_alive.then(|| Instant::now() + Duration::from_hours(1));
            match idle.rest(&nap, searching, work, deadline) {
                Rest::Search => searching = true,
                Rest::Leave => return self.take_leave(),
            }
        }
    }

    fn take_leave(self: &Arc<Self>) {
        if self.holds_work() {
            self.call();
        }
    }

    fn run(self: &Arc<Self>) {
        let mut left = self.work.lock().unwrap();
        let work = if left.is_empty() { None } else { Some(left.remove(0)) };
        drop(left);
        if let Some(work) = work {
            work(self);
        }
        assert!(!self.over.load(Relaxed), "a task runs after the end");
        self.done.fetch_add(1, Release);
        self.notify();
    }

    /// Sleeps inside a task until so many tasks are done, while others may stand in.
    pub(super) fn block_until_done(self: &Arc<Self>, tasks: usize) {
        self.idle.block();
        if self.holds_work() {
            self.call();
        }
        self.until_done(tasks);
        self.idle.unblock();
    }

    // ---- the user
    // -------------------------------------------------------------------------------------

    fn notify(&self) {
        let waiters = self.waiters.lock().unwrap().clone();
        waiters.iter().for_each(Thread::unpark);
    }

    /// Waits until so many tasks have ended in one way or the other.
    pub(super) fn until_done(&self, tasks: usize) {
        self.waiters.lock().unwrap().push(current());
        while self.ended() < tasks {
            park();
        }
    }

    /// The model has come one step further.
    pub(super) fn advance(&self) {
        self.step.fetch_add(1, Release);
        self.notify();
    }

    /// Waits until the model has come so far.
    pub(super) fn until_step(&self, step: usize) {
        self.waiters.lock().unwrap().push(current());
        while self.step.fetch_add(0, AcqRel) < step {
            park();
        }
    }

    /// Reads the latest values, unlike a load: who has just been named as a waiter must not miss
    /// what came before that.
    fn ended(&self) -> usize {
        self.done.fetch_add(0, AcqRel) + self.refused.fetch_add(0, AcqRel)
    }

    /// Closes the pool as a shutdown does that returns as soon as nobody lives any more.
    pub(super) fn close_and_look(&self) {
        self.idle.close();
        if self.idle.live() == 0 {
            self.over.store(true, Relaxed);
        }
    }

    /// Closes the pool and sees all workers off, after which nobody is counted any more.
    pub(super) fn close(&self) {
        self.idle.close();
        self.join();
    }

    pub(super) fn join(&self) {
        loop {
            // Taken out first: a worker that is joined may have started another.
            let next = self.threads.lock().unwrap().pop();
            let Some(thread) = next else { break };
            thread.join().unwrap();
        }
    }

    /// So many tasks have ended, nothing is queued, and everybody has gone.
    pub(super) fn assert_settled(&self, tasks: usize) {
        assert_eq!(self.ended(), tasks, "a task is lost, or has run twice");
        assert!(!self.holds_work());
        assert_eq!(self.idle.live(), 0, "somebody counts as living");
        assert_eq!(self.idle.resting(), 0, "somebody counts as searching or asleep");
        assert!(self.idle.stranded(), "somebody counts as blocked");
    }

    /// How many tasks have run.
    pub(super) fn runs(&self) -> usize {
        self.done.load(Acquire)
    }
}
