//! What was used shows, and nothing else does.

use super::*;

#[test]
fn the_typical_turn_is_made_of_medians_and_the_largest_peak() {
    let turn = |cpu_seconds, peak_bytes, switches| Usage { cpu_seconds, peak_bytes, switches };
    let warm_up = turn(50.0, Some(99), 1_000);
    let turns = [warm_up, turn(1.0, Some(10), 5), turn(3.0, None, 7), turn(2.0, Some(30), 900)];
    assert_eq!(typical(&turns, 1), Some(turn(2.0, Some(99), 7)));
    assert_eq!(typical(&turns[1..], 2), Some(turn(2.0, Some(30), 900)));
    assert_eq!(typical(&turns[..1], 1), None);
    assert_eq!(typical(&turns[..1], 2), None);
}

#[test]
fn work_that_was_repeated_took_its_share_each_time() {
    let turn = Usage { cpu_seconds: 1.0, peak_bytes: Some(30), switches: 9 };
    assert_eq!(turn.of_one(4), Usage { cpu_seconds: 0.25, peak_bytes: Some(30), switches: 2 });
}

#[test]
fn passes_have_their_medians_and_the_largest_peak() {
    let pass = |cpu_seconds, peak_bytes, switches| Usage { cpu_seconds, peak_bytes, switches };
    let passes = [pass(9.0, Some(10), 1), pass(1.0, Some(30), 3), pass(2.0, None, 2)];
    assert_eq!(of_passes(&passes), Some(pass(2.0, Some(30), 2)));
    assert_eq!(of_passes(&[]), None);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_and_cpu_time_are_seen() {
    const BYTES: usize = 64 << 20;
    let meter = Meter::start();
    let block = std::hint::black_box(vec![1_u8; BYTES]);
    let mut sum = 0_u64;
    for _ in 0..3 {
        sum += block.iter().map(|&byte| u64::from(byte)).sum::<u64>();
    }
    assert_eq!(std::hint::black_box(sum), 3 * BYTES as u64);
    let usage = meter.stop().expect("Linux tells");
    // Not before: the peak is that of the process, and another test that measures meanwhile has it
    // begin anew, from what is held then.
    drop(block);
    assert!(usage.cpu_seconds > 0.0, "{usage:?}");
    // Another test may give memory back meanwhile, hence not the whole of it.
    assert!(usage.peak_bytes.is_none_or(|bytes| bytes > BYTES as u64 / 2), "{usage:?}");
}
