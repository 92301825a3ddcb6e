//! Measures concurrent-futures against its peers.

fn main() {}
