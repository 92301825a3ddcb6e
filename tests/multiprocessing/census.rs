//! What is counted here, and how often.

use concurrent_futures::ProcessPoolExecutor;
use concurrent_futures::multiprocessing::Process;

use crate::alone::undisturbed_after;
use crate::system::Limited;

/// What the first processes leave behind for good.
fn warm_up() {
    std::mem::forget(Limited::cores());
    let daemon = Process::new(|(): ()| (), ()).daemon(true);
    daemon.start().unwrap();
    daemon.into_result().unwrap();
    let pool = ProcessPoolExecutor::new(1).unwrap();
    pool.submit(|(): ()| (), ()).result().unwrap();
}

/// Runs the story with no other at the same time, and sees that it leaves nothing behind.
pub(crate) fn undisturbed<T>(story: impl FnOnce() -> T) -> T {
    undisturbed_after(warm_up, story)
}

/// How often a story is told whose moments are chosen at random; a script asks for more.
pub(crate) fn rounds() -> u64 {
    std::env::var("CF_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}
