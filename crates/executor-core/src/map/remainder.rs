use std::vec;

use crate::panic;

/// Values that are taken one by one, and whose rest is dropped without harm: a vector of values
/// whose drops panic, more than one of them, would end the program.
#[derive(Debug)]
pub(crate) struct Remainder<T> {
    values: vec::IntoIter<T>,
}

impl<T> Remainder<T> {
    pub(super) fn new(values: Vec<T>) -> Self {
        Self { values: values.into_iter() }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

impl<T> Iterator for Remainder<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.values.next()
    }
}

impl<T> Drop for Remainder<T> {
    fn drop(&mut self) {
        while std::mem::needs_drop::<T>() && self.values.len() > 0 {
            panic::contain(|| self.values.by_ref().for_each(drop));
        }
    }
}
