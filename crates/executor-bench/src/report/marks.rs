//! Sections of a file of somebody else's, between marks that do not show in it.

use crate::document::Document;
use crate::text;

use super::markdown::sections;

/// The text with every marked section replaced by what was measured.
///
/// # Errors
///
/// A mark is missing, or no section of what was measured is marked at all.
pub(crate) fn with_tables(text: &str, document: &Document) -> Result<String, String> {
    let sections = sections(document, text::dense_table);
    let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
    let mut result = text.to_owned();
    let mut replaced = false;
    for (name, section) in sections {
        if let Some(new) = replace(&result, name, &section)? {
            (result, replaced) = (new, true);
        }
    }
    match replaced {
        true => Ok(result),
        false => Err(format!(
            "no line `{}` with a line `{}` below it, for any of {}; put both where the tables are \
             to stand",
            begin("NAME"),
            end("NAME"),
            names.join(", ")
        )),
    }
}

fn begin(name: &str) -> String {
    format!("<!-- executor-bench {name} -->")
}

fn end(name: &str) -> String {
    format!("<!-- /executor-bench {name} -->")
}

/// Nothing if the section has no mark.
fn replace(text: &str, name: &str, section: &str) -> Result<Option<String>, String> {
    let (begin, end) = (begin(name), end(name));
    let Some((before, rest)) = text.split_once(&begin) else { return Ok(None) };
    let Some((_, after)) = rest.split_once(&end) else {
        return Err(format!("there is no `{end}` below `{begin}`"));
    };
    Ok(Some(format!("{before}{begin}\n{}\n{end}{after}", section.trim_end())))
}

#[cfg(test)]
mod tests;
