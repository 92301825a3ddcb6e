//! Where a copy of the program finds out that it is a worker.
//!
//! Rule V1. The environment is changed only while the process has a single thread.

use super::image;
use super::marker;

/// Makes the program ready for worker processes: the first line of its `main`.
///
/// A worker is started as a copy of the program, which becomes a worker here: in it this call never
/// returns, and the rest of `main` is for the program alone. What `main` does before this line,
/// each worker does as well.
///
/// A pool of processes refuses to be built in a program that has not called it. Calling it again
/// does nothing. Tests have no `main` of their own: they say
/// [`init_in_tests!`](crate::init_in_tests).
///
/// ```no_run
/// // The first line of `main`:
/// concurrent_futures::init();
/// // Here the program begins.
/// ```
#[doc(alias = "freeze_support")]
pub fn init() {
    enter(Moment::InMain);
}

/// What [`init_in_tests!`](crate::init_in_tests) has the loader call.
#[doc(hidden)]
pub extern "C" fn init_before_main() {
    enter(Moment::BeforeMain);
}

/// Makes a test program ready for worker processes, as [`init`](crate::init) does in a `main`: one
/// line anywhere in a file of tests, or in the library whose unit tests need it below
/// `#[cfg(test)]`.
///
/// It has the loader call `init` before the test program's own `main`, for which no test can be too
/// early. In a worker, code that other crates have put in that place may not have run. Benches and
/// examples can use it too; where there is a `main` to write a line into, `init` is the better
/// choice.
///
/// ```no_run
/// concurrent_futures::init_in_tests!();
///
/// #[test]
/// fn squares() { /* builds a pool of processes */ }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! init_in_tests {
    () => {
        const _: () = {
            #[used]
            #[cfg_attr(
                any(target_os = "linux", target_os = "android", target_os = "freebsd"),
                unsafe(link_section = ".init_array")
            )]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            static INIT: extern "C" fn() = $crate::__init_before_main;
        };
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    BeforeMain,
    InMain,
}

fn enter(moment: Moment) {
    if marker::initialised() {
        return;
    }
    image::remember();
    #[cfg(target_os = "linux")]
    copy::divert(moment);
    #[cfg(not(target_os = "linux"))]
    let _no_copies = moment;
    marker::initialise(0);
}

/// What happens in a copy of the program.
#[cfg(target_os = "linux")]
mod copy {
    use std::io;

    use super::Moment;
    use crate::process::ends::{Ends, given, take};
    use crate::process::marker::{Marker, Role, VARIABLE, initialise};
    use crate::process::remark::remark;
    use crate::process::{ancestry, fork_server, signals, single, solo, worker};

    /// What a process ends with that was told to be a worker and cannot be one.
    const CANNOT: i32 = 126;

    /// Never returns in a process that was started to serve its parent.
    pub(super) fn divert(moment: Moment) {
        let Some(value) = std::env::var_os(VARIABLE) else { return };
        if solo::alone() {
            // SAFETY: V1.
            unsafe { std::env::remove_var(VARIABLE) };
        }
        let Some(marker) = value.to_str().and_then(|text| text.parse::<Marker>().ok()) else {
            return;
        };
        // Where it was not meant for this process, the descriptor is another one, or none.
        if given().is_ok_and(|given| given == marker.proof) {
            let error = serve(marker, moment).unwrap_err();
            // Here and nowhere else the reason can be told.
            remark(format_args!("a {} cannot begin: {error}", marker.role));
            signals::leave(CANNOT);
        }
    }

    /// Becomes what the marker says.
    fn serve(marker: Marker, moment: Moment) -> io::Result<std::convert::Infallible> {
        if moment == Moment::BeforeMain {
            signals::tell_of_overflows()?;
        }
        match marker.role {
            Role::Worker | Role::ForkServer => signals::prepare(marker.parent)?,
            Role::Process => signals::prepare_program(None)?,
            Role::Daemon => signals::prepare_program(Some(marker.parent))?,
        }
        initialise(marker.depth);
        ancestry::born_of(marker.parent);
        match marker.role {
            Role::Process | Role::Daemon => {
                // SAFETY: E1: `divert` comes here once, and never returns.
                unsafe { single::run() }
            }
            Role::Worker => {
                signals::name("cf-worker");
                // SAFETY: E1: `divert` comes here once, and never returns.
                worker::run(unsafe { Ends::take() }?)
            }
            Role::ForkServer => {
                signals::name("cf-fork-server");
                // SAFETY: E1: as above.
                fork_server::serve(unsafe { take(0) }?, marker.parent)
            }
        }
    }
}

#[cfg(all(test, target_os = "linux", not(any(loom, shuttle))))]
mod tests;
