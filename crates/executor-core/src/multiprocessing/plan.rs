use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use executor_sync::process::{Luggage, Ticket, collect, hand_over};

use crate::executor::Payload;
use crate::panic;
use crate::process::{
    Body, Child, CodecError, Errand, Function, Launch, Letter, Names, Output, Refusal, Role, Word,
    encode, identity, launch, permitted, start_and_wait,
};

use super::error::ProcessError;

/// What a process that has not been started will do.
pub(super) struct Plan {
    function: Result<Function, String>,
    load: Load,
}

/// The argument, and what became of it.
enum Load {
    Value(Box<dyn FnOnce() -> Result<Body, CodecError> + Send>),
    /// Its bytes, and what they refer to.
    Bytes(Body, Luggage),
    /// It has no bytes.
    Refused(String),
}

impl Plan {
    pub(super) fn new<A: Payload, R: Payload>(target: fn(A) -> R, args: A) -> Self {
        let function = Function::of(target).ok_or_else(|| {
            format!(
                "the function at {target:p} is not part of the program's own executable but of a shared library, \
                 which other processes do not have at the same place; call it from a function of the program"
            )
        });
        Self { function, load: Load::Value(Box::new(|| Body::of(args))) }
    }

    /// Starts the process. Where that fails it can be tried again.
    pub(super) fn carry_out(
        &mut self,
        names: Names,
        daemon: bool,
    ) -> Result<(Child, Letter), ProcessError> {
        permitted().map_err(refused)?;
        let function = self.function.clone().map_err(ProcessError::Encode)?;
        let (body, luggage) = self.load.bytes().map_err(ProcessError::Encode)?;
        // The process has them from its start, so nobody has to keep them open for it.
        let (luggage, given): (Vec<Ticket>, Vec<BorrowedFd<'_>>) =
            hand_over(luggage).into_iter().unzip();
        let title = names.own.clone();
        let errand = Errand {
            identity: identity()?.clone(),
            wrapper: function.wrapper,
            function: function.offset,
            names,
            luggage,
        };
        let mut preface = Vec::new();
        encode(&errand, &mut preface).map_err(|why| ProcessError::Encode(why.to_string()))?;
        let letter = Letter::new()?;
        letter.write(Word::Call as u8, body.width(), &preface, body.as_bytes())?;
        let child = start(&letter, &given, &title, daemon)?;
        Ok((child, letter))
    }
}

impl Load {
    fn bytes(&mut self) -> Result<(&Body, &Luggage), String> {
        if let Self::Value(_) = self
            && let Self::Value(encode) = std::mem::replace(self, Self::Refused(String::new()))
        {
            let (encoded, luggage) = collect(|| panic::catch(encode));
            let encoded = match encoded {
                Ok(encoded) => encoded.map_err(|why| why.to_string()),
                Err(panicked) => Err(panicked.to_string()),
            };
            *self = match encoded {
                Ok(body) => Self::Bytes(body, luggage),
                Err(why) => {
                    Self::Refused(format!("the process's argument cannot be encoded: {why}"))
                }
            };
        }
        match self {
            Self::Bytes(body, luggage) => Ok((body, luggage)),
            Self::Refused(why) => Err(why.clone()),
            Self::Value(_) => unreachable!("it was encoded, or refused"),
        }
    }
}

fn refused(refusal: Refusal) -> ProcessError {
    match refusal {
        Refusal::NotInitialised => ProcessError::NotInitialised,
        Refusal::TooDeep(_) => ProcessError::Os(io::Error::other(refusal.to_string())),
    }
}

/// A daemon is started where a worker is: it ends with the thread that started it.
fn start(
    letter: &Letter,
    luggage: &[BorrowedFd<'_>],
    name: &str,
    daemon: bool,
) -> io::Result<Child> {
    let program = std::env::args_os().next().unwrap_or_default();
    // What ends at a NUL for the system is no reason to refuse the name.
    let title = format!("{} [{}]", program.to_string_lossy(), name.replace('\0', ""));
    let given = [&[letter.as_fd()], luggage].concat();
    if !daemon {
        return execute(Role::Process, &given, &title);
    }
    let given = given.into_iter().map(|fd| fd.try_clone_to_owned());
    let given: Vec<OwnedFd> = given.collect::<io::Result<_>>()?;
    start_and_wait(move || {
        let given: Vec<BorrowedFd<'_>> = given.iter().map(AsFd::as_fd).collect();
        execute(Role::Daemon, &given, &title)
    })
}

fn execute(role: Role, fds: &[BorrowedFd<'_>], title: &str) -> io::Result<Child> {
    let (stdout, stderr) = (&Output::Inherit, &Output::Inherit);
    launch(&Launch { role, fds, title, env: &[], stdout, stderr })
}
