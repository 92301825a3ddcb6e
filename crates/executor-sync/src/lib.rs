//! Python's `threading` locks for Rust.
