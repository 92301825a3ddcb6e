//! Shows that a panic is a value: it stays in its task's future, with its message and its place.

use std::error::Error;

use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor};

fn parse(text: &str) -> u32 {
    text.parse().unwrap_or_else(|error| panic!("{text:?} is no number: {error}"))
}

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(2)?;

    let error = pool.submit(parse, "forty-two").result().expect_err("that is no number");
    assert_eq!(error.kind(), TaskErrorKind::Panicked);
    println!("the whole story: {error}");
    if let Some(panic) = error.panic() {
        println!("message:  {}", panic.message());
        println!("location: {}", panic.location().unwrap_or("unknown"));
    }

    // The worker lives on, and in a map one item's panic is that item's alone.
    for result in pool.map(parse, ["1", "two", "3"]) {
        match result {
            Ok(number) => println!("parsed {number}"),
            Err(error) => println!("skipped: {error}"),
        }
    }

    // Work that is refused comes back as a future too, so there is one place for errors.
    pool.shutdown();
    let refused = pool.submit(parse, "5").result().expect_err("the pool is shut down");
    println!("refused: {refused}");
    Ok(())
}
