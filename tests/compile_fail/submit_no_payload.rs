//! What every executor takes can be written as data.

use concurrent_futures::{Executor, SequentialExecutor};

struct NoData;

fn main() {
    SequentialExecutor::new().submit(|_: NoData| (), NoData);
}
