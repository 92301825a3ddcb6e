//! Real input: the files below a directory that the user names.

use std::fs;
use std::path::Path;
use std::time::Instant;

use concurrent_futures::Executor;
use ignore::WalkBuilder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::figures::Figures;
use crate::progress;
use crate::usage::{Meter, Usage, give_memory_back, typical};

use super::venue::{Place, Venue, Venues, on};

/// What was measured of a directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Directory {
    /// As the user named it.
    pub(crate) name: String,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Files and folders that could not be read, and links, which are not followed.
    pub(crate) skipped: u64,
    pub(crate) workers: usize,
    pub(crate) works: Vec<Work>,
}

/// One kind of work on all files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) name: String,
    /// What came out, the same in every place: words, or the exclusive or of all hashes.
    pub(crate) outcome: String,
    pub(crate) passes: Vec<Pass>,
}

/// All files, once, in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pass {
    pub(crate) place: Place,
    pub(crate) seconds: Figures,
    pub(crate) usage: Option<Usage>,
}

impl Work {
    /// The median of the seconds in that place; NaN where it was not measured.
    pub(crate) fn seconds(&self, place: Place) -> f64 {
        let pass = self.passes.iter().find(|pass| pass.place == place);
        pass.map_or(f64::NAN, |pass| pass.seconds.median())
    }
}

/// Files that are worked on together ...
const JOB_BYTES: u64 = 128 << 10;
/// ... but not more than so many.
const JOB_FILES: usize = 64;

/// What a job brings: something that adds up in any order, and how many files could be read.
type Outcome = ([u64; 4], u64);

/// The files below a directory, in groups.
struct Files {
    jobs: Vec<Vec<String>>,
    files: u64,
    bytes: u64,
    skipped: u64,
}

/// # Errors
///
/// There is no such directory, or nothing in it can be read.
fn below(directory: &Path) -> Result<Files, String> {
    let mut found = Files { jobs: Vec::new(), files: 0, bytes: 0, skipped: 0 };
    let (mut job, mut job_bytes) = (Vec::new(), 0);
    let mut walk = WalkBuilder::new(directory);
    walk.standard_filters(false).sort_by_file_path(Path::cmp);
    for entry in walk.build() {
        let file = entry.ok().filter(|entry| !entry.file_type().is_some_and(|kind| kind.is_dir()));
        let Some(entry) = file else { continue };
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file);
        let path = entry.into_path().into_os_string().into_string().ok();
        let (Some(metadata), Some(path)) = (metadata, path) else {
            found.skipped += 1;
            continue;
        };
        found.files += 1;
        found.bytes += metadata.len();
        job_bytes += metadata.len();
        job.push(path);
        if job_bytes >= JOB_BYTES || job.len() >= JOB_FILES {
            found.jobs.push(std::mem::take(&mut job));
            job_bytes = 0;
        }
    }
    found.jobs.extend((!job.is_empty()).then_some(job));
    match found.files {
        0 => Err(format!(
            "{}: no file that could be read; name a directory with files",
            directory.display()
        )),
        _ => Ok(found),
    }
}

fn words(paths: Vec<String>) -> Outcome {
    let count = |bytes: Vec<u8>| {
        let words = bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        [words.count() as u64, 0, 0, 0]
    };
    added(paths, count, u64::wrapping_add)
}

fn hashes(paths: Vec<String>) -> Outcome {
    let hash = |bytes: Vec<u8>| {
        let digest = Sha256::digest(&bytes);
        let mut words = digest.chunks_exact(8);
        std::array::from_fn(|_| {
            let word = words.next().and_then(|word| word.try_into().ok());
            word.map_or(0, u64::from_be_bytes)
        })
    };
    added(paths, hash, |a, b| a ^ b)
}

