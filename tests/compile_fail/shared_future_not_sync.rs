//! Clones of a shared future read the result from many threads.

use std::cell::Cell;

use concurrent_futures::SharedFuture;

fn main() {
    fn send<T: Send>() {}
    send::<SharedFuture<Cell<u8>>>();
}
