//! One side gets a frame, and each item of it: whatever the program decides, it knows what the
//! worker has run and will run, and sees the answers that came before.
//!
//! Rule K1. The worker writes the answer for an item while it has it, and the program looks only at
//! those that come before what the claim says. Whether that keeps the two apart is what loom finds
//! out.

use std::sync::Arc;

use loom::thread::{JoinHandle, spawn};

use crate::future::explore;
use crate::primitives::UnsafeCell;

use super::super::{Claim, Progress, Step};

const SEQ: u32 = 7;
const ITEMS: u32 = 2;

/// A frame of which the worker runs items, and publishes an answer for each.
struct Frame {
    claim: Claim,
    /// Written by the worker without any order but that of the claim.
    answers: [UnsafeCell<bool>; ITEMS as usize],
}

// SAFETY: K1: what these models are for; loom finds it if two threads do touch an answer at a time.
unsafe impl Sync for Frame {}
// SAFETY: as above.
unsafe impl Send for Frame {}

/// What a worker has done when it leaves a frame.
#[derive(Debug, PartialEq, Eq)]
struct Done {
    begun: u32,
    end: Step,
}

fn frame() -> Arc<Frame> {
    let answers = std::array::from_fn(|_| UnsafeCell::new(false));
    let frame = Frame { claim: Claim::new(), answers };
    frame.claim.offer(SEQ);
    Arc::new(frame)
}

fn work(frame: &Frame) -> Done {
    for item in 0..ITEMS {
        match frame.claim.begin(SEQ, item) {
            Step::On => {}
            end => return Done { begun: item, end },
        }
        // SAFETY: K1.
        frame.answers[item as usize].with_mut(|answer| unsafe { *answer = true });
    }
    Done { begun: ITEMS, end: frame.claim.finish(SEQ, ITEMS - 1) }
}

fn worker(frame: &Arc<Frame>) -> JoinHandle<Done> {
    let frame = Arc::clone(frame);
    spawn(move || work(&frame))
}

/// The answers for the items before this one are there for the program to see.
fn assert_answered(frame: &Frame, items: u32) {
    for answer in &frame.answers[..items as usize] {
        // SAFETY: K1.
        assert!(answer.with(|answer| unsafe { *answer }));
    }
}

#[test]
fn begin_or_revoke() {
    explore(|| {
        let frame = frame();
        let worker = worker(&frame);
        let revoked = frame.claim.revoke(SEQ);
        let done = worker.join().unwrap();
        if revoked {
            assert_eq!(done, Done { begun: 0, end: Step::Leave });
            assert_eq!(frame.claim.progress(SEQ), Progress::Revoked);
        } else {
            assert_eq!(done, Done { begun: ITEMS, end: Step::On });
            assert_eq!(frame.claim.progress(SEQ), Progress::Done);
        }
    });
}

/// The item that runs when the program stops the frame is the last.
#[test]
fn work_or_stop() {
    explore(|| {
        let frame = frame();
        let worker = worker(&frame);
        let before = frame.claim.progress(SEQ);
        let stopped = frame.claim.stop(SEQ);
        if let Some(Progress::Begun(item)) = stopped {
            assert_answered(&frame, item);
        }
        let done = worker.join().unwrap();
        match stopped {
            Some(Progress::Sent) => assert_eq!(done, Done { begun: 0, end: Step::Leave }),
            Some(Progress::Begun(item)) => {
                assert_eq!(done, Done { begun: item + 1, end: Step::Leave });
            }
            Some(other) => panic!("stopped in {other:?}"),
            None => assert_eq!(done, Done { begun: ITEMS, end: Step::On }),
        }
        if stopped.is_some() {
            assert_eq!(frame.claim.progress(SEQ), Progress::Revoked);
            assert_ne!(before, Progress::Done);
        }
    });
}

/// Either the worker goes on, or the program kills it: then it stands still within the item that
/// the program has blamed, and that is the only one of which the answer may be missing.
#[test]
fn work_or_condemn() {
    explore(|| {
        let frame = frame();
        let worker = worker(&frame);
        let condemned = match frame.claim.progress(SEQ) {
            Progress::Begun(item) => frame.claim.condemn(SEQ, item),
            _ => false,
        };
        if condemned {
            let Progress::Condemned(item) = frame.claim.progress(SEQ) else {
                panic!("nobody moves a frame on that is condemned")
            };
            // The worker may be anywhere, and is killed here.
            assert_answered(&frame, item);
            assert_eq!(worker.join().unwrap(), Done { begun: item + 1, end: Step::Halt });
            assert_eq!(frame.claim.progress(SEQ), Progress::Condemned(item));
        } else {
            assert_eq!(worker.join().unwrap(), Done { begun: ITEMS, end: Step::On });
        }
    });
}

/// Time is up for the item that was seen to run, and for no other.
#[test]
fn only_the_item_that_was_seen_is_condemned() {
    explore(|| {
        let frame = frame();
        let worker = worker(&frame);
        let Progress::Begun(item) = frame.claim.progress(SEQ) else {
            worker.join().unwrap();
            return;
        };
        let condemned = frame.claim.condemn(SEQ, item);
        let done = worker.join().unwrap();
        if condemned {
            assert_eq!(done, Done { begun: item + 1, end: Step::Halt });
        } else {
            assert_eq!(done, Done { begun: ITEMS, end: Step::On });
        }
    });
}

/// A worker that is killed at any moment: what the claim says of it when it is dead, has happened.
#[test]
fn answers_are_there_as_far_as_the_claim_says() {
    explore(|| {
        let frame = frame();
        let worker = worker(&frame);
        match frame.claim.progress(SEQ) {
            Progress::Sent => {}
            Progress::Begun(item) => assert_answered(&frame, item),
            Progress::Done => assert_answered(&frame, ITEMS),
            other => panic!("nobody has taken the frame back: {other:?}"),
        }
        worker.join().unwrap();
    });
}
