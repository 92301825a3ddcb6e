//! Rule C7: a home that empties its queue and then waits for the cancellers is not spoken to after
//! that.

use std::ptr::NonNull;
use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use loom::thread;

use crate::future::cell::{Door, Home, Leftovers, await_cancellers};

use super::scene::{Tally, explore};

/// loom varies when `gone` is set and when it is looked at. It cannot see the lock between the two,
/// but no order of theirs lets a load find what is stored later.
#[derive(Default)]
struct Queue {
    gone: AtomicBool,
    withdrawn: AtomicUsize,
}

impl Home for Queue {
    fn withdrawn(&self, _cancelled: bool) -> Leftovers {
        assert!(!self.gone.load(SeqCst), "the home is gone");
        self.withdrawn.fetch_add(1, SeqCst);
        None
    }
}

#[test]
fn outlive_their_cancellers() {
    explore(|| {
        let tally = Tally::default();
        let queue = Arc::new(Queue::default());
        // They live until the end of the execution.
        let door = Door::to(Arc::as_ptr(&queue));
        let (task, future) = tally.task_at(Some(NonNull::from(&door)));
        let owner = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let refused = task.cancel(|| ());
                await_cancellers();
                queue.gone.store(true, SeqCst);
                refused
            })
        };
        let canceller = thread::spawn(move || assert!(future.cancel()));
        let refused = owner.join().unwrap();
        canceller.join().unwrap();
        assert_eq!(usize::from(!refused), queue.withdrawn.load(SeqCst));
        tally.settle();
    });
}
