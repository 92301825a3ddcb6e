use super::*;

#[test]
fn the_arguments_are_found_whatever_the_name_is() {
    let fields: Vec<String> = (4..=52).map(|field| (field * 10).to_string()).collect();
    let stat = format!("1 (a) b) ) R {}", fields.join(" "));
    assert_eq!(arguments(&stat), Some((480, 490)));
    assert_eq!(arguments("1 (a) R 4 5"), None);
    assert_eq!(arguments(""), None);
}

#[test]
fn this_process_has_arguments() {
    assert!(Title::place().is_some_and(|title| title.len > 1));
}
