use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::Instant;

/// Wakes an async task at a deadline: runtimes have timers, but this crate must not know any.
#[derive(Debug)]
pub(super) struct Alarm {
    waker: Arc<Mutex<Option<Waker>>>,
    sleeper: Option<thread::Thread>,
}

impl Alarm {
    pub(super) fn new() -> Self {
        Self { waker: Arc::default(), sleeper: None }
    }

    /// Wakes `waker`, and not those of earlier calls, when the deadline comes. A thread that cannot
    /// be started leaves the deadline to be noticed at the next poll.
    pub(super) fn set(&mut self, deadline: Instant, waker: &Waker) {
        let old = lock(&self.waker).replace(waker.clone());
        drop(old);
        if self.sleeper.is_none() {
            let waker = Arc::clone(&self.waker);
            let sleep = move || ring(deadline, &waker);
            let thread = thread::Builder::new().name("map-timeout".into()).spawn(sleep);
            self.sleeper = thread.ok().map(|handle| handle.thread().clone());
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let waker = lock(&self.waker).take();
        drop(waker);
        if let Some(sleeper) = &self.sleeper {
            sleeper.unpark();
        }
    }
}

fn ring(deadline: Instant, waker: &Mutex<Option<Waker>>) {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let disarmed = lock(waker).is_none();
        if disarmed {
            return;
        }
        if left.is_zero() {
            break;
        }
        thread::park_timeout(left);
    }
    let armed = lock(waker).take();
    if let Some(waker) = armed {
        waker.wake();
    }
}

fn lock(waker: &Mutex<Option<Waker>>) -> std::sync::MutexGuard<'_, Option<Waker>> {
    waker.lock().unwrap_or_else(PoisonError::into_inner)
}
