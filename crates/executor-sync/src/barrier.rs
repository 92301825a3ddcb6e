//! A place where a fixed number of threads wait for each other.

use crate::deadline::Deadline;
use crate::error::BrokenBarrierError;
use crate::mutex::{Mutex, MutexGuard};
use crate::primitives::Arc;
use crate::raw::backoff::Patience;
use crate::raw::signal::Signal;
use std::fmt;
use std::mem;
use std::num::NonZeroUsize;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::Duration;

/// Verdict on a generation: all have arrived and the action has run.
const PASSED: u32 = 0;
/// Verdict on a generation: it was aborted, reset, timed out, or its action panicked.
const BROKEN: u32 = 1;

/// What runs when all have arrived.
type Action = Box<dyn FnMut() + Send>;

/// Lets threads wait until a given number of them has arrived; Python's `threading.Barrier`.
///
/// The barrier can be used again and again: the threads that pass it together are one
/// *generation*, and who arrives later belongs to the next. If a wait times out, the action
/// panics, or somebody calls [`abort`](Self::abort), the barrier is *broken*: all that wait, and
/// all that come later, get [`BrokenBarrierError`] until somebody calls [`reset`](Self::reset).
/// So a thread that fails does not leave the others waiting for it.
///
/// # Memory ordering
///
/// What each thread did before it arrived is visible to the action, and to all once they return.
///
/// # Examples
///
/// ```
/// use executor_sync::Barrier;
/// use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
///
/// let (loaded, barrier) = (AtomicUsize::new(0), Barrier::new(3));
/// std::thread::scope(|scope| {
///     for _ in 0..3 {
///         scope.spawn(|| {
///             loaded.fetch_add(1, Relaxed);
///             let index = barrier.wait().expect("nobody breaks it");
///             assert!(index < 3);
///             assert_eq!(loaded.load(Relaxed), 3);
///         });
///     }
/// });
/// ```
#[doc(alias = "threading.Barrier")]
pub struct Barrier {
    parties: usize,
    patience: Patience,
    action: Option<Mutex<Action>>,
    state: Mutex<State>,
}

// A panic of the action leaves a barrier that says that it is broken.
impl UnwindSafe for Barrier {}
impl RefUnwindSafe for Barrier {}

/// ```text
///                 arrive, not the last
///  Filling(n) ───────────────────────────▶ Filling(n + 1)
///      │ the last arrives                        │
///      ├── no action ──▶ PASSED, Filling(0)      │ timeout, abort
///      └── action ──▶ Acting                     │
///           │  ended ──▶ PASSED, Filling(0)      │
///           │  panic, timeout, abort ────────────┴──▶ BROKEN, Broken
///           └  reset ──▶ BROKEN, Filling(0) ◀── reset ── Filling, Broken
/// ```
///
/// PASSED and BROKEN are told to the present generation, and a new one begins with the next
/// state. A thread learns what became of *its* generation from the signal they share, however
/// late it looks, so nobody has to wait until the last of the former generation has left.
#[derive(Debug)]
struct State {
    phase: Phase,
    generation: Arc<Signal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// So many have arrived.
    Filling(usize),
    /// All have arrived and the last of them runs the action.
    Acting,
    /// Nobody passes until a reset.
    Broken,
}

