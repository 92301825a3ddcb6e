//! The future of a scoped task does not leave its scope.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let text = String::from("borrowed");
    let future = pool.scope(|scope| scope.spawn(|| text.len()));
    future.result().unwrap();
}
