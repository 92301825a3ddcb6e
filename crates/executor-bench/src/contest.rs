//! A whole run of the comparison with peers: tables of rows, and where they stand.

use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::measure::Role;
use crate::row::{Row, Standing};
use crate::text::number;

/// All tables, with the machine they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Contest {
    pub(crate) machine: Machine,
    pub(crate) groups: Vec<Group>,
}

/// Rows about one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) rows: Vec<Row>,
}

impl Contest {
    /// Without rows so far.
    pub(crate) fn new(machine: Machine) -> Self {
        Self { machine, groups: Vec::new() }
    }

    /// Adds rows to the table with this name.
    pub(crate) fn add(&mut self, group: &str, rows: Vec<Row>) {
        match self.groups.iter_mut().find(|known| known.name == group) {
            Some(known) => known.rows.extend(rows),
            None => self.groups.push(Group { name: group.to_owned(), rows }),
        }
    }

    /// The rows at, beyond and short of their bars: how many they are, in words, and which.
    pub(crate) fn closing(&self) -> Vec<(String, Vec<String>)> {
        let standings = [
            (Standing::Beyond, "beyond the bar"),
            (Standing::At, "at the bar"),
            (Standing::Short, "short of the bar"),
            (Standing::Absent, "not judged, as who they are taken to is absent"),
        ];
        let named = |(standing, words)| {
            let names = self.with(standing);
            (format!("{} {words}", names.len()), names)
        };
        standings.map(named).into_iter().filter(|(_, names)| !names.is_empty()).collect()
    }

    /// The rows of all tables.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// Every row with a bar of this standing, and what it has there.
    fn with(&self, standing: Standing) -> Vec<String> {
        let judged = self.rows().flat_map(|row| {
            let verdicts = row.verdicts().into_iter().filter(|v| v.standing == standing);
            verdicts.map(|v| format!("{} ({}, bar {})", row.workload, v.figure, v.bar))
        });
        judged.collect()
    }
}

impl Group {
    /// Head and lines of a table of medians, the best peer first.
    pub(crate) fn lines(&self) -> Vec<Vec<String>> {
        let header = ["workload", "unit", "ours", "others", "figure", "bar", "holds"];
        let mut lines = vec![header.map(str::to_owned).to_vec()];
        lines.extend(self.rows.iter().map(cells));
        lines
    }
}

fn cells(row: &Row) -> Vec<String> {
    let mut others: Vec<_> = row.entries.iter().filter(|e| e.role != Role::Ours).collect();
    others.sort_by(|a, b| a.median().total_cmp(&b.median()));
    let others = others.iter().map(|entry| format!("{} {}", entry.name, number(entry.median())));
    let verdicts = row.verdicts();
    let joined = |cells: Vec<String>| cells.join("; ");
    vec![
        row.workload.clone(),
        row.unit.clone(),
        number(row.ours()),
        others.collect::<Vec<_>>().join(", "),
        joined(verdicts.iter().map(|verdict| verdict.figure.clone()).collect()),
        joined(verdicts.iter().map(|verdict| verdict.bar.clone()).collect()),
        joined(verdicts.iter().map(|verdict| verdict.standing.word().to_owned()).collect()),
    ]
}

#[cfg(test)]
mod tests;
