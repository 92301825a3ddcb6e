//! A waiter that is registered is woken by the next set, whatever comes after it.

use super::{Event, WAITERS};
use crate::primitives::{Arc, Ordering};
use proptest::prelude::*;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Longer than any wake takes; only a failure waits so long.
const HANG: Duration = Duration::from_secs(20);

/// Starts a waiter, and tells what its wait has returned.
fn waiter(event: &Arc<Event>, timeout: Duration) -> Receiver<bool> {
    let (answer, answers) = channel();
    let event = Arc::clone(event);
    thread::spawn(move || answer.send(event.wait_timeout(timeout)));
    answers
}

/// Starts a waiter and returns once it has announced itself in the word; nobody else waits.
fn registered_waiter(event: &Arc<Event>, timeout: Duration) -> Receiver<bool> {
    assert_eq!(event.word.load(Ordering::Relaxed) & WAITERS, 0);
    let answers = waiter(event, timeout);
    while event.word.load(Ordering::Relaxed) & WAITERS == 0 {
        thread::yield_now();
    }
    answers
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(Duration),
    Set,
    Clear,
    SetAndClear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Wait(Duration::MAX)),
        1 => Just(Step::Wait(HANG * 2)),
        1 => Just(Step::Set),
        2 => Just(Step::Clear),
        2 => Just(Step::SetAndClear),
    ]
}

/// The event, and those that wait for it.
///
/// Only the first waiter is known to be registered: the word has one bit for all of them. So a
/// set that is cleared at once is owed to the first, and a set that stays is owed to all.
struct World {
    event: Arc<Event>,
    set: bool,
    registered: Option<Receiver<bool>>,
    others: Vec<Receiver<bool>>,
}

impl World {
    fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Wait(timeout) => self.wait(timeout),
            Step::Set => {
                self.event.set();
                self.set = true;
                returned(self.registered.take().into_iter().chain(self.others.drain(..)))
            }
            Step::Clear => {
                self.event.clear();
                self.set = false;
                Ok(())
            }
            Step::SetAndClear => {
                self.event.set();
                self.event.clear();
                self.set = false;
                returned(self.registered.take())
            }
        }
    }

    fn wait(&mut self, timeout: Duration) -> Result<(), TestCaseError> {
        if self.set {
            prop_assert!(self.event.wait_timeout(timeout));
        } else if self.registered.is_none() && self.others.is_empty() {
            self.registered = Some(registered_waiter(&self.event, timeout));
        } else {
            self.others.push(waiter(&self.event, timeout));
        }
        Ok(())
    }
}

fn returned(waiters: impl IntoIterator<Item = Receiver<bool>>) -> Result<(), TestCaseError> {
    for waiter in waiters {
        prop_assert_eq!(waiter.recv_timeout(HANG), Ok(true));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_misses_a_set(steps in prop::collection::vec(step(), 0..16)) {
        let event = Arc::new(Event::new());
        let mut world = World { event, set: false, registered: None, others: Vec::new() };
        for step in steps {
            world.step(step)?;
            prop_assert_eq!(world.event.is_set(), world.set);
        }
        world.step(Step::Set)?;
    }
}

#[test]
fn a_wait_that_times_out_says_so_and_the_next_set_is_seen() {
    let event = Arc::new(Event::new());
    assert!(!event.wait_timeout(Duration::ZERO));
    let answer = registered_waiter(&event, Duration::MAX);
    assert!(!event.wait_timeout(Duration::from_millis(2)));
    event.set();
    assert_eq!(answer.recv_timeout(HANG), Ok(true));
    assert!(event.wait_timeout(Duration::from_nanos(1)));
}

#[test]
fn the_count_of_sets_may_overflow() {
    let event = Event::new();
    event.word.store(!super::SET & !WAITERS, Ordering::Relaxed);
    event.set();
    assert!(event.is_set());
    event.clear();
    assert_eq!(event.word.load(Ordering::Relaxed), 0);
}
