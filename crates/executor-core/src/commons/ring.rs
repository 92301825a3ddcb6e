//! A ring of bytes that the worker fills and the program empties.
//!
//! Frames are published whole. What was published outlives the worker.
//!
//! Rules:
//! - B1. One thread of the worker pushes, one thread of the program at a time drains.
//! - B2. The bytes from `head` to `tail` are the program's, the rest is the worker's. `tail` is
//!   moved with Release after its bytes were written and read with Acquire before they are read;
//!   `head` likewise the other way round.
//! - B3. Nothing in the ring is trusted: the program copies bytes out before it looks at them, and
//!   positions that cannot be are an error.

use std::cell::UnsafeCell;

use crate::primitives::atomic::{AtomicU32, Ordering::*};

/// See the file. `N` is a power of two.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Ring<const N: usize> {
    /// How many bytes have been drained, modulo 2^32. The program's.
    head: AtomicU32,
    /// How many bytes have been published, modulo 2^32. The worker's.
    tail: AtomicU32,
    bytes: UnsafeCell<[u8; N]>,
    /// The two sides touch different bytes at a time, so the model checker has to watch each of
    /// them.
    #[cfg(loom)]
    watched: [crate::primitives::UnsafeCell<()>; N],
}

/// The positions in the ring make no sense: something has overwritten them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scribbled;

// SAFETY: B1, B2: the two sides never touch the same bytes at a time.
unsafe impl<const N: usize> Sync for Ring<N> {}

impl<const N: usize> Ring<N> {
    const SIZE_IS_A_POWER_OF_TWO: () = assert!(N.is_power_of_two() && N <= 1 << 30);

    /// An empty ring; the same as zeroed memory.
    #[cfg(any(test, loom))]
    pub(crate) fn new() -> Self {
        Self {
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            bytes: UnsafeCell::new([0; N]),
            #[cfg(loom)]
            watched: std::array::from_fn(|_| crate::primitives::UnsafeCell::new(())),
        }
    }

    /// Publishes the parts as one frame; false: there is no room for it now.
    ///
    /// # Safety
    ///
    /// Rule B1.
    pub(crate) unsafe fn push(&self, parts: [&[u8]; 2]) -> bool {
        let () = Self::SIZE_IS_A_POWER_OF_TWO;
        let tail = self.tail.load(Relaxed);
        let used = tail.wrapping_sub(self.head.load(Acquire)) as usize;
        let wanted = parts[0].len() + parts[1].len();
        if wanted > N.saturating_sub(used) {
            return false;
        }
        let mut at = tail;
        for part in parts {
            self.write(at, part);
            at = at.wrapping_add(part.len() as u32);
        }
        self.tail.store(at, Release);
        true
    }

    fn write(&self, at: u32, part: &[u8]) {
        let from = at as usize % N;
        let (first, second) = part.split_at(part.len().min(N - from));
        #[cfg(loom)]
        self.watch(at, part.len(), |byte| byte.with_mut(|_| ()));
        let bytes = self.bytes.get().cast::<u8>();
        // SAFETY: B2: `push` has made sure of the room; `first` ends within the ring.
        unsafe { bytes.wrapping_add(from).copy_from_nonoverlapping(first.as_ptr(), first.len()) };
        // SAFETY: B2: as above; what is left goes to the start.
        unsafe { bytes.copy_from_nonoverlapping(second.as_ptr(), second.len()) };
    }

    #[cfg(loom)]
    fn watch(&self, at: u32, len: usize, touch: impl Fn(&crate::primitives::UnsafeCell<()>)) {
        (0..len).for_each(|n| touch(&self.watched[(at as usize + n) % N]));
    }

    /// Nothing has been published that was not drained.
    pub(crate) fn is_empty(&self) -> bool {
        self.tail.load(Acquire) == self.head.load(Relaxed)
    }

    /// Moves all that was published to the end of `into`.
    ///
    /// # Safety
    ///
    /// Rule B1.
    pub(crate) unsafe fn drain(&self, into: &mut Vec<u8>) -> Result<(), Scribbled> {
        let head = self.head.load(Relaxed);
        let tail = self.tail.load(Acquire);
        let len = tail.wrapping_sub(head) as usize;
        if len > N {
            return Err(Scribbled);
        }
        let from = head as usize % N;
        let first = len.min(N - from);
        into.reserve(len);
        #[cfg(loom)]
        self.watch(head, len, |byte| byte.with(|_| ()));
        let bytes = self.bytes.get().cast::<u8>();
        let end = into.len();
        let free = into.spare_capacity_mut().as_mut_ptr().cast::<u8>();
        // SAFETY: B2 and the check above; `into` has room for `len` more.
        unsafe { free.copy_from_nonoverlapping(bytes.wrapping_add(from), first) };
        // SAFETY: as above; the rest is at the start of the ring.
        unsafe { free.wrapping_add(first).copy_from_nonoverlapping(bytes, len - first) };
        // SAFETY: `len` bytes have just been written there.
        unsafe { into.set_len(end + len) };
        self.head.store(tail, Release);
        Ok(())
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
