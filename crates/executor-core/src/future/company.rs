use crate::primitives::Spun;

/// Whether a thread shares its core with those whose results it waits for.
///
/// They come to be on one core when one wakes the other, and the system separates threads that
/// never sleep only after many milliseconds. Until then a trip takes two switches between them and
/// what each of them spins in vain, tens of times as long as between two cores. Who spins gives way
/// at once then; and now and then sleeps, for who is woken is put on an idle core if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Company {
    /// How many spins in a row ended with a result from this core.
    in_a_row: u32,
    /// So many of them are borne before the next sleep.
    borne: u32,
}

/// How to spin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Pausing,
    /// Others need the core.
    Yielding,
    /// Not at all: a sleep is to end on another core.
    Parting,
}

/// It is soon worth a sleep to part.
const FEW: u32 = 4;
/// But every core may be in use, and then sleeps do not help.
const MANY: u32 = 1024;

impl Company {
    /// None that is known.
    pub(super) const fn new() -> Self {
        Self { in_a_row: 0, borne: FEW }
    }

    /// How to spin now, and what is known then. Not everybody may part.
    pub(super) fn next_way(self, may_part: bool) -> (Way, Self) {
        if self.in_a_row == 0 {
            return (Way::Pausing, self);
        }
        if self.in_a_row < self.borne || !may_part {
            return (Way::Yielding, self);
        }
        (Way::Parting, Self { in_a_row: 0, borne: (self.borne * 4).min(MANY) })
    }

    /// What is known after a spin that ended so.
    pub(super) fn after(self, spun: Spun) -> Self {
        match spun {
            Spun::Beside => Self { in_a_row: 0, borne: (self.borne - 1).max(FEW) },
            Spun::OnThisCore => Self { in_a_row: self.in_a_row.saturating_add(1), ..self },
            // A sleep follows, which parts them as well.
            Spun::InVain => Self { in_a_row: 0, ..self },
        }
    }
}

#[cfg(test)]
mod tests;
