use crossbeam_utils::CachePadded;

/// Something that threads share and go through.
pub(crate) trait Primitive: Sync {
    /// Goes through it so many times: acquire and release, or wait and go on.
    ///
    /// Many at a time, so that what is asynchronous enters its executor once, as its users do.
    fn times(&self, count: u64);
}

/// All that are compared begin a cache line. Elsewhere it is the luck of a process whether one of
/// them lies across two lines, and is half as fast for as long as that process runs.
impl<P: Primitive> Primitive for CachePadded<P> {
    fn times(&self, count: u64) {
        (**self).times(count);
    }
}

/// What a mutex holds and its holder touches.
pub(crate) trait Content: Send + Default {
    /// One change.
    fn touch(&mut self);
}

impl Content for () {
    fn touch(&mut self) {}
}

impl Content for u64 {
    fn touch(&mut self) {
        *self = self.wrapping_add(1);
    }
}
