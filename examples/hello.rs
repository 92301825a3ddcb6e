//! Shows the smallest whole program: submit work to a pool and take its result.

use concurrent_futures::{TaskError, ThreadPoolExecutor};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = ThreadPoolExecutor::new(4)?;

    // `submit` takes a function and its argument, as in Python.
    let power = pool.submit(|(base, exponent)| u64::pow(base, exponent), (3, 7));
    // `spawn` takes any closure, captures and all.
    let name = "world".to_owned();
    let greeting = pool.spawn(move || format!("hello, {name}"));

    println!("{}", greeting.result()?);
    println!("3 to the power of 7 is {}", power.result()?);

    // `map` yields results in the order of the inputs, whichever is ready first.
    let squares: Result<Vec<u64>, TaskError> = pool.map(|n| n * n, 1..=10_u64).collect();
    println!("squares: {:?}", squares?);
    Ok(())
} // Dropping the pool waits for accepted work and joins its threads.
