//! The life of a process that calls one function, and of that call on the program's side.
//!
//! What came of the call is in the letter before the process ends, and the exit code tells the
//! same.
//!
//! Rule N1 is that of `call`, and rule E1 that of `ends`.

use std::io;
use std::process::exit;

use executor_sync::process::{Luggage, Ticket, take_over};
use serde::{Deserialize, Serialize};

use crate::panic;

use super::ancestry::{self, Names};
use super::body::Body;
use super::call::{Frame, Function, Input, Outcome};
use super::codec;
use super::ends::{raise, take};
use super::image::{self, Identity};
use super::letter::{Kind, Letter};
use super::remark::remark;
use super::report::PanicReport;
use super::signals;

/// The code with which a program ends that panicked.
const PANICKED: i32 = 101;
/// The call could not be made, or its result could not be handed over.
const FAILED: i32 = 1;

/// What to call, and what the process is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    /// Of the program: code offsets mean nothing in any other build.
    pub(crate) identity: Identity,
    pub(crate) wrapper: u64,
    pub(crate) function: u64,
    pub(crate) names: Names,
    /// What the descriptors are for that come after the letter, in their order.
    pub(crate) luggage: Vec<Ticket>,
}

/// What is in a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Word {
    /// An errand, and the argument.
    Call = 1,
    /// The result.
    Value = 2,
    /// A report of the panic.
    Panicked = 3,
    /// Why the result has no bytes.
    Encode = 4,
    /// Why the argument's bytes are no value.
    Decode = 5,
    /// Why the function was not called.
    Refused = 6,
}

impl Word {
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        let all =
            [Self::Call, Self::Value, Self::Panicked, Self::Encode, Self::Decode, Self::Refused];
        all.into_iter().find(|word| *word as Kind == kind)
    }
}

/// Calls what the letter says, and ends.
///
/// # Safety
///
/// Rule E1 of `ends`.
pub(crate) unsafe fn run() -> io::Result<std::convert::Infallible> {
    // SAFETY: E1, as the caller promises.
    let letter = unsafe { take(0) }?;
    let mut call = Call {
        letter: Letter::at(raise(letter)?),
        input: None,
        luggage: Luggage::default(),
        code: FAILED,
    };
    if let Err(why) = call.make() {
        call.say(Word::Refused, why.as_bytes());
        remark(format_args!("{} cannot begin: {why}", ancestry::name()));
    }
    exit(call.code)
}

/// The call that this process is for.
struct Call {
    letter: Letter,
    input: Option<Body>,
    /// What the argument refers to, until it is decoded.
    luggage: Luggage,
    /// What the process ends with.
    code: i32,
}

impl Call {
    fn make(&mut self) -> Result<(), String> {
        let words = self.letter.read().map_err(|error| error.to_string())?;
        let errand = match words {
            Some((kind, preface, body)) if kind == Word::Call as Kind => {
                self.input = Some(body);
                codec::decode::<Errand>(&preface).map_err(|error| error.to_string())?
            }
            _ => return Err("it was told something else than what to call".to_owned()),
        };
        signals::name(&errand.names.own);
        ancestry::christen(errand.names);
        image::matches(&errand.identity)?;
        let luggage = errand.luggage.into_iter().zip(1..);
        // SAFETY: E1: `run` has taken the one before these, once.
        let taken = luggage.map(|(ticket, place)| Ok((ticket, unsafe { take(place) }?)));
        let taken = taken.collect::<io::Result<_>>().map_err(|error| error.to_string())?;
        self.luggage = take_over(taken);
        let _observed = panic::observe();
        let function = Function { wrapper: errand.wrapper, offset: errand.function };
        // SAFETY: N1: the identities are the same, and the program takes both offsets from
        // `Function::of`.
        let known = unsafe { function.run(self) };
        if known { Ok(()) } else { Err("its code is not in this program".to_owned()) }
    }

    fn say(&mut self, word: Word, body: &[u8]) {
        if let Err(error) = self.letter.write(word as Kind, 1, &[], body) {
            let name = ancestry::name();
            remark(format_args!("{name} cannot say what came of it: {error}"));
            self.code = FAILED;
        }
    }
}

impl Frame for Call {
    fn begin(&mut self) -> Option<Input<'_>> {
        self.input.take().map(Input::Owned)
    }

    /// What the function lets go of is to be gone, and not kept by this one until the end.
    fn decoded(&mut self) {
        self.luggage = Luggage::default();
    }

    fn answer(&mut self, outcome: Outcome<'_>) {
        let name = ancestry::name();
        match outcome {
            Outcome::Value(bytes) => {
                self.code = 0;
                self.say(Word::Value, bytes);
            }
            Outcome::Block(block) => {
                self.code = 0;
                self.say(Word::Value, block.as_bytes());
            }
            Outcome::Laden(..) => {
                let why = "it refers to shared memory or descriptors of the process, which end with \
                           it; make them in the parent, and pass them in the argument";
                remark(format_args!("the result of {name} cannot be encoded: {why}"));
                self.say(Word::Encode, why.as_bytes());
            }
            Outcome::Encode(error) => {
                remark(format_args!("the result of {name} cannot be encoded: {error}"));
                self.say(Word::Encode, error.to_string().as_bytes());
            }
            Outcome::Decode(error) => {
                remark(format_args!("the argument of {name} cannot be decoded: {error}"));
                self.say(Word::Decode, error.to_string().as_bytes());
            }
            Outcome::Panicked(info) => {
                self.code = PANICKED;
                let mut report = Vec::new();
                let encoded = codec::encode(&PanicReport::of(&info), &mut report);
                debug_assert!(encoded.is_ok(), "texts can be encoded");
                self.say(Word::Panicked, &report);
            }
        }
    }
}
