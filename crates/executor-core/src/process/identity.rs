use std::sync::OnceLock;

static INDEX: OnceLock<u32> = OnceLock::new();

/// Which worker process of its pool this is, counted from 0; `None` outside worker processes.
///
/// ```
/// assert_eq!(concurrent_futures::worker_id(), None);
/// ```
pub fn worker_id() -> Option<usize> {
    INDEX.get().map(|index| *index as usize)
}

/// This process is the worker with this number.
pub(super) fn become_worker(index: u32) {
    INDEX.get_or_init(|| index);
}
