//! A choice by name of what there is to measure.

/// What can be chosen.
pub(crate) trait Named {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// What it measures, in a few words.
    fn about(&self) -> &'static str;
}

/// Those whose name contains `filter`; all of them without one.
///
/// # Errors
///
/// No name contains it: the message lists the names there are.
pub(crate) fn choose<'a, T: Named>(
    all: &'a [T],
    what: &str,
    filter: Option<&str>,
) -> Result<Vec<&'a T>, String> {
    let wanted = filter.unwrap_or_default();
    let found: Vec<_> = all.iter().filter(|one| one.name().contains(wanted)).collect();
    if found.is_empty() {
        let names: Vec<_> = all.iter().map(Named::name).collect();
        return Err(format!(
            "no {what} has {wanted:?} in its name; choose of {}",
            names.join(", ")
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
