//! Each lock as an argument and a result, in workers, in workers of workers, and in threads of this
//! process at the same time.

use std::time::Duration;

use concurrent_futures::sync::process::{
    Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore,
};
use concurrent_futures::{Future, Payload, ProcessPoolExecutor, StartMethod};

use crate::census::either_way;
use crate::gate::{Gate, eventually, knock};
use crate::pools::{hold, pool, quiet};
use crate::system::{SIGKILL, signal};

const SOON: Duration = Duration::from_millis(1);

/// Fails if two are in here at once.
fn alone(inside: &Event) {
    assert!(!inside.is_set(), "two are inside");
    inside.set();
    inside.clear();
}

fn take_turns((lock, inside, times): (Lock, Event, u32)) -> u32 {
    for _ in 0..times {
        let guard = lock.acquire();
        assert!(guard.recovered().is_none());
        alone(&inside);
    }
    times
}

#[test]
fn one_inside_among_threads_and_processes() {
    either_way(|method| {
        let pool = pool(method, 2);
        let (lock, inside) = (Lock::new().unwrap(), Event::new().unwrap());
        let argument = || (lock.clone(), inside.clone(), 2000);
        let futures: Vec<_> = (0..4).map(|_| pool.submit(take_turns, argument())).collect();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| take_turns(argument()));
            }
        });
        assert!(futures.into_iter().all(|future| future.result().unwrap() == 2000));
        assert!(!lock.locked());
    });
}

fn take_again((lock, inside, times): (RLock, Event, u32)) -> u32 {
    for _ in 0..times {
        let _outer = lock.acquire();
        let copy = lock.clone();
        let _inner = copy.acquire();
        assert_eq!(lock.depth(), 2);
        alone(&inside);
    }
    times
}

#[test]
fn an_owner_may_take_it_again_and_nobody_else() {
    either_way(|method| {
        let pool = pool(method, 2);
        let (lock, inside) = (RLock::new().unwrap(), Event::new().unwrap());
        let argument = || (lock.clone(), inside.clone(), 1000);
        let futures: Vec<_> = (0..2).map(|_| pool.submit(take_again, argument())).collect();
        take_again(argument());
        assert!(futures.into_iter().all(|future| future.result().unwrap() == 1000));
        let guard = lock.acquire();
        let refused = |lock: RLock| lock.try_acquire().is_none() && lock.depth() == 0;
        assert!(pool.submit(refused, lock.clone()).result().unwrap());
        drop(guard);
        assert!(!lock.locked());
    });
}

fn two_at_most((permits, inside, times): (Semaphore, BoundedSemaphore, u32)) -> u32 {
    for _ in 0..times {
        let _permit = permits.acquire();
        let _inside = inside.try_acquire().expect("more are inside than have permits");
    }
    times
}

#[test]
fn so_many_inside_among_threads_and_processes() {
    either_way(|method| {
        let pool = pool(method, 2);
        let (permits, inside) = (Semaphore::new(2).unwrap(), BoundedSemaphore::new(2).unwrap());
        let argument = || (permits.clone(), inside.clone(), 300);
        let futures: Vec<_> = (0..4).map(|_| pool.submit(two_at_most, argument())).collect();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| two_at_most(argument()));
            }
        });
        assert!(futures.into_iter().all(|future| future.result().unwrap() == 300));
        assert_eq!((permits.value(), inside.value()), (2, 2));
    });
}

#[test]
fn what_one_process_forgets_another_releases() {
    either_way(|method| {
        let pool = pool(method, 1);
        let seats = BoundedSemaphore::new(3).unwrap();
        let take = |seats: BoundedSemaphore| seats.acquire_many(2).forget();
        pool.submit(take, seats.clone()).result().unwrap();
        assert_eq!(seats.value(), 1);
        assert!(seats.release(3).is_err());
        assert_eq!(seats.release(2), Ok(()));
        let full = |seats: BoundedSemaphore| seats.release(1).is_err() && seats.value() == 3;
        assert!(pool.submit(full, seats.clone()).result().unwrap());
        // The worker ends, and what it has forgotten is not its own.
        let none = Semaphore::new(1).unwrap();
        pool.submit(|none: Semaphore| none.acquire().forget(), none.clone()).result().unwrap();
        pool.shutdown();
        assert!(none.try_acquire().is_none());
        none.release(1);
        assert!(none.try_acquire().unwrap().recovered().is_none());
    });
}

