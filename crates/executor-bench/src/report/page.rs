//! One page that needs nothing else: words, plots, tables, with its style in it.

use crate::compare::{self, Comparison};
use crate::contest::{Contest, Group};
use crate::document::Document;
use crate::machine::Machine;
use crate::row::{Row, Standing};
use crate::scale::Growth;

use super::ink::{SERIES, Size, dark_rules, hex};
use super::plots::{self, Titled};
use super::{bars, chart};

const STYLE: &str = include_str!("page.css");

/// The page.
///
/// # Errors
///
/// Nothing was measured, so there is nothing to show.
pub(crate) fn html(document: &Document) -> Result<String, String> {
    let sections = [
        ("compare", "Threads against processes", document.compare.as_ref().map(comparison)),
        ("peers", "Against everybody else", document.peers.as_ref().map(contest)),
        ("scale", "What grows with what", document.scale.as_ref().map(growth)),
    ];
    let there: Vec<_> =
        sections.into_iter().filter_map(|(id, title, body)| Some((id, title, body?))).collect();
    if there.is_empty() {
        return Err("nothing was measured in any of these files".to_owned());
    }
    let link = |(id, title, _): &(&str, &str, String)| format!("<a href=\"#{id}\">{title}</a>");
    let links: Vec<String> = there.iter().map(link).collect();
    let section = |(id, title, body): &(&str, &str, String)| {
        format!("<section id=\"{id}\">\n<h2>{title}</h2>\n{body}</section>\n")
    };
    let body: String = there.iter().map(section).collect();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>concurrent-futures: how fast it is</title>\n\
         <style>\n{STYLE}@media (prefers-color-scheme: dark) {{\n{}\n}}\n</style>\n</head>\n<body>\n\
         <h1>concurrent-futures: how fast it is</h1>\n<nav>{}</nav>\n{body}</body>\n</html>\n",
        dark_rules(),
        links.join(" "),
    ))
}

/// Text that may have anything in it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn origin(machine: &Machine) -> String {
    let Machine { cores, cpu, system, load, compiler, version, others, method } = machine;
    let lines = [
        ("machine", format!("{cores} cores ({cpu}), {system}, load {load}")),
        ("built", format!("{compiler}, concurrent-futures {version}")),
        ("beside", others.join(", ")),
        ("method", method.clone()),
    ];
    let line =
        |(name, text): &(&str, String)| format!("<dt>{name}</dt><dd>{}</dd>\n", escaped(text));
    format!(
        "<dl>\n{}</dl>\n",
        lines.iter().filter(|(_, text)| !text.is_empty()).map(line).collect::<String>()
    )
}

/// A plot in two sizes, of which the style shows the one that fits.
fn both(draw: impl Fn(Size) -> String) -> String {
    let drawn = |(size, class)| format!("<div class=\"{class}\">{}</div>\n", draw(size));
    [(Size::Wide, "wide"), (Size::Narrow, "narrow")].map(drawn).concat()
}

fn figure(titled: &Titled) -> String {
    let name = |(n, line): (usize, &chart::Line)| {
        let colour = hex(SERIES[n % SERIES.len()]);
        let swatch = format!(
            "<svg class=\"swatch\" viewBox=\"0 0 12 12\"><rect width=\"12\" height=\"12\" fill=\"{colour}\"/></svg>"
        );
        format!("<span>{swatch}{}</span>", escaped(&line.name))
    };
    let names: Vec<String> = titled.chart.lines.iter().enumerate().map(name).collect();
    format!(
        "<figure>\n<figcaption>{}</figcaption>\n<p class=\"names\">{}</p>\n{}</figure>\n",
        escaped(&titled.title),
        names.join("\n"),
        both(|size| chart::svg(&titled.chart, size)),
    )
}

fn figures(charts: &[Titled]) -> String {
    format!("<div class=\"figures\">\n{}</div>\n", charts.iter().map(figure).collect::<String>())
}

