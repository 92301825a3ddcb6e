//! The source of the map: walks a directory while it is being counted.

use std::ffi::OsString;

use ignore::{DirEntry, WalkBuilder};
use serde::{Deserialize, Serialize};

use crate::{Options, Skipped};

/// Files that are counted together, so that adding up their words is the smaller work.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) files: Vec<OsString>,
    /// What the walk met on its way to them.
    pub(crate) skipped: Vec<Skipped>,
}

/// A job holds about this many bytes ...
const JOB_BYTES: u64 = 256 * 1024;
/// ... or this many files.
const JOB_ENTRIES: usize = 64;

/// Groups of files below a directory, found as they are asked for.
pub(crate) struct Jobs(ignore::Walk);

impl Jobs {
    /// Leaves out what is hidden and what a .gitignore names, unless all is asked for.
    ///
    /// Symbolic links are not followed: a target is counted where it lies, and no link can lead
    /// round in a circle.
    pub(crate) fn below(options: &Options) -> Self {
        let mut walk = WalkBuilder::new(&options.directory);
        walk.standard_filters(false)
            .hidden(!options.all)
            .git_ignore(!options.all);
        walk.require_git(false).follow_links(false);
        Self(walk.build())
    }
}

impl Iterator for Jobs {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        let (mut job, mut bytes) = (Job::default(), 0);
        while bytes < JOB_BYTES && job.files.len() + job.skipped.len() < JOB_ENTRIES {
            match self.0.next() {
                None if job.files.is_empty() && job.skipped.is_empty() => return None,
                None => break,
                Some(Ok(entry)) => bytes += job.take_in(entry),
                Some(Err(error)) => job.skipped.push(unreadable(error)),
            }
        }
        Some(job)
    }
}

impl Job {
    /// Adds a regular file, and returns its size; reading a pipe or a device might never end.
    fn take_in(&mut self, entry: DirEntry) -> u64 {
        let why = match entry.file_type() {
            Some(kind) if kind.is_dir() => return 0,
            Some(kind) if kind.is_file() => {
                let size = entry.metadata().map_or(0, |metadata| metadata.len());
                self.files.push(entry.into_path().into());
                return size;
            }
            Some(kind) if kind.is_symlink() => "a symbolic link",
            _ => "neither a file nor a directory",
        };
        let path = entry.into_path().into();
        self.skipped.push(Skipped {
            path,
            why: why.to_owned(),
            alarming: false,
        });
        0
    }
}

/// Takes the path out of an error of the walk, where it has one.
fn unreadable(error: ignore::Error) -> Skipped {
    match error {
        ignore::Error::WithDepth { err, .. } => unreadable(*err),
        ignore::Error::WithPath { path, err } => Skipped {
            path: path.into(),
            ..unreadable(*err)
        },
        error => {
            let why = format!("{error}; see that you may read it");
            Skipped {
                path: "part of the directory".into(),
                why,
                alarming: true,
            }
        }
    }
}
