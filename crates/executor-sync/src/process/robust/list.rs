//! The list by which the kernel finds the locks of a thread that ends.
//!
//! Each thread has one, which its C library has given to the kernel, for mutexes that are robust.
//! Ours enter themselves in the same list, in the library's own form: each entry is two words, the
//! place of the previous entry's second word and then that of the next one's. The word of the lock
//! lies [`OFFSET`] bytes from the second, a distance that is the same for all entries. The library
//! puts its entries into the locks, where every other process could write them; ours are in a page
//! that this process has for itself, right behind the shared word.
//!
//! # Rules
//!
//! L1. The head is that of the calling thread, and lives as long as the thread: the library's, or
//!     one that was made for ever.
//! L2. The places in a list are those of entries that are in it: an entry stays mapped until it is
//!     taken out, or for good if its thread never does. Only the thread itself changes its list.
//! L3. Every store leaves the list complete for the kernel, which looks when the thread is killed,
//!     between any two of them; so they are made in the order in which they are written. The place
//!     in `pending` covers the moment in which the word and the list disagree.
//! L4. The system call writes the two locals whose addresses it is given.
//! L5. The system call touches no memory: signal zero is sent to nobody.

use crate::primitives::Ordering::Relaxed;
use crate::process::gate::generation;
use rustix::thread::gettid;
use std::cell::Cell;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering::SeqCst, compiler_fence};

/// Where a lock's word is, seen from its entry, in the locks of the C library.
pub(super) const OFFSET: isize = if cfg!(target_env = "musl") { -28 } else { -32 };

/// What the kernel knows of a thread.
#[repr(C)]
struct Head {
    /// The second word of the first entry, or this very place.
    first: AtomicPtr<u8>,
    offset: isize,
    /// The entry that is about to be made or taken out.
    pending: AtomicPtr<u8>,
}

/// One lock in the list, in memory of this process alone. Its first word is null while it is in
/// none.
#[repr(C)]
pub(super) struct Entry {
    previous: AtomicPtr<u8>,
    next: AtomicPtr<u8>,
}

/// The calling thread.
#[derive(Debug, Clone, Copy)]
pub(in crate::process) struct Thread {
    /// How often the program had been forked when this was found out, and the thread's number in
    /// the system. One word, for it is compared as one.
    mark: u64,
    /// `None`: the system keeps no list for it.
    head: Option<NonNull<Head>>,
    pub(in crate::process) process: u32,
}

thread_local! {
    // Has no destructor, so it can be read while other thread locals are being destroyed.
    static CURRENT: Cell<Thread> =
        const { Cell::new(Thread { mark: 0, head: None, process: 0 }) };
}

impl Thread {
    #[inline]
    pub(in crate::process) fn current() -> Self {
        let known = CURRENT.get();
        if known.number() != 0 && known.generation() == generation() {
            return known;
        }
        Self::find_out();
        CURRENT.get()
    }

    /// Finds out who the calling thread is. It returns nothing, for then what is known goes through
    /// registers in [`current`](Self::current), and not through memory at each lock.
    #[cold]
    fn find_out() {
        let number = gettid().as_raw_nonzero().get().cast_unsigned();
        let mark = u64::from(generation()) << 32 | u64::from(number);
        let thread = Self { mark, head: head(), process: std::process::id() };
        CURRENT.set(thread);
    }

    /// Tells the thread from all others that there are in this process, and never is zero.
    #[inline]
    pub(super) fn mark(self) -> u64 {
        self.mark
    }

    #[inline]
    fn generation(self) -> u32 {
        (self.mark >> 32) as u32
    }

    /// Its number in the system.
    #[inline]
    pub(in crate::process) fn number(self) -> u32 {
        self.mark as u32
    }

    /// The thread with this mark is another one of this process, and has not ended.
    #[cold]
    pub(super) fn has_beside(self, mark: u64) -> bool {
        // SAFETY: L5.
        let asked =
            |thread: u32| unsafe { libc::syscall(libc::SYS_tgkill, self.process, thread, 0) };
        let same = mark >> 32 == self.mark >> 32 && mark != self.mark;
        same && asked(mark as u32) == 0
    }

