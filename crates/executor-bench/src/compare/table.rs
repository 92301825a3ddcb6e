//! The comparison as tables.

use crate::text::{bytes, number, thousands, time};

use super::cell::{Cell, Take};
use super::comparison::Comparison;
use super::venue::Place;

/// A table with its title: the first line is the head.
type Titled = (&'static str, Vec<Vec<String>>);

/// All tables; those without lines are left out.
pub(crate) fn tables(comparison: &Comparison) -> Vec<Titled> {
    let all = [
        ("Throughput, tasks a second (share of the ideal)", throughput(comparison)),
        ("What a caller waits, p50 / p99", waits(comparison)),
        ("What a turn takes", usage(comparison)),
        ("Real files", directory(comparison)),
    ];
    all.into_iter().filter(|(_, lines)| lines.len() > 1).collect()
}

fn head(more: &[&str]) -> Vec<String> {
    ["task", "size", "payload", "workers"]
        .iter()
        .chain(more)
        .map(|cell| (*cell).to_owned())
        .collect()
}

fn label(cell: &Cell) -> Vec<String> {
    let spec = &cell.spec;
    vec![
        spec.kind.name().to_owned(),
        time(spec.nanos as f64),
        bytes(spec.payload),
        spec.workers.to_string(),
    ]
}

/// Head and lines, of which each cell of the comparison gives one.
fn lines(
    comparison: &Comparison,
    columns: &[&str],
    line: impl Fn(&Cell) -> Vec<String>,
) -> Vec<Vec<String>> {
    let lines = comparison.cells.iter().map(|cell| [label(cell), line(cell)].concat());
    std::iter::once(head(columns)).chain(lines).collect()
}

fn throughput(comparison: &Comparison) -> Vec<Vec<String>> {
    let columns = ["sequential", "threads", "processes", "processes / threads, time"];
    lines(comparison, &columns, |cell| {
        let rate = |place| {
            let per_task = cell.per_task(place);
            if per_task.is_nan() {
                return "-".to_owned();
            }
            let share = 100.0 * comparison.efficiency(cell, place);
            match share.is_nan() || place == Place::Sequential {
                true => number(1e9 / per_task),
                false => format!("{} ({share:.0} %)", number(1e9 / per_task)),
            }
        };
        let mut line: Vec<String> = Place::ALL.map(rate).into();
        line.push(if cell.ratio().is_nan() { "-".to_owned() } else { number(cell.ratio()) });
        line
    })
}

fn waits(comparison: &Comparison) -> Vec<Vec<String>> {
    lines(comparison, &["sequential", "threads", "processes"], |cell| {
        per_place(cell, |take| format!("{} / {}", time(take.wait(0.5)), time(take.wait(0.99))))
    })
}

fn usage(comparison: &Comparison) -> Vec<Vec<String>> {
    let columns = ["sequential", "threads", "processes"];
    lines(comparison, &columns, |cell| {
        per_place(cell, |take| {
            let Some(usage) = take.usage else { return "-".to_owned() };
            let peak = usage.peak_bytes.map_or_else(|| "-".to_owned(), bytes);
            let cpu = time(usage.cpu_seconds * 1e9);
            format!("CPU {cpu}, peak +{peak}, {} switches", thousands(usage.switches))
        })
    })
}

fn per_place(cell: &Cell, show: impl Fn(&Take) -> String) -> Vec<String> {
    let place = |place| cell.take(place).map_or_else(|| "-".to_owned(), &show);
    Place::ALL.map(place).into()
}

fn directory(comparison: &Comparison) -> Vec<Vec<String>> {
    let head = ["work", "outcome", "sequential", "threads", "processes"].map(str::to_owned).into();
    let works = comparison.directory.iter().flat_map(|directory| &directory.works);
    let line = |work: &super::directory::Work| {
        let seconds = Place::ALL.map(|place| time(work.seconds(place) * 1e9));
        [vec![work.name.clone(), work.outcome.clone()], seconds.into()].concat()
    };
    std::iter::once(head).chain(works.map(line)).collect()
}
