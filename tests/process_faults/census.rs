//! What is counted here, and with which pools.

use concurrent_futures::{ProcessPoolExecutor, StartMethod};

use crate::alone::undisturbed_after;
use crate::pools::METHODS;
use crate::system::Limited;

/// What the first pool of a process leaves behind for good.
fn warm_up() {
    std::mem::forget(Limited::cores());
    for method in METHODS {
        let pool = ProcessPoolExecutor::builder().max_workers(1).start_method(method).build();
        pool.unwrap().submit(|(): ()| (), ()).result().unwrap();
    }
}

/// Runs the story with no other at the same time, and sees that it leaves nothing behind.
pub(crate) fn undisturbed<T>(story: impl FnOnce() -> T) -> T {
    undisturbed_after(warm_up, story)
}

/// Runs the story with each start method.
pub(crate) fn either_way(story: impl Fn(StartMethod)) {
    METHODS.into_iter().for_each(|method| undisturbed(|| story(method)));
}
