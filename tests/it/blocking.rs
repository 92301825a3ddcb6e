//! `blocking`: a foreign wait inside a worker, told to the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use concurrent_futures::blocking;
use futures::executor::block_on;

use crate::pool::{eventually, named_pool, pool, threads_named};
use crate::watchdog::check;

#[test]
fn other_tasks_run_while_one_blocks() {
    check(|| {
        let pool = pool(1);
        let (send, receive) = mpsc::channel();
        let blocked = pool.spawn(move || blocking(|| receive.recv().unwrap()));
        let sender = pool.spawn(move || send.send(5).unwrap());
        assert_eq!(blocked.result().unwrap(), 5);
        sender.result().unwrap();
    });
}

#[test]
fn work_that_comes_later_runs_as_well() {
    check(|| {
        let pool = pool(2);
        let (enter, entered) = mpsc::channel();
        let (open, opened): (Vec<_>, Vec<_>) = (0..2).map(|_| mpsc::channel::<()>()).unzip();
        let blocked: Vec<_> = opened
            .into_iter()
            .map(|opened| {
                let enter = enter.clone();
                pool.spawn(move || blocking(|| (enter.send(()).unwrap(), opened.recv()).1.is_err()))
            })
            .collect();
        (0..2).for_each(|_| entered.recv().unwrap());
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
        drop(open);
        assert!(blocked.into_iter().all(|future| future.result().unwrap()));
    });
}

#[test]
fn awaiting_a_task_of_the_same_pool() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            let inner = handle.spawn(|| 3);
            blocking(|| block_on(inner)).unwrap()
        });
        assert_eq!(outer.result().unwrap(), 3);
    });
}

#[test]
fn outside_a_worker_it_simply_runs() {
    let thread = thread::current().id();
    assert_eq!(blocking(|| thread::current().id()), thread);
}

#[test]
fn it_runs_on_the_worker_that_called_it() {
    check(|| {
        let same = || thread::current().id() == blocking(|| thread::current().id());
        assert!(pool(1).spawn(same).result().unwrap());
    });
}

#[test]
fn it_nests() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            blocking(|| {
                let (send, receive) = mpsc::channel();
                let inner = handle.spawn(move || send.send(1).unwrap());
                let received = blocking(|| receive.recv().unwrap());
                inner.result().unwrap();
                received
            })
        });
        assert_eq!(outer.result().unwrap(), 1);
    });
}

#[test]
fn a_panic_inside_goes_through_and_the_worker_is_unblocked() {
    check(|| {
        let pool = pool(1);
        let worker = pool.spawn(|| thread::current().id()).result().unwrap();
        let caught = || catch_unwind(AssertUnwindSafe(|| blocking(|| panic!("inside")))).is_err();
        assert!(pool.spawn(caught).result().unwrap());
        pool.spawn(|| blocking(|| panic!("ends the task"))).result().unwrap_err();
        assert_eq!(pool.spawn(|| thread::current().id()).result().unwrap(), worker);
        assert_eq!(pool.stats().running, 0);
    });
}

#[test]
fn the_spare_goes_away_afterwards() {
    check(|| {
        let pool = named_pool(1, "b_spare");
        for _ in 0..20 {
            let (send, receive) = mpsc::channel();
            let blocked = pool.spawn(move || blocking(|| receive.recv().unwrap()));
            pool.spawn(move || send.send(()).unwrap()).result().unwrap();
            blocked.result().unwrap();
        }
        eventually(|| threads_named("b_spare") <= 1);
    });
}

#[test]
fn many_tasks_block_at_once() {
    const TASKS: usize = 20;
    check(|| {
        let pool = pool(2);
        let (send, receive) = mpsc::channel();
        let receive = Arc::new(Mutex::new(receive));
        let blocked: Vec<_> = (0..TASKS)
            .map(|_| {
                let receive = Arc::clone(&receive);
                pool.spawn(move || blocking(|| receive.lock().unwrap().recv().unwrap()))
            })
            .collect();
        let sender = pool.spawn(move || (0..TASKS).for_each(|number| send.send(number).unwrap()));
        sender.result().unwrap();
        let sum: usize = blocked.into_iter().map(|future| future.result().unwrap()).sum();
        assert_eq!(sum, TASKS * (TASKS - 1) / 2);
    });
}
