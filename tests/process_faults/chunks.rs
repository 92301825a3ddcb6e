//! Row 11: what a worker had been given when it died. The one that ran fails, or runs again if it
//! may; what had finished is delivered; what had not begun runs elsewhere; nothing runs twice.

use concurrent_futures::{ProcessPoolExecutor, TaskError, TaskOptions};

use crate::census::either_way;
use crate::gate::{Gate, Guest, Log, eventually, knock, note};
use crate::pools::{assert_signalled, assert_usable, log, pool, quiet, stand};
use crate::system::{SIGKILL, signal};

/// Where tasks leave their numbers, and where the one with number `stop` stands.
type Place = (String, String, u64);

fn visit(((log, gate, stop), number): (Place, u64)) -> u64 {
    note(&log, number);
    if number == stop {
        knock(&gate, number);
    }
    number
}

fn kill(guest: &Guest) -> u32 {
    assert!(signal(guest.pid, SIGKILL));
    guest.pid
}

/// Makes the pool send a worker as many tasks ahead as it ever does.
fn hurry(pool: &ProcessPoolExecutor) {
    for _ in 0..5 {
        let futures: Vec<_> = (0..500).map(|n| pool.submit(|n: u64| n, n)).collect();
        assert!(futures.iter().all(|future| future.exception().is_none()));
    }
}

#[test]
fn tasks_that_were_sent_to_a_worker_that_dies() {
    for hasty in [false, true] {
        either_way(|method| {
            let (pool, gate, log) = (pool(method, 1), Gate::new(), Log::new());
            if hasty {
                hurry(&pool);
            }
            let place = (log.key(), gate.key(), 20);
            let futures: Vec<_> =
                (0..100).map(|n| pool.submit(visit, (place.clone(), n))).collect();
            let pid = kill(&gate.guest());
            for (n, future) in (0..).zip(futures) {
                match future.result() {
                    Ok(value) => assert_eq!((value, n != 20), (n, true)),
                    Err(error) => {
                        assert_eq!(n, 20, "{error}");
                        assert_signalled(&error, pid, SIGKILL);
                    }
                }
            }
            assert_eq!(log.sorted(), Vec::from_iter(0..100));
            assert_usable(&pool);
        });
    }
}

#[test]
fn the_one_that_ran_runs_again_if_it_may() {
    either_way(|method| {
        let (pool, gate, log) = (pool(method, 1), Gate::new(), Log::new());
        let place = (log.key(), gate.key(), 2);
        let options = TaskOptions::new().retries(2);
        let futures: Vec<_> =
            (0..5).map(|n| pool.submit_with(options, visit, (place.clone(), n))).collect();
        let pids = [kill(&gate.guest()), kill(&gate.guest())];
        assert_ne!(pids[0], pids[1]);
        gate.guest().release();
        for (n, future) in (0..).zip(futures) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert_eq!(log.sorted(), [0, 1, 2, 2, 2, 3, 4]);
    });
}

#[test]
fn an_item_of_a_chunk() {
    for unordered in [false, true] {
        either_way(|method| {
            let (gate, log) = (Gate::new(), Log::new());
            let pool = pool(method, 2);
            let place = (log.key(), gate.key(), 10);
            let map = pool.map(visit, (0..30).map(|n| (place.clone(), n))).chunksize(30);
            let map = if unordered { map.unordered() } else { map }.start();
            let pid = kill(&gate.guest());
            let results: Vec<Result<u64, TaskError>> = map.collect();
            assert_eq!(results.len(), 30);
            let errors: Vec<&TaskError> =
                results.iter().filter_map(|result| result.as_ref().err()).collect();
            assert_eq!(errors.len(), 1);
            assert_signalled(errors[0], pid, SIGKILL);
            if !unordered {
                assert!(results[10].is_err());
            }
            let mut values: Vec<u64> = results.into_iter().filter_map(Result::ok).collect();
            values.sort_unstable();
            assert_eq!(values, (0..30).filter(|n| *n != 10).collect::<Vec<u64>>());
            assert_eq!(log.sorted(), Vec::from_iter(0..30));
            assert_usable(&pool);
        });
    }
}

#[test]
fn an_item_of_a_chunk_that_may_run_again() {
    either_way(|method| {
        let (gate, log) = (Gate::new(), Log::new());
        let pool = quiet(2).start_method(method).retries(1).build().unwrap();
        let place = (log.key(), gate.key(), 10);
        let map = pool.map(visit, (0..30).map(|n| (place.clone(), n))).chunksize(30).start();
        kill(&gate.guest());
        gate.guest().release();
        let values: Vec<u64> = map.map(Result::unwrap).collect();
        assert_eq!(values, Vec::from_iter(0..30));
        let mut expected = Vec::from_iter(0..30);
        expected.insert(10, 10);
        assert_eq!(log.sorted(), expected);
    });
}

