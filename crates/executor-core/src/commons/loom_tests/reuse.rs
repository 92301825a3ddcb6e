//! A worker that comes to a frame late, when its place has been given to another one.

use std::sync::Arc;

use loom::sync::atomic::{AtomicU32, Ordering::*};
use loom::thread::{JoinHandle, spawn};

use crate::future::explore;

use super::super::{Claim, Progress, Step};

const OLD: u32 = 1;
const NEW: u32 = 2;

struct Place {
    claim: Claim,
    /// The last frame that is in the pipe.
    sent: AtomicU32,
    /// The last frame for which an answer has been published.
    answered: AtomicU32,
}

fn place() -> Arc<Place> {
    let place = Arc::new(Place {
        claim: Claim::new(),
        sent: AtomicU32::new(0),
        answered: AtomicU32::new(0),
    });
    send(&place, OLD);
    place
}

fn send(place: &Place, seq: u32) {
    place.claim.offer(seq);
    place.sent.store(seq, Release);
}

/// Runs a frame of two items; how many it has begun, and why it left.
fn run(place: &Place, seq: u32) -> (u32, Step) {
    for item in 0..2 {
        match place.claim.begin(seq, item) {
            Step::On => {}
            end => return (item, end),
        }
    }
    place.answered.store(seq, Release);
    (2, place.claim.finish(seq, 1))
}

/// Runs both frames, the second one if it is in the pipe by then.
fn worker(place: &Arc<Place>) -> JoinHandle<[(u32, Step); 2]> {
    let place = Arc::clone(place);
    spawn(move || {
        let old = run(&place, OLD);
        let new = if place.sent.load(Acquire) == NEW { run(&place, NEW) } else { (0, Step::Halt) };
        [old, new]
    })
}

/// The worker has run the second frame, or has not come to it: then nothing has happened to it.
fn assert_new_is_untouched(place: &Place, new: (u32, Step)) {
    match new {
        (0, Step::Halt) => assert_eq!(place.claim.progress(NEW), Progress::Sent),
        new => {
            assert_eq!(new, (2, Step::On));
            assert_eq!(place.claim.progress(NEW), Progress::Done);
        }
    }
    assert_eq!(place.claim.progress(OLD), Progress::Foreign);
}

#[test]
fn after_a_frame_that_was_revoked() {
    explore(|| {
        let place = place();
        let worker = worker(&place);
        let revoked = place.claim.revoke(OLD);
        if revoked {
            send(&place, NEW);
        }
        let [old, new] = worker.join().unwrap();
        if revoked {
            assert_eq!(old, (0, Step::Leave));
            assert_new_is_untouched(&place, new);
        } else {
            assert_eq!(old, (2, Step::On));
        }
    });
}

#[test]
fn after_a_frame_that_was_stopped_in_the_middle() {
    explore(|| {
        let place = place();
        let worker = worker(&place);
        let stopped = place.claim.stop(OLD).is_some();
        if stopped {
            send(&place, NEW);
        }
        let [old, new] = worker.join().unwrap();
        if stopped {
            assert_eq!(old.1, Step::Leave);
            assert_new_is_untouched(&place, new);
        } else {
            assert_eq!(old, (2, Step::On));
        }
    });
}

/// The program hears the last answer before the worker has said that the frame is done.
#[test]
fn after_a_frame_whose_answer_was_heard() {
    explore(|| {
        let place = place();
        let worker = worker(&place);
        let heard = place.answered.load(Acquire) == OLD;
        if heard {
            send(&place, NEW);
        }
        let [old, new] = worker.join().unwrap();
        assert_eq!(old.0, 2);
        assert_ne!(old.1, Step::Halt);
        if heard {
            assert_new_is_untouched(&place, new);
        }
    });
}

/// A kill that is meant for a frame does not hit the one behind it.
#[test]
fn a_kill_that_comes_too_late() {
    explore(|| {
        let place = place();
        let worker = worker(&place);
        let heard = place.answered.load(Acquire) == OLD;
        if heard {
            send(&place, NEW);
            assert!(!place.claim.condemn(OLD, 0));
        }
        let [_, new] = worker.join().unwrap();
        if heard {
            assert_new_is_untouched(&place, new);
        }
    });
}
