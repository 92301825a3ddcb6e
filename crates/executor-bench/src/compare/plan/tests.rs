//! The whole grid is what was promised, the quick one a small part of it.

use super::*;

#[test]
fn a_wrong_part_is_answered_with_the_right_ones() {
    let error = matching(Some("sise")).expect_err("no such part");
    assert!(error.ends_with("choose of sizes, payloads, workers, start, directory"), "{error}");
    assert_eq!(matching(Some("size")).map(|parts| parts.len()), Ok(1));
    assert_eq!(matching(None).map(|parts| parts.len()), Ok(ALL.len()));
}

#[test]
fn the_grid_spans_what_was_promised() {
    let grid = Grid::new(false, 2, None);
    let sizes: Vec<u64> = grid.cells(What::Sizes).iter().map(|(spec, _)| spec.nanos).collect();
    assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&US), Some(&(100 * MS))));
    assert_eq!(sizes.len(), 4 * 6);
    let payloads = grid.cells(What::Payloads);
    assert_eq!(payloads.iter().map(|(spec, _)| spec.payload).max(), Some(64 * MIB));
    let workers = grid.cells(What::Workers);
    let workers: Vec<usize> = workers.iter().map(|(spec, _)| spec.workers).collect();
    assert_eq!(workers, [1, 4].repeat(4));
}

#[test]
fn whoever_says_how_many_workers_gets_no_others() {
    let grid = Grid::new(true, 2, Some(3));
    assert!(grid.cells(What::Workers).is_empty());
    assert!(grid.cells(What::Sizes).iter().all(|(spec, _)| spec.workers == 3));
}
