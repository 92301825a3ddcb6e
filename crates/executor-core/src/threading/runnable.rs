/// Work as an object: a struct with its fields, and what a thread does with them.
///
/// This is Python's way of deriving from `threading.Thread` and overriding `run`: the fields are
/// what `__init__` would take.
///
/// ```
/// use concurrent_futures::threading::{Runnable, Thread};
///
/// struct Mail {
///     to: String,
/// }
///
/// impl Runnable for Mail {
///     type Output = String;
///
///     fn run(self) -> String {
///         format!("sent to {}", self.to)
///     }
/// }
///
/// let thread = Thread::from_runnable(Mail { to: "example@email.com".into() });
/// thread.start().unwrap();
/// assert_eq!(thread.into_result().unwrap(), "sent to example@email.com");
/// ```
#[doc(alias = "threading.Thread.run")]
pub trait Runnable: Send + 'static {
    /// What the work results in.
    type Output;

    /// Does the work, on the thread that was started for it.
    fn run(self) -> Self::Output;
}
