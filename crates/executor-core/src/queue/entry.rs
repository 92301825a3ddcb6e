use std::ptr::NonNull;

/// What can stand in a queue: something that is one pointer, so that a place in the queue is one
/// word that is empty or taken.
///
/// # Safety
///
/// What `into_raw` returns is the entry, which nobody else has, until `from_raw` makes it again.
pub(crate) unsafe trait Entry: Send + Sized {
    fn into_raw(self) -> NonNull<()>;

    /// # Safety
    ///
    /// It came from `into_raw`, and this is done once.
    unsafe fn from_raw(raw: NonNull<()>) -> Self;
}

#[cfg(test)]
// SAFETY: a box is what its pointer points to.
unsafe impl<T: Send> Entry for Box<T> {
    fn into_raw(self) -> NonNull<()> {
        NonNull::from(Box::leak(self)).cast()
    }

    unsafe fn from_raw(raw: NonNull<()>) -> Self {
        // SAFETY: as the caller promises.
        unsafe { Box::from_raw(raw.cast().as_ptr()) }
    }
}
