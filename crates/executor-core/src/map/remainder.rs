use crate::panic;

/// Values that are taken one by one, and whose rest is dropped without harm: a vector of values
/// whose drops panic, more than one of them, would end the program.
#[derive(Debug)]
pub(crate) struct Remainder<I: ExactSizeIterator> {
    values: I,
}

impl<I: ExactSizeIterator> Remainder<I> {
    pub(super) fn new(values: I) -> Self {
        Self { values }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

impl<I: ExactSizeIterator> Iterator for Remainder<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.values.next()
    }
}

impl<I: ExactSizeIterator> Drop for Remainder<I> {
    fn drop(&mut self) {
        while std::mem::needs_drop::<I::Item>() && self.values.len() > 0 {
            panic::contain(|| self.values.by_ref().for_each(drop));
        }
    }
}
