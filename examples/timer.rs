//! Functions that are called after a while: one is cancelled, and one repeats itself.

use concurrent_futures::threading::{ThreadError, Timer};
use std::sync::mpsc;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(5);

/// A timer that starts its own successor.
fn tick(left: u32, tell: mpsc::Sender<String>) -> Result<(), ThreadError> {
    let timer = Timer::new(SHORT, move || {
        let told = tell.send(format!("tick {left}"));
        if left > 1 && told.is_ok() {
            tick(left - 1, tell).expect("a thread for timers can be started");
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

    let (tell, ticks) = mpsc::channel();
    tick(3, tell)?;
    for tick in ticks {
        println!("{tick}");
    }
    Ok(())
}
