use serde::{Deserialize, Serialize};

use super::ancestry::Names;
use super::image::Identity;

/// The first thing that a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Boot {
    /// Of the program: code offsets mean nothing in any other build.
    pub(crate) identity: Identity,
    /// The number of the worker in its pool.
    pub(crate) index: u32,
    /// The name of the thread that runs the tasks, as the system shows it.
    pub(crate) name: String,
    /// What the worker and its parent are called.
    pub(crate) names: Names,
    /// The longest body that a frame may have.
    pub(crate) max_body: u64,
    /// Where to work, as the bytes of a path.
    pub(crate) directory: Option<Vec<u8>>,
    /// The most private memory that the worker may ask the system for.
    pub(crate) data_limit: Option<u64>,
    /// What to run before the first task.
    pub(crate) initializer: Option<Initializer>,
}

/// A function that prepares a worker, and its encoded argument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Initializer {
    /// The offset of the code that knows the function's types.
    pub(crate) wrapper: u64,
    /// The offset of the function.
    pub(crate) function: u64,
    pub(crate) argument: Vec<u8>,
}
