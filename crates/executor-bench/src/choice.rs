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
        return Err(format!("no {what} has {wanted:?} in its name; choose of {}", names(all)));
    }
    Ok(found)
}

/// The one that has this name.
///
/// # Errors
///
/// There is none: the message lists the names there are.
pub(crate) fn exactly<'a, T: Named>(all: &'a [T], what: &str, name: &str) -> Result<&'a T, String> {
    let found = all.iter().find(|one| one.name() == name);
    found.ok_or_else(|| format!("no {what} is called {name:?}; choose of {}", names(all)))
}

fn names<T: Named>(all: &[T]) -> String {
    all.iter().map(Named::name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
