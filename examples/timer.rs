//! Functions that are called after a while: one is cancelled, and one repeats itself.

use concurrent_futures::threading::{ThreadError, Timer};
use std::sync::mpsc;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(5);

/// A timer that starts its own successor.
fn tick(left: u32, done: mpsc::Sender<()>) -> Result<(), ThreadError> {
    let timer = Timer::new(SHORT, move || {
        println!("tick {left}");
        if left > 1
            && let Err(error) = tick(left - 1, done)
        {
            println!("no further tick: {error}");
        }
    });
    timer.start() // dropping the handle leaves it running
}

fn main() -> Result<(), ThreadError> {
    let hello = Timer::new(SHORT, || println!("hello, world"));
    hello.start()?;
    let never = Timer::new(Duration::from_secs(3600), || println!("an hour has passed"));
    never.start()?;
    hello.join()?;
    println!("cancelled in time: {}", never.cancel());
    println!("cancelled too late: {}", !hello.cancel());

    let (done, all_done) = mpsc::channel();
    tick(3, done)?;
    let _ended = all_done.recv(); // until the last timer has dropped its sender
    Ok(())
}
