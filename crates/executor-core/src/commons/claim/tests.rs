use proptest::prelude::*;

use super::*;

/// What either side may call, in whatever order.
#[derive(Clone, Copy, Debug)]
enum Call {
    Offer,
    Revoke,
    Stop,
    Condemn(u32),
    Begin(u32),
    Finish(u32),
}

/// The word, said plainly.
#[derive(Clone, Copy, Debug)]
struct Model {
    seq: u32,
    progress: Progress,
}

/// What a call returned.
#[derive(Debug, PartialEq, Eq)]
enum Returned {
    Nothing,
    Won(bool),
    Stopped(Option<Progress>),
    Step(Step),
}

impl Model {
    fn call(&mut self, seq: u32, call: Call) -> Returned {
        let current = self.seq == seq;
        let progress = if current { self.progress } else { Progress::Foreign };
        match (call, progress) {
            (Call::Offer, _) => {
                *self = Self { seq, progress: Progress::Sent };
                Returned::Nothing
            }
            (Call::Revoke, Progress::Sent) => self.win(Progress::Revoked),
            (Call::Stop, before @ (Progress::Sent | Progress::Begun(_))) => {
                self.progress = Progress::Revoked;
                Returned::Stopped(Some(before))
            }
            (Call::Stop, _) => Returned::Stopped(None),
            (Call::Condemn(wanted), Progress::Begun(item)) if wanted == item => {
                self.win(Progress::Condemned(item))
            }
            (Call::Revoke | Call::Condemn(_), _) => Returned::Won(false),
            (Call::Begin(0), Progress::Sent) => self.go_on(Progress::Begun(0)),
            (Call::Begin(next), Progress::Begun(item)) if next == item + 1 => {
                self.go_on(Progress::Begun(next))
            }
            (Call::Finish(last), Progress::Begun(item)) if last == item => {
                self.go_on(Progress::Done)
            }
            (Call::Begin(_) | Call::Finish(_), Progress::Condemned(_)) => {
                Returned::Step(Step::Halt)
            }
            (Call::Begin(_) | Call::Finish(_), _) => Returned::Step(Step::Leave),
        }
    }

    fn win(&mut self, progress: Progress) -> Returned {
        self.progress = progress;
        Returned::Won(true)
    }

    fn go_on(&mut self, progress: Progress) -> Returned {
        self.progress = progress;
        Returned::Step(Step::On)
    }
}

fn call(claim: &Claim, seq: u32, call: Call) -> Returned {
    match call {
        Call::Offer => {
            claim.offer(seq);
            Returned::Nothing
        }
        Call::Revoke => Returned::Won(claim.revoke(seq)),
        Call::Stop => Returned::Stopped(claim.stop(seq)),
        Call::Condemn(item) => Returned::Won(claim.condemn(seq, item)),
        Call::Begin(item) => Returned::Step(claim.begin(seq, item)),
        Call::Finish(item) => Returned::Step(claim.finish(seq, item)),
    }
}

fn calls() -> impl Strategy<Value = Vec<(u32, Call)>> {
    let item = || 0_u32..3;
    let call = prop_oneof![
        2 => Just(Call::Offer),
        1 => Just(Call::Revoke),
        1 => Just(Call::Stop),
        1 => item().prop_map(Call::Condemn),
        6 => item().prop_map(Call::Begin),
        3 => item().prop_map(Call::Finish),
    ];
    let seq = prop_oneof![6 => Just(1_u32), 1 => Just(2), 1 => Just(0), 1 => Just(u32::MAX)];
    prop::collection::vec((seq, call), 0..60)
}

proptest! {
    #[test]
    fn it_does_what_its_picture_says(calls in calls()) {
        let claim = Claim::new();
        let mut model = Model { seq: 0, progress: Progress::Sent };
        for (seq, next) in calls {
            prop_assert_eq!(call(&claim, seq, next), model.call(seq, next));
            for asked in [0, 1, 2, u32::MAX] {
                let progress = if asked == model.seq { model.progress } else { Progress::Foreign };
                prop_assert_eq!(claim.progress(asked), progress);
            }
        }
    }
}

/// The last item that a frame can have does not touch the number of the frame.
#[test]
fn the_last_of_the_most_items() {
    let claim = Claim::new();
    let last = MOST_ITEMS;
    claim.0.store(word(u32::MAX, last - 1, BEGUN), Relaxed);
    assert_eq!(claim.begin(u32::MAX, last), Step::On);
    assert_eq!(claim.progress(u32::MAX), Progress::Begun(last));
    assert!(claim.condemn(u32::MAX, last));
    assert_eq!(claim.progress(u32::MAX), Progress::Condemned(last));
    assert_eq!(claim.finish(u32::MAX, last), Step::Halt);
}
