//! What is measured of the locks; `hammer` is how.

mod hammer;
pub(crate) mod barrier;
pub(crate) mod event;
pub(crate) mod exclusive;
pub(crate) mod process_lock;
pub(crate) mod semaphore;
