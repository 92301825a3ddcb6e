//! Submitting without ever waiting.

use concurrent_futures::TrySubmitError;

use crate::rig::{Gate, builder, eventually, pool};
use crate::watchdog::check;

fn length(text: String) -> usize {
    text.len()
}

#[test]
fn it_hands_the_argument_back_when_the_queue_is_full() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).queue_capacity(2).build().unwrap();
        let held = gate.hold(&pool);
        let queued = ["a", "bb"].map(|text| pool.try_submit(length, text.to_owned()).unwrap());
        let refused = pool.try_submit(length, "back".to_owned()).unwrap_err();
        assert!(matches!(&refused, TrySubmitError::Full(text) if text == "back"));
        let text = refused.to_string();
        assert!(text.contains("full"), "{text}");
        assert_eq!(refused.into_inner(), "back");
        held.release();
        assert_eq!(queued.map(|future| future.result().unwrap()), [1, 2]);
        assert_eq!(pool.try_submit(length, "ccc".to_owned()).unwrap().result().unwrap(), 3);
    });
}

#[test]
fn it_hands_the_argument_back_after_a_shutdown() {
    check(|| {
        let pool = pool(1);
        pool.shutdown();
        let refused = pool.try_submit(length, "back".to_owned()).unwrap_err();
        assert!(matches!(&refused, TrySubmitError::ShutDown(text) if text == "back"));
        assert!(refused.to_string().contains("shut down"), "{refused}");
    });
}

#[test]
fn a_cancelled_task_frees_its_place_at_once() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).queue_capacity(1).build().unwrap();
        let held = gate.hold(&pool);
        let queued = pool.try_submit(length, String::new()).unwrap();
        assert!(pool.try_submit(length, String::new()).is_err());
        assert!(queued.cancel());
        let next = pool.try_submit(length, "next".to_owned()).unwrap();
        held.release();
        assert_eq!(next.result().unwrap(), 4);
    });
}

#[test]
fn a_pool_that_has_room_takes_as_many_as_it_has_room_for() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(2).queue_capacity(3).build().unwrap();
        let held = gate.hold_all(&pool, 2);
        eventually(|| pool.stats().running == 2);
        let taken = std::iter::from_fn(|| pool.try_submit(length, String::new()).ok());
        let taken: Vec<_> = taken.collect();
        assert_eq!(taken.len(), 3);
        drop(held);
        assert!(taken.into_iter().all(|future| matches!(future.result(), Ok(0))));
    });
}
