//! The program of `examples/sql_queries.rs`: ten threads queue on one lock.

use crate::watchdog::watched;
use executor_sync::Lock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// A connection that notices two queries at a time.
#[derive(Default)]
struct Connection {
    busy: AtomicBool,
    queries: AtomicUsize,
}

impl Connection {
    fn query(&self) {
        assert!(!self.busy.swap(true, Ordering::Relaxed), "two queries at a time");
        thread::yield_now();
        self.queries.fetch_add(1, Ordering::Relaxed);
        self.busy.store(false, Ordering::Relaxed);
    }
}

#[test]
fn no_two_queries_run_at_once() {
    watched(|| {
        let (lock, connection) = (Lock::new(), Connection::default());
        thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let _guard = lock.acquire();
                        connection.query();
                    }
                });
            }
        });
        assert_eq!(connection.queries.into_inner(), 1_000);
    });
}
