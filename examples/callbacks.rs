//! Shows callbacks: they run once, in the order added, before anybody who waits wakes up.

use std::error::Error;
use std::sync::{Arc, Mutex};

use concurrent_futures::ThreadPoolExecutor;

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPoolExecutor::new(2)?;
    let log = Arc::new(Mutex::new(Vec::new()));

    let future = pool.submit(|text: &str| text.len(), "how long is this");
    for name in ["first", "second"] {
        let log = Arc::clone(&log);
        // A callback sees the result by reference; it runs on the worker that finished the task.
        future.add_done_callback(move |result| {
            let line = match result {
                Ok(length) => format!("{name} callback: {length} bytes"),
                Err(error) => format!("{name} callback: {error}"),
            };
            log.lock().expect("no callback panics").push(line);
        });
    }
    future.wait();
    // Both have run by now. One that is added to a finished future runs at once, right here.
    future.add_done_callback(|result| println!("late callback: {:?}", result.ok()));

    for line in log.lock().expect("no callback panics").iter() {
        println!("{line}");
    }
    println!("the result itself: {}", future.result()?);
    Ok(())
}
