use crate::watchdog::{HANG, watched};
use executor_sync::{NotOwnerError, RLock, RLockGuard};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

#[test]
fn levels_nest_and_exclude_others() {
    watched(|| {
        let lock = RLock::new();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let _one = lock.acquire();
                        let _two = lock.try_acquire().expect("own");
                        let _three = lock.acquire_timeout(Duration::ZERO).expect("own");
                        assert_eq!(lock.depth(), 3);
                    }
                });
            }
        });
        assert!(!lock.locked());
        assert_eq!(lock.depth(), 0);
    });
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let lock = RLock::default();
    let (one, two) = (lock.acquire(), lock.acquire());
    drop(one);
    assert_eq!(lock.depth(), 1);
    assert!(lock.locked());
    drop(two);
    assert!(!lock.locked());
}

#[test]
fn raw_levels_and_guards_are_counted_apart() {
    let lock = RLock::named("apart");
    let guard = lock.acquire();
    assert_eq!(lock.release(), Err(NotOwnerError));
    lock.acquire_raw();
    assert!(lock.try_acquire_raw());
    assert!(lock.acquire_raw_timeout(Duration::ZERO));
    drop(guard);
    assert_eq!(lock.depth(), 3);
    for _ in 0..3 {
        assert_eq!(lock.release(), Ok(()));
    }
    assert_eq!(lock.release(), Err(NotOwnerError));
    assert_eq!(format!("{lock:?}"), "RLock { locked: false, own_depth: 0, .. }");
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Try,
    Timed,
    Drop,
    TryRaw,
    Release,
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let step = prop_oneof![
        3 => Just(Step::Try),
        1 => Just(Step::Timed),
        3 => Just(Step::Drop),
        1 => Just(Step::TryRaw),
        2 => Just(Step::Release),
    ];
    (0..2_usize, step)
}

/// What a thread says after a step: whether it succeeded, and the depth it sees.
type Answer = (bool, usize);

/// A thread that does what it is told and keeps its guards; `None` asks for the depth only.
fn actor(lock: Arc<RLock>) -> (Sender<Option<Step>>, Receiver<Answer>) {
    let (orders, steps) = channel::<Option<Step>>();
    let (answer, answers) = channel();
    thread::spawn(move || {
        let mut guards = Vec::new();
        for step in steps {
            let done = step.is_some_and(|step| act(&lock, &mut guards, step));
            if answer.send((done, lock.depth())).is_err() {
                return;
            }
        }
    });
    (orders, answers)
}

fn act<'a>(lock: &'a RLock, guards: &mut Vec<RLockGuard<'a>>, step: Step) -> bool {
    let before = guards.len();
    match step {
        Step::Try => guards.extend(lock.try_acquire()),
        Step::Timed => guards.extend(lock.acquire_timeout(Duration::from_micros(50))),
        Step::Drop => drop(guards.pop()),
        Step::TryRaw => return lock.try_acquire_raw(),
        Step::Release => return lock.release().is_ok(),
    }
    guards.len() != before
}

/// Levels by guard and raw levels of the one owner.
#[derive(Debug, Default)]
struct Model {
    owner: Option<usize>,
    guards: usize,
    raw: usize,
}

impl Model {
    fn step(&mut self, thread: usize, step: Step) -> bool {
        let mine = self.owner == Some(thread);
        let done = match step {
            Step::Try | Step::Timed | Step::TryRaw => mine || self.owner.is_none(),
            Step::Drop => mine && self.guards > 0,
            Step::Release => mine && self.raw > 0,
        };
        if done {
            match step {
                Step::Try | Step::Timed => self.guards += 1,
                Step::TryRaw => self.raw += 1,
                Step::Drop => self.guards -= 1,
                Step::Release => self.raw -= 1,
            }
            self.owner = (self.guards + self.raw > 0).then_some(thread);
        }
        done
    }

    fn depth(&self, thread: usize) -> usize {
        if self.owner == Some(thread) { self.guards + self.raw } else { 0 }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn depth_is_that_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        let (lock, mut model) = (Arc::new(RLock::new()), Model::default());
        let actors = [actor(Arc::clone(&lock)), actor(Arc::clone(&lock))];
        for (thread, step) in steps {
            actors[thread].0.send(Some(step)).unwrap();
            let expected = model.step(thread, step);
            let answer = actors[thread].1.recv_timeout(HANG);
            prop_assert_eq!(answer, Ok((expected, model.depth(thread))));
            actors[1 - thread].0.send(None).unwrap();
            let other = actors[1 - thread].1.recv_timeout(HANG);
            prop_assert_eq!(other, Ok((false, model.depth(1 - thread))));
            prop_assert_eq!(lock.locked(), model.owner.is_some());
        }
    }
}
