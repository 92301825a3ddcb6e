//! The scope itself cannot be kept to spawn with later.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let mut kept = None;
    pool.scope(|scope| kept = Some(scope));
    kept.unwrap().spawn(|| ());
}
