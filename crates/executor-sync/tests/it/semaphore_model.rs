//! Any program of acquire, poll, cancel, drop, forget and release against a model.
//!
//! Requests are futures polled by hand, so one thread can have any number of them in the queue
//! and every program has one outcome.

use executor_sync::{Acquire, Permit, Semaphore};
use proptest::prelude::*;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Queue a request.
    Acquire(usize),
    /// Try without waiting, or with a timeout that passes.
    Try(usize),
    Timed(usize),
    /// Poll a request again.
    Poll(usize),
    /// Drop a request, whether granted or not.
    Cancel(usize),
    /// Drop a permit.
    Drop(usize),
    /// Forget a permit, to be released later.
    Forget(usize),
    /// Release what was forgotten.
    Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0..100_usize;
    prop_oneof![
        4 => (0..5_usize).prop_map(Step::Acquire),
        1 => (0..5_usize).prop_map(Step::Try),
        1 => (0..5_usize).prop_map(Step::Timed),
        2 => any.clone().prop_map(Step::Poll),
        2 => any.clone().prop_map(Step::Cancel),
        3 => any.clone().prop_map(Step::Drop),
        1 => any.clone().prop_map(Step::Forget),
        1 => any.prop_map(Step::Release),
    ]
}

/// What the semaphore should be.
struct Model {
    total: usize,
    free: usize,
    forgotten: usize,
    /// Requests in order; each is the number of its future and what it wants.
    queue: VecDeque<(usize, usize)>,
}

impl Model {
    fn can_take(&self, want: usize) -> bool {
        want == 0 || (self.queue.is_empty() && want <= self.free)
    }

    fn serve(&mut self) {
        while let Some(&(_, want)) = self.queue.front()
            && want <= self.free
        {
            self.free -= want;
            self.queue.pop_front();
        }
    }

    fn give(&mut self, count: usize) {
        self.free += count;
        self.serve();
    }
}

/// The real thing, with what has been acquired of it.
struct World<'a> {
    semaphore: &'a Semaphore,
    model: Model,
    requests: Vec<(usize, usize, Pin<Box<Acquire<'a>>>)>,
    permits: Vec<Permit<'a>>,
    numbers: usize,
}

impl<'a> World<'a> {
    fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Acquire(want) => self.acquire(want),
            Step::Try(want) => {
                let permit = self.semaphore.try_acquire_many(want);
                self.tried(want, permit)
            }
            Step::Timed(want) => {
                let timeout = Duration::from_nanos(1);
                let permit = self.semaphore.acquire_many_timeout(want, timeout);
                self.tried(want, permit)
            }
            Step::Poll(pick) => self.poll(pick),
            Step::Cancel(pick) => self.cancel(pick),
            Step::Drop(pick) => self.drop_permit(pick),
            Step::Forget(pick) => self.forget(pick),
            Step::Release(pick) => self.release(pick),
        }
    }

    fn acquire(&mut self, want: usize) -> Result<(), TestCaseError> {
        self.numbers += 1;
        let number = self.numbers;
        let can = self.model.can_take(want);
        let mut request = Box::pin(self.semaphore.acquire_many_async(want));
        let polled = poll(request.as_mut());
        prop_assert_eq!(polled.is_some(), can);
        if let Some(permit) = polled {
            self.model.free -= want;
            self.permits.push(permit);
        } else {
            self.model.queue.push_back((number, want));
            self.requests.push((number, want, request));
        }
        Ok(())
    }

    fn tried(&mut self, want: usize, permit: Option<Permit<'a>>) -> Result<(), TestCaseError> {
        prop_assert_eq!(permit.is_some(), self.model.can_take(want));
        if let Some(permit) = permit {
            self.model.free -= want;
            self.permits.push(permit);
        }
        Ok(())
    }

    fn is_queued(&self, number: usize) -> bool {
        self.model.queue.iter().any(|&(queued, _)| queued == number)
    }

    fn poll(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let Some(index) = pick.checked_rem(self.requests.len()) else { return Ok(()) };
        let (number, want, request) = &mut self.requests[index];
        let (number, want, polled) = (*number, *want, poll(request.as_mut()));
        prop_assert_eq!(polled.is_none(), self.is_queued(number));
        if let Some(permit) = polled {
            prop_assert_eq!(permit.count(), want);
            self.permits.push(permit);
            drop(self.requests.remove(index));
        }
        Ok(())
    }

    fn cancel(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let Some(index) = pick.checked_rem(self.requests.len()) else { return Ok(()) };
        let (number, want, request) = self.requests.remove(index);
        drop(request);
        if self.is_queued(number) {
            self.model.queue.retain(|&(queued, _)| queued != number);
            self.model.serve();
        } else {
            self.model.give(want);
        }
        Ok(())
    }

    fn drop_permit(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let Some(index) = pick.checked_rem(self.permits.len()) else { return Ok(()) };
        let permit = self.permits.remove(index);
        let count = permit.count();
        drop(permit);
        self.model.give(count);
        Ok(())
    }

    fn forget(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let Some(index) = pick.checked_rem(self.permits.len()) else { return Ok(()) };
        let permit = self.permits.remove(index);
        self.model.forgotten += permit.count();
        permit.forget();
        Ok(())
    }

    fn release(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let count = pick % (self.model.forgotten + 1);
        self.semaphore.release(count);
        self.model.forgotten -= count;
        self.model.give(count);
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.semaphore.value(), self.model.free);
        prop_assert_eq!(self.semaphore.n_waiting(), self.model.queue.len());
        Ok(())
    }

    /// Gives everything back: what was there at the start is there at the end.
    fn settle(mut self) -> Result<(), TestCaseError> {
        let total = self.model.total;
        self.semaphore.release(self.model.forgotten);
        self.requests.clear();
        self.permits.clear();
        prop_assert_eq!((self.semaphore.value(), self.semaphore.n_waiting()), (total, 0));
        prop_assert!(self.semaphore.try_acquire_many(total).is_some());
        Ok(())
    }
}

fn poll<'a>(request: Pin<&mut Acquire<'a>>) -> Option<Permit<'a>> {
    match request.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(permit) => Some(permit),
        Poll::Pending => None,
    }
}

proptest! {
    #[test]
    fn permits_are_conserved_and_served_in_order(
        total in 0..5_usize,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let semaphore = Semaphore::new(total);
        let model = Model { total, free: total, forgotten: 0, queue: VecDeque::new() };
        let mut world = World {
            semaphore: &semaphore,
            model,
            requests: Vec::new(),
            permits: Vec::new(),
            numbers: 0,
        };
        for step in steps {
            world.step(step)?;
            world.check()?;
        }
        world.settle()?;
    }
}
