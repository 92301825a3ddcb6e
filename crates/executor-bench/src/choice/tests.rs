//! A wrong name is answered with the right ones.

use super::*;

struct Fruit(&'static str);

impl Named for Fruit {
    fn name(&self) -> &'static str {
        self.0
    }

    fn about(&self) -> &'static str {
        "grows on trees"
    }
}

#[test]
fn a_filter_chooses_by_a_part_of_the_name() {
    let all = ["apple", "pineapple", "pear"].map(Fruit);
    let chosen = |filter| {
        let chosen = choose(&all, "fruit", filter)?;
        Ok::<_, String>(chosen.into_iter().map(Named::name).collect::<Vec<_>>())
    };
    assert_eq!(chosen(None), Ok(vec!["apple", "pineapple", "pear"]));
    assert_eq!(chosen(Some("apple")), Ok(vec!["apple", "pineapple"]));
    let error = "no fruit has \"plum\" in its name; choose of apple, pineapple, pear";
    assert_eq!(chosen(Some("plum")), Err(error.to_owned()));
}

#[test]
fn one_is_found_by_the_whole_of_its_name() {
    let all = ["pineapple", "apple"].map(Fruit);
    assert_eq!(exactly(&all, "fruit", "apple").map(Named::name), Ok("apple"));
    let error = "no fruit is called \"pine\"; choose of pineapple, apple";
    assert_eq!(exactly(&all, "fruit", "pine").map(Named::name), Err(error.to_owned()));
}