fn added(paths: Vec<String>, of: fn(Vec<u8>) -> [u64; 4], add: fn(u64, u64) -> u64) -> Outcome {
    let read: Vec<[u64; 4]> = paths.iter().filter_map(|path| fs::read(path).ok()).map(of).collect();
    (sum(read.iter(), add), read.len() as u64)
}

fn sum<'a>(parts: impl Iterator<Item = &'a [u64; 4]>, add: fn(u64, u64) -> u64) -> [u64; 4] {
    parts.fold([0; 4], |sum, part| std::array::from_fn(|n| add(sum[n], part[n])))
}

/// A kind of work: what it is called, what a job is, how outcomes add up and how they are written.
struct Kind {
    name: &'static str,
    job: fn(Vec<String>) -> Outcome,
    add: fn(u64, u64) -> u64,
    show: fn([u64; 4]) -> String,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "word count",
        job: words,
        add: u64::wrapping_add,
        show: |sum| format!("{} words", crate::text::thousands(sum[0])),
    },
    Kind {
        name: "SHA-256",
        job: hashes,
        add: |a, b| a ^ b,
        show: |sum| format!("{:016x}...", sum[0]),
    },
];

/// Does all work on the directory, in every place in turn.
///
/// # Errors
///
/// The directory cannot be read, or its files changed between two passes.
pub(super) fn measure(
    directory: &Path,
    workers: usize,
    rounds: usize,
    venues: &mut Venues,
) -> Result<Directory, String> {
    let files = below(directory)?;
    let works: Result<Vec<Work>, String> =
        KINDS.iter().map(|kind| work(kind, &files, workers, rounds, venues)).collect();
    Ok(Directory {
        name: directory.display().to_string(),
        files: files.files,
        bytes: files.bytes,
        skipped: files.skipped,
        workers,
        works: works?,
    })
}

fn work(
    kind: &Kind,
    files: &Files,
    workers: usize,
    rounds: usize,
    venues: &mut Venues,
) -> Result<Work, String> {
    let mut turns = Place::ALL.map(|place| (place, Vec::new(), Vec::new()));
    let mut outcome: Option<Outcome> = None;
    for round in 0..=rounds {
        for (place, seconds, usages) in &mut turns {
            progress::turn(&format!("{}, {}", kind.name, place.name()), round, rounds);
            let Ok(venue) = venues.get(*place, workers) else { continue };
            if round == 0 {
                give_memory_back();
            }
            let meter = Meter::start();
            let start = Instant::now();
            let found = pass(venue, kind, files.jobs.clone());
            let took = start.elapsed().as_secs_f64();
            usages.extend(meter.stop());
            if *outcome.get_or_insert(found) != found {
                return Err(format!("{}: the files change while they are read", kind.name));
            }
            if round > 0 {
                seconds.push(took);
            }
        }
    }
    let measured = turns.into_iter().filter(|(_, seconds, _)| !seconds.is_empty());
    let pass = |(place, seconds, usages): (Place, Vec<f64>, Vec<Usage>)| Pass {
        place,
        seconds: seconds.into(),
        usage: typical(&usages, 1),
    };
    let (sum, read) = outcome.unwrap_or_default();
    let shown = format!("{} of {} files", (kind.show)(sum), crate::text::thousands(read));
    Ok(Work { name: kind.name.to_owned(), outcome: shown, passes: measured.map(pass).collect() })
}

fn pass(venue: &Venue, kind: &Kind, jobs: Vec<Vec<String>>) -> Outcome {
    let all = on!(venue, |executor| outcomes(executor, kind.job, jobs));
    (sum(all.iter().map(|(part, _)| part), kind.add), all.iter().map(|(_, read)| read).sum())
}

fn outcomes(
    executor: &impl Executor,
    job: fn(Vec<String>) -> Outcome,
    jobs: Vec<Vec<String>>,
) -> Vec<Outcome> {
    let results = executor.map(job, jobs);
    results.map(|result| result.expect("a job that reports what it cannot read")).collect()
}

#[cfg(test)]
mod tests;
