//! What a lock records about itself without the feature: nothing.

/// The same methods as the recording site, all empty.
#[derive(Debug)]
pub(crate) struct Site;

impl Site {
    pub(crate) const fn unnamed() -> Self {
        Self
    }

    pub(crate) const fn named(_name: &'static str) -> Self {
        Self
    }

    #[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
    pub(crate) const fn unfollowed() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn waiting(&self) {}

    #[inline(always)]
    pub(crate) fn gave_up(&self) {}

    #[inline(always)]
    pub(crate) fn acquired(&self) {}

    #[inline(always)]
    pub(crate) fn released(&self) {}
}
