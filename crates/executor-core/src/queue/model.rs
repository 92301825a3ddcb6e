use std::collections::VecDeque;

use crate::primitives::Mutex;

/// Under loom, what stands for the chain where models are of something else: the chain has models
/// of its own, and within others there would be no end of them.
#[derive(Debug)]
pub(super) struct Chain<T> {
    entries: Mutex<VecDeque<T>>,
}

impl<T> Chain<T> {
    pub(super) fn new() -> Self {
        Self { entries: Mutex::new(VecDeque::new()) }
    }

    pub(super) fn push(&self, entry: T) {
        self.entries.lock().push_back(entry);
    }

    pub(super) fn pop(&self) -> Option<T> {
        self.entries.lock().pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.lock().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.lock().len()
    }
}
