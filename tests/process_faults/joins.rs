//! Row 19: futures are waited for in any order, or not at all.

use crate::census::either_way;
use crate::gate::{Gate, Log, eventually};
use crate::pools::{assert_usable, hold, log, pool};

#[test]
fn futures_joined_out_of_order() {
    either_way(|method| {
        let pool = pool(method, 2);
        // Large enough that the pipes would fill if somebody had to read them in order.
        let futures: Vec<_> = (0..40).map(|n| pool.submit(|n: u8| vec![n; 200 << 10], n)).collect();
        for (n, future) in (0..40).zip(futures).rev() {
            assert_eq!(future.result().unwrap(), vec![n; 200 << 10]);
        }
        let futures: Vec<_> = (0..2000).map(|n| pool.submit(|n: u64| n, n)).collect();
        let (even, odd): (Vec<_>, Vec<_>) = (0..2000).zip(futures).partition(|(n, _)| n % 2 == 0);
        for (n, future) in odd.into_iter().rev().chain(even) {
            assert_eq!(future.result().unwrap(), n);
        }
    });
}

#[test]
fn futures_that_are_dropped() {
    either_way(|method| {
        let (pool, gate, log_of) = (pool(method, 2), Gate::new(), Log::new());
        let (held, guest) = hold(&pool, &gate, 1);
        (0..100).for_each(|n| drop(pool.submit(log, (log_of.key(), n))));
        drop(held);
        eventually(|| log_of.numbers().len() == 100);
        guest.release();
        assert_usable(&pool);
        (100..200).for_each(|n| drop(pool.submit(log, (log_of.key(), n))));
        drop(pool);
        assert_eq!(log_of.sorted(), Vec::from_iter(0..200));
    });
}

/// What nobody waits for does not fill the pipes either.
#[test]
fn large_results_that_nobody_takes() {
    either_way(|method| {
        let pool = pool(method, 2);
        let kept: Vec<_> = (0..20).map(|n| pool.submit(|n: u8| vec![n; 1 << 20], n)).collect();
        (0..20).for_each(|n| drop(pool.submit(|n: u8| vec![n; 1 << 20], n)));
        assert_usable(&pool);
        assert!(kept.iter().all(|future| future.exception().is_none()));
    });
}
