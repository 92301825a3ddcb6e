//! What it takes to run this program at all: start it, let it end at once, and wait for that.

use super::child::{self, Role};

/// Starts this program as a child that ends at once, and waits for its end.
pub(crate) fn exec_and_exit() {
    let status = child::command(Role::Exit).status().expect("this program can be started");
    assert!(status.success(), "the child did not do its part: {status}");
}
