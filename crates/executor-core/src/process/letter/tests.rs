use super::*;

fn letter() -> Letter {
    Letter::new().unwrap()
}

#[test]
fn what_is_written_is_read() {
    let letter = letter();
    letter.write(3, 4, b"before", &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let (kind, preface, body) = letter.read().unwrap().unwrap();
    assert_eq!((kind, preface.as_slice()), (3, b"before".as_slice()));
    assert!(matches!(&body, Body::U32(numbers) if numbers.len() == 2));
    assert_eq!(body.as_bytes(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn an_answer_replaces_a_longer_question() {
    let letter = letter();
    letter.write(1, 1, &[7; 1000], &[8; 100_000]).unwrap();
    letter.write(2, 1, &[], &[9]).unwrap();
    let (kind, preface, body) = letter.read().unwrap().unwrap();
    assert_eq!((kind, preface.len(), body.as_bytes()), (2, 0, [9].as_slice()));
}

#[test]
fn one_that_was_not_finished_says_nothing() {
    let letter = letter();
    assert!(letter.read().unwrap().is_none(), "nothing was written");
    letter.0.write_all_at(&[0; 100], 0).unwrap();
    assert!(letter.read().unwrap().is_none(), "no header");
    let promises = Header { kind: 1, width: 1, preface: 0, body: u64::MAX };
    letter.0.write_all_at(&promises.to_bytes(), 0).unwrap();
    assert!(letter.read().unwrap().is_none(), "more is promised than there is");
}
