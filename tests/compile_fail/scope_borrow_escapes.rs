//! A task of a scope may not borrow what the body of the scope owns.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    pool.scope(|scope| {
        let local = String::from("gone when the body returns");
        scope.spawn(|| local.len());
    });
}
