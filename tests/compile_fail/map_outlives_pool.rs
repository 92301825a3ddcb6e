//! A map is on its pool.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let mut map = pool.map(|number: i32| number, 0..3);
    drop(pool);
    map.next();
}
