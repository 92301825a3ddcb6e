//! Whether this process has no thread but the calling one.

/// True only if it is certain: `/proc` says so.
pub(crate) fn alone() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}
