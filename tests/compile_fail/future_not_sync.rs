//! `peek` shares the result, so only a result that is `Sync` makes its future so.

use std::cell::Cell;

use concurrent_futures::Future;

fn main() {
    fn share<T: Sync>() {}
    share::<Future<Cell<u8>>>();
}
