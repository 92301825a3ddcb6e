//! Callbacks of futures of a pool of processes.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use concurrent_futures::{Future, TaskErrorKind, ThreadPoolExecutor};

use crate::rig::{Gate, pid, pool};
use crate::watchdog::check;

#[test]
fn they_run_in_order_before_result_returns() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let order = Arc::new(Mutex::new(Vec::new()));
        for number in 0..5 {
            let order = Arc::clone(&order);
            held.future.add_done_callback(move |result| {
                order.lock().unwrap().push((number, *result.unwrap()));
            });
        }
        let worker = held.pid();
        held.release().result().unwrap();
        let expected: Vec<_> = (0..5).map(|number| (number, worker)).collect();
        assert_eq!(*order.lock().unwrap(), expected);
    });
}

#[test]
fn they_hear_of_every_end() {
    check(|| {
        let pool = pool(1);
        let (tell, told) = channel();
        let exit = pool.submit(|code: i32| -> u32 { std::process::exit(code) }, 4);
        let panic = pool.submit(|_: ()| -> u32 { panic!("on purpose") }, ());
        let fine = pool.submit(pid, ());
        for future in [&exit, &panic, &fine] {
            let tell = tell.clone();
            future.add_done_callback(move |result| {
                tell.send(result.err().map(|error| error.kind())).unwrap();
            });
        }
        let mut kinds: Vec<_> = told.iter().take(3).map(|kind| format!("{kind:?}")).collect();
        kinds.sort();
        assert_eq!(kinds, ["None", "Some(Panicked)", "Some(WorkerDied)"]);
    });
}

#[test]
fn a_callback_may_wait_for_another_future_of_the_pool() {
    check(|| {
        for workers in [1, 2] {
            let pool = Arc::new(pool(workers));
            let (tell, told) = channel();
            let inside = Arc::clone(&pool);
            let first = pool.submit(|n: u32| n, 1);
            first.add_done_callback(move |_| {
                let second = inside.submit(|n: u32| n + 1, 1).result();
                let third = inside.map(|n: u32| n, 0..50).map(Result::unwrap).sum::<u32>();
                tell.send((second.unwrap(), third)).unwrap();
            });
            assert_eq!(told.recv().unwrap(), (2, 1225));
            assert_eq!(pool.submit(|n: u32| n, 3).result().unwrap(), 3);
        }
    });
}

#[test]
fn callbacks_may_wait_within_callbacks() {
    check(|| {
        let pool = Arc::new(pool(1));
        let (tell, told) = channel();
        fn descend(
            pool: &Arc<concurrent_futures::ProcessPoolExecutor>,
            depth: u32,
            tell: std::sync::mpsc::Sender<u32>,
        ) {
            let inside = Arc::clone(pool);
            let future = pool.submit(|n: u32| n, depth);
            let (hear, heard) = channel();
            future.add_done_callback(move |result| {
                let depth = *result.unwrap();
                if depth < 5 {
                    descend(&inside, depth + 1, tell);
                } else {
                    tell.send(depth).unwrap();
                }
                hear.send(()).unwrap();
            });
            future.wait();
            heard.recv().unwrap();
        }
        descend(&pool, 0, tell);
        assert_eq!(told.recv().unwrap(), 5);
    });
}

#[test]
fn a_callback_that_blocks_elsewhere_delays_only_its_pool() {
    check(|| {
        let (slow, quick) = (pool(1), pool(1));
        let (release, released) = channel::<()>();
        let (tell, told) = channel();
        let gate = Gate::new();
        let held = gate.hold(&slow);
        held.future.add_done_callback(move |_| {
            tell.send(()).unwrap();
            let _ = released.recv();
        });
        let future = held.release();
        told.recv().unwrap();
        assert_eq!(quick.submit(|n: u32| n, 1).result().unwrap(), 1);
        drop(release);
        future.result().unwrap();
    });
}

#[test]
fn a_panic_in_one_leaves_the_next_to_run() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let (tell, told) = channel();
        held.future.add_done_callback(|_| panic!("a callback's"));
        held.future.add_done_callback(move |result| tell.send(result.is_ok()).unwrap());
        held.release().result().unwrap();
        assert!(told.recv().unwrap());
        assert_eq!(pool.submit(|n: u32| n, 1).result().unwrap(), 1);
    });
}

#[test]
fn one_that_is_added_late_runs_at_once() {
    check(|| {
        let pool = pool(1);
        let future = pool.submit(|n: u32| n, 1);
        future.wait();
        let (tell, told) = channel();
        future.add_done_callback(move |_| tell.send(std::thread::current().id()).unwrap());
        assert_eq!(told.try_recv().unwrap(), std::thread::current().id());
    });
}

