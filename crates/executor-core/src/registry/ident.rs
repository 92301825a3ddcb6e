use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::system;

std::thread_local! {
    /// The ident of this thread; zero until somebody asks. It has no destructor, so that it can be
    /// read until the very end of the thread.
    static OWN: Cell<u64> = const { Cell::new(0) };
}

/// The first process of a program begins with this thread; a forked one with that which forked.
static MAIN: AtomicU64 = AtomicU64::new(1);
static NEXT: AtomicU64 = AtomicU64::new(2);

/// The number of a thread in this program, never zero.
///
/// It is not used again when the thread has ended, which Python does not promise: two threads of
/// one program never have the same ident, also across a fork. It means nothing outside of the
/// program; the operating system's own number is the native id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadIdent(NonZeroU64);

impl ThreadIdent {
    /// The number itself.
    pub fn get(self) -> u64 {
        self.0.get()
    }

    fn new(number: u64) -> Self {
        Self(NonZeroU64::new(number).expect("idents begin at one"))
    }

    /// A number that no thread has had.
    pub(crate) fn fresh() -> Self {
        // Relaxed: only the number itself matters.
        Self::new(NEXT.fetch_add(1, Relaxed))
    }

    /// That of the main thread. Relaxed: it changes only in a child process that has one thread.
    pub(super) fn main() -> Self {
        Self::new(MAIN.load(Relaxed))
    }

    /// Makes it the calling thread's.
    pub(super) fn adopt(self) {
        OWN.set(self.get());
    }
}

/// The ident of the calling thread, whoever made it. Never waits.
///
/// Python's `threading.get_ident()`.
///
/// ```
/// use concurrent_futures::threading;
///
/// let here = threading::get_ident();
/// assert_eq!(here, threading::get_ident());
/// assert_ne!(here, std::thread::spawn(threading::get_ident).join().unwrap());
/// ```
#[doc(alias = "threading.get_ident")]
pub fn get_ident() -> ThreadIdent {
    if OWN.get() == 0 {
        let ident =
            if system::on_main_thread() { ThreadIdent::main() } else { ThreadIdent::fresh() };
        ident.adopt();
    }
    ThreadIdent::new(OWN.get())
}

/// The number of the calling thread in the system, or its ident where that is not known.
pub(crate) fn native_id() -> u64 {
    system::native_id().unwrap_or_else(|| get_ident().get())
}

/// The calling thread, on which a process was just forked off, is its main thread. Neither
/// allocates nor locks.
pub(super) fn become_main() {
    if OWN.get() == 0 {
        OWN.set(NEXT.fetch_add(1, Relaxed));
    }
    MAIN.store(OWN.get(), Relaxed);
}

impl fmt::Display for ThreadIdent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ThreadIdent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThreadIdent({})", self.0)
    }
}
