use std::fmt;
use std::sync::Arc;

use crate::process::{ancestry, is_child_of};

use super::family;
use super::running::Running;

/// A process of the program, seen from another one or from itself.
#[derive(Clone)]
pub struct ProcessInfo(Kin);

/// How it is related to this process.
#[derive(Clone)]
enum Kin {
    Oneself,
    Child(Arc<Running>),
    Parent { pid: u32, name: &'static str },
}

impl ProcessInfo {
    /// What it is called: the program itself is `MainProcess`.
    pub fn name(&self) -> &str {
        match &self.0 {
            Kin::Oneself => ancestry::name(),
            Kin::Child(child) => &child.name,
            Kin::Parent { name, .. } => name,
        }
    }

    /// Its id. When it has ended, the system may give the id to another process.
    pub fn pid(&self) -> u32 {
        match &self.0 {
            Kin::Oneself => std::process::id(),
            Kin::Child(child) => child.pid(),
            Kin::Parent { pid, .. } => *pid,
        }
    }

    /// It has not ended.
    pub fn is_alive(&self) -> bool {
        match &self.0 {
            Kin::Oneself => true,
            Kin::Child(child) => child.exitcode().is_none(),
            Kin::Parent { pid, .. } => is_child_of(*pid),
        }
    }

    /// It ends with its parent, as far as this process knows: true of children that were started so.
    pub fn is_daemon(&self) -> bool {
        matches!(&self.0, Kin::Child(child) if child.daemon)
    }
}

impl fmt::Debug for ProcessInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessInfo")
            .field("name", &self.name())
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}

/// The processes that this process has started with [`Process`](super::Process) and that have not
/// ended, in the order of their starts. Workers of pools are not among them.
///
/// It also takes from the system what is left of those that have ended, as
/// [`Process::start`](super::Process::start) does, so a program that drops running processes leaves
/// no more than the latest of them behind. Python's `multiprocessing.active_children()`.
pub fn active_children() -> Vec<ProcessInfo> {
    family::living().into_iter().map(|child| ProcessInfo(Kin::Child(child))).collect()
}

/// The process that has started this one, if this is a [`Process`](super::Process) or a worker of a
/// pool; `None` in the program itself. Python's `multiprocessing.parent_process()`.
pub fn parent_process() -> Option<ProcessInfo> {
    ancestry::parent().map(|(pid, name)| ProcessInfo(Kin::Parent { pid, name }))
}

/// This process. Python's `multiprocessing.current_process()`.
///
/// ```
/// let own = concurrent_futures::multiprocessing::current_process();
/// assert_eq!((own.name(), own.pid()), ("MainProcess", std::process::id()));
/// ```
pub fn current_process() -> ProcessInfo {
    ProcessInfo(Kin::Oneself)
}

/// How many processors the program may use: at least one. Those that are kept from it by an
/// affinity mask or a limit of its group do not count. Python's
/// `multiprocessing.cpu_count()`, which counts them.
///
/// ```
/// assert!(concurrent_futures::multiprocessing::cpu_count() >= 1);
/// ```
pub fn cpu_count() -> usize {
    num_cpus::get().max(1)
}

/// Waits until every process that this one has started with [`Process`](super::Process) has ended,
/// but for the daemons. Processes that are started meanwhile count, too.
///
/// Python does this when a program ends. Here a program that wants it says so in the last line of
/// its `main`: without it, processes that are no daemons go on when the program has ended.
///
/// # Errors
///
/// What the system says if it cannot wait.
pub fn join_all() -> std::io::Result<()> {
    while let Some(child) = family::living().into_iter().find(|child| !child.daemon) {
        child.wait(None)?;
    }
    Ok(())
}
