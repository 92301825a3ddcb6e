//! Shows how to take results as they become ready, the fastest first.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{Future, ThreadPoolExecutor, as_completed};

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(4)?;
    let start = Instant::now();
    let futures: Vec<Future<&str>> = [("slow", 300), ("fast", 50), ("middling", 150)]
        .into_iter()
        .map(|(name, millis)| {
            pool.spawn(move || {
                thread::sleep(Duration::from_millis(millis));
                name
            })
        })
        .collect();

    for future in as_completed(futures) {
        let name = future.result()?;
        println!("{:>4} ms: {name}", start.elapsed().as_millis());
    }
    Ok(())
}
