//! Tasks that borrow from the stack of whoever started them.
//!
//! Rules:
//! - P1. [`scope`] returns, or goes on unwinding, only after every task of the scope is over: its
//!   closure gone, its callbacks run. Until then everything that outlives `'scope` is there.
//! - P2. What is left of a result when the scope ends is dropped by the scope, which closes the
//!   watch of every task once all are over. By then futures of the scope are left only inside such
//!   results, because none outlives `'scope`; and a scoped future lends nothing, it only moves out.

use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::error::{TaskError, TaskErrorKind};
use crate::future::{Future, Watch, see_out, watched_task};
use crate::map::{Chunk, Map, Pace, Patience, Source};
use crate::primitives::Mutex;

use super::shared::{Refusal, Shared, refused};

/// Starts tasks that borrow; made by
/// [`ThreadPoolExecutor::scope`](crate::ThreadPoolExecutor::scope).
pub struct Scope<'scope, 'env: 'scope> {
    shared: Arc<Shared>,
    tasks: Mutex<Tasks>,
    /// Invariant in both, as in `std::thread::Scope`.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

struct Tasks {
    watches: Vec<Watch>,
    /// How many watches may gather before those of tasks that are over are let go.
    limit: usize,
    /// The first panic that nobody took.
    panic: Option<TaskError>,
}

/// The result of a task of a scope, which may borrow what the scope's tasks may. A panic of the
/// task is raised at the end of the scope unless it is taken here.
pub struct ScopedFuture<'scope, T> {
    future: Future<T>,
    scope: PhantomData<&'scope ()>,
}

/// Runs `body` with a scope of its own, and returns when the body and all tasks of the scope have.
pub(super) fn scope<'env, F, T>(shared: &Arc<Shared>, body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let tasks = Tasks { watches: Vec::new(), limit: 64, panic: None };
    let scope = Scope {
        shared: Arc::clone(shared),
        tasks: Mutex::new(tasks),
        scope: PhantomData,
        env: PhantomData,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&scope)));
    let untaken = scope.see_all_out();
    match (outcome, untaken) {
        (Err(payload), _) => resume_unwind(payload),
        (Ok(_), Some(error)) => error.resume(),
        (Ok(value), None) => value,
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// Queues a closure that may borrow what outlives the scope. Otherwise as
    /// [`ThreadPoolExecutor::spawn`](crate::ThreadPoolExecutor::spawn).
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedFuture<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let future = match self.shared.admit(Patience::Until(None)) {
            Ok(()) => self.launch(f),
            Err(refusal) => refused(refusal.into_error()),
        };
        ScopedFuture { future, scope: PhantomData }
    }

    /// Calls a function that may borrow on items that may borrow. Otherwise as
    /// [`ThreadPoolExecutor::map`](crate::ThreadPoolExecutor::map).
    pub fn map<F, A, R, I>(&'scope self, f: F, items: I) -> Map<'scope, R>
    where
        F: Fn(A) -> R + Send + Sync + 'scope,
        A: Send + 'scope,
        R: Send + 'scope,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'scope,
    {
        let pace = Pace::adaptive(self.shared.config.max_workers);
        let start = |chunk: Chunk<F, A>, patience| match self.shared.admit(patience) {
            Ok(()) => Ok(self.launch(chunk.into_task())),
            Err(Refusal::Full) => Err(chunk),
            Err(Refusal::Never(error)) => Ok(refused(error)),
        };
        Map::new(Source::new(items.into_iter(), f, start), pace)
    }

    /// Queues a closure for which a place has been taken.
    fn launch<F, T>(&'scope self, f: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        // SAFETY: P1, P2; the home as rule S1 says.
        let (task, ticket, watch) = unsafe { watched_task(f, Some(self.shared.home())) };
        self.keep(watch);
        self.shared.launch(task, &ticket);
        Future::new(ticket)
    }

    /// Keeps a watch until the end, unless its task is settled before that.
    fn keep(&self, watch: Watch) {
        let settled = self.tasks.lock().add(watch);
        settled.into_iter().for_each(|watch| self.close(watch));
    }

    /// Drops what is left of a task that is over. The result's drop is the user's code, so no lock
    /// is held.
    fn close(&self, watch: Watch) {
        // SAFETY: P2; or the watch is settled, so that the future is gone.
        let error = unsafe { watch.close() };
        let panicked = error.filter(|error| error.kind() == TaskErrorKind::Panicked);
        let mut tasks = self.tasks.lock();
        let spare = match (&tasks.panic, panicked) {
            (None, first) => std::mem::replace(&mut tasks.panic, first),
            (Some(_), later) => later,
        };
        drop(tasks);
        drop(spare);
    }

    /// Waits for every task; the first panic that nobody took.
    fn see_all_out(&self) -> Option<TaskError> {
        let mut over = Vec::new();
        loop {
            // A task may start others until it is over, and take their results.
            let last = self.tasks.lock().watches.pop();
            if let Some(watch) = last {
                if see_out(watch.header()) {
                    over.push(watch);
                } else {
                    // Nobody in this process runs the task, and nobody will: it keeps what it has.
                    std::mem::forget(watch);
                }
            } else if let Some(watch) = over.pop() {
                // What a result does when it is dropped may start another.
                self.close(watch);
            } else {
                return self.tasks.lock().panic.take();
            }
        }
    }
}

impl Tasks {
    /// Takes a watch in; returns those of settled tasks, now and then.
    #[must_use]
    fn add(&mut self, watch: Watch) -> Vec<Watch> {
        let mut settled = Vec::new();
        if self.watches.len() >= self.limit {
            (settled, self.watches) = self.watches.drain(..).partition(Watch::settled);
            self.limit = (2 * self.watches.len()).max(64);
        }
        self.watches.push(watch);
        settled
    }
}

impl<T> ScopedFuture<'_, T> {
    /// Waits and takes the result, as [`Future::result`] does. A panic that is taken this way is
    /// not raised again at the end of the scope.
    ///
    /// # Errors
    ///
    /// Why there is no result.
    pub fn result(self) -> Result<T, TaskError> {
        self.future.result()
    }

    /// See [`Future::done`].
    pub fn done(&self) -> bool {
        self.future.done()
    }

    /// See [`Future::cancel`].
    pub fn cancel(&self) -> bool {
        self.future.cancel()
    }
}

impl<T> fmt::Debug for ScopedFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scoped{:?}", self.future)
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({} tasks)", self.tasks.lock().watches.len())
    }
}
