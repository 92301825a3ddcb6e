//! What a task captures crosses threads.

use std::rc::Rc;

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let number = Rc::new(1);
    pool.spawn(move || *number);
}
