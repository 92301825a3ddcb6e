//! Where the work of a task lies, and then its outcome: it needs one of them at a time.
//!
//! Rule P1. Whoever calls says why: what is in the place, and that nobody else is at it.

use std::cell::UnsafeCell;
use std::mem::{ManuallyDrop, offset_of};

use crate::error::TaskError;
use crate::primitives;

/// Room for an `F` or the outcome of a task that returns a `T`. It drops neither.
#[repr(C)]
pub(super) struct Place<F, T> {
    /// What a model checker watches in place of the content; takes no room otherwise.
    watched: primitives::UnsafeCell<()>,
    content: UnsafeCell<Content<F, T>>,
}

#[repr(C)]
union Content<F, T> {
    work: ManuallyDrop<F>,
    outcome: ManuallyDrop<Result<T, TaskError>>,
}

impl<F, T> Place<F, T> {
    /// Makes a place with that work in it, which is moved once, however large it is.
    ///
    /// # Safety
    ///
    /// There is room for a place, which nobody else looks at.
    pub(super) unsafe fn fill(place: *mut Self, work: F) {
        let content = place.wrapping_byte_add(offset_of!(Self, content)).cast::<F>();
        // SAFETY: as the caller promises.
        unsafe {
            place.cast::<primitives::UnsafeCell<()>>().write(primitives::UnsafeCell::new(()))
        };
        // SAFETY: as above, and work is what the content can be.
        unsafe { content.write(work) };
    }

    /// # Safety
    ///
    /// The work is here, nobody else looks at it meanwhile, and nobody takes it again.
    #[inline]
    pub(super) unsafe fn take_work(&self) -> F {
        let work = self.watched.with_mut(|_| self.content.get().cast::<F>());
        // SAFETY: P1: the pointer is valid, and this is what is there.
        unsafe { work.read() }
    }

    /// # Safety
    ///
    /// Nothing is here that had to be dropped, and nobody else looks at it meanwhile.
    #[inline]
    pub(super) unsafe fn put(&self, outcome: Result<T, TaskError>) {
        let place = self.watched.with_mut(|_| self.content.get().cast::<Result<T, TaskError>>());
        // SAFETY: P1: the pointer is valid, and the outcome is what the content can be.
        unsafe { place.write(outcome) };
    }

    /// # Safety
    ///
    /// The outcome is here, nobody else looks at it meanwhile, and nobody takes it again.
    #[inline]
    pub(super) unsafe fn take(&self) -> Result<T, TaskError> {
        let outcome = self.watched.with_mut(|_| self.content.get().cast::<Result<T, TaskError>>());
        // SAFETY: P1: the pointer is valid, and this is what is there.
        unsafe { outcome.read() }
    }

    /// # Safety
    ///
    /// The outcome is here, and nobody changes it while it is borrowed.
    pub(super) unsafe fn get(&self) -> &Result<T, TaskError> {
        let outcome = self.watched.with(|_| self.content.get().cast_const().cast());
        // SAFETY: P1: the pointer is valid, this is what is there, and nobody writes through it.
        unsafe { &*outcome }
    }
}
