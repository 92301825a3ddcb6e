//! A large table that every worker process reads, in memory that all of them share, and an array in
//! which they count.

use std::error::Error;
use std::sync::atomic::Ordering;

use concurrent_futures::ProcessPoolExecutor;
use concurrent_futures::multiprocessing::{SharedArray, SharedSlice};

type Table = SharedSlice<u32>;

/// Counts into ten boxes by the last digit.
fn count((table, boxes, from, to): (Table, SharedArray<u64>, usize, usize)) -> bool {
    let Ok(boxes) = boxes.atomics() else { return false };
    for number in &table[from..to] {
        boxes[(number % 10) as usize].fetch_add(1, Ordering::Relaxed);
    }
    true
}

fn main() -> Result<(), Box<dyn Error>> {
    concurrent_futures::init();
    let numbers: Vec<u32> = (0..1_000_000).collect();
    let table = SharedSlice::from_slice(&numbers)?;
    let boxes = SharedArray::zeroed(10)?;
    let pool = ProcessPoolExecutor::new(2)?;
    // Each task takes a few bytes with it, not its part of the table.
    let part = 100_000;
    let parts = (0..10).map(|n| (table.clone(), boxes.clone(), n * part, (n + 1) * part));
    for done in pool.map(count, parts) {
        assert!(done?);
    }
    for (digit, count) in boxes.atomics()?.iter().enumerate() {
        println!("{digit}: {}", count.load(Ordering::Relaxed));
    }
    Ok(())
}
