use std::alloc::Layout;
use std::mem::offset_of;
use std::ptr::NonNull;

use crate::error::TaskError;
use crate::fork;
use crate::global_lock::GlobalLock;
use crate::panic;
use crate::primitives::atomic::{AtomicU64, Ordering::Relaxed};
use crate::primitives::{Mutex, MutexGuard};

use crate::future::current::{self, Delivering};
use crate::future::late::Late;
use crate::future::place::Place;
use crate::future::state::{ALONE, Cancel, Snapshot, State};
use crate::future::waiter::{Callback, Key, Listeners, Waiter};

use super::block;
use super::home::{Door, Remote};

/// Tells a key from the number of a thread.
pub(super) const KEY: u64 = 1 << 63;

/// The part of a cell that is the same for all.
pub(crate) struct Header {
    pub(super) state: State,
    /// The fork generation in which the cell was made.
    born: u32,
    /// The thread that runs the task; 0 until it begins, and where nobody keeps account. Of a
    /// remote task, until its callbacks run, [`KEY`] and the key by which its executor knows it.
    pub(super) runner: AtomicU64,
    home: Option<NonNull<Door>>,
    pub(super) vtable: &'static VTable,
}

/// What depends on the types of a cell. Each function takes the cell under rule C6.
pub(super) struct VTable {
    /// Runs the work and writes the outcome; true: it failed. C2, C3.
    pub(super) execute: unsafe fn(NonNull<Header>) -> bool,
    /// Drops the work and writes an error as the outcome. C2, C3.
    pub(super) settle: unsafe fn(NonNull<Header>, TaskError),
    /// Makes the outcome known and gives up the references in the mask. C1.
    pub(super) finish: unsafe fn(NonNull<Header>, bool, u32),
    /// Frees the cell. C1.
    pub(super) free: unsafe fn(NonNull<Header>),
    /// Moves the outcome out and drops it, all but an error. C5.
    pub(super) clear: unsafe fn(NonNull<Header>) -> Option<TaskError>,
    /// Adds a waiter, unless the future has been released.
    pub(super) listen: unsafe fn(NonNull<Header>, Waiter) -> Result<Key, Waiter>,
    /// Takes a waiter out.
    pub(super) unlisten: unsafe fn(NonNull<Header>, Key) -> Option<Waiter>,
}

#[repr(C)]
pub(super) struct Cell<F, T> {
    pub(super) header: Header,
    pub(super) listeners: Late<Mutex<Listeners<T>>>,
    /// The work, and from then on the outcome.
    pub(super) place: Place<F, T>,
}

/// A cell as it is seen by those who do not know its work.
pub(super) type Core<T> = Cell<(), T>;

/// Held shared while a task is cancelled through its future; see rule C7.
static CANCELLERS: GlobalLock<()> = GlobalLock::new((), || ());

/// Returns once every canceller that may still speak to a home has done so. A home whose queue is
/// empty calls this before its memory goes.
pub(crate) fn await_cancellers() {
    drop(CANCELLERS.write());
}

/// Forgets the cancellers of the process from which this one was forked.
///
/// # Safety
///
/// Rule G1 of [`GlobalLock`]; no code of a user runs while a canceller is in the gate, so the
/// forking thread is not.
pub(crate) unsafe fn forget_cancellers() {
    // SAFETY: as the caller promises.
    unsafe { CANCELLERS.renew() };
}

impl<F: FnOnce() -> T, T> Cell<F, T> {
    const VTABLE: VTable = VTable {
        execute: execute::<F, T>,
        settle: settle::<F, T>,
        finish: finish::<F, T>,
        free: free::<F, T>,
        clear: clear::<T>,
        listen: listen::<T>,
        unlisten: unlisten::<T>,
    };

    pub(super) fn allocate(work: F, home: Option<NonNull<Door>>, sides: u32) -> NonNull<Core<T>> {
        current::note_task();
        if align_of::<Place<F, T>>() > align_of::<Place<(), T>>() {
            // C8: such work, rare as it is, must not move the place of the outcome.
            return Cell::<Box<F>, T>::make(Box::new(work), home, sides);
        }
        Self::make(work, home, sides)
    }

