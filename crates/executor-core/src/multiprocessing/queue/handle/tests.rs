use super::*;

#[test]
fn a_limit_holds_also_where_somebody_is_stopped_in_the_middle_of_a_call() {
    const LIMIT: Duration = Duration::from_millis(1);
    let queue = Queue::<u8>::bounded(1).unwrap();
    queue.put(1).unwrap();
    let stopped = queue.lock.acquire();
    std::thread::scope(|scope| {
        scope.spawn(|| assert!(matches!(queue.get_timeout(LIMIT), Err(GetError::Empty))));
        scope.spawn(|| assert!(matches!(queue.put_timeout(2, LIMIT), Err(PutError::Full(2)))));
    });
    drop(stopped);
    assert_eq!(queue.get_timeout(Duration::MAX).unwrap(), 1);
}
