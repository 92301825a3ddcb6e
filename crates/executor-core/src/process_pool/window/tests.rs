use proptest::prelude::*;

use super::*;

/// A window in which frames were answered one after another, each group after so long.
fn taught(answers: &[(usize, Duration)]) -> Window {
    let mut now = Instant::now();
    let mut window = Window::new(now);
    window.begin(now);
    for (frames, took) in answers {
        now += *took;
        window.learn(*frames, now);
    }
    window
}

proptest! {
    #[test]
    fn it_stays_within_bounds(answers in prop::collection::vec((0_usize..200, 0_u64..1 << 40), 0..30)) {
        let answers: Vec<_> =
            answers.into_iter().map(|(frames, took)| (frames, Duration::from_nanos(took))).collect();
        prop_assert!((LEAST..=MOST).contains(&taught(&answers).size()));
    }
}

#[test]
fn nothing_is_expected_of_a_new_worker() {
    assert_eq!(Window::new(Instant::now()).size(), LEAST);
}

#[test]
fn it_grows_with_fast_frames() {
    let fast = (10, Duration::from_micros(10));
    assert_eq!(taught(&[fast; 3]).size(), MOST);
    let middling = (1, Duration::from_millis(1));
    assert_eq!(taught(&[middling; 3]).size(), 12);
}

/// What stands behind a slow task could run elsewhere.
#[test]
fn one_slow_frame_shrinks_it() {
    let fast = (10, Duration::from_micros(10));
    let slow = (1, Duration::from_millis(10));
    assert_eq!(taught(&[fast, fast, slow]).size(), LEAST);
    let again = taught(&[fast, fast, slow, fast]).size();
    assert_eq!(again, LEAST, "one fast frame says little");
    assert!(taught(&[[slow; 12], [fast; 12]].concat()).size() > 48);
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let now = Instant::now();
    let mut window = Window::new(now + Duration::from_secs(1));
    window.learn(0, now);
    assert_eq!(window.size(), MOST);
}

#[test]
fn idle_time_is_not_counted() {
    let mut now = Instant::now();
    let mut window = Window::new(now);
    now += Duration::from_secs(9);
    window.begin(now);
    window.learn(1, now + Duration::from_micros(4));
    assert_eq!(window.size(), MOST);
}