#[test]
fn a_process_that_ends_gives_its_permits_back() {
    either_way(|method| {
        let pool = pool(method, 1);
        let permits = Semaphore::new(2).unwrap();
        let keep = |permits: Semaphore| {
            let permits = Box::leak(Box::new(permits));
            std::mem::forget(permits.acquire());
            std::process::id()
        };
        let pid = pool.submit(keep, permits.clone()).result().unwrap();
        assert_eq!(permits.value(), 1);
        pool.shutdown();
        let both = permits.acquire_many(2);
        assert_eq!(both.recovered().unwrap().pid(), Some(pid));
        drop(both);
        assert!(permits.acquire().recovered().is_none(), "one is told");
    });
}

#[test]
fn a_set_wakes_all_that_wait() {
    either_way(|method| {
        let pool = pool(method, 3);
        let (start, here) = (Event::new().unwrap(), Semaphore::new(0).unwrap());
        let wait = |(start, here): (Event, Semaphore)| {
            here.release(1);
            start.wait();
            start.is_set()
        };
        let argument = || (start.clone(), here.clone());
        let futures: Vec<_> = (0..3).map(|_| pool.submit(wait, argument())).collect();
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| wait(argument()));
            here.acquire_many(4).forget();
            start.set();
            assert!(thread.join().unwrap());
        });
        assert!(futures.into_iter().all(|future| future.result().unwrap()));
        start.clear();
        let late = |start: Event| start.wait_timeout(SOON);
        assert!(!pool.submit(late, start.clone()).result().unwrap());
    });
}

/// Waits its turn, then hands it on.
fn relay((lock, changed, turn, me, all): (RLock, Condition, Vec<Event>, usize, usize)) -> usize {
    let mut guard = lock.acquire();
    let _deeper = lock.acquire();
    for _ in 0..20 {
        changed.wait_for(&mut guard, || turn[me].is_set(), None);
        assert_eq!(lock.depth(), 2);
        turn[me].clear();
        turn[(me + 1) % all].set();
        changed.notify_all();
    }
    me
}

#[test]
fn a_condition_hands_the_turn_round() {
    either_way(|method| {
        let pool = pool(method, 3);
        let (lock, changed) = (RLock::new().unwrap(), Condition::new().unwrap());
        let turn: Vec<Event> = (0..4).map(|_| Event::new().unwrap()).collect();
        let argument = |me| (lock.clone(), changed.clone(), turn.clone(), me, 4);
        let futures: Vec<Future<usize>> =
            (0..3).map(|me| pool.submit(relay, argument(me))).collect();
        turn[0].set();
        assert_eq!(relay(argument(3)), 3);
        for (me, future) in futures.into_iter().enumerate() {
            assert_eq!(future.result().unwrap(), me);
        }
        assert_eq!((changed.n_waiting(), lock.locked()), (0, false));
    });
}

#[test]
fn who_waits_longest_is_notified_first() {
    either_way(|method| {
        let pool = pool(method, 3);
        let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
        let wait = |(lock, changed): (Lock, Condition)| changed.wait(&mut lock.acquire());
        let mut futures = Vec::new();
        for n in 1..=3 {
            futures.push(pool.submit(wait, (lock.clone(), changed.clone())));
            eventually(|| changed.n_waiting() == n);
        }
        for future in futures {
            assert!(!future.done());
            changed.notify(1);
            future.result().unwrap();
        }
        let short =
            |(lock, changed): (Lock, Condition)| changed.wait_timeout(&mut lock.acquire(), SOON);
        changed.notify(5);
        let argument = (lock.clone(), changed.clone());
        assert!(!pool.submit(short, argument).result().unwrap(), "none is kept for later");
    });
}

#[test]
fn parties_of_several_processes_pass_together() {
    either_way(|method| {
        let pool = pool(method, 2);
        let (barrier, inside) = (Barrier::new(4).unwrap(), Semaphore::new(0).unwrap());
        let party = |(barrier, inside): (Barrier, Semaphore)| {
            let mut indices = Vec::new();
            for round in 1..=50 {
                inside.release(1);
                indices.push(barrier.wait().unwrap());
                assert!(inside.value() >= 4 * round);
                barrier.wait().unwrap();
            }
            indices
        };
        let argument = || (barrier.clone(), inside.clone());
        let futures: Vec<_> = (0..2).map(|_| pool.submit(party, argument())).collect();
        let mut all: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let threads = [(), ()].map(|()| scope.spawn(|| party(argument())));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        all.extend(futures.into_iter().map(|future| future.result().unwrap()));
        for round in 0..50 {
            let mut indices: Vec<usize> = all.iter().map(|indices| indices[round]).collect();
            indices.sort_unstable();
            assert_eq!(indices, [0, 1, 2, 3]);
        }
    });
}

