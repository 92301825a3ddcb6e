use std::any::Any;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;

/// What is left over and only waits to be dropped.
pub(crate) type Leftovers = Option<Box<dyn Any>>;

/// The queue of an executor, as far as its tasks know it.
pub(crate) trait Home: Send + Sync {
    /// A queued task was taken out of its turn; its place in the queue is free. Returns what
    /// else the queue lets go, to be dropped when no lock is held: that may run code of a user.
    #[must_use]
    fn withdrawn(&self, cancelled: bool) -> Leftovers;

    /// The executor itself, if its tasks run in other processes.
    fn remote(&self) -> Option<&dyn Remote> {
        None
    }
}

/// An executor whose tasks run in other processes, and which alone knows how far they have come. It
/// knows a task by the key that it gave to the task's [`Maker`](super::Maker).
pub(crate) trait Remote {
    /// Takes a task back that has not begun, so that it never will; `None`: it has begun. What is
    /// returned is dropped once the task has been cancelled.
    ///
    /// `cancel` is called before anybody else can ask for the task.
    fn recall(&self, key: u64, cancel: &mut dyn FnMut()) -> Option<Leftovers>;

    /// The task has begun.
    fn begun(&self, key: u64) -> bool;

    /// Ends a task that runs, which finishes as killed; false: it does not run.
    fn kill(&self, key: u64) -> bool;
}

/// The way from a task to its home. A task remembers where the door is, which takes half the room
/// of where the home is and what it is.
#[derive(Debug)]
pub(crate) struct Door(*const dyn Home);

// SAFETY: it shows nothing but a home, which threads may share.
unsafe impl Send for Door {}
// SAFETY: as above.
unsafe impl Sync for Door {}

impl Door {
    /// A door that leads to what is, or will be, at that address.
    pub(crate) fn to(home: *const (impl Home + 'static)) -> Self {
        Self(home)
    }

    /// # Safety
    ///
    /// Door and home are valid, and stay so as long as the caller looks.
    pub(super) unsafe fn open<'a>(door: NonNull<Self>) -> &'a dyn Home {
        // SAFETY: as the caller promises.
        let home = unsafe { door.as_ref() }.0;
        // SAFETY: as above.
        unsafe { &*home }
    }
}

// A home keeps itself whole, whatever panics.
impl UnwindSafe for Door {}
impl RefUnwindSafe for Door {}
