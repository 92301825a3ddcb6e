//! The operating system refuses a thread that others already count on.

use std::sync::Arc;

use loom::thread::spawn;

use crate::future::explore;

use super::pool::Pool;

/// No worker lives: everything queued is refused, also what was pushed in trust of the thread that
/// never came.
#[test]
fn of_the_first_thread() {
    explore(|| {
        let pool = Pool::new(2, 0);
        *pool.refuse_threads.lock().unwrap() = true;
        let theirs = Arc::clone(&pool);
        let other = spawn(move || theirs.push());
        pool.push();
        other.join().unwrap();
        pool.assert_settled(2);
    });
}

/// One worker lives and is busy when the thread is refused. Meanwhile it may fall asleep, and
/// another push may have trusted in the thread that never comes: the worker is called for it.
#[test]
fn of_the_second_thread() {
    explore(|| {
        let pool = Pool::with(
            2,
            0,
            false,
            &[|pool| {
                pool.advance();
                // The refusal is the second step.
                pool.until_step(2);
            }],
        );
        pool.push();
        pool.until_step(1);
        *pool.refuse_threads.lock().unwrap() = true;
        let theirs = Arc::clone(&pool);
        let other = spawn(move || theirs.push());
        pool.push();
        other.join().unwrap();
        pool.until_done(3);
        pool.close();
        assert_eq!(pool.runs(), 3);
        pool.assert_settled(3);
    });
}
