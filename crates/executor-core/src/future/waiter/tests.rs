//! Whatever comes and goes in whatever order, callbacks leave the list in the order in which they
//! came, and each waiter once.

use std::collections::BTreeMap;
use std::sync::mpsc;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    AddCallback,
    TakeCallback,
    AddWaiter,
    /// Takes out one of those that are there, if any.
    RemoveWaiter(prop::sample::Index),
    /// The one async task polls.
    SetWaker,
    TakeWaker,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::AddCallback),
        Just(Step::TakeCallback),
        Just(Step::AddWaiter),
        any::<prop::sample::Index>().prop_map(Step::RemoveWaiter),
        Just(Step::SetWaker),
        Just(Step::TakeWaker),
    ];
    prop::collection::vec(step, 0..40)
}

/// The list with what has to be in it.
struct Story {
    listeners: Listeners<()>,
    called: (mpsc::Sender<usize>, mpsc::Receiver<usize>),
    callbacks: VecDeque<usize>,
    set: Arc<WaitSet>,
    waiters: BTreeMap<usize, Key>,
    polled: bool,
}

impl Story {
    fn new() -> Self {
        Self {
            listeners: Listeners::new(),
            called: mpsc::channel(),
            callbacks: VecDeque::new(),
            set: Arc::new(WaitSet::new(1, false)),
            waiters: BTreeMap::new(),
            polled: false,
        }
    }

    fn go(&mut self, number: usize, step: &Step) {
        match step {
            Step::AddCallback => {
                let called = self.called.0.clone();
                self.listeners.add_callback(Box::new(move |_| called.send(number).unwrap()));
                self.callbacks.push_back(number);
            }
            Step::TakeCallback => self.take_callback(),
            Step::AddWaiter => {
                let key = self.listeners.add(Waiter::Set(Arc::clone(&self.set), number));
                self.waiters.insert(number, key);
            }
            Step::RemoveWaiter(which) => {
                let there: Vec<usize> = self.waiters.keys().copied().collect();
                if !there.is_empty() {
                    let number = *which.get(&there);
                    let key = self.waiters.remove(&number).unwrap();
                    let removed = self.listeners.remove(key);
                    assert_eq!(removed.as_ref().and_then(number_of), Some(number));
                }
            }
            Step::SetWaker => {
                let unneeded = self.listeners.set_waker(Waker::noop().clone());
                assert_eq!(unneeded.is_some(), self.polled);
                self.polled = true;
            }
            Step::TakeWaker => {
                assert_eq!(self.listeners.take_waker().is_some(), self.polled);
                self.polled = false;
            }
        }
    }

    fn take_callback(&mut self) {
        if let Some(callback) = self.listeners.next_callback() {
            callback(Ok(&()));
        }
        assert_eq!(self.called.1.try_recv().ok(), self.callbacks.pop_front());
    }

    /// As at the end of a task.
    fn end(mut self) {
        while !self.callbacks.is_empty() {
            self.take_callback();
        }
        assert!(self.listeners.next_callback().is_none());
        let told: Vec<Waiter> = self.listeners.take_waiters().collect();
        let mut numbers: Vec<usize> = told.iter().filter_map(number_of).collect();
        numbers.sort_unstable();
        assert_eq!(told.len() - numbers.len(), usize::from(self.polled));
        assert_eq!(numbers, self.waiters.into_keys().collect::<Vec<_>>());
        assert_eq!(self.listeners.take_waiters().count(), 0);
    }
}

/// `None`: it is the async task.
fn number_of(waiter: &Waiter) -> Option<usize> {
    match waiter {
        Waiter::Set(_, number) => Some(*number),
        Waiter::Task(_) => None,
        Waiter::Thread(thread) => panic!("nobody has added {thread:?}"),
    }
}

proptest! {
    #[test]
    fn nobody_is_lost_told_twice_or_called_out_of_turn(steps in steps()) {
        let mut story = Story::new();
        steps.iter().enumerate().for_each(|(number, step)| story.go(number, step));
        story.end();
    }
}

#[test]
fn one_listener_needs_little_memory() {
    assert!(size_of::<Listeners<u64>>() <= 4 * size_of::<usize>());
}
