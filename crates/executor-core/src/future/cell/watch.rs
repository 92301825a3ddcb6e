use std::ptr::NonNull;

use crate::error::TaskError;
use crate::panic;

use crate::future::state::WATCH;

use super::memory::Header;

/// A scope's view of a task that borrows what lives as long as the scope. Holds the reference
/// WATCH.
pub(crate) struct Watch {
    cell: NonNull<Header>,
}

// SAFETY: `watched_task` demands `Send` of the work and of the result.
unsafe impl Send for Watch {}

impl Watch {
    /// Takes over the reference WATCH of a new cell.
    pub(super) fn new(cell: NonNull<Header>) -> Self {
        Self { cell }
    }

    pub(crate) fn header(&self) -> &Header {
        // SAFETY: C1: `self` holds WATCH.
        unsafe { self.cell.as_ref() }
    }

    /// The task is over and its future has been dropped: nothing more will come of it.
    pub(crate) fn settled(&self) -> bool {
        let now = self.header().snapshot();
        now.released() && now.handle_gone()
    }

    /// Drops whatever is left of the task; its error, if nobody took it.
    ///
    /// # Safety
    ///
    /// The task is over, and nothing borrows its outcome, nor ever will.
    pub(crate) unsafe fn close(self) -> Option<TaskError> {
        // SAFETY: C6; C5: as the caller promises.
        unsafe { (self.header().vtable.clear)(self.cell) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.header().state.unref(WATCH).forsaken() {
            let free = self.header().vtable.free;
            // SAFETY: C6, C1: the last reference is gone.
            panic::contain(|| unsafe { free(self.cell) });
        }
    }
}