/// The first and the last of a chunk, and one that is a chunk of its own.
#[test]
fn every_item_of_a_chunk_in_turn() {
    either_way(|method| {
        let pool = pool(method, 1);
        for (size, stop) in [(4, 0), (4, 1), (4, 2), (4, 3), (1, 2), (3, 3)] {
            let (gate, log) = (Gate::new(), Log::new());
            let place = (log.key(), gate.key(), stop);
            let map = pool.map(visit, (0..4).map(|n| (place.clone(), n))).chunksize(size).start();
            let pid = kill(&gate.guest());
            for (n, result) in (0..).zip(map) {
                match result {
                    Ok(value) => assert_eq!((value, n != stop), (n, true)),
                    Err(error) => {
                        assert_eq!(n, stop, "{error}");
                        assert_signalled(&error, pid, SIGKILL);
                    }
                }
            }
            assert_eq!(log.sorted(), [0, 1, 2, 3]);
        }
    });
}

fn bytes((place, number): (Place, u64)) -> Vec<u8> {
    vec![visit((place, number)) as u8; 40 << 10]
}

/// Results that were too large for the page and wait in the pipe, and those that overtook them.
#[test]
fn large_results_of_a_chunk_that_waited() {
    either_way(|method| {
        let (pool, gate, log) = (pool(method, 1), Gate::new(), Log::new());
        let place = (log.key(), gate.key(), 6);
        let map = pool.map(bytes, (0..12).map(|n| (place.clone(), n))).chunksize(12).start();
        let pid = kill(&gate.guest());
        for (n, result) in (0..).zip(map) {
            match result {
                Ok(value) => assert_eq!(value, vec![n; 40 << 10]),
                Err(error) => {
                    assert_eq!(n, 6, "{error}");
                    assert_signalled(&error, pid, SIGKILL);
                }
            }
        }
        assert_eq!(log.sorted(), Vec::from_iter(0..12));
    });
}

/// Two deaths in one chunk cost two items.
#[test]
fn two_items_of_a_chunk() {
    either_way(|method| {
        let pool = pool(method, 1);
        let (gate, log) = (Gate::new(), Log::new());
        let task = |((log, gate, _), number): (Place, u64)| {
            let stop = if number % 3 == 0 { number } else { u64::MAX };
            visit(((log, gate, stop), number))
        };
        let place = (log.key(), gate.key(), 0);
        let map = pool.map(task, (0..9).map(|n| (place.clone(), n))).chunksize(9).start();
        for n in [0, 3, 6] {
            let guest = gate.guest();
            assert_eq!(guest.number, n);
            kill(&guest);
        }
        let failed: Vec<bool> = map.map(|result| result.is_err()).collect();
        assert_eq!(failed, Vec::from_iter((0..9).map(|n| n % 3 == 0)));
        assert_eq!(log.sorted(), Vec::from_iter(0..9));
    });
}

/// What was dropped or cancelled with its worker's death is not run by the next one.
#[test]
fn a_map_that_is_dropped_when_its_worker_dies() {
    either_way(|method| {
        let (pool, gate, log) = (pool(method, 1), Gate::new(), Log::new());
        let place = (log.key(), gate.key(), 3);
        let map = pool.map(visit, (0..30).map(|n| (place.clone(), n))).chunksize(30).start();
        let guest = gate.guest();
        drop(map);
        kill(&guest);
        assert_usable(&pool);
        assert_eq!(log.sorted(), [0, 1, 2, 3]);
        eventually(|| pool.stats().queued == 0);
    });
}

#[test]
fn retries_of_the_pool_are_for_its_single_tasks_too() {
    either_way(|method| {
        let (gate, log_of) = (Gate::new(), Log::new());
        let pool = quiet(1).start_method(method).retries(1).build().unwrap();
        let future = pool.submit(stand, (gate.key(), 1));
        let behind = pool.submit(log, (log_of.key(), 2));
        kill(&gate.guest());
        gate.guest().release();
        assert_eq!((future.result().unwrap(), behind.result().unwrap()), (1, 2));
        assert_eq!(log_of.numbers(), [2]);
        // What it asks for itself comes first.
        let never = TaskOptions::new().retries(0);
        let future = pool.submit_with(never, stand, (gate.key(), 1));
        let pid = kill(&gate.guest());
        assert_signalled(&crate::pools::error(future), pid, SIGKILL);
    });
}
