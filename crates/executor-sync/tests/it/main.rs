//! What each primitive promises, tried from outside.
#![cfg(not(loom))]

mod watchdog;
mod lock;
mod mutex;
mod rlock;
mod condition;
mod semaphore;
mod semaphore_model;
mod bounded_semaphore;
mod event;
mod barrier;
mod barrier_model;
mod queries;
mod tidy;
