//! Keeps large memory mapped for a moment, in a process that is likely to get the same memory again:
//! to map and unmap it costs more than many a task that looks into it.

use super::gate::Guarded;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Smaller memory is mapped faster than it is found here.
const LARGE: usize = 256 << 10;
/// At most so many are kept.
const MOST: usize = 4;

/// What keeps memory mapped.
type Mapped = Arc<dyn Any + Send + Sync>;

static LINGERS: AtomicBool = AtomicBool::new(false);
static RECENT: Guarded<Vec<Mapped>> = Guarded::new();

/// From now on this process keeps what it receives until [`let_go`].
#[doc(hidden)]
pub fn linger() {
    LINGERS.store(true, Relaxed);
}

/// Whether anything is kept.
#[doc(hidden)]
#[must_use]
pub fn lingers() -> bool {
    LINGERS.load(Relaxed) && RECENT.with(|recent| !recent.is_empty())
}

/// Keeps nothing any more of what was received until now.
#[doc(hidden)]
pub fn let_go() {
    // What is dropped needs the gate, too.
    drop(RECENT.with(std::mem::take));
}

/// So many bytes of memory have been received.
pub(super) fn received(mapped: &Mapped, len: usize) {
    if !LINGERS.load(Relaxed) || len < LARGE {
        return;
    }
    let oldest = RECENT.with(|recent| {
        if recent.iter().any(|kept| Arc::ptr_eq(kept, mapped)) {
            return None;
        }
        recent.push(Arc::clone(mapped));
        (recent.len() > MOST).then(|| recent.remove(0))
    });
    drop(oldest);
}
