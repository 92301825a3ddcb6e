//! Every name of `threading` and `multiprocessing` that other people's code is written against, with
//! its signature. What the names mean is proved elsewhere.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use concurrent_futures::threading::{
    self, Runnable, Thread, ThreadError, ThreadIdent, ThreadInfo, Timer,
};
use concurrent_futures::{PanicInfo, TaskError};

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
concurrent_futures::init_in_tests!();

const LONG: Duration = Duration::from_secs(60);

struct Twice(u32);

impl Runnable for Twice {
    type Output = u32;

    fn run(self) -> u32 {
        self.0 * 2
    }
}

#[test]
fn of_a_thread() {
    let thread: Thread<u32> = Thread::from_runnable(Twice(4));
    thread.start().unwrap();
    let result: Result<u32, TaskError> = thread.into_result();
    assert_eq!(result.unwrap(), 8);

    let sum: Thread<u32> = Thread::with_args(|(a, b): (u32, u32)| a + b, (1, 2));
    assert!(matches!(sum.join(), Err(ThreadError::NotStarted)));
    let started: Result<(), ThreadError> = sum.start();
    started.unwrap();
    assert!(matches!(sum.start(), Err(ThreadError::AlreadyStarted)));
    let joined: Result<(), ThreadError> = sum.join();
    joined.unwrap();
    assert_eq!(sum.into_result().unwrap(), 3);

    let thread: Thread = Thread::new(|| ()).with_name("reader").with_stack_size(1 << 20);
    let name: String = thread.name();
    assert_eq!(name, "reader");
    thread.set_name("writer");
    let (ident, native): (Option<ThreadIdent>, Option<u64>) = (thread.ident(), thread.native_id());
    assert_eq!((ident, native), (None, None));
    thread.start().unwrap();
    let ended: Result<bool, ThreadError> = thread.join_timeout(LONG);
    assert!(ended.unwrap());
    let alive: bool = thread.is_alive();
    assert!(!alive);
    let _of_the_system = |error: io::Error| ThreadError::Os(error);
    let _of_itself = ThreadError::CurrentThread;
}

#[test]
fn of_all_threads() {
    let (count, all): (usize, Vec<ThreadInfo>) =
        (threading::active_count(), threading::enumerate());
    assert!(count >= 1 && !all.is_empty());
    let (own, main): (ThreadInfo, ThreadInfo) =
        (threading::current_thread(), threading::main_thread());
    let name: String = main.name();
    assert_eq!(name, "MainThread");
    let (ident, native): (Option<ThreadIdent>, Option<u64>) = (own.ident(), own.native_id());
    let alive: bool = own.is_alive();
    let (own_ident, own_native): (ThreadIdent, u64) =
        (threading::get_ident(), threading::get_native_id());
    assert!(alive && ident == Some(own_ident) && native == Some(own_native));
    threading::set_excepthook(|_thread: &ThreadInfo, _panic: &PanicInfo| ());
    threading::join_all();
}

#[test]
fn of_a_timer() {
    let (tell, told) = mpsc::channel();
    let timer = Timer::new(Duration::ZERO, move || tell.send(()).unwrap());
    timer.start().unwrap();
    told.recv_timeout(LONG).unwrap();
    timer.join().unwrap();
    let cancelled: bool = timer.cancel();
    assert!(!cancelled);
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod processes {
    use std::io;
    use std::sync::atomic::AtomicU64;

    use concurrent_futures::TaskError;
    use concurrent_futures::multiprocessing::{
        self, Connection, ConnectionError, Process, ProcessError, ProcessInfo, Queue, SharedArray,
        SharedSlice,
    };

    use super::LONG;

    #[test]
    fn of_a_process() {
        let process: Process<u32> =
            Process::new(|(a, b): (u32, u32)| a + b, (1, 2)).with_name("sum").daemon(true);
        let (pid, code): (Option<u32>, Option<i32>) = (process.pid(), process.exitcode());
        assert_eq!((pid, code), (None, None));
        assert!(matches!(process.join(), Err(ProcessError::NotStarted)));
        let started: Result<(), ProcessError> = process.start();
        started.unwrap();
        assert!(matches!(process.start(), Err(ProcessError::AlreadyStarted)));
        let ended: Result<bool, ProcessError> = process.join_timeout(LONG);
        assert!(ended.unwrap());
        process.join().unwrap();
        let alive: bool = process.is_alive();
        assert!(!alive);
        let (asked, killed): (Result<(), ProcessError>, Result<(), ProcessError>) =
            (process.terminate(), process.kill());
        asked.and(killed).unwrap();
        let result: Result<u32, TaskError> = process.into_result();
        assert_eq!(result.unwrap(), 3);
        let _not_prepared = ProcessError::NotInitialised;
        let _of_the_system = |error: io::Error| ProcessError::Os(error);
        let _default_result: Process = Process::new(|(): ()| (), ());
    }

    #[test]
    fn of_all_processes() {
        let children: Vec<ProcessInfo> = multiprocessing::active_children();
        for child in &children {
            let (_name, _pid, _alive): (&str, u32, bool) =
                (child.name(), child.pid(), child.is_alive());
        }
        let count: usize = multiprocessing::cpu_count();
        assert!(count >= 1);
        let parent: Option<ProcessInfo> = multiprocessing::parent_process();
        assert!(parent.is_none());
    }

    #[test]
    fn of_a_pipe() {
        let (left, right): (Connection<u8>, Connection<u8>) = multiprocessing::pipe().unwrap();
        let sent: Result<(), ConnectionError> = left.send(1);
        sent.unwrap();
        let there: bool = right.poll(LONG);
        assert!(there);
        let received: Result<u8, ConnectionError> = right.recv();
        assert_eq!(received.unwrap(), 1);
        drop(left);
        assert!(matches!(right.recv_timeout(LONG), Err(ConnectionError::Eof)));
    }

    #[test]
    fn of_a_queue() {
        let queue: Queue<u8> = Queue::bounded(2).unwrap();
        queue.put(1).unwrap();
        queue.clone().try_put(2).unwrap();
        let length: usize = queue.len();
        assert_eq!((length, queue.get().unwrap(), queue.try_get().unwrap()), (2, 1, 2));
        let queue: Queue<u8> = Queue::unbounded().unwrap();
        queue.put_timeout(3, LONG).unwrap();
        assert_eq!(queue.get_timeout(LONG).unwrap(), 3);
        queue.close();
    }

    #[test]
    fn of_what_is_shared() {
        let slice: SharedSlice<u64> = SharedSlice::from_slice(&[1, 2]).unwrap();
        let elements: &[u64] = &slice.clone();
        assert_eq!(elements, [1, 2]);
        let array: SharedArray<u64> = SharedArray::zeroed(2).unwrap();
        array.lock().unwrap()[1] = 5;
        let array: SharedArray<u64> = SharedArray::zeroed(2).unwrap();
        let atomics: &[AtomicU64] = array.atomics().unwrap();
        assert_eq!(atomics.len(), 2);
    }
}
