use super::{GRANTING, Identity, Pool, PoolWords, Turn};
use crate::deadline::Deadline;
use crate::primitives::Ordering::Relaxed;
use proptest::prelude::*;
use std::mem;
use std::thread;

/// Leaves a change half done, as a process does that is killed in the middle of it.
fn killed(pool: &Pool, half: impl FnOnce(&Turn<'_, PoolWords>) + Send) {
    thread::scope(|scope| {
        scope.spawn(|| {
            let turn = pool.turn();
            half(&turn);
            mem::forget(turn);
        });
    });
}

/// A process that does not live.
const DEAD: Identity = Identity { pid: u32::MAX, born: 1 };

#[test]
fn a_take_that_was_cut_off_takes_nothing() {
    let pool = Pool::new(3, 3).unwrap();
    killed(&pool, |turn| {
        let slot = turn.slot(DEAD).unwrap();
        turn.holders[slot].held.store(2, Relaxed);
    });
    // The dead one holds them until somebody looks.
    let all = pool.acquire(3, Deadline::Never).unwrap();
    assert_eq!(all.recovered().unwrap().pid(), Some(DEAD.pid));
    drop(all);
    assert_eq!(pool.value(), 3);
}

#[test]
fn a_grant_that_was_cut_off_is_completed() {
    for held in [0, 2] {
        let pool = Pool::new(2, 2).unwrap();
        let all = pool.acquire(2, Deadline::Now).unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| pool.acquire(2, Deadline::Never).unwrap().count());
            while pool.waiting() == 0 {
                thread::yield_now();
            }
            mem::forget(all);
            killed(&pool, |turn| {
                // The release was complete, and the grant had come this far.
                let place = turn.queue.oldest().unwrap();
                let slot = turn.slot(Identity::current()).unwrap();
                turn.holders[slot].held.store(held, Relaxed);
                place.note.store(2, Relaxed);
                place.slot.store(slot as u32, Relaxed);
                place.mark(GRANTING);
            });
            assert_eq!(waiter.join().unwrap(), 2);
        });
        assert_eq!((pool.value(), pool.waiting()), (2, 0));
    }
}

#[test]
fn permits_of_the_dead_are_for_those_that_wait() {
    let pool = Pool::new(1, 1).unwrap();
    assert!(pool.turn().take(DEAD, 1));
    thread::scope(|scope| {
        let waiters = [(), ()].map(|()| {
            scope.spawn(|| pool.acquire(1, Deadline::Never).unwrap().recovered().is_some())
        });
        let told = waiters.map(|waiter| waiter.join().unwrap());
        assert_eq!(told.iter().filter(|told| **told).count(), 1);
    });
}

#[test]
fn a_dead_waiter_is_passed_over() {
    let pool = Pool::new(1, 1).unwrap();
    let permit = pool.acquire(1, Deadline::Now).unwrap();
    assert!(pool.turn().queue.enter(DEAD, 1).is_some());
    thread::scope(|scope| {
        let waiter = scope.spawn(|| pool.acquire(1, Deadline::Never).unwrap().count());
        while pool.waiting() < 1 {
            thread::yield_now();
        }
        drop(permit);
        assert_eq!(waiter.join().unwrap(), 1);
    });
    assert_eq!((pool.value(), pool.waiting()), (1, 0));
}

/// Nothing but answers comes of memory that somebody has written over.
#[test]
fn scribbled_words_are_no_harm() {
    proptest!(ProptestConfig::with_cases(64), |(words: Vec<u64>, want in 0..3_usize)| {
        let pool = Pool::new(2, 2).unwrap();
        let turn = pool.turn();
        let mut words = words.into_iter().cycle();
        let mut next = || words.next().unwrap_or(7);
        turn.value.store(next(), Relaxed);
        turn.total.store(next(), Relaxed);
        turn.top.store(next() as u32, Relaxed);
        turn.limit.store(next(), Relaxed);
        for holder in &turn.holders[..4] {
            holder.pid.store(next() as u32, Relaxed);
            holder.held.store(next(), Relaxed);
        }
        for at in [0, 1, 5] {
            turn.queue.enter(DEAD, next());
            let place = turn.queue.place(at);
            place.mark((next() % 6) as u32);
            place.slot.store(next() as u32, Relaxed);
            place.note.store(next(), Relaxed);
        }
        turn.mend();
        drop(turn);
        drop(pool.acquire(want, Deadline::Now));
        _ = pool.add(want);
        pool.look(std::time::Duration::ZERO);
    });
}

#[derive(Debug, Clone)]
enum Step {
    Take(usize),
    Drop(usize),
    Forget(usize),
    Release(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..4_usize).prop_map(Step::Take),
        any::<usize>().prop_map(Step::Drop),
        any::<usize>().prop_map(Step::Forget),
        (0..4_usize).prop_map(Step::Release),
    ];
    prop::collection::vec(step, 0..40)
}

#[test]
fn permits_are_conserved() {
    proptest!(ProptestConfig::with_cases(128), |(steps in steps(), start in 0..5_usize)| {
        let pool = Pool::new(start, start as u64).unwrap();
        let (mut free, mut held) = (start, Vec::new());
        for step in steps {
            match step {
                Step::Take(count) => {
                    let permit = pool.acquire(count, Deadline::Now);
                    prop_assert_eq!(permit.is_some(), count <= free);
                    free -= permit.as_ref().map_or(0, |permit| permit.count());
                    held.extend(permit);
                }
                Step::Drop(at) if !held.is_empty() => {
                    let permit = held.swap_remove(at % held.len());
                    free = (free + permit.count()).min(start);
                    drop(permit);
                }
                Step::Forget(at) if !held.is_empty() => held.swap_remove(at % held.len()).forget(),
                Step::Release(count) => {
                    let fits = count == 0 || free + count <= start;
                    prop_assert_eq!(pool.add(count), if fits { Ok(()) } else { Err(free) });
                    free += if fits { count } else { 0 };
                }
                _ => {}
            }
            prop_assert_eq!(pool.value(), free);
        }
    });
}
