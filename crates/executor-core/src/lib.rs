//! Futures, ordered map and the thread pool.
