//! Which addresses hold code of the program.

/// Where the program's code lies in memory.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) base: usize,
    /// The addresses from the base that hold code.
    pub(super) ranges: Vec<std::ops::Range<usize>>,
}

impl Code {
    /// Whether there is code at this address from the base.
    pub(super) fn holds(&self, offset: usize) -> bool {
        self.ranges.iter().any(|range| range.contains(&offset))
    }
}
