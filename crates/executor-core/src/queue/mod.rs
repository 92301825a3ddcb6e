//! What waits to be run.

mod injector;

pub(crate) use injector::Injector;
