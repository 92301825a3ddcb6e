//! The locks that are compared, each in its own file; `primitive` is what they have in common.

mod primitive;
mod async_lock;
mod no_lock;
mod ours;
mod parking_lot;
mod std;
mod tokio;

pub(crate) use async_lock::AsyncLockSemaphore;
pub(crate) use no_lock::NoLock;
pub(crate) use ours::{OurBarrier, OurEvent, OurLock, OurMutex, OurProcessLock, OurSemaphore};
pub(crate) use parking_lot::ParkingLotMutex;
pub(crate) use primitive::Primitive;
pub(crate) use std::{StdBarrier, StdMutex};
pub(crate) use tokio::TokioSemaphore;
