//! Shows that a future of a pool can be awaited, here in tokio, without blocking the runtime.

use std::error::Error;
use std::time::Duration;

use concurrent_futures::{ThreadPoolExecutor, as_completed};
use futures::StreamExt;

fn fibonacci(n: u32) -> u64 {
    if n < 2 { u64::from(n) } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(2)?;

    // The computation runs on the pool; the only thread of the runtime stays free for the ticks.
    let mut answer = pool.submit(fibonacci, 37);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let answer = loop {
        tokio::select! {
            result = &mut answer => break result?,
            _ = ticks.tick() => println!("tick: the runtime is free"),
        }
    };
    println!("fibonacci(37) = {answer}");

    // Many of them are a stream, in order of completion.
    let futures: Vec<_> = (20..25).map(|n| pool.submit(fibonacci, n)).collect();
    let mut completed = as_completed(futures).into_stream();
    while let Some(future) = completed.next().await {
        println!("next: {}", future.await?);
    }
    Ok(())
}
