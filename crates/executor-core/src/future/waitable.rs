use super::cell::Header;
use super::handle::Future;
use super::shared::SharedFuture;

/// What [`wait`](crate::wait) and [`as_completed`](crate::as_completed) accept: a [`Future`], a
/// reference to one, or a [`SharedFuture`]. Futures of different executors mix.
pub trait Waitable: Source {}

impl<T> Waitable for Future<T> {}
impl<T> Waitable for &Future<T> {}
impl<T> Waitable for SharedFuture<T> {}

/// What the gathering functions need of a future, whatever its type.
#[expect(unnameable_types, private_interfaces, reason = "the sealed half of Waitable")]
pub trait Source {
    /// Two of these may stand for one future.
    #[doc(hidden)]
    const REPEATS: bool;

    #[doc(hidden)]
    fn source(&self) -> &Header;
}

#[expect(private_interfaces, reason = "the sealed half of Waitable")]
impl<T> Source for Future<T> {
    const REPEATS: bool = false;

    fn source(&self) -> &Header {
        self.ticket().header()
    }
}

#[expect(private_interfaces, reason = "the sealed half of Waitable")]
impl<T> Source for &Future<T> {
    const REPEATS: bool = true;

    fn source(&self) -> &Header {
        self.ticket().header()
    }
}

#[expect(private_interfaces, reason = "the sealed half of Waitable")]
impl<T> Source for SharedFuture<T> {
    const REPEATS: bool = true;

    fn source(&self) -> &Header {
        self.future().ticket().header()
    }
}
