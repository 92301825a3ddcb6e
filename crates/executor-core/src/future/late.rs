//! A value that is made when it is first asked for. Until then it takes no more room than a pointer,
//! and no memory of its own.
//!
//! Rule L1. The pointer is null, or came from a `Box` and never changes again.

use std::marker::PhantomData;
use std::ptr::null_mut;

use crate::primitives::atomic::{AtomicPtr, Ordering::*};

pub(super) struct Late<T> {
    value: AtomicPtr<T>,
    owns: PhantomData<T>,
}

impl<T> Late<T> {
    pub(super) fn new() -> Self {
        Self { value: AtomicPtr::new(null_mut()), owns: PhantomData }
    }

    fn get(&self) -> Option<&T> {
        // Acquire: partner of the Release in `get_or_make`.
        let value = self.value.load(Acquire);
        // SAFETY: L1: it lives as long as `self`.
        unsafe { value.as_ref() }
    }

    /// Makes it, unless that has been done. Of two who do so at once, one throws his away.
    pub(super) fn get_or_make(&self, make: impl FnOnce() -> T) -> &T
    where
        T: Send,
    {
        if let Some(value) = self.get() {
            return value;
        }
        let mine = Box::into_raw(Box::new(make()));
        match self.value.compare_exchange(null_mut(), mine, AcqRel, Acquire) {
            // SAFETY: L1: it lives as long as `self`.
            Ok(_) => unsafe { &*mine },
            Err(value) => {
                // SAFETY: it has just come from a box, and nobody else has seen it.
                drop(unsafe { Box::from_raw(mine) });
                // SAFETY: L1: it lives as long as `self`.
                unsafe { &*value }
            }
        }
    }
}

impl<T> Drop for Late<T> {
    fn drop(&mut self) {
        // Relaxed: nobody else has `self` any more.
        let value = self.value.load(Relaxed);
        if !value.is_null() {
            // SAFETY: L1, and this is the end of it.
            drop(unsafe { Box::from_raw(value) });
        }
    }
}
