//! All passes of a run, and what comes of them.

use std::time::Instant;

use crate::choice::Named;
use crate::contest::Contest;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::progress;
use crate::row::{self, Row};
use crate::workload::{Workload, matching};

use super::merge::merged;
use super::process;

/// Measures the workloads whose name contains `filter`, and shows the rows of each as soon as its
/// last pass is over.
///
/// # Errors
///
/// There is no such workload, or a pass failed.
pub(crate) fn run(
    plan: &Plan,
    filter: Option<&str>,
    show: impl Fn(&str),
) -> Result<Contest, String> {
    let chosen = matching(filter)?;
    let mut contest = Contest::new(Machine::with_peers(&plan.python, plan.method()));
    progress::begin(chosen.len());
    show(&format!("{}\n", contest.machine.describe()));
    let measure = |workload: &Workload| process::measure(plan, workload.name());
    let measured = in_laps(plan, &chosen, measure, |rows| {
        rows.iter().for_each(|row| show(&row::block(row)));
    })?;
    for (workload, rows) in chosen.iter().zip(measured) {
        contest.add(workload.group, rows);
    }
    Ok(contest)
}

/// The passes of one workload.
struct Course<'a> {
    workload: &'a Workload,
    /// How many there will be; known after the first.
    passes: usize,
    taken: Vec<Vec<Row>>,
}

/// Goes round all workloads, again and again, and gives the rows of each.
///
/// Everybody takes a pass in the first lap. Who takes fewer passes than there are laps sits some
/// of them out, but not the last: the passes of each workload lie as far apart as the run is long.
fn in_laps(
    plan: &Plan,
    workloads: &[&Workload],
    mut measure: impl FnMut(&Workload) -> Result<Vec<Row>, String>,
    show: impl Fn(&[Row]),
) -> Result<Vec<Vec<Row>>, String> {
    let course = |workload| Course { workload, passes: 1, taken: Vec::new() };
    let mut courses: Vec<Course<'_>> = workloads.iter().copied().map(course).collect();
    for lap in 0..Plan::MOST_PASSES {
        for course in courses.iter_mut().filter(|course| is_due(course.passes, lap)) {
            course.take_pass(plan, &mut measure)?;
            if course.is_over() {
                show(&merged(&course.taken));
            }
        }
    }
    Ok(courses.iter().map(|course| merged(&course.taken)).collect())
}

/// Whether one of so many passes is taken in this lap: they are spread evenly from the first to
/// the last.
fn is_due(passes: usize, lap: usize) -> bool {
    let after_the_first = |lap: usize| lap * (passes - 1) / (Plan::MOST_PASSES - 1);
    lap.checked_sub(1).is_none_or(|before| after_the_first(before) < after_the_first(lap))
}

impl Course<'_> {
    fn take_pass(
        &mut self,
        plan: &Plan,
        measure: impl FnOnce(&Workload) -> Result<Vec<Row>, String>,
    ) -> Result<(), String> {
        let number = self.taken.len() + 1;
        progress::pass(self.workload.name(), number, (number > 1).then_some(self.passes));
        let begun = Instant::now();
        self.taken.push(measure(self.workload)?);
        if number == 1 && !self.workload.once {
            self.passes = plan.passes(begun.elapsed());
            progress::expect(self.passes - 1);
        }
        progress::done();
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.taken.len() == self.passes
    }
}

#[cfg(test)]
mod tests;
