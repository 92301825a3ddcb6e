//! A true cycle of waits is told to the one who closes it, and to nobody else.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, SharedFuture, TaskErrorKind, ThreadPoolExecutor, as_completed, promise,
    wait, wait_timeout,
};

use crate::pool::{named_pool, pool};
use crate::watchdog::check;

/// What a wait came to.
type Outcome = Result<(), TaskErrorKind>;

fn outcome(future: Future<Outcome>) -> Outcome {
    future.result().map(drop).map_err(|error| error.kind())
}

/// `count` tasks, each waiting for the next by `outcome`, the last for the first.
///
/// Each task is given its future once all are spawned, so all of them are in the circle.
fn circle(pool: &ThreadPoolExecutor, count: usize) -> Vec<Outcome> {
    let (tell, told) = mpsc::channel();
    let (senders, mut futures): (Vec<Sender<Future<Outcome>>>, Vec<_>) =
        (0..count).map(|_| member(pool, tell.clone())).unzip();
    futures.rotate_left(1);
    for (sender, future) in senders.iter().zip(futures) {
        sender.send(future).unwrap();
    }
    told.iter().take(count).collect()
}

fn member(
    pool: &ThreadPoolExecutor,
    tell: Sender<Outcome>,
) -> (Sender<Future<Outcome>>, Future<Outcome>) {
    let (send, receive) = mpsc::channel::<Future<Outcome>>();
    let future = pool.spawn(move || {
        let outcome = outcome(receive.recv().unwrap());
        tell.send(outcome).unwrap();
        outcome
    });
    (send, future)
}

fn deadlocks(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|&&outcome| outcome == Err(TaskErrorKind::Deadlock)).count()
}

#[test]
fn a_circle_of_tasks_is_broken_at_one_place() {
    check(|| {
        for workers in 1..=4 {
            let pool = pool(workers);
            for count in 1..=4 {
                for _ in 0..20 {
                    let outcomes = circle(&pool, count);
                    assert_eq!(deadlocks(&outcomes), 1, "{count} on {workers}: {outcomes:?}");
                    assert!(outcomes.iter().all(|o| o.is_ok() || deadlocks(&[*o]) == 1));
                }
            }
        }
    });
}

#[test]
fn the_message_says_what_is_wrong() {
    check(|| {
        let pool = pool(1);
        let (send, receive) = mpsc::channel::<Future<String>>();
        let future = pool.spawn(move || receive.recv().unwrap().result().unwrap_err().to_string());
        let (tell, told) = mpsc::channel();
        future.add_done_callback(move |message| tell.send(message.unwrap().clone()).unwrap());
        send.send(future).unwrap();
        let message = told.recv().unwrap();
        assert!(message.to_lowercase().contains("never end"), "{message}");
    });
}

#[test]
fn the_pool_works_on_and_keeps_no_spares() {
    check(|| {
        let pool = named_pool(2, "circles");
        for _ in 0..10 {
            assert_eq!(deadlocks(&circle(&pool, 3)), 1);
        }
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
        crate::pool::eventually(|| crate::pool::threads_named("circles") <= 2);
        pool.shutdown();
    });
}

#[test]
fn a_circle_through_two_pools_is_one_too() {
    check(|| {
        let (one, other) = (pool(1), pool(1));
        for _ in 0..20 {
            let (tell, told) = mpsc::channel();
            let (to_first, first) = member(&one, tell.clone());
            let (to_second, second) = member(&other, tell.clone());
            to_first.send(second).unwrap();
            to_second.send(first).unwrap();
            let outcomes: Vec<Outcome> = told.iter().take(2).collect();
            assert_eq!(deadlocks(&outcomes), 1, "{outcomes:?}");
        }
    });
}

/// A task that waits for itself by `wait_for_itself`, and what the panic of that wait says.
fn message_of_panic(wait_for_itself: fn(SharedFuture<()>)) -> String {
    let pool = pool(1);
    let (send, receive) = mpsc::channel::<SharedFuture<()>>();
    let future = pool.spawn(move || wait_for_itself(receive.recv().unwrap())).shared();
    send.send(future.clone()).unwrap();
    let error = future.result().expect_err("it has waited for itself");
    assert_eq!(error.kind(), TaskErrorKind::Panicked);
    error.panic().unwrap().message().to_lowercase()
}

#[test]
fn a_wait_that_returns_no_error_panics_inside_the_task() {
    check(|| {
        let waits: [fn(SharedFuture<()>); 5] = [
            |shared| shared.wait(),
            |shared| _ = shared.result(),
            |shared| drop(wait([shared], ReturnWhen::AllCompleted)),
            |shared| drop(wait([shared], ReturnWhen::FirstCompleted)),
            |shared| drop(as_completed([shared]).next()),
        ];
        for wait in waits {
            let message = message_of_panic(wait);
            assert!(message.contains("never end"), "{message}");
        }
    });
}

#[test]
fn exception_panics_as_well() {
    check(|| {
        let pool = pool(1);
        let (send, receive) = mpsc::channel::<Future<()>>();
        let (tell, told) = mpsc::channel();
        let future = pool.spawn(move || _ = receive.recv().unwrap().exception());
        future.add_done_callback(move |result| tell.send(result.unwrap_err().to_string()).unwrap());
        send.send(future).unwrap();
        assert!(told.recv().unwrap().to_lowercase().contains("never end"));
    });
}

