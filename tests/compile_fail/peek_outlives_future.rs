//! What `peek` shows belongs to the future.

use concurrent_futures::promise;

fn main() {
    let (promise, future) = promise();
    promise.set_result(String::new()).unwrap();
    let text = future.peek().unwrap().unwrap();
    drop(future);
    println!("{text}");
}
