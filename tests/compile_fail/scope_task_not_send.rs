//! A scoped task crosses threads like any other.

use std::rc::Rc;

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let number = Rc::new(1);
    pool.scope(|scope| {
        scope.spawn(|| *number);
    });
}
