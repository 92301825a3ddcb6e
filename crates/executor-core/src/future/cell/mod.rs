//! The memory of a task: one place from submission to result.
//!
//! ```text
//! TaskRef  (in a queue)  ──┐
//! Maker<T> (in a Promise) ─┼─▶  Header │ listeners │ work, then outcome
//! Ticket<T> (in a Future) ─┤
//! Watch     (in a Scope)  ─┘
//! ```
//!
//! The executor's side knows a cell as a [`TaskRef`], without its types; a promise as a
//! [`Maker`]; the user's side as a [`Ticket`]; a scope as a [`Watch`].
//!
//! Rules:
//! - C1. A cell is freed once, by whoever gives up the last of the references TASK, HANDLE and
//!   WATCH. Whoever holds one of them, or borrows from its holder, may use the cell.
//! - C2. `work` is there exactly while the state is PENDING. Who moves the state out of PENDING
//!   owns it from then on.
//! - C3. `outcome` is written once, by that owner, before FINISHED.
//! - C4. Between FINISHED and RELEASED only the finishing thread looks at the outcome: `T` need not
//!   be `Sync`, and the callbacks run on that thread.
//! - C5. From RELEASED on the outcome is lent through the ticket, and moved out by whoever sets
//!   TAKEN: the holder of an exclusive or owned ticket, or a watch when nothing is lent any more.
//! - C6. A pointer to a `Header` was made from a `Cell<F, T>` whose first bytes it is, and its
//!   `vtable` holds the functions for that `F` and `T`.
//! - C7. `home`, the door and what is behind it, is valid while the state is PENDING, and until every canceller that took the task
//!   out of PENDING has left the gate, for which the home waits before it goes. The home of a
//!   remote task is valid until the task has finished, and until everybody who came through the
//!   gate before that has left it.
//! - C8. The outcome lies as many bytes from the start of a `Cell<F, T>` for every `F`: work that
//!   must be aligned more strictly than the outcome lies in a box.
//! - C9. The memory of a cell came from a box if its state says ALONE, and else from [`block`].

mod block;
mod home;
mod memory;
mod task_ref;
mod watch;
mod ticket;
mod maker;

pub(crate) use home::{Door, Home, Leftovers, Remote};
pub(super) use maker::unfulfilled;
pub(crate) use maker::{Maker, remote};
pub(crate) use memory::{Header, await_cancellers, forget_cancellers};
pub(crate) use task_ref::{Started, TaskRef, claim};
pub(crate) use ticket::{Ticket, task, watched_task};
pub(crate) use watch::Watch;
