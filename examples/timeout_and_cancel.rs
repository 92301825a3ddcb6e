//! Shows how to stop waiting, how to take work back, and what cannot be taken back.

use std::error::Error;
use std::thread;
use std::time::Duration;

use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor};

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(1)?;
    let running = pool.spawn(|| {
        thread::sleep(Duration::from_millis(200));
        "the slow one finished after all"
    });
    let queued = pool.spawn(|| println!("never printed: it is cancelled before its turn"));

    // A timeout changes nothing: the handle comes back, and the task goes on.
    let running = match running.result_timeout(Duration::from_millis(50)) {
        Ok(result) => return Err(format!("that was quick: {}", result?).into()),
        Err(timeout) => {
            println!("not yet: {timeout}");
            timeout.into_inner()
        }
    };

    // What waits in the queue can be cancelled, and its waiters hear of it at once.
    println!("cancel what is queued: {}", queued.cancel());
    let error = queued.result().expect_err("a cancelled task has no result");
    assert_eq!(error.kind(), TaskErrorKind::Cancelled);
    println!("its result: {error}");

    // What runs on a thread cannot be stopped from outside.
    println!("cancel what runs: {}", running.cancel());
    println!("{}", running.result()?);
    Ok(())
}
