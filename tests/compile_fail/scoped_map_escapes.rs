//! The results of a scoped map do not leave its scope.

use concurrent_futures::ThreadPoolExecutor;

fn main() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let words = ["borrowed"];
    let mut map = pool.scope(|scope| scope.map(|word: &&str| word.len(), &words));
    map.next();
}
