//! What a task returns crosses threads.

use std::rc::Rc;

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    pool.spawn(|| Rc::new(1));
}
