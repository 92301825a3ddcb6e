//! Numbers that change together, or not at all, whenever the one that changes them is killed.
//!
//! They are there twice, and `current` says which are true. Whoever changes them writes the others,
//! and then turns `current` over, which is one store.
//!
//! ```text
//!  current = 0          write sides[1]          current = 1
//!  sides[0] is true ───────────────────────▶ sides[1] is true
//!        ▲                                          │
//!        └──────────────── write sides[0] ──────────┘
//! ```

use crate::primitives::atomic::{AtomicU32, AtomicU64, Ordering::*};

/// See the file. One at a time changes them; zeroed memory is a pair of zeroes.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Pair<const N: usize> {
    sides: [[AtomicU64; N]; 2],
    current: AtomicU32,
    _padding: u32,
}

impl<const N: usize> Pair<N> {
    #[cfg(test)]
    pub(crate) fn new() -> Self {
        let side = || std::array::from_fn(|_| AtomicU64::new(0));
        Self { sides: [side(), side()], current: AtomicU32::new(0), _padding: 0 }
    }

    /// The numbers. While another one changes them, they may be a mixture.
    pub(crate) fn get(&self) -> [u64; N] {
        // Acquire pairs with the Release in `turn`.
        let side = &self.sides[self.current.load(Acquire) as usize & 1];
        std::array::from_fn(|n| side[n].load(Relaxed))
    }

    /// Changes the numbers; nobody else does meanwhile.
    pub(crate) fn set(&self, numbers: [u64; N]) {
        let next = self.prepare(numbers);
        self.turn(next);
    }

    /// Writes the side that is not true.
    fn prepare(&self, numbers: [u64; N]) -> u32 {
        let next = 1 - (self.current.load(Relaxed) & 1);
        let side = &self.sides[next as usize];
        side.iter().zip(numbers).for_each(|(word, number)| word.store(number, Relaxed));
        next
    }

    fn turn(&self, next: u32) {
        // Release pairs with the Acquire in `get`.
        self.current.store(next, Release);
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
