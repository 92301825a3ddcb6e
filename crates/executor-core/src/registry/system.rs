//! What the operating system knows of threads.

/// How many bytes of a name the kernel keeps.
#[cfg(any(target_os = "linux", test))]
const MOST: usize = 15;

/// The number of the calling thread in the system.
#[cfg(target_os = "linux")]
pub(super) fn native_id() -> Option<u64> {
    Some(u64::from(rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned()))
}

/// Elsewhere it cannot be asked for without knowing the system.
#[cfg(not(target_os = "linux"))]
pub(super) fn native_id() -> Option<u64> {
    None
}

/// The number of the main thread in the system.
pub(super) fn main_native_id() -> Option<u64> {
    cfg!(target_os = "linux").then(|| u64::from(std::process::id()))
}

/// The caller is the thread with which the process began, or which was forked.
#[cfg(target_os = "linux")]
pub(super) fn on_main_thread() -> bool {
    rustix::thread::gettid() == rustix::process::getpid()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn on_main_thread() -> bool {
    std::thread::current().name() == Some("main")
}

/// A name as the system takes it, which ends at a NUL.
pub(crate) fn cut_at_nul(name: &str) -> &str {
    name.split('\0').next().unwrap_or_default()
}

/// As much of a name as the kernel keeps, in whole characters.
#[cfg(any(target_os = "linux", test))]
pub(super) fn short(name: &str) -> &str {
    let name = cut_at_nul(name);
    &name[..name.floor_char_boundary(MOST)]
}

/// Names a living thread. A refusal leaves it the name it had, which only tools show.
#[cfg(target_os = "linux")]
pub(super) fn set_name(native: u64, name: &str) {
    let name = short(name);
    if native_id() == Some(native) {
        let text = std::ffi::CString::new(name).unwrap_or_default();
        let _refused = rustix::thread::set_name(&text);
    } else {
        let _refused = std::fs::write(format!("/proc/self/task/{native}/comm"), name);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn set_name(_native: u64, _name: &str) {}
