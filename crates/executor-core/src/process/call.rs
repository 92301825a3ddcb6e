//! The one place where a number becomes a function again.
//!
//! A function travels as two offsets in the program's image: its own, and that of a wrapper which
//! was compiled for its types. The program takes both from the same generic call, so they belong
//! together.
//!
//! Rule N1. Whoever calls a wrapper got both offsets from [`Function::of`] or
//! [`Function::of_initializer`] in a process that runs the same build of the same image, which the
//! handshake has made sure of.

use std::mem::transmute;

use executor_sync::process::{Luggage, collect};

use crate::error::{PanicInfo, TaskError, TaskErrorKind};
use crate::executor::Payload;
use crate::panic;

use super::body::Body;
use super::codec::{self, CodecError};
use super::image;
use super::laden;

/// Where the code of a function is, in any process of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// The code that knows the types.
    pub(crate) wrapper: u64,
    /// The function itself.
    pub(crate) offset: u64,
}

/// What a worker offers to the code that knows the types.
pub(crate) trait Frame {
    /// Begins the next item; `None`: there is none, or nobody wants it any more.
    fn begin(&mut self) -> Option<Input<'_>>;
    /// The argument of that item has been decoded, or cannot be.
    fn decoded(&mut self) {}
    /// Answers the item that was begun last.
    fn answer(&mut self, outcome: Outcome<'_>);
}

/// An argument as it came.
#[derive(Debug)]
pub(crate) enum Input<'a> {
    Borrowed(&'a [u8]),
    Owned(Body),
}

impl Input<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(body) => body.as_bytes(),
        }
    }
}

/// What became of an item.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    Value(&'a [u8]),
    /// A value that is nothing but a block of memory.
    Block(Body),
    /// Its bytes end with tickets for what the luggage holds.
    Laden(&'a [u8], Luggage),
    Panicked(PanicInfo),
    Encode(CodecError),
    Decode(CodecError),
}

/// Code that knows the types of a function.
type Wrapper = unsafe fn(*const (), &mut dyn Frame);
type InitWrapper = unsafe fn(*const (), &[u8]) -> Result<(), String>;

impl Function {
    /// Where `f` is; `None`: not in the program's own image.
    pub(crate) fn of<A: Payload, R: Payload>(f: fn(A) -> R) -> Option<Self> {
        Self::at(run_frame::<A, R> as Wrapper as usize, f as usize)
    }

    /// As [`of`](Self::of), for a function that prepares a worker.
    pub(crate) fn of_initializer<A: Payload>(f: fn(A) -> Result<(), String>) -> Option<Self> {
        Self::at(initialize::<A> as InitWrapper as usize, f as usize)
    }

    fn at(wrapper: usize, function: usize) -> Option<Self> {
        Some(Self { wrapper: image::offset_of(wrapper)?, offset: image::offset_of(function)? })
    }

    /// Runs all items of a frame; false: there is no such code.
    ///
    /// # Safety
    ///
    /// Rule N1, for a function from [`of`](Self::of).
    pub(crate) unsafe fn run(self, frame: &mut dyn Frame) -> bool {
        let Some((wrapper, function)) = self.addresses() else { return false };
        // SAFETY: N1.
        let wrapper = unsafe { transmute::<*const (), Wrapper>(wrapper) };
        // SAFETY: N1.
        unsafe { wrapper(function, frame) };
        true
    }

    /// Prepares this process.
    ///
    /// # Safety
    ///
    /// Rule N1, for a function from [`of_initializer`](Self::of_initializer).
    pub(crate) unsafe fn initialize(self, argument: &[u8]) -> Result<(), String> {
        let (wrapper, function) = self.addresses().ok_or("its code is not in this program")?;
        // SAFETY: N1.
        let wrapper = unsafe { transmute::<*const (), InitWrapper>(wrapper) };
        // SAFETY: N1.
        unsafe { wrapper(function, argument) }
    }

    fn addresses(self) -> Option<(*const (), *const ())> {
        let pointer = |offset| Some(image::address_of(offset)? as *const ());
        Some((pointer(self.wrapper)?, pointer(self.offset)?))
    }
}

/// # Safety
///
/// `function` is an `fn(A) -> R`: rule N1.
unsafe fn run_frame<A: Payload, R: Payload>(function: *const (), frame: &mut dyn Frame) {
    // SAFETY: as the caller promises.
    let function = unsafe { transmute::<*const (), fn(A) -> R>(function) };
    // Results are encoded into it, one after another.
    let mut scratch = Vec::new();
    while let Some(input) = frame.begin() {
        let decoded = panic::catch(|| decode::<A>(input));
        frame.decoded();
        let argument = match decoded {
            Ok(Ok(argument)) => argument,
            Ok(Err(error)) => {
                frame.answer(Outcome::Decode(error));
                continue;
            }
            Err(error) => {
                frame.answer(panicked(error));
                continue;
            }
        };
        match panic::catch(|| function(argument)) {
            Ok(value) => answer(frame, value, &mut scratch),
            Err(error) => frame.answer(panicked(error)),
        }
    }
}

fn decode<A: Payload>(input: Input<'_>) -> Result<A, CodecError> {
    match input {
        Input::Borrowed(bytes) => codec::decode(bytes),
        Input::Owned(body) => body.decode(),
    }
}

fn answer<R: Payload>(frame: &mut dyn Frame, value: R, scratch: &mut Vec<u8>) {
    if Body::moves::<R>() {
        // Bytes and numbers go out from where they are.
        return match panic::catch(|| Body::of(value)) {
            Ok(Ok(body)) => frame.answer(Outcome::Block(body)),
            Ok(Err(error)) => frame.answer(Outcome::Encode(error)),
            Err(error) => frame.answer(panicked(error)),
        };
    }
    scratch.clear();
    let (encoded, luggage) = collect(|| panic::catch(|| codec::encode(&value, scratch)));
    let encoded = encoded.map(|encoded| match luggage.tickets() {
        none if none.is_empty() => encoded,
        tickets => encoded.and_then(|()| laden::load(tickets, scratch)),
    });
    match encoded {
        Ok(Ok(())) if luggage.is_empty() => frame.answer(Outcome::Value(scratch)),
        Ok(Ok(())) => frame.answer(Outcome::Laden(scratch, luggage)),
        Ok(Err(error)) => frame.answer(Outcome::Encode(error)),
        Err(error) => frame.answer(panicked(error)),
    }
    panic::contain(|| drop(value));
}

fn panicked(error: TaskError) -> Outcome<'static> {
    debug_assert_eq!(error.kind(), TaskErrorKind::Panicked);
    Outcome::Panicked(error.into_panic().unwrap_or_else(|| PanicInfo::new(String::new(), None)))
}

/// # Safety
///
/// `function` is an `fn(A) -> Result<(), String>`: rule N1.
unsafe fn initialize<A: Payload>(function: *const (), argument: &[u8]) -> Result<(), String> {
    // SAFETY: as the caller promises.
    let function = unsafe { transmute::<*const (), fn(A) -> Result<(), String>>(function) };
    let run = || match codec::decode::<A>(argument) {
        Ok(argument) => function(argument),
        Err(error) => Err(format!("its argument cannot be decoded: {error}")),
    };
    panic::catch(run).unwrap_or_else(|error| Err(error.to_string()))
}
