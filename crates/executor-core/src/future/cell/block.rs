//! Memory for tasks, cut from blocks.
//!
//! Tasks come in bursts and end in about the order in which they came. So each thread cuts the
//! memory of its tasks from a block of its own, one place behind the other, without a lock and
//! without a look at those before; and a block is freed as a whole by whoever gives up the last
//! place in it. To allocate each task alone takes several times as long where one thread submits
//! and others free: they meet at the lock of the C library.
//!
//! What is kept long keeps its block, so this is for tasks only, and blocks are small.
//!
//! ```text
//!          cut                     give up
//! owner ────────▶ place in use ───────────────▶ held − 1 ──▶ 0: freed
//!   │
//!   ├─ the block is full, and every place was given up: cut again from its start
//!   └─ the block is full, or the thread ends: held − (OWNER − places cut) ──▶ 0: freed
//! ```
//!
//! Rules:
//! - B1. `held` is OWNER less the places that were given up, as long as a thread cuts from the
//!   block; from then on it counts the places in use. Whoever makes it zero is the last who knows
//!   the block, and frees it.
//! - B2. A place lies in the block behind all that were cut before it, with a link to the block in
//!   the word in front of it. Only the owner cuts.
//! - B3. A block was allocated with the layout `LAYOUT` and begins with a `Head`.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;

use crate::primitives::atomic::{AtomicU32, Ordering::*, fence};
use crate::primitives::per_thread;

/// Room for some sixty small tasks. A little less than a page of memory, as allocators need some
/// bytes for themselves.
const SIZE: usize = if cfg!(loom) { size_of::<Head>() + 2 * (LINK + 8) } else { 4096 - 32 };
const LAYOUT: Layout = match Layout::from_size_align(SIZE, ALIGN) {
    Ok(layout) => layout,
    Err(_) => panic!("the size is far from the limits"),
};
/// Every place is aligned like this.
const ALIGN: usize = align_of::<Head>();
/// The room in front of a place, at the end of which its link is.
const LINK: usize = ALIGN;
/// What needs more has memory of its own: few of them would fit into a block.
const MOST: usize = SIZE / 8;
/// More than there are places in a block.
const OWNER: u32 = 1 << 16;

type Link = NonNull<Head>;

#[repr(C, align(8))]
struct Head {
    /// See rule B1.
    held: AtomicU32,
}

/// The block from which a thread cuts.
struct Own {
    block: Cell<Option<NonNull<Head>>>,
    /// How many of its bytes are in use, the head included.
    used: Cell<usize>,
    /// How many places were cut.
    cut: Cell<u32>,
}

per_thread! {
    static OWN: Own = Own::new();
}

/// Whether a place can be cut for something of this layout.
pub(super) const fn suits(layout: Layout) -> bool {
    layout.align() <= ALIGN && layout.size() <= MOST
}

/// Cuts a place of a suitable layout; `None`: there is no memory, or the thread is about to end.
#[inline]
pub(super) fn cut(layout: Layout) -> Option<NonNull<u8>> {
    debug_assert!(suits(layout), "{layout:?} does not suit");
    OWN.try_with(|own| own.cut(layout.size())).ok().flatten()
}

/// Gives a place back.
///
/// # Safety
///
/// It came from [`cut`], and nobody uses it any more.
#[inline]
pub(super) unsafe fn give_up(place: NonNull<u8>) {
    // SAFETY: B2: the caller's place.
    let link = unsafe { link_of(place) };
    // SAFETY: B2.
    let block = unsafe { link.read() };
    // SAFETY: B1: the place holds the block.
    unsafe { let_go(block, 1) };
}

/// # Safety
///
/// It is a place in a block.
#[inline]
unsafe fn link_of(place: NonNull<u8>) -> NonNull<Link> {
    // SAFETY: B2.
    unsafe { place.cast::<Link>().sub(1) }
}

/// # Safety
///
/// The caller has so many of the block's count, and gives them up.
#[inline]
unsafe fn let_go(block: NonNull<Head>, count: u32) {
    // SAFETY: B1: what the caller has keeps the block.
    let held = &unsafe { block.as_ref() }.held;
    // Release: whoever frees or cuts the block again does so after the use of this place.
    if held.fetch_sub(count, Release) == count {
        // Acquire: partner of the Release of all others.
        fence(Acquire);
        // SAFETY: B1, B3.
        unsafe { dealloc(block.as_ptr().cast(), LAYOUT) };
    }
}

impl Own {
    const fn new() -> Self {
        Self { block: Cell::new(None), used: Cell::new(SIZE), cut: Cell::new(0) }
    }

    #[inline]
    fn cut(&self, size: usize) -> Option<NonNull<u8>> {
        let room = LINK + size.next_multiple_of(ALIGN);
        if SIZE - self.used.get() < room {
            self.renew()?;
        }
        let block = self.block.get()?;
        let used = self.used.get();
        self.used.set(used + room);
        self.cut.set(self.cut.get() + 1);
        // SAFETY: B2: there is room for both.
        let place = unsafe { block.cast::<u8>().add(used + LINK) };
        // SAFETY: B2: as above.
        let link = unsafe { link_of(place) };
        // SAFETY: B2: as above.
        unsafe { link.write(block) };
        Some(place)
    }

    /// Sees to it that the block has room.
    #[cold]
    fn renew(&self) -> Option<()> {
        if let Some(block) = self.block.get() {
            // SAFETY: B1: this thread is its owner.
            let held = &unsafe { block.as_ref() }.held;
            // Acquire: partner of the Release in `let_go`.
            if held.load(Acquire) == OWNER - self.cut.get() {
                // Relaxed: there is no place by which somebody else could reach the block.
                held.store(OWNER, Relaxed);
                self.begin(block);
                return Some(());
            }
            self.leave();
        }
        // SAFETY: the layout has a size.
        let block = NonNull::new(unsafe { alloc(LAYOUT) })?.cast::<Head>();
        // SAFETY: B3.
        unsafe { block.write(Head { held: AtomicU32::new(OWNER) }) };
        self.begin(block);
        Some(())
    }

    fn begin(&self, block: NonNull<Head>) {
        self.block.set(Some(block));
        self.used.set(size_of::<Head>());
        self.cut.set(0);
    }

    /// Cuts no more from the block.
    fn leave(&self) {
        self.used.set(SIZE);
        if let Some(block) = self.block.take() {
            // SAFETY: B1: that is what is left of the owner's part.
            unsafe { let_go(block, OWNER - self.cut.get()) };
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
#[cfg(all(test, loom))]
mod loom_tests;