impl Barrier {
    /// Makes a barrier for `parties` threads.
    ///
    /// # Panics
    ///
    /// If `parties` is zero.
    #[must_use]
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None)
    }

    /// Makes a barrier that runs `action` each time all have arrived, before any of them goes on.
    ///
    /// The last to arrive runs it. It runs alone, never twice at a time. It must not wait at the
    /// barrier itself, which would wait for it.
    ///
    /// # Panics
    ///
    /// If `parties` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use executor_sync::Barrier;
    /// use std::sync::mpsc;
    ///
    /// let (rounds, count) = mpsc::channel();
    /// let barrier = Barrier::with_action(2, move || rounds.send("round").unwrap());
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| barrier.wait());
    ///     scope.spawn(|| barrier.wait());
    /// });
    /// assert_eq!(count.try_iter().count(), 1);
    /// ```
    #[must_use]
    pub fn with_action(parties: usize, action: impl FnMut() + Send + 'static) -> Self {
        Self::build(parties, Some(Mutex::new(Box::new(action))))
    }

    fn build(parties: usize, action: Option<Mutex<Action>>) -> Self {
        assert!(parties > 0, "a barrier needs at least one party");
        let state = State { phase: Phase::Filling(0), generation: Arc::new(Signal::new()) };
        Self { parties, patience: patience(parties), action, state: Mutex::new(state) }
    }

    /// Waits until all parties have arrived; returns the caller's place in the order of arrival,
    /// from 0 to `parties - 1`.
    ///
    /// Each thread of a generation gets another index, so one of them can be chosen to do what
    /// must be done once; the last, `parties - 1`, is the one that runs the action. Woken by the
    /// last arrival, [`abort`](Self::abort), [`reset`](Self::reset), and another's timeout.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrierError`] if the barrier is broken, or breaks or is reset while waiting.
    ///
    /// # Panics
    ///
    /// If the caller is the last to arrive and the action panics: the barrier breaks, and the
    /// panic goes on in this thread.
    pub fn wait(&self) -> Result<usize, BrokenBarrierError> {
        self.wait_until(Deadline::Never)
    }

    /// Waits as [`wait`](Self::wait) does, at most `timeout`, and breaks the barrier for all if
    /// not everybody has arrived by then.
    ///
    /// Zero passes if the caller is the last to arrive, and else breaks the barrier at once;
    /// `Duration::MAX` waits for ever. An action that runs over the timeout of a waiting thread
    /// is not interrupted, but its barrier breaks all the same.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrierError`] if the barrier is broken, breaks, is reset, or the time is up.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    ///
    /// # Examples
    ///
    /// ```
    /// use executor_sync::{Barrier, BrokenBarrierError};
    /// use std::time::Duration;
    ///
    /// let barrier = Barrier::new(2);
    /// assert_eq!(barrier.wait_timeout(Duration::from_millis(1)), Err(BrokenBarrierError));
    /// assert!(barrier.broken());
    /// barrier.reset();
    /// assert!(!barrier.broken());
    /// ```
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrierError> {
        self.wait_until(Deadline::after(timeout))
    }

    /// Breaks the barrier: all that wait, and all that come later, get the error.
    ///
    /// For a thread that cannot go on and must not leave the others waiting. A running action is
    /// not interrupted. Stays so until [`reset`](Self::reset).
    pub fn abort(&self) {
        self.end_generation(self.state.lock_soon(), Phase::Broken, BROKEN);
    }

    /// Makes the barrier empty and whole again. Those that wait get the error.
    pub fn reset(&self) {
        self.end_generation(self.state.lock_soon(), Phase::Filling(0), BROKEN);
    }

    /// Returns whether the barrier is broken. The answer may be old when it arrives.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.state.lock_soon().phase == Phase::Broken
    }

    /// Returns how many threads it takes to pass.
    #[must_use]
    pub fn parties(&self) -> usize {
        self.parties
    }

    /// Returns how many threads wait at the barrier now, all of them while the action runs.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        match self.state.lock_soon().phase {
            Phase::Filling(arrived) => arrived,
            Phase::Acting => self.parties,
            Phase::Broken => 0,
        }
    }

    fn wait_until(&self, deadline: Deadline) -> Result<usize, BrokenBarrierError> {
        let mut state = self.enter(deadline)?;
        let Phase::Filling(index) = state.phase else { return Err(BrokenBarrierError) };
        if index + 1 == self.parties {
            self.lead(state, deadline)?;
        } else {
            state.phase = Phase::Filling(index + 1);
            self.follow(state, deadline)?;
        }
        Ok(index)
    }

    /// Locks the state once no action runs. A generation that came too early waits here.
    fn enter(&self, deadline: Deadline) -> Result<MutexGuard<'_, State>, BrokenBarrierError> {
        let mut state = self.state.lock_soon();
        while state.phase == Phase::Acting {
            self.follow(state, deadline)?;
            state = self.state.lock_soon();
        }
        Ok(state)
    }

    /// Waits for the verdict on the present generation; gives one when the time is up.
    fn follow(
        &self,
        state: MutexGuard<'_, State>,
        deadline: Deadline,
    ) -> Result<(), BrokenBarrierError> {
        let generation = Arc::clone(&state.generation);
        drop(state);
        let verdict = generation.wait(deadline, self.patience).or_else(|| {
            self.break_generation(&generation);
            // It has ended, by this or before; who ended it unlocks first and then tells.
            generation.wait(Deadline::Never, self.patience)
        });
        if verdict == Some(PASSED) { Ok(()) } else { Err(BrokenBarrierError) }
    }

    /// Does what the last to arrive has to do.
    fn lead(
        &self,
        mut state: MutexGuard<'_, State>,
        deadline: Deadline,
    ) -> Result<(), BrokenBarrierError> {
        let Some(action) = &self.action else {
            self.end_generation(state, Phase::Filling(0), PASSED);
            return Ok(());
        };
        state.phase = Phase::Acting;
        let generation = Arc::clone(&state.generation);
        drop(state);
        self.act(action, BreakOnDrop { barrier: self, generation }, deadline)
    }

    /// Runs the action with the state unlocked; fails if the generation breaks meanwhile.
    fn act(
        &self,
        action: &Mutex<Action>,
        pending: BreakOnDrop<'_>,
        deadline: Deadline,
    ) -> Result<(), BrokenBarrierError> {
        // It is free, unless an abort and a reset let this generation in while it still runs.
        let mut action = action.lock_until(deadline).ok_or(BrokenBarrierError)?;
        action();
        drop(action);
        let state = self.state.lock_soon();
        if !Arc::ptr_eq(&state.generation, &pending.generation) {
            // Unlocked before `pending` is dropped.
            drop(state);
            return Err(BrokenBarrierError);
        }
        self.end_generation(state, Phase::Filling(0), PASSED);
        Ok(())
    }

    /// Breaks the barrier if `generation` has no verdict yet.
    #[cold]
    fn break_generation(&self, generation: &Arc<Signal>) {
        let state = self.state.lock_soon();
        if Arc::ptr_eq(&state.generation, generation) {
            self.end_generation(state, Phase::Broken, BROKEN);
        }
    }

    /// Tells the present generation its verdict and begins a new one.
    fn end_generation(&self, mut state: MutexGuard<'_, State>, phase: Phase, verdict: u32) {
        state.phase = phase;
        let ended = mem::replace(&mut state.generation, Arc::new(Signal::new()));
        drop(state);
        ended.tell(verdict);
    }
}

/// Spinning pays when each party can have a core; else those that are missing need this one.
fn patience(parties: usize) -> Patience {
    static CORES: OnceLock<usize> = OnceLock::new();
    let cores = *CORES.get_or_init(|| available_parallelism().map_or(1, NonZeroUsize::get));
    if parties <= cores { Patience::Yield } else { Patience::Sleep }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("parties", &self.parties)
            .field("n_waiting", &self.n_waiting())
            .field("broken", &self.broken())
            .finish_non_exhaustive()
    }
}

/// Breaks a generation whose action did not end, whether it panicked or never began.
///
/// Dropped after the generation has its verdict it does nothing, so it need not be defused; but
/// not while the state is locked.
struct BreakOnDrop<'a> {
    barrier: &'a Barrier,
    generation: Arc<Signal>,
}

impl Drop for BreakOnDrop<'_> {
    fn drop(&mut self) {
        self.barrier.break_generation(&self.generation);
    }
}
