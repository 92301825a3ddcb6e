use crate::future::aside;

/// Runs `f`, which may wait for something that this library does not know: a lock, a channel, I/O.
///
/// Inside a task of a pool another worker stands in for the calling one meanwhile, when no other
/// worker of the pool is free to go on, so that what `f` waits for can still be done by a task that
/// is queued. Waiting for a future needs no such word. Anywhere else it just calls `f`.
///
/// At most 256 workers stand in for others in one pool; beyond that the calling thread simply
/// waits.
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, blocking};
/// use std::sync::mpsc::channel;
///
/// let pool = ThreadPoolExecutor::new(1).unwrap();
/// let (send, receive) = channel();
/// let waits = pool.spawn(move || blocking(|| receive.recv().unwrap()));
/// let sends = pool.spawn(move || send.send(9).unwrap());
/// assert_eq!(waits.result().unwrap(), 9);
/// sends.result().unwrap();
/// ```
pub fn blocking<R>(f: impl FnOnce() -> R) -> R {
    aside(f)
}
