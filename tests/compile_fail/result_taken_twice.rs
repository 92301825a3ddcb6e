//! A future has one owner and gives its result once.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let future = pool.spawn(|| String::new());
    future.result().unwrap();
    future.result().unwrap();
}