    fn make(work: F, home: Option<NonNull<Door>>, sides: u32) -> NonNull<Core<T>> {
        debug_assert_eq!(offset_of!(Self, place), offset_of!(Core<T>, place), "C8");
        let (cell, sides) = Self::room(sides);
        let header = Header {
            state: State::new(sides),
            born: fork::generation(),
            runner: AtomicU64::new(0),
            home,
            vtable: &Self::VTABLE,
        };
        let at = cell.as_ptr();
        // The work may be large: it is moved to its place, not with the cell.
        let listeners = at.wrapping_byte_add(offset_of!(Self, listeners));
        let place = at.wrapping_byte_add(offset_of!(Self, place));
        // SAFETY: there is room for it, here and in the next two.
        unsafe { at.cast::<Header>().write(header) };
        // SAFETY: as above.
        unsafe { listeners.cast::<Late<Mutex<Listeners<T>>>>().write(Late::new()) };
        // SAFETY: as above.
        unsafe { Place::<F, T>::fill(place.cast(), work) };
        cell.cast()
    }

    /// Memory for a cell to which these sides refer, and what they are with the word of where it
    /// came from.
    fn room(sides: u32) -> (NonNull<Self>, u32) {
        // A model is of the cell; blocks have models of their own.
        let suits = cfg!(not(any(loom, shuttle))) && block::suits(Layout::new::<Self>());
        if suits
            && sides & ALONE == 0
            && let Some(place) = block::cut(Layout::new::<Self>())
        {
            return (place.cast(), sides);
        }
        let own = Box::leak(Box::<Self>::new_uninit());
        (NonNull::from(own).cast(), sides | ALONE)
    }
}

unsafe fn execute<F: FnOnce() -> T, T>(cell: NonNull<Header>) -> bool {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let cell = unsafe { cell.cast::<Cell<F, T>>().as_ref() };
    // SAFETY: C2: the caller has just started the task, so the work is here and ours.
    let work = unsafe { cell.place.take_work() };
    let outcome = panic::catch(work);
    let failed = outcome.is_err();
    // SAFETY: C3.
    unsafe { cell.place.put(outcome) };
    failed
}

unsafe fn settle<F, T>(cell: NonNull<Header>, error: TaskError) {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let cell = unsafe { cell.cast::<Cell<F, T>>().as_ref() };
    // SAFETY: C2: the caller has just taken the task out of PENDING.
    let work = unsafe { cell.place.take_work() };
    panic::contain(|| drop(work));
    // SAFETY: C3.
    unsafe { cell.place.put(Err(error)) };
}

unsafe fn finish<F, T>(cell: NonNull<Header>, failed: bool, drops: u32) {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let core = unsafe { cell.cast::<Core<T>>().as_ref() };
    let last = match core.header.state.finish_unheard(failed, drops) {
        Some(after) => after,
        None => {
            core.deliver(failed);
            if drops == 0 { core.header.state.load() } else { core.header.state.unref(drops) }
        }
    };
    // Who came with a borrowed reference leaves the freeing to its lender.
    if drops != 0 && last.forsaken() {
        // SAFETY: C1: this call gave up the last reference.
        panic::contain(|| unsafe { free::<F, T>(cell) });
    }
}

unsafe fn free<F, T>(cell: NonNull<Header>) {
    let whole: NonNull<Cell<F, T>> = cell.cast();
    // SAFETY: C6 for the type; C1: this call alone knows the cell.
    let cell = unsafe { whole.as_ref() };
    let state = cell.header.state.load();
    // SAFETY: C3: a cell whose executor's side is gone has an outcome; C5: not moved out.
    let outcome = (!state.taken()).then(|| unsafe { cell.place.take() });
    // The cell goes first, so that a panic in the drop of the outcome cannot leak it.
    if state.alone() {
        // SAFETY: C9.
        drop(unsafe { Box::from_raw(whole.as_ptr()) });
    } else {
        // SAFETY: C1.
        unsafe { whole.drop_in_place() };
        // SAFETY: C9, C1.
        unsafe { block::give_up(whole.cast()) };
    }
    drop(outcome);
}