#[test]
fn a_broken_barrier_is_broken_everywhere() {
    either_way(|method| {
        let pool = pool(method, 1);
        let barrier = Barrier::new(2).unwrap();
        let wait = |barrier: Barrier| barrier.wait().is_err();
        let waiting = pool.submit(wait, barrier.clone());
        eventually(|| barrier.n_waiting() == 1);
        barrier.abort();
        assert!(waiting.result().unwrap() && barrier.broken());
        assert!(pool.submit(wait, barrier.clone()).result().unwrap());
        barrier.reset();
        let waiting = pool.submit(wait, barrier.clone());
        eventually(|| barrier.n_waiting() == 1);
        barrier.reset();
        assert!(waiting.result().unwrap() && !barrier.broken());
        let late = |barrier: Barrier| barrier.wait_timeout(SOON).is_err();
        assert!(pool.submit(late, barrier.clone()).result().unwrap() && barrier.broken());
        barrier.reset();
        let waiting = pool.submit(|barrier: Barrier| barrier.wait().unwrap(), barrier.clone());
        let mine = barrier.wait().unwrap();
        assert_eq!(mine + waiting.result().unwrap(), 1);
    });
}

/// All of them at once, twice each, as a user would pass them.
type All = (Lock, RLock, Semaphore, BoundedSemaphore, Event, Condition, Barrier);

fn all() -> All {
    (
        Lock::new().unwrap(),
        RLock::new().unwrap(),
        Semaphore::new(1).unwrap(),
        BoundedSemaphore::new(1).unwrap(),
        Event::new().unwrap(),
        Condition::new().unwrap(),
        Barrier::new(1).unwrap(),
    )
}

/// Uses every one of them, and finds that both copies are the same.
fn use_all((one, two): (All, All)) -> All {
    let (lock, rlock, permits, seats, event, condition, barrier) = &one;
    let mut guard = lock.acquire();
    assert!(two.0.locked());
    let level = rlock.acquire();
    assert_eq!(two.1.depth(), 1);
    let held = (permits.acquire(), seats.acquire());
    assert_eq!((two.2.value(), two.3.value()), (0, 0));
    event.set();
    assert!(two.4.is_set());
    two.4.clear();
    assert!(!condition.wait_timeout(&mut guard, SOON));
    assert_eq!(barrier.wait(), Ok(0));
    drop((held, level, guard));
    two
}

fn assert_at_rest(all: &All) {
    assert!(!all.0.locked() && !all.1.locked() && !all.4.is_set());
    assert_eq!((all.2.value(), all.3.value(), all.6.n_waiting()), (1, 1, 0));
}

fn carried(pool: &ProcessPoolExecutor) {
    let mine = all();
    let back = pool.submit(use_all, (mine.clone(), mine.clone())).result().unwrap();
    assert_at_rest(&back);
    // What came back is what was sent.
    let guard = mine.0.acquire();
    assert!(back.0.locked());
    drop(guard);
    use_all((mine, back));
}

#[test]
fn every_lock_travels_there_and_back() {
    either_way(|method| carried(&pool(method, 2)));
}

fn nested(depth: u32) {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    carried(&pool);
    if depth > 0 {
        pool.submit(nested, depth - 1).result().unwrap();
    }
}

#[test]
fn a_worker_makes_some_and_sends_them_on() {
    either_way(|method| pool(method, 1).submit(nested, 1).result().unwrap());
}

fn made<T: Payload>(method: StartMethod, make: fn(()) -> T, check: impl Fn(T)) {
    let pool = quiet(1).start_method(method).max_tasks_per_child(1).build().unwrap();
    for _ in 0..3 {
        check(pool.submit(make, ()).result().unwrap());
    }
}

#[test]
fn what_a_worker_made_outlives_it() {
    either_way(|method| {
        made(method, |()| Lock::new().unwrap(), |lock| drop(lock.try_acquire().unwrap()));
        made(method, |()| Semaphore::new(3).unwrap(), |permits| assert_eq!(permits.value(), 3));
        made(method, |()| all(), |all| assert_at_rest(&all));
    });
}

#[test]
fn the_sender_drops_its_handles_at_once() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let mine = all();
        let future = pool.submit(use_all, (mine.clone(), mine));
        guest.release();
        held.result().unwrap();
        assert_at_rest(&future.result().unwrap());
    });
}

#[test]
fn a_task_that_is_run_again_hears_of_its_own_death() {
    either_way(|method| {
        let pool = quiet(1).start_method(method).retries(1).build().unwrap();
        let (gate, lock) = (Gate::new(), Lock::new().unwrap());
        let task = |(key, lock): (String, Lock)| {
            let guard = lock.acquire();
            knock(&key, 0);
            guard.recovered().and_then(|recovered| recovered.pid())
        };
        let future = pool.submit(task, (gate.key(), lock.clone()));
        let guest = gate.guest();
        let pid = guest.pid;
        assert!(signal(pid, SIGKILL));
        guest.gone();
        gate.guest().release();
        assert_eq!(future.result().unwrap(), Some(pid));
    });
}
