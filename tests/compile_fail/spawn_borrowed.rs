//! A task outlives the function that spawns it, so it cannot borrow from there.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let text = String::from("borrowed");
    let length = pool.spawn(|| text.len());
    length.result().unwrap();
}