#[test]
fn waiting_for_all_of_a_circle_is_a_deadlock() {
    check(|| {
        let pool = pool(2);
        let (promise, promised) = promise::<()>();
        let (send, receive) = mpsc::channel::<SharedFuture<()>>();
        let promised = promised.shared();
        let task = pool.spawn(move || {
            let own = receive.recv().unwrap();
            drop(wait([promised, own], ReturnWhen::AllCompleted));
        });
        let task = task.shared();
        send.send(task.clone()).unwrap();
        assert_eq!(task.result().unwrap_err().kind(), TaskErrorKind::Panicked);
        promise.set_result(()).unwrap();
    });
}

#[test]
fn waiting_for_the_first_is_none_while_another_may_come() {
    check(|| {
        let pool = pool(1);
        let (promise, promised) = promise::<()>();
        let (send, receive): (_, Receiver<SharedFuture<()>>) = mpsc::channel();
        let promised = promised.shared();
        let task = pool.spawn(move || {
            let own = receive.recv().unwrap();
            let waited = wait([own, promised], ReturnWhen::FirstCompleted);
            assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        });
        let task = task.shared();
        send.send(task.clone()).unwrap();
        promise.set_result(()).unwrap();
        task.result().unwrap();
    });
}

#[test]
fn timed_waits_time_out() {
    check(|| {
        const SHORT: Duration = Duration::from_millis(5);
        let waits: [fn(SharedFuture<()>); 3] = [
            |shared| assert!(shared.wait_timeout(SHORT).is_err()),
            |shared| {
                let waited = wait_timeout([shared], SHORT, ReturnWhen::AllCompleted);
                assert_eq!(waited.not_done.len(), 1);
            },
            |shared| assert!(as_completed([shared]).next_timeout(SHORT).is_err()),
        ];
        for wait in waits {
            let pool = pool(1);
            let (send, receive) = mpsc::channel::<SharedFuture<()>>();
            let future = pool.spawn(move || wait(receive.recv().unwrap())).shared();
            send.send(future.clone()).unwrap();
            future.result().unwrap();
        }
    });
}

/// Waiting for one's own children, and for what they wait for, looks alike but is no cycle.
#[test]
fn a_diamond_is_no_cycle() {
    check(|| {
        for workers in 1..=3 {
            let pool = pool(workers);
            let handle = pool.handle();
            let total = pool.spawn(move || {
                let leaf = handle.spawn(|| 1).shared();
                let side = |leaf: SharedFuture<i32>| handle.spawn(move || *leaf.result().unwrap());
                let (left, right) = (side(leaf.clone()), side(leaf.clone()));
                left.result().unwrap() + right.result().unwrap() + leaf.result().unwrap()
            });
            assert_eq!(total.result().unwrap(), 3);
        }
    });
}

/// An item that waits for the task which maps it can only be told so.
#[test]
fn a_circle_through_a_map_is_one_too() {
    check(|| {
        for workers in 1..=2 {
            let pool = pool(workers);
            let handle = pool.handle();
            let (send, receive) = mpsc::channel::<SharedFuture<usize>>();
            let task = pool.spawn(move || {
                let own = receive.recv().unwrap();
                let items = handle.map(move |_: i32| *own.result().unwrap(), 0..3);
                items.chunksize(1).filter(Result::is_err).count()
            });
            // Either each item closes the circle, or the map does, which then comes to its end.
            let task = task.shared();
            send.send(task.clone()).unwrap();
            assert!((1..=3).contains(task.result().unwrap()));
        }
    });
}

/// The end of a scope cannot give up, so it is the task inside that is told.
#[test]
fn a_circle_through_a_scope_is_one_too() {
    check(|| {
        for workers in 1..=2 {
            let pool = std::sync::Arc::new(pool(workers));
            let inside = std::sync::Arc::clone(&pool);
            let (send, receive) = mpsc::channel::<SharedFuture<()>>();
            let task = pool.spawn(move || {
                let own = receive.recv().unwrap();
                inside.scope(|scope| drop(scope.spawn(|| own.wait())));
            });
            let task = task.shared();
            send.send(task.clone()).unwrap();
            let error = task.result().unwrap_err();
            assert!(error.panic().unwrap().message().contains("never end"), "{error}");
        }
    });
}

/// A future's waiters wake after its callbacks, so a callback that waits for one of them is stuck.
#[test]
fn a_circle_through_a_callback_is_one_too() {
    check(|| {
        for workers in 1..=2 {
            let pool = pool(workers);
            let held = crate::pool::hold(&pool);
            let (give, given) = mpsc::channel::<SharedFuture<bool>>();
            let (tell, told) = mpsc::channel();
            held.future.add_done_callback(move |_| {
                let waiter = given.recv().unwrap();
                tell.send(waiter.result().is_ok()).unwrap();
            });
            let first = held.release();
            let waiter = pool.spawn(move || first.result().is_ok()).shared();
            give.send(waiter.clone()).unwrap();
            let in_the_callback = told.recv();
            let in_the_task = waiter.result().is_ok_and(|&ok| ok);
            let broken = !in_the_task || in_the_callback.is_err();
            assert!(broken, "one of them has been told");
        }
    });
}
