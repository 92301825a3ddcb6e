//! A place for a value that is put once and taken at most once.
//!
//! Rule L1. Whoever calls says why: that the slot is full or empty, and that nobody else is at it.

use std::mem::MaybeUninit;

use crate::primitives::UnsafeCell;

pub(super) struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

impl<T> Slot<T> {
    pub(super) fn empty() -> Self {
        Self(UnsafeCell::new(MaybeUninit::uninit()))
    }

    pub(super) fn full(value: T) -> Self {
        Self(UnsafeCell::new(MaybeUninit::new(value)))
    }

    /// # Safety
    ///
    /// The slot is empty, and nobody else looks at it meanwhile.
    #[inline]
    pub(super) unsafe fn put(&self, value: T) {
        self.0.with_mut(|slot| {
            // SAFETY: L1: the pointer is valid, and the caller alone uses it.
            unsafe { slot.write(MaybeUninit::new(value)) };
        });
    }

    /// # Safety
    ///
    /// The slot is full, nobody else looks at it meanwhile, and nobody takes from it again.
    #[inline]
    pub(super) unsafe fn take(&self) -> T {
        self.0.with_mut(|slot| {
            // SAFETY: L1: the pointer is valid, and the caller alone uses it.
            let value = unsafe { slot.read() };
            // SAFETY: L1: the slot was full.
            unsafe { value.assume_init() }
        })
    }

    /// # Safety
    ///
    /// The slot is full, and nobody changes it while the value is borrowed.
    pub(super) unsafe fn get(&self) -> &T {
        self.0.with(|slot| {
            // SAFETY: L1: the pointer is valid, and nobody writes through it.
            let value = unsafe { &*slot };
            // SAFETY: L1: the slot is full.
            unsafe { value.assume_init_ref() }
        })
    }
}
