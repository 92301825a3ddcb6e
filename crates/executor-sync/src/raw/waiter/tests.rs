use super::{Waiter, WakeList};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

struct Tally {
    wakes: AtomicUsize,
    panics_at: usize,
}

impl Wake for Tally {
    fn wake(self: Arc<Self>) {
        let wake = self.wakes.fetch_add(1, Ordering::Relaxed);
        assert!(wake != self.panics_at, "a waker that panics");
    }
}

#[test]
fn a_waker_that_panics_does_not_cost_the_others_their_wake() {
    for panics_at in 0..3 {
        let tally = Arc::new(Tally { wakes: AtomicUsize::new(0), panics_at });
        let mut list = WakeList::new();
        for _ in 0..3 {
            list.push(Waiter::Task(Waker::from(Arc::clone(&tally))));
        }
        assert!(catch_unwind(AssertUnwindSafe(|| drop(list))).is_err());
        assert_eq!(tally.wakes.load(Ordering::Relaxed), 3);
    }
}
