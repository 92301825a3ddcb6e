//! The source of the map: walks a directory while it is being counted.

use ignore::{DirEntry, WalkBuilder};
use serde::{Deserialize, Serialize};

use crate::text::Part;
use crate::{Options, Skipped};

/// Files that are counted together, so that adding up their words is the smaller work.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) parts: Vec<Part>,
    /// What the walk met on its way to them.
    pub(crate) skipped: Vec<Skipped>,
}

/// A job holds about this many bytes ...
const JOB_BYTES: u64 = 128 * 1024;
/// ... or this many files.
const JOB_ENTRIES: usize = 64;
/// A larger file is cut into parts of this size, so that all workers can count it.
const PART_BYTES: u64 = 8 << 20;

/// Groups of files below a directory, found as they are asked for.
pub(crate) struct Jobs {
    walk: ignore::Walk,
    /// What is left of a huge file.
    rest: Option<(Part, u64)>,
}

impl Jobs {
    /// Leaves out what is hidden and what a .gitignore names, unless all is asked for.
    ///
    /// Symbolic links are not followed: a target is counted where it lies, and no link can lead
    /// round in a circle.
    pub(crate) fn below(options: &Options) -> Self {
        let mut walk = WalkBuilder::new(&options.directory);
        walk.standard_filters(false).hidden(!options.all).git_ignore(!options.all);
        walk.require_git(false).follow_links(false);
        Self { walk: walk.build(), rest: None }
    }

    /// The next part of the huge file that is being cut up.
    fn next_part(&mut self) -> Option<Part> {
        let (part, size) = self.rest.take()?;
        let cut = part.from + PART_BYTES;
        if cut >= size {
            return Some(part);
        }
        self.rest = Some((Part { path: part.path.clone(), from: cut, to: None }, size));
        Some(Part { to: Some(cut), ..part })
    }

    /// Adds what an entry of the directory holds; reading a pipe or a device might never end.
    fn take_in(&mut self, entry: DirEntry, job: &mut Job) -> u64 {
        let why = match entry.file_type() {
            Some(kind) if kind.is_dir() => return 0,
            Some(kind) if kind.is_file() => {
                let size = entry.metadata().map_or(0, |metadata| metadata.len());
                let part = Part { path: entry.into_path().into(), from: 0, to: None };
                self.rest = Some((part, size));
                job.parts.extend(self.next_part());
                return size;
            }
            Some(kind) if kind.is_symlink() => "a symbolic link",
            _ => "neither a file nor a directory",
        };
        let path = entry.into_path().into();
        job.skipped.push(Skipped { path, why: why.to_owned(), alarming: false });
        0
    }
}

impl Iterator for Jobs {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        let (mut job, mut bytes) = (Job::default(), 0);
        if let Some(part) = self.next_part() {
            job.parts.push(part);
            return Some(job);
        }
        while bytes < JOB_BYTES && job.parts.len() + job.skipped.len() < JOB_ENTRIES {
            match self.walk.next() {
                None if job.parts.is_empty() && job.skipped.is_empty() => return None,
                None => break,
                Some(Ok(entry)) => bytes += self.take_in(entry, &mut job),
                Some(Err(error)) => job.skipped.push(unreadable(error)),
            }
        }
        Some(job)
    }
}

/// Takes the path out of an error of the walk, where it has one.
fn unreadable(error: ignore::Error) -> Skipped {
    match error {
        ignore::Error::WithDepth { err, .. } => unreadable(*err),
        ignore::Error::WithPath { path, err } => Skipped { path: path.into(), ..unreadable(*err) },
        error => {
            let why = format!("{error}; see that you may read it");
            Skipped { path: "part of the directory".into(), why, alarming: true }
        }
    }
}
