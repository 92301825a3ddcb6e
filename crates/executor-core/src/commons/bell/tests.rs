use super::*;

#[test]
fn it_is_due_once_for_each_hanging() {
    let bell = Bell::new();
    assert!(!bell.due());
    for _ in 0..2 {
        bell.hang();
        assert!(bell.due());
        assert!(!bell.due());
    }
    bell.hang();
    bell.hang();
    assert!(bell.due());
    assert!(!bell.due());
}

/// Whatever a worker writes over it, a call is not made for it.
#[test]
fn what_it_never_holds_is_not_due() {
    let bell = Bell::new();
    bell.0.store(7, Relaxed);
    assert!(!bell.due());
    bell.hang();
    assert!(bell.due());
}