#[test]
fn a_callback_may_shut_the_pool_down() {
    check(|| {
        let pool = Arc::new(pool(1));
        let (tell, told) = channel();
        let inside = Arc::clone(&pool);
        let future = pool.submit(|n: u32| n, 1);
        let rest: Vec<_> = (0..20).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
        future.add_done_callback(move |_| {
            inside.shutdown();
            tell.send(inside.stats().workers).unwrap();
        });
        assert_eq!(told.recv().unwrap(), 0, "it has waited for the workers");
        assert!(rest.into_iter().map(|future| future.result().unwrap()).eq(0..20));
        let refused = pool.submit(|n: u32| n, 1).result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
    });
}

#[test]
fn a_callback_may_be_the_last_owner_of_its_pool() {
    check(|| {
        for _ in 0..5 {
            let (owned, gate) = (pool(1), Gate::new());
            let held = gate.hold(&owned);
            let rest: Vec<_> = (0..5).map(|n: u32| owned.submit(|n: u32| n, n)).collect();
            let (tell, told) = channel();
            held.future.add_done_callback(move |_| {
                drop(owned);
                tell.send(()).unwrap();
            });
            held.release().result().unwrap();
            told.recv().unwrap();
            assert!(rest.iter().all(concurrent_futures::Future::done));
        }
    });
}

#[test]
fn a_callback_may_cancel_and_kill() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let running = gate.name();
        let (tell, told) = channel();
        let next = pool.submit(crate::rig::stop_at, running);
        let last = pool.submit(pid, ());
        held.future.add_done_callback(move |_| {
            let cancelled = last.cancel();
            tell.send((cancelled, next.kill(), next)).unwrap();
        });
        held.release();
        let (cancelled, killed, next) = told.recv().unwrap();
        assert!(cancelled && killed);
        let kind = next.result().unwrap_err().kind();
        assert!(matches!(kind, TaskErrorKind::Killed | TaskErrorKind::Cancelled), "{kind:?}");
    });
}

/// A place for a future that a callback waits for.
type Handed = Arc<Mutex<Option<Future<u32>>>>;

fn take(handed: &Handed) -> Future<u32> {
    handed.lock().unwrap().take().unwrap()
}

#[test]
fn callbacks_that_wait_for_each_other_are_told() {
    check(|| {
        for pools in [1, 2] {
            let (one, two) = (pool(1), pool(1));
            let other = if pools == 1 { &one } else { &two };
            // Nothing is done before it has its callback, which would run here and now.
            let gates = [Gate::new(), Gate::new()];
            let held: Vec<_> = gates
                .iter()
                .zip([&one, other])
                .take(pools)
                .map(|(gate, pool)| gate.hold(pool))
                .collect();
            let (tell, told) = channel();
            let (first, second): (Handed, Handed) = Default::default();
            // Nobody takes a future out before both are there.
            let (mut place, mut next) = (first.lock().unwrap(), second.lock().unwrap());
            for (future, wanted, pool) in [(&mut place, &second, &one), (&mut next, &first, other)]
            {
                let (wanted, tell) = (Arc::clone(wanted), tell.clone());
                let future = future.insert(pool.submit(|n: u32| n, 5));
                future.add_done_callback(move |_| {
                    let result = take(&wanted).result();
                    tell.send(result.map_err(|error| error.kind())).unwrap();
                });
            }
            drop((place, next));
            held.into_iter().for_each(|held| drop(held.release()));
            let mut results: Vec<_> = told.iter().take(2).collect();
            results.sort_by_key(Result::is_err);
            assert_eq!(results, [Ok(5), Err(TaskErrorKind::Deadlock)]);
        }
    });
}

#[test]
fn a_callback_and_a_task_on_a_thread_that_wait_for_each_other_are_told() {
    check(|| {
        let (processes, threads) = (pool(1), ThreadPoolExecutor::new(1).unwrap());
        // The task is not done before it has its callback, which would run here and now.
        let gate = Gate::new();
        let held = gate.hold(&processes);
        let (tell, told) = channel();
        let (future, task): (Handed, Handed) = Default::default();
        let (mut place, mut next) = (future.lock().unwrap(), task.lock().unwrap());
        let place_for_task = Arc::clone(&task);
        let of_callback = tell.clone();
        let future_now = place.insert(processes.submit(|n: u32| n, 5));
        future_now.add_done_callback(move |_| {
            let result = take(&place_for_task).result();
            of_callback.send(result.map_err(|error| error.kind())).unwrap();
        });
        let place_for_future = Arc::clone(&future);
        *next = Some(threads.spawn(move || {
            let result = take(&place_for_future).result();
            let kind = result.as_ref().map(|n| *n).map_err(|error| error.kind());
            tell.send(kind).unwrap();
            7
        }));
        drop((place, next));
        drop(held.release());
        let mut results: Vec<_> = told.iter().take(2).collect();
        results.sort_by_key(Result::is_err);
        assert_eq!(results.len(), 2);
        assert!(results[0].is_ok());
        assert_eq!(results[1], Err(TaskErrorKind::Deadlock));
    });
}
