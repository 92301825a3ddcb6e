//! Any program of arrivals, zero timeouts, aborts and resets against a model.

use crate::watchdog::{HANG, until};
use executor_sync::{Barrier, BrokenBarrierError};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

type Outcome = Result<usize, BrokenBarrierError>;

#[derive(Debug, Clone, Copy)]
enum Step {
    Arrive,
    ArriveInNoTime,
    Abort,
    Reset,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => Just(Step::Arrive),
        1 => Just(Step::ArriveInNoTime),
        1 => Just(Step::Abort),
        2 => Just(Step::Reset),
    ]
}

struct World {
    barrier: Arc<Barrier>,
    broken: bool,
    /// Who waits, in the order of arrival.
    waiting: Vec<Receiver<Outcome>>,
}

impl World {
    fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Arrive | Step::ArriveInNoTime => {
                self.arrive(matches!(step, Step::ArriveInNoTime))
            }
            Step::Abort => {
                self.barrier.abort();
                self.broken = true;
                self.send_away()
            }
            Step::Reset => {
                self.barrier.reset();
                self.broken = false;
                self.send_away()
            }
        }
    }

    fn arrive(&mut self, in_no_time: bool) -> Result<(), TestCaseError> {
        let index = self.waiting.len();
        if self.broken {
            prop_assert_eq!(self.barrier.wait(), Err(BrokenBarrierError));
        } else if index + 1 == self.barrier.parties() {
            let timeout = if in_no_time { Duration::ZERO } else { Duration::MAX };
            prop_assert_eq!(self.barrier.wait_timeout(timeout), Ok(index));
            for (index, waiter) in self.waiting.drain(..).enumerate() {
                prop_assert_eq!(waiter.recv_timeout(HANG), Ok(Ok(index)));
            }
        } else if in_no_time {
            let outcome = self.barrier.wait_timeout(Duration::ZERO);
            prop_assert_eq!(outcome, Err(BrokenBarrierError));
            self.broken = true;
            self.send_away()?;
        } else {
            self.start_waiter();
        }
        Ok(())
    }

    fn start_waiter(&mut self) {
        let (tell, outcome) = channel();
        let barrier = Arc::clone(&self.barrier);
        thread::spawn(move || tell.send(barrier.wait()));
        self.waiting.push(outcome);
        until(|| self.barrier.n_waiting() == self.waiting.len());
    }

    fn send_away(&mut self) -> Result<(), TestCaseError> {
        for waiter in self.waiting.drain(..) {
            prop_assert_eq!(waiter.recv_timeout(HANG), Ok(Err(BrokenBarrierError)));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_generation_has_one_outcome(
        parties in 1..4_usize,
        steps in prop::collection::vec(step(), 0..30),
    ) {
        let barrier = Arc::new(Barrier::new(parties));
        let mut world = World { barrier, broken: false, waiting: Vec::new() };
        for step in steps {
            world.step(step)?;
            prop_assert_eq!(world.barrier.broken(), world.broken);
            prop_assert_eq!(world.barrier.n_waiting(), world.waiting.len());
        }
        world.step(Step::Abort)?;
    }
}
