//! Work for two processes from one queue, and what comes of it in another.

use std::error::Error;

use concurrent_futures::multiprocessing::{Process, Queue};

fn work((numbers, squares): (Queue<u64>, Queue<u64>)) {
    while let Ok(number) = numbers.get() {
        if squares.put(number * number).is_err() {
            break;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    concurrent_futures::init();
    let (numbers, squares) = (Queue::bounded(4)?, Queue::unbounded()?);
    let workers: Vec<Process> =
        (0..2).map(|_| Process::new(work, (numbers.clone(), squares.clone()))).collect();
    for worker in &workers {
        worker.start()?;
    }
    // The queue has four places, so this goes as fast as the work.
    for number in 1..=100 {
        numbers.put(number)?;
    }
    // The workers take what is there, and then end.
    numbers.close();
    for worker in &workers {
        worker.join()?;
    }
    let mut sum = 0;
    while let Ok(square) = squares.try_get() {
        sum += square;
    }
    println!("the squares from 1 to 100 add up to {sum}");
    Ok(())
}
