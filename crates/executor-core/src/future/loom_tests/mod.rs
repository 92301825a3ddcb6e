//! loom explores the memory of a task and the lists of those who wait for it: the real code, every
//! order of its steps up to a number of preemptions, and every value an atomic load may return.
//!
//! `scene` holds what all models need: tasks whose closures and results count their drops, and an
//! allocator that keeps a freed cell poisoned until the execution is over, so that it is seen if a
//! cell is freed twice, never, or used after that. `endings` runs every way in which a task ends
//! against every way in which a user waits; the others say what they add.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test --release -p executor-core --lib loom`. A model
//! allows two preemptions, the largest ones one; `LOOM_MAX_PREEMPTIONS=3` looks deeper, and much
//! longer.

#[expect(unsafe_code, reason = "an allocator that keeps what is freed; rule M1")]
mod memory;
#[expect(unsafe_code, reason = "makes cells whose parts are all 'static")]
mod scene;

mod endings;
mod rivals;
mod promise;
mod callbacks;
mod sets;
mod watch;
mod homes;
mod late;

pub(crate) use scene::explore;
