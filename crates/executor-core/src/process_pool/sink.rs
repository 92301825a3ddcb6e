use std::collections::VecDeque;
use std::time::Duration;

use executor_sync::process::Luggage;
use smallvec::SmallVec;

use crate::error::TaskError;
use crate::executor::Payload;
use crate::future::Maker;
use crate::map::Batch;
use crate::panic;
use crate::process::{Body, CodecError, decode, prepare};

/// One item's result as it came from a worker.
#[derive(Debug)]
pub(super) enum Landed {
    /// Bytes of `Results::bytes`.
    At {
        start: usize,
        len: usize,
    },
    /// A large value, in storage of its own.
    Body(Body),
    Failed(TaskError),
}

/// What came of all items of a job.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) bytes: SmallVec<[u8; 16]>,
    /// Each with the number of its item.
    pub(super) landed: SmallVec<[(u32, Landed); 1]>,
    pub(super) spent: Duration,
    /// A shutdown has left items out.
    pub(super) cut: bool,
    /// What the values refer to, fetched from the workers.
    pub(super) luggage: Luggage,
}

/// The end of a job: whoever knows the type of its result.
///
/// Everything here may run code of a user, and is called when no lock is held.
pub(super) trait Sink: Send {
    /// Storage in which a result of so many bytes can land, the spare one if it suits. Runs no code
    /// of a user.
    fn room(&self, spare: Option<Body>, len: usize) -> Result<Body, CodecError>;

    /// All items have ended.
    fn finish(self: Box<Self>, results: Results);

    /// The job as a whole has ended without a result.
    fn fail(self: Box<Self>, error: TaskError);

    /// The job will never run. Runs no code of a user.
    fn cancel(&self);

    /// Tells that it was cancelled.
    fn tell(self: Box<Self>);

    /// Tells the future by which key the job is known.
    fn set_key(&self, key: u64);
}

/// The end of a single task.
pub(super) struct Single<R> {
    pub(super) maker: Maker<R>,
}

impl<R: Payload> Sink for Single<R> {
    fn room(&self, spare: Option<Body>, len: usize) -> Result<Body, CodecError> {
        room::<R>(spare, len)
    }

    fn finish(self: Box<Self>, mut results: Results) {
        let outcome = match results.landed.pop() {
            Some((_, landed)) => value(landed, &results.bytes),
            None => Err(TaskError::abandoned()),
        };
        drop_unwanted(self.maker.set(outcome));
    }

    fn fail(self: Box<Self>, error: TaskError) {
        drop_unwanted(self.maker.set(Err(error)));
    }

    fn cancel(&self) {
        self.maker.cancel();
    }

    fn tell(self: Box<Self>) {
        self.maker.tell();
    }

    fn set_key(&self, key: u64) {
        self.maker.set_key(key);
    }
}

/// The end of a chunk of a map.
pub(super) struct Many<R> {
    pub(super) maker: Maker<Batch<R>>,
    /// Items that could not be sent, by their number in the chunk.
    pub(super) unsent: Vec<(usize, TaskError)>,
    /// The number in the chunk of each item that was sent.
    pub(super) places: Option<Vec<u32>>,
}

impl<R: Payload> Sink for Many<R> {
    fn room(&self, spare: Option<Body>, len: usize) -> Result<Body, CodecError> {
        room::<R>(spare, len)
    }

    fn finish(self: Box<Self>, mut results: Results) {
        let Self { maker, unsent, places } = *self;
        // Items of a frame come in order; only after the death of a worker may pieces overtake each
        // other.
        if !results.landed.is_sorted_by_key(|(item, _)| *item) {
            results.landed.sort_by_key(|(item, _)| *item);
        }
        let mut values = Vec::with_capacity(results.landed.len());
        let mut errors = VecDeque::new();
        let mut unsent = unsent.into_iter().peekable();
        for (item, landed) in results.landed {
            let place = places.as_ref().map_or(item, |places| places[item as usize]) as usize;
            while let Some(first) = unsent.next_if(|(at, _)| *at < place) {
                errors.push_back(first);
            }
            match value(landed, &results.bytes) {
                Ok(value) => values.push(value),
                Err(error) => errors.push_back((place, error)),
            }
        }
        if !results.cut {
            errors.extend(unsent);
        }
        drop_unwanted(maker.set(Ok(Batch::new(values, errors, results.spent, results.cut))));
    }

    fn fail(self: Box<Self>, error: TaskError) {
        drop_unwanted(self.maker.set(Err(error)));
    }

    fn cancel(&self) {
        self.maker.cancel();
    }

    fn tell(self: Box<Self>) {
        self.maker.tell();
    }

    fn set_key(&self, key: u64) {
        self.maker.set_key(key);
    }
}

fn room<R: Payload>(spare: Option<Body>, len: usize) -> Result<Body, CodecError> {
    if let Some(room) = spare.and_then(|spare| spare.reuse_for::<R>(len)) {
        return Ok(room);
    }
    let mut room = Body::room_for::<R>(len)?;
    prepare(room.bytes_mut());
    Ok(room)
}

fn value<R: Payload>(landed: Landed, bytes: &[u8]) -> Result<R, TaskError> {
    let decoded = match landed {
        Landed::At { start, len } => panic::catch(|| decode::<R>(&bytes[start..start + len])),
        Landed::Body(body) => panic::catch(|| body.decode::<R>()),
        Landed::Failed(error) => return Err(error),
    };
    decoded?.map_err(|why| TaskError::decode(format!("the task's result cannot be decoded: {why}")))
}

/// An outcome that comes too late is dropped without harm.
fn drop_unwanted<R>(set: Result<(), Result<R, TaskError>>) {
    if let Err(late) = set {
        panic::contain(|| drop(late));
    }
}
