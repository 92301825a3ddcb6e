//! A future gives its result to the thread it is on.

use std::rc::Rc;

use concurrent_futures::Future;

fn main() {
    fn send<T: Send>() {}
    send::<Future<Rc<u8>>>();
}
