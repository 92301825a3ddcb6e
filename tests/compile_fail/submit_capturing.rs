//! What every executor takes is a function without captures, for it may run elsewhere.

use concurrent_futures::{Executor, SequentialExecutor};

fn add(executor: &impl Executor, offset: i32) -> i32 {
    executor.submit(|number: i32| number + offset, 1).result().unwrap()
}

fn main() {
    add(&SequentialExecutor::new(), 1);
}