unsafe fn clear<T>(cell: NonNull<Header>) -> Option<TaskError> {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let core = unsafe { cell.cast::<Core<T>>().as_ref() };
    if !core.header.state.load().released() || !core.header.state.take() {
        return None;
    }
    // SAFETY: C5: released, and this call has claimed it.
    match unsafe { core.place.take() } {
        Ok(value) => {
            panic::contain(|| drop(value));
            None
        }
        Err(error) => Some(error),
    }
}

unsafe fn listen<T>(cell: NonNull<Header>, waiter: Waiter) -> Result<Key, Waiter> {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let core = unsafe { cell.cast::<Core<T>>().as_ref() };
    let mut listeners = core.listeners();
    if core.header.state.listen().released() {
        return Err(waiter);
    }
    Ok(listeners.add(waiter))
}

unsafe fn unlisten<T>(cell: NonNull<Header>, key: Key) -> Option<Waiter> {
    // SAFETY: C6 for the type, C1 for the lifetime.
    let core = unsafe { cell.cast::<Core<T>>().as_ref() };
    core.listeners().remove(key)
}

impl Header {
    /// Not begun and not cancelled.
    pub(crate) fn pending(&self) -> bool {
        self.state.load().pending()
    }

    /// The thread that runs the task, or its callbacks, now, as far as anybody keeps account.
    pub(crate) fn runner(&self) -> Option<u64> {
        let now = self.state.load();
        let delivered = now.finished() && !now.released();
        let busy = delivered || (now.running() && !now.remote());
        // Relaxed: who asks holds the lock of the wait graph, as the runner did when it blocked.
        let runner = self.runner.load(Relaxed);
        (busy && runner != 0 && runner & KEY == 0).then_some(runner)
    }

    /// Nobody need wait for the task any more.
    pub(in crate::future) fn released(&self) -> bool {
        self.state.load().released()
    }

    /// The task waits in the queue of this home.
    pub(crate) fn belongs_to(&self, home: &Door) -> bool {
        self.home.is_some_and(|own| own == NonNull::from(home))
    }

    /// The cell was made before a fork: nothing in this process will ever finish it.
    pub(in crate::future) fn orphaned(&self) -> bool {
        self.born != fork::generation() && !self.state.load().finished()
    }

    pub(in crate::future) fn snapshot(&self) -> Snapshot {
        self.state.load()
    }

    /// Adds a waiter, unless the future has been released.
    pub(in crate::future) fn listen(&self, waiter: Waiter) -> Result<Key, Waiter> {
        // SAFETY: C6, C1: the caller borrows a reference.
        unsafe { (self.vtable.listen)(NonNull::from(self), waiter) }
    }

    /// Takes a waiter out that need not be told any more.
    pub(in crate::future) fn unlisten(&self, key: Key) {
        // SAFETY: C6, C1: the caller borrows a reference.
        drop(unsafe { (self.vtable.unlisten)(NonNull::from(self), key) });
    }

    /// Speaks to the executor of a remote task that has not finished; `None`: there is no such.
    fn with_remote<R>(&self, f: impl FnOnce(&dyn Remote, u64) -> R) -> Option<R> {
        if !self.state.load().remote() || self.orphaned() {
            return None;
        }
        let _gate = CANCELLERS.read();
        if self.state.load().finished() {
            return None;
        }
        let door = self.home?;
        // SAFETY: C7: the task had not finished when this thread was in the gate already.
        let home = unsafe { Door::open(door) };
        // Relaxed: the key was written before the future was handed out. A thread's number in its
        // place says that the task has finished meanwhile.
        let runner = self.runner.load(Relaxed);
        let key = (runner & KEY != 0).then_some(runner & !KEY)?;
        Some(f(home.remote()?, key))
    }

    /// How far the task has come. Of a remote one, that is asked for.
    pub(in crate::future) fn inquire(&self) -> Snapshot {
        let now = self.state.load();
        if now.remote()
            && now.pending()
            && self.with_remote(|home, key| home.begun(key)) == Some(true)
        {
            // The word stays as it is, for a task whose worker dies may be pending again. Whoever
            // finished or cancelled it meanwhile is right.
            let later = self.state.load();
            return if later.pending() { later.begun() } else { later };
        }
        now
    }

    /// Ends a task that runs in another process; true: it finishes as killed.
    pub(in crate::future) fn kill(&self) -> bool {
        self.with_remote(|home, key| home.kill(key)) == Some(true)
    }

