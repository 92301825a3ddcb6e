//! Numbers, times and sizes as people read them, and tables.

use std::fmt::Write as _;

/// What stands for a figure that there is not.
pub(crate) const ABSENT: &str = "absent";

/// At most two decimals, none for large figures, and thousands set apart.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        return ABSENT.to_owned();
    }
    let decimals = match value.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    format!("{}{fraction}", grouped(whole))
}

/// A count with its thousands set apart.
pub(crate) fn thousands(count: u64) -> String {
    grouped(&count.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if (digits.len() - index).is_multiple_of(3) && text.ends_with(|c: char| c.is_ascii_digit())
        {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in the unit that suits it, from nanoseconds: `2.50 us`, `100 ms`.
pub(crate) fn time(nanos: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e9, "s"), (1e6, "ms"), (1e3, "us"), (1.0, "ns")];
    scaled(nanos, &UNITS)
}

/// A size in the unit that suits it: `64 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(f64, &str); 4] =
        [(1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1_024.0, "KiB"), (1.0, "B")];
    scaled(count as f64, &UNITS)
}

/// The value in the largest unit of which it is at least one.
fn scaled(value: f64, units: &[(f64, &str)]) -> String {
    if value.is_nan() {
        return ABSENT.to_owned();
    }
    let fits = |(one, _): &&(f64, &str)| value.abs() >= *one;
    let (one, name) = units.iter().find(fits).or(units.last()).copied().unwrap_or((1.0, ""));
    let value = value / one;
    // A round figure is written without decimals.
    let text = if value.fract() == 0.0 { format!("{value:.0}") } else { number(value) };
    format!("{text} {name}")
}

/// Text between others: `a`, `a and b`, `a, b and c`.
pub(crate) fn enumeration(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A Markdown table whose first line is its head, every column as wide as its widest cell.
pub(crate) fn table(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if index == 0 {
            for width in &widths {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// The same without padding, for files in which lines would become very long.
pub(crate) fn dense_table(lines: &[Vec<String>]) -> String {
    let line = |line: &Vec<String>| format!("| {} |\n", line.join(" | "));
    let Some((head, body)) = lines.split_first() else { return String::new() };
    let rule = "|---".repeat(head.len());
    format!("{}{rule}|\n{}", line(head), body.iter().map(line).collect::<String>())
}

#[cfg(test)]
mod tests;
