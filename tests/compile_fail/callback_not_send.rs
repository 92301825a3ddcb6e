//! A callback runs on the thread that completes the future.

use std::rc::Rc;

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let number = Rc::new(1);
    pool.spawn(|| ()).add_done_callback(move |_| println!("{number}"));
}
