//! Waiters in the order of their arrival, any of which may leave at any time.

/// A doubly linked list in a slab: pushing, popping and leaving the middle take constant time,
/// and no node is anybody's stack, so nothing here is unsafe.
#[derive(Debug)]
pub(crate) struct WaitList<T> {
    slots: Vec<Slot<T>>,
    /// First unused slot; unused slots are chained by `next`.
    free: Option<usize>,
    head: Option<usize>,
    tail: Option<usize>,
    length: usize,
    /// Arrivals so far, which tells a slot's present tenant from its earlier ones.
    arrivals: u64,
}

#[derive(Debug)]
struct Slot<T> {
    tenant: Option<T>,
    arrival: u64,
    previous: Option<usize>,
    next: Option<usize>,
}

/// Names one waiter, also after it has left, when it names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    slot: usize,
    arrival: u64,
}

impl<T> WaitList<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: None, head: None, tail: None, length: 0, arrivals: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Returns the oldest waiter.
    pub(crate) fn front(&self) -> Option<&T> {
        self.slots[self.head?].tenant.as_ref()
    }

    /// Returns the waiter that `key` names, if it is still here.
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let slot = self.slots.get_mut(key.slot)?;
        slot.tenant.as_mut().filter(|_| slot.arrival == key.arrival)
    }

    /// Adds a waiter behind all others.
    pub(crate) fn push_back(&mut self, waiter: T) -> Key {
        self.arrivals += 1;
        self.length += 1;
        let slot = self.claim_slot(Slot {
            tenant: Some(waiter),
            arrival: self.arrivals,
            previous: self.tail,
            next: None,
        });
        match self.tail.replace(slot) {
            Some(tail) => self.slots[tail].next = Some(slot),
            None => self.head = Some(slot),
        }
        Key { slot, arrival: self.arrivals }
    }

    /// Removes the oldest waiter.
    pub(crate) fn pop_front(&mut self) -> Option<T> {
        self.head.and_then(|slot| self.unlink(slot))
    }

    /// Removes the waiter that `key` names; `None` if it has left already.
    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        self.get_mut(key)?;
        self.unlink(key.slot)
    }

    fn claim_slot(&mut self, slot: Slot<T>) -> usize {
        let Some(index) = self.free else {
            self.slots.push(slot);
            return self.slots.len() - 1;
        };
        self.free = self.slots[index].next;
        self.slots[index] = slot;
        index
    }

    fn unlink(&mut self, index: usize) -> Option<T> {
        self.length -= 1;
        let slot = &mut self.slots[index];
        let waiter = slot.tenant.take();
        let (previous, next) = (slot.previous.take(), slot.next.take());
        slot.next = self.free.replace(index);
        match previous {
            Some(previous) => self.slots[previous].next = next,
            None => self.head = next,
        }
        match next {
            Some(next) => self.slots[next].previous = previous,
            None => self.tail = previous,
        }
        waiter
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
