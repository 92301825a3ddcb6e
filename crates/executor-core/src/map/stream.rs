use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_core::Stream;

use crate::error::TaskError;

use super::alarm::Alarm;
use super::results::Map;
use super::source::Patience;

/// [`Map`] for async code, made by [`Map::into_stream`].
///
/// Items are pulled from the source, and the source runs, inside `poll_next`.
#[must_use = "streams do nothing unless they are polled"]
pub struct MapStream<'a, R> {
    map: Map<'a, R>,
    alarm: Alarm,
}

impl<'a, R> Map<'a, R> {
    /// The same as a stream, for async code.
    pub fn into_stream(self) -> MapStream<'a, R> {
        MapStream { map: self, alarm: Alarm::new() }
    }
}

// Results are moved out by value and never pinned.
impl<R> Unpin for MapStream<'_, R> {}

impl<R> Stream for MapStream<'_, R> {
    type Item = Result<R, TaskError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { map, alarm } = &mut *self;
        if let Some(result) = map.at_hand() {
            return Poll::Ready(Some(result));
        }
        map.begin();
        while !map.ended() {
            // A place over the bound, for one chunk, so that the runtime's thread is not held up.
            map.fill(Patience::Anyway);
            let flight = map.poll_flight(cx);
            if let (Poll::Pending, Some(deadline)) = (&flight, map.deadline()) {
                if Instant::now() >= deadline {
                    return Poll::Ready(map.time_out());
                }
                alarm.set(deadline, cx.waker());
            }
            let landed = ready!(flight);
            if let Some(result) = map.land(landed) {
                return Poll::Ready(Some(result));
            }
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.map.size_hint()
    }
}

impl<R> fmt::Debug for MapStream<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}
