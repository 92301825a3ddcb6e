//! A pass in a process of its own: this program, executed once more.

use std::process::{Command, Output, Stdio};

use crate::plan::Plan;
use crate::row::Row;

/// The command that is a pass. It is for this program itself, and `--help` does not show it.
pub(crate) const NAME: &str = "pass";

/// Measures a workload in a process that begins and ends with it.
///
/// # Errors
///
/// It could not be executed, it failed, or what it printed is not what [`printed`] makes.
pub(super) fn measure(plan: &Plan, workload: &str) -> Result<Vec<Row>, String> {
    let refused = |error: std::io::Error| {
        format!(
            "no pass of {workload} can be started, as this program cannot be executed again: \
             {error}; if it was built anew meanwhile, start over"
        )
    };
    let program = std::env::current_exe().map_err(refused)?;
    let mut command = Command::new(program);
    // What goes wrong is told where the user sees it, and the process ends with this one's group
    // when he interrupts it.
    command.args(arguments(plan, workload)).stdin(Stdio::null()).stderr(Stdio::inherit());
    read(workload, &command.output().map_err(refused)?)
}

/// What the command line of a pass says.
fn arguments(plan: &Plan, workload: &str) -> Vec<String> {
    let mut words = vec![NAME.to_owned(), workload.to_owned()];
    words.push(format!("--workers={}", plan.workers));
    words.push(format!("--python={}", plan.python));
    words.extend(plan.quick.then(|| "--quick".to_owned()));
    words
}

/// What a pass writes to its standard output: its rows, and nothing else.
pub(crate) fn printed(rows: &[Row]) -> String {
    serde_json::to_string(rows).expect("plain data without odd keys")
}

/// The rows that a pass has printed.
fn read(workload: &str, output: &Output) -> Result<Vec<Row>, String> {
    let Output { status, stdout, .. } = output;
    if !status.success() {
        return Err(format!(
            "a pass of {workload} failed with {status}; why is said above, if it could say it; \
             `peers --filter {workload} --quick` tries again with little work"
        ));
    }
    serde_json::from_slice(stdout).map_err(|error| {
        format!(
            "a pass of {workload} ended with {status} and printed something else than its rows: \
             {error}; see that nothing in it writes to standard output, then try again with \
             `peers --filter {workload} --quick`"
        )
    })
}

#[cfg(test)]
mod tests;
