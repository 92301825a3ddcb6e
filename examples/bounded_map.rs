//! Shows `map` over a source without an end: results in order, and never much in memory.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use concurrent_futures::ThreadPoolExecutor;

fn prime(n: u64) -> Option<u64> {
    let mut candidates = (2..).take_while(|d| d * d <= n);
    candidates.all(|d| !n.is_multiple_of(d)).then_some(n)
}

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(4)?;
    let pulled = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&pulled);
    let endless = (1_000_000_000_000..).inspect(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });

    // At no time are more than 100 numbers pulled from the source and not yet yielded.
    let (mut taken, mut primes) = (0, 0);
    for result in pool.map(prime, endless).buffersize(100) {
        taken += 1;
        if let Some(prime) = result? {
            primes += 1;
            println!("prime {primes}: {prime}");
        }
        if primes == 10 {
            break;
        }
    }
    // Leaving the loop dropped the iterator, which cancelled what had not started.
    println!("{taken} results taken, {} numbers pulled", pulled.load(Ordering::Relaxed));
    Ok(())
}