    /// The system will tell when this thread ends with a lock.
    pub(super) fn is_listed(self) -> bool {
        self.head.is_some()
    }

    fn head(&self) -> Option<&Head> {
        // SAFETY: L1.
        self.head.map(|head| unsafe { head.as_ref() })
    }

    /// The word and the list are about to disagree.
    #[inline]
    pub(super) fn begin(&self, entry: &Entry) {
        if let Some(head) = self.head() {
            head.pending.store(entry.place(), Relaxed);
            compiler_fence(SeqCst);
        }
    }

    /// They agree again.
    #[inline]
    pub(super) fn end(&self) {
        if let Some(head) = self.head() {
            compiler_fence(SeqCst);
            head.pending.store(null_mut(), Relaxed);
        }
    }

    /// Puts the entry of a lock that was taken in front of the others.
    #[inline]
    pub(super) fn enter(&self, entry: &Entry) {
        let Some(head) = self.head() else { return };
        let first = head.first.load(Relaxed);
        entry.next.store(first, Relaxed);
        entry.previous.store(head.place(), Relaxed);
        if untagged(first) != head.place() {
            // SAFETY: L2: `first` is the second word of an entry.
            unsafe { previous_of(first) }.store(entry.place(), Relaxed);
        }
        compiler_fence(SeqCst);
        head.first.store(entry.place(), Relaxed);
        compiler_fence(SeqCst);
    }

    /// Takes the entry of a lock out that is about to be released.
    #[inline]
    pub(super) fn leave(&self, entry: &Entry) {
        let Some(head) = self.head() else { return };
        let (previous, next) = (entry.previous.load(Relaxed), entry.next.load(Relaxed));
        if untagged(next) != head.place() {
            // SAFETY: L2: `next` is the second word of an entry.
            unsafe { previous_of(next) }.store(previous, Relaxed);
        }
        // SAFETY: L2: it is the second word of an entry, or the first of the head.
        let before = unsafe { AtomicPtr::<u8>::from_ptr(previous.cast()) };
        compiler_fence(SeqCst);
        before.store(next, Relaxed);
        compiler_fence(SeqCst);
        entry.previous.store(null_mut(), Relaxed);
    }
}

impl Head {
    #[inline]
    fn place(&self) -> *mut u8 {
        self.first.as_ptr().cast()
    }
}

impl Entry {
    #[inline]
    fn place(&self) -> *mut u8 {
        self.next.as_ptr().cast()
    }
}

/// The library marks entries of another kind in the lowest bit of what points at them.
#[inline]
fn untagged(place: *mut u8) -> *mut u8 {
    place.map_addr(|at| at & !1)
}

/// # Safety
///
/// `place` is the second word of an entry: rule L2.
#[inline]
unsafe fn previous_of<'a>(place: *mut u8) -> &'a AtomicPtr<u8> {
    let second = untagged(place).cast::<*mut u8>();
    // SAFETY: as the caller promises.
    let first = unsafe { second.sub(1) };
    // SAFETY: as above.
    unsafe { AtomicPtr::from_ptr(first) }
}

/// The list of the calling thread.
fn head() -> Option<NonNull<Head>> {
    let mut head = null_mut::<Head>();
    let mut size = 0_usize;
    // SAFETY: L4.
    let known =
        unsafe { libc::syscall(libc::SYS_get_robust_list, 0, &raw mut head, &raw mut size) };
    if known != 0 || size != size_of::<Head>() && !head.is_null() {
        return None;
    }
    let head = NonNull::new(head).or_else(made)?;
    // SAFETY: L1.
    let offset = unsafe { head.as_ref() }.offset;
    (offset == OFFSET).then_some(head)
}

/// A list for a thread whose C library has not given one to the kernel.
fn made() -> Option<NonNull<Head>> {
    let head = Box::leak(Box::new(Head {
        first: AtomicPtr::new(null_mut()),
        offset: OFFSET,
        pending: AtomicPtr::new(null_mut()),
    }));
    head.first.store(head.place(), Relaxed);
    let place = NonNull::from(&*head);
    // SAFETY: L1: it lives for ever.
    let set =
        unsafe { libc::syscall(libc::SYS_set_robust_list, place.as_ptr(), size_of::<Head>()) };
    (set == 0).then_some(place)
}