/// A table behind a line that opens it; the first line is the head.
fn table(title: &str, lines: &[Vec<String>]) -> String {
    let cells = |tag: &str, line: &Vec<String>| {
        let cell = |text: &String| format!("<{tag}>{}</{tag}>", escaped(text));
        format!("<tr>{}</tr>\n", line.iter().map(cell).collect::<String>())
    };
    let (head, body) =
        lines.split_first().map_or((String::new(), String::new()), |(head, body)| {
            (cells("th", head), body.iter().map(|line| cells("td", line)).collect())
        });
    format!(
        "<details>\n<summary>{}</summary>\n<div class=\"table\"><table>\n<thead>{head}</thead>\n\
         <tbody>\n{body}</tbody>\n</table></div>\n</details>\n",
        escaped(title)
    )
}

fn comparison(comparison: &Comparison) -> String {
    let words = compare::summary(comparison);
    let words: String = words.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
    let charts = figures(&plots::of_comparison(comparison));
    let tables = compare::tables(comparison);
    let tables: String = tables.iter().map(|(title, lines)| table(title, lines)).collect();
    [words, charts, tables, origin(&comparison.machine)].concat()
}

fn contest(contest: &Contest) -> String {
    let line = |line: &String| format!("<li>{}</li>\n", escaped(line));
    let list = |(words, rows): (String, Vec<String>)| {
        let rows: String = rows.iter().map(line).collect();
        format!("<details>\n<summary>{words}</summary>\n<ul>\n{rows}</ul>\n</details>\n")
    };
    let closing: String = contest.closing().into_iter().map(list).collect();
    let groups: String = contest.groups.iter().map(group).collect();
    let key = "<p>Shorter is better. Ours is the first, then come the others; what is grey is for \
               orientation. A bar ends at the median, and a thin line goes from the smallest to \
               the largest figure. A bar that would hide the others is cut, and says so. The mark \
               across ours is what it has to reach.</p>\n";
    [format!("{closing}{key}"), groups, origin(&contest.machine)].concat()
}

fn group(group: &Group) -> String {
    let rows: String = group.rows.iter().map(row).collect();
    let lines = group.lines();
    let name = escaped(&group.name);
    format!(
        "<h3>{name}</h3>\n<div class=\"figures\">\n{rows}</div>\n{}",
        table("As a table", &lines)
    )
}

fn row(row: &Row) -> String {
    let verdicts = row.verdicts();
    let badge = |verdict: &crate::row::Verdict| {
        let class = match verdict.standing {
            Standing::Beyond | Standing::At => "holds",
            Standing::Short => "short",
            Standing::Absent => "unjudged",
        };
        let (figure, bar, word) = (&verdict.figure, &verdict.bar, verdict.standing.word());
        format!("<span class=\"{class}\">{} {}: {word}</span>", escaped(figure), escaped(bar))
    };
    let badges: Vec<String> = verdicts.iter().map(badge).collect();
    let note = row.note.as_deref().map(|note| format!("<p class=\"note\">{}</p>\n", escaped(note)));
    format!(
        "<figure>\n<figcaption>{}, {}</figcaption>\n<p class=\"names\">{}</p>\n{}{}</figure>\n",
        escaped(&row.workload),
        escaped(&row.unit),
        badges.join("\n"),
        both(|size| bars::svg(&plots::of_row(row), size)),
        note.unwrap_or_default(),
    )
}

fn growth(growth: &Growth) -> String {
    let charts = figures(&plots::of_sweeps(&growth.sweeps));
    let sweep = |sweep: &crate::scale::Sweep| {
        let note =
            sweep.note.as_deref().map(|note| format!("<p class=\"note\">{}</p>\n", escaped(note)));
        table(&sweep.title, &sweep.table()) + &note.unwrap_or_default()
    };
    let tables: String = growth.sweeps.iter().map(sweep).collect();
    [charts, tables, origin(&growth.machine)].concat()
}

#[cfg(test)]
mod tests;
