//! Waiting for futures of processes, on their own and with others.

use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, ThreadPoolExecutor, as_completed, wait, wait_timeout,
};
use futures::StreamExt;

use crate::rig::{Gate, pid, pool};
use crate::watchdog::check;

#[test]
fn futures_are_awaited_in_tokio() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        for runtime in [
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
        ] {
            let held = gate.hold(&pool);
            let worker = held.pid();
            runtime.block_on(async {
                let waiting = held.waiting;
                let release = async { waiting.pass() };
                let (result, ()) = tokio::join!(held.future, release);
                assert_eq!(result.unwrap(), worker);
                let many = (0..50).map(|n: u64| pool.submit(|n: u64| n, n));
                let all = futures::future::join_all(many).await;
                assert!(all.into_iter().map(Result::unwrap).eq(0..50));
            });
        }
    });
}

#[test]
fn a_timeout_of_tokio_leaves_the_task_alone() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let mut held = gate.hold(&pool);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let limit = Duration::from_millis(20);
        let waited =
            runtime.block_on(async { tokio::time::timeout(limit, &mut held.future).await });
        assert!(waited.is_err());
        held.release().result().unwrap();
    });
}

#[test]
fn threads_and_processes_are_waited_for_together() {
    check(|| {
        let (processes, gate) = (pool(1), Gate::new());
        let threads = ThreadPoolExecutor::new(1).unwrap();
        let held = gate.hold(&processes);
        let thread = threads.spawn(|| 7_u32);
        let waited = wait([&held.future, &thread], ReturnWhen::FirstCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        assert!(waited.done[0].done() && waited.not_done[0].running());
        let waited = wait_timeout(
            [&held.future, &thread],
            Duration::from_millis(20),
            ReturnWhen::AllCompleted,
        );
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        held.waiting.pass();
        let waited = wait([held.future, thread], ReturnWhen::AllCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (2, 0));
    });
}

#[test]
fn the_first_exception_ends_a_wait() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        let held = gate.hold(&pool);
        let dead = pool.submit(|code: i32| -> u32 { std::process::exit(code) }, 1);
        let waited = wait([&held.future, &dead], ReturnWhen::FirstException);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        held.release();
    });
}

#[test]
fn they_come_as_they_complete() {
    check(|| {
        let (processes, gate) = (pool(2), Gate::new());
        let threads = ThreadPoolExecutor::new(1).unwrap();
        let held = gate.hold_all(&processes, 2);
        let pids: Vec<u32> = held.iter().map(|held| held.pid()).collect();
        let (futures, mut waiting): (Vec<Future<u32>>, Vec<_>) =
            held.into_iter().map(|held| (held.future, held.waiting)).unzip();
        let thread = threads.spawn(|| 0);
        let mut completed = as_completed(futures.into_iter().chain([thread]));
        assert_eq!(completed.next().unwrap().result().unwrap(), 0);
        assert_eq!(completed.pending(), 2);
        completed.next_timeout(Duration::from_millis(20)).unwrap_err();
        waiting.pop().unwrap().pass();
        assert_eq!(completed.next().unwrap().result().unwrap(), pids[1]);
        waiting.pop().unwrap().pass();
        assert_eq!(completed.next().unwrap().result().unwrap(), pids[0]);
        assert!(completed.next().is_none());
    });
}

#[test]
fn completions_are_a_stream() {
    check(|| {
        let pool = pool(2);
        let all = as_completed((0..100).map(|n: u64| pool.submit(|n: u64| n, n)));
        let sum =
            all.into_stream().fold(0, |sum, future| async move { sum + future.result().unwrap() });
        assert_eq!(futures::executor::block_on(sum), 4950);
    });
}

#[test]
fn results_are_taken_in_any_order() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..200).map(|n: u64| pool.submit(|n: u64| n, n)).collect();
        let backwards = futures.into_iter().rev().map(|future| future.result().unwrap());
        assert!(backwards.eq((0..200).rev()));
    });
}

#[test]
fn tasks_of_threads_wait_for_processes() {
    check(|| {
        let processes = std::sync::Arc::new(pool(1));
        let threads = ThreadPoolExecutor::new(1).unwrap();
        let inner = std::sync::Arc::clone(&processes);
        let futures: Vec<_> = (0..10)
            .map(|_| {
                let inner = std::sync::Arc::clone(&inner);
                threads.spawn(move || inner.submit(pid, ()).result().unwrap())
            })
            .collect();
        let pids: Vec<u32> = futures.into_iter().map(|future| future.result().unwrap()).collect();
        assert!(pids.iter().all(|pid| *pid == pids[0]));
    });
}
