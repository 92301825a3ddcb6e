//! Pushes against workers that are busy, look for work, fall asleep, sleep, or leave.

use std::sync::Arc;

use loom::thread::spawn;

use crate::future::explore;

use super::pool::Pool;

/// The first push starts the worker; the second comes while it runs, searches, falls asleep or
/// sleeps.
#[test]
fn against_a_worker_that_falls_asleep() {
    explore(|| {
        let pool = Pool::new(1, 0);
        for pushed in 1..=2 {
            pool.push();
            pool.until_done(pushed);
        }
        pool.close();
        pool.assert_settled(2);
    });
}

/// Two threads push at once, and one worker runs both.
#[test]
fn two_for_one_worker() {
    explore(|| {
        let pool = Pool::new(1, 0);
        two_pushes(&pool);
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}

/// Two threads push at once, and up to two workers run what they push.
#[test]
fn two_for_two_workers() {
    explore(|| {
        let pool = Pool::new(2, 0);
        two_pushes(&pool);
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}

fn two_pushes(pool: &Arc<Pool>) {
    let theirs = Arc::clone(pool);
    let other = spawn(move || theirs.push());
    pool.push();
    other.join().unwrap();
}

/// The second push comes while the only worker that may live gives up waiting and leaves.
#[test]
fn against_a_worker_that_leaves() {
    explore(|| {
        let pool = Pool::with(1, 0, true, &[]);
        for pushed in 1..=2 {
            pool.push();
            pool.until_done(pushed);
        }
        pool.close();
        pool.assert_settled(2);
    });
}

/// Two pushes at once against workers that leave.
#[test]
fn two_against_a_worker_that_leaves() {
    explore(|| {
        let pool = Pool::with(1, 0, true, &[]);
        two_pushes(&pool);
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}

/// A pool that nobody pushes to any more ends by itself once its workers have waited long enough.
#[test]
fn none_against_workers_that_leave() {
    explore(|| {
        let pool = Pool::with(2, 0, true, &[]);
        pool.push();
        pool.push();
        pool.join();
        pool.assert_settled(2);
    });
}
