use super::*;

const MARKER: Marker = Marker {
    role: Role::ForkServer,
    parent: 4711,
    depth: 2,
    proof: Proof { device: 13, inode: u64::MAX },
};

#[test]
fn a_marker_is_read_as_it_was_written() {
    assert_eq!(MARKER.to_string().parse(), Ok(MARKER));
    for role in [Role::Worker, Role::Process, Role::Daemon] {
        let other = Marker { role, ..MARKER };
        assert_eq!(other.to_string().parse(), Ok(other));
    }
}

#[test]
fn what_nobody_wrote_is_no_marker() {
    let text = MARKER.to_string();
    let other_version = text.replacen('1', "2", 1);
    let longer = format!("{text}:1");
    let shorter = text.rsplit_once(':').unwrap().0;
    for text in ["", "1", ":::::", &other_version, &longer, shorter, "1:boss:1:1:1:1"] {
        assert_eq!(text.parse::<Marker>(), Err(NoMarker), "{text:?}");
    }
}
