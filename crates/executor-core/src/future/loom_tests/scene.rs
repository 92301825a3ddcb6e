use std::cell::Cell;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Wake, Waker};

use crate::future::cell::{Door, TaskRef, Watch, task, watched_task};
use crate::future::handle;
use crate::primitives::thread;

use super::memory;

/// Explores a scene; fails if anything panics in it, also where the code under test catches that.
pub(crate) fn explore(scene: impl Fn() + Send + Sync + 'static) {
    note_panics();
    let mut model = loom::model::Builder::new();
    let bound = model.preemption_bound.unwrap_or(2);
    model.preemption_bound = Some(bound.saturating_sub(FEWER.get()));
    model.max_branches = model.max_branches.max(10_000);
    model.check(move || {
        scene();
        memory::settle();
        assert_eq!(PANICS.get(), 0, "something panicked and was caught");
    });
}

thread_local! {
    /// All threads of a model run on the one thread of the test.
    static PANICS: Cell<usize> = const { Cell::new(0) };
    /// How many preemptions to leave out.
    static FEWER: Cell<usize> = const { Cell::new(0) };
}

/// Explores what would take minutes with one preemption fewer than the other models.
pub(super) fn lightly(model: impl FnOnce()) {
    FEWER.set(1);
    model();
    FEWER.set(0);
}

fn note_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            previous(info);
        }));
    });
    PANICS.set(0);
}

/// Forgets the panics noted so far, of which there should be so many.
pub(super) fn expect_panics(count: usize) {
    assert_eq!(PANICS.replace(0), count);
}

/// Counts what is made and dropped in one execution. Its counters are std's, which loom neither
/// sees nor orders memory by.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Counts>);

#[derive(Default)]
struct Counts {
    made: AtomicUsize,
    dropped: AtomicUsize,
    ran: AtomicUsize,
    called_back: AtomicUsize,
}

/// Something that is dropped exactly once.
#[repr(align(256))]
pub(super) struct Token {
    tally: Tally,
    dropped: bool,
}

const _: () = assert!(align_of::<Token>() == memory::ALIGN);

impl Tally {
    pub(super) fn token(&self) -> Token {
        self.0.made.fetch_add(1, SeqCst);
        Token { tally: self.clone(), dropped: false }
    }

    /// How often the task has run.
    pub(super) fn runs(&self) -> usize {
        self.0.ran.load(SeqCst)
    }

    /// How many callbacks have run.
    pub(super) fn calls(&self) -> usize {
        self.0.called_back.load(SeqCst)
    }

    /// Counts a callback.
    pub(super) fn call(&self) {
        self.0.called_back.fetch_add(1, SeqCst);
    }

    /// Everything made has been dropped, once.
    pub(super) fn settle(&self) {
        assert_eq!(self.0.made.load(SeqCst), self.0.dropped.load(SeqCst), "tokens left");
        assert!(self.runs() <= 1, "the task ran twice");
    }

    fn work(&self) -> impl FnOnce() -> Token + Send + 'static {
        let (tally, argument) = (self.clone(), self.token());
        move || {
            tally.0.ran.fetch_add(1, SeqCst);
            drop(argument);
            tally.token()
        }
    }

    /// A task as a pool without a home makes it.
    pub(super) fn task(&self) -> (TaskRef, handle::Future<Token>) {
        self.task_at(None)
    }

    /// The home must be valid as rule C7 says.
    pub(super) fn task_at(&self, home: Option<NonNull<Door>>) -> (TaskRef, handle::Future<Token>) {
        // SAFETY: nothing is borrowed; the model sees to the home.
        let (task, ticket) = unsafe { task(self.work(), home) };
        (task, handle::Future::new(ticket))
    }

    pub(super) fn watched(&self) -> (TaskRef, handle::Future<Token>, Watch) {
        // SAFETY: nothing is borrowed.
        let (task, ticket, watch) = unsafe { watched_task(self.work(), None) };
        (task, handle::Future::new(ticket), watch)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        assert!(!std::mem::replace(&mut self.dropped, true), "a token is dropped twice");
        self.tally.0.dropped.fetch_add(1, SeqCst);
    }
}

/// Drops what is left of a watched task that is over and whose future is gone.
pub(super) fn close(watch: Watch) {
    // SAFETY: the caller has dropped the future, or will not look at the outcome any more.
    drop(unsafe { watch.close() });
}

/// What a worker does with a task from its queue.
pub(super) fn run(task: TaskRef) {
    if let Some(started) = task.start() {
        started.execute(1).finish();
    }
}

/// Polls until the future is ready, parked in between.
pub(super) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match Pin::new(&mut future).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
