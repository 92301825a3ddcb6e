//! A pool closes while others push, work or sleep: what was pushed before runs, what comes after is
//! refused, and nobody stays.

use std::sync::Arc;

use loom::thread::spawn;

use crate::future::explore;

use super::pool::Pool;

/// The push comes before or after; the task ends exactly once in either case, and never runs once
/// the closing thread has seen that nobody lives.
#[test]
fn against_a_push() {
    explore(|| {
        let pool = Pool::new(1, 0);
        let theirs = Arc::clone(&pool);
        let pusher = spawn(move || theirs.push());
        pool.close_and_look();
        pusher.join().unwrap();
        pool.join();
        pool.assert_settled(1);
    });
}

/// One task has been accepted, and so it runs; another comes while the pool closes.
#[test]
fn against_a_push_with_a_worker() {
    explore(|| {
        let pool = Pool::new(1, 0);
        pool.push();
        let theirs = Arc::clone(&pool);
        let pusher = spawn(move || theirs.push());
        pool.close_and_look();
        pusher.join().unwrap();
        pool.join();
        assert!(pool.runs() >= 1, "what was accepted before the end runs");
        pool.assert_settled(2);
    });
}

/// Everybody gets up to go, however deep asleep.
#[test]
fn against_two_workers_that_fall_asleep() {
    explore(|| {
        let pool = Pool::new(2, 0);
        pool.push();
        pool.push();
        pool.close();
        assert_eq!(pool.runs(), 2);
        pool.assert_settled(2);
    });
}

/// The worker leaves for want of work at the same time.
#[test]
fn against_a_worker_that_leaves() {
    explore(|| {
        let pool = Pool::with(1, 0, true, &[]);
        pool.push();
        pool.close();
        assert_eq!(pool.runs(), 1);
        pool.assert_settled(1);
    });
}
