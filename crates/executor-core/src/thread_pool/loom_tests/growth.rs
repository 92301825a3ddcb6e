//! Another worker comes when one is needed: for a task that the last searcher leaves behind, and in
//! place of a worker that is blocked.

use crate::future::explore;

use super::pool::Pool;

/// The first task holds its worker until the second is done. The second was pushed while the first
/// one's worker was searching, so whoever found the first has to call somebody for it.
#[test]
fn the_last_searcher_calls_the_next() {
    explore(|| {
        let pool = Pool::with(2, 0, false, &[|pool| pool.until_done(1)]);
        pool.push();
        pool.push();
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}

/// The only worker blocks while a task is pushed that it waits for: a spare one runs it, and one of
/// the two retires.
#[test]
fn a_spare_for_a_blocked_worker() {
    explore(|| {
        let pool = Pool::with(1, 1, false, &[|pool| pool.block_until_done(1)]);
        pool.push();
        pool.push();
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}

/// The same with workers that leave for want of work.
#[test]
fn a_spare_that_leaves() {
    explore(|| {
        let pool = Pool::with(1, 1, true, &[|pool| pool.block_until_done(1)]);
        pool.push();
        pool.push();
        pool.until_done(2);
        pool.close();
        pool.assert_settled(2);
    });
}