    /// As [`cancel`](Self::cancel), for a remote task.
    fn cancel_remote(&self) -> bool {
        let recalled = self.with_remote(|home, key| {
            home.recall(key, &mut || {
                let won = self.state.cancel();
                debug_assert!(won == Cancel::Won, "a task that was taken back is nobody else's");
            })
        });
        let Some(Some(left)) = recalled else { return self.state.load().doomed() };
        self.give_up(TaskError::cancelled(), 0);
        drop(left);
        true
    }

    /// Cancels through a borrowed reference; true: it is cancelled, by this call or an earlier one.
    pub(in crate::future) fn cancel(&self) -> bool {
        if self.state.load().remote() {
            return self.cancel_remote();
        }
        let gate = self.home.map(|home| (home, CANCELLERS.read()));
        match self.state.cancel() {
            Cancel::Already => return true,
            Cancel::TooLate => return false,
            Cancel::Won => {}
        }
        let swept = gate.map(|(door, _gate)| {
            // SAFETY: C7: this call took the task out of PENDING and is still in the gate.
            unsafe { Door::open(door) }.withdrawn(true)
        });
        drop(swept);
        self.give_up(TaskError::cancelled(), 0);
        true
    }

    /// Ends a queued task out of its turn, through a borrowed reference; false: it is not pending.
    pub(crate) fn refuse_in_place(&self, error: impl FnOnce() -> TaskError) -> bool {
        let refused = self.state.start();
        if refused {
            self.give_up(error(), 0);
        }
        refused
    }

    /// Ends a task that the caller has taken out of PENDING and that will never run.
    pub(super) fn give_up(&self, error: TaskError, drops: u32) {
        let cell = NonNull::from(self);
        // SAFETY: C6; C2, C3: as the caller has promised.
        unsafe { (self.vtable.settle)(cell, error) };
        // SAFETY: C6; C1: the caller holds or borrows the references in `drops`.
        unsafe { (self.vtable.finish)(cell, true, drops) };
    }
}

impl<T> Core<T> {
    /// The list of listeners, under its lock.
    pub(super) fn listeners(&self) -> MutexGuard<'_, Listeners<T>> {
        self.listeners.get_or_make(|| Mutex::new(Listeners::new())).lock()
    }

    /// Runs the callbacks, then lets the waiters go.
    #[cold]
    fn deliver(&self, failed: bool) {
        self.header.state.finish(failed);
        // Who waits for the future now waits for this thread to come through the callbacks.
        self.header.runner.store(current::id(), Relaxed);
        let delivering = Delivering::of(&self.header);
        let waiters = loop {
            let mut listeners = self.listeners();
            let Some(callback) = listeners.next_callback() else {
                self.header.state.release();
                break listeners.take_waiters();
            };
            drop(listeners);
            // SAFETY: C4: this is the finishing thread.
            panic::contain(|| callback(unsafe { self.outcome() }));
        };
        drop(delivering);
        let threw = failed && !self.header.state.load().cancelled();
        for waiter in waiters {
            panic::contain(|| waiter.wake(threw));
        }
    }

    /// # Safety
    ///
    /// Rule C4 or C5 allows the caller to look.
    unsafe fn outcome(&self) -> Result<&T, &TaskError> {
        // SAFETY: C3: the state says FINISHED.
        unsafe { self.place.get() }.as_ref()
    }

    /// The outcome as far as this thread may see it now.
    pub(super) fn visible(&self) -> Option<Result<&T, &TaskError>> {
        let now = self.header.state.load();
        let allowed = now.released() || (now.finished() && Delivering::here(&self.header));
        // SAFETY: C5 in the first case, C4 in the second.
        (allowed && !now.taken()).then(|| unsafe { self.outcome() })
    }

    pub(super) fn call_back(&self, callback: Callback<T>) {
        if let Some(outcome) = self.visible() {
            return panic::contain(|| callback(outcome));
        }
        let mut listeners = self.listeners();
        if !self.header.state.listen().released() {
            return listeners.add_callback(callback);
        }
        drop(listeners);
        // SAFETY: C5.
        panic::contain(|| callback(unsafe { self.outcome() }));
    }
}
