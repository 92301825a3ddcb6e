//! The page is whole, needs nothing else, and shows text as text.

use super::*;
use crate::machine::tests::machine;
use crate::measure::{Entry, Role};
use crate::row::Bar;

fn document() -> Document {
    let mut contest = Contest::new(machine());
    let entries = vec![
        Entry::new("ours", Role::Ours, vec![1.0, 2.0, 3.0]),
        Entry::new("a <peer> & co", Role::Peer, vec![8.0]),
    ];
    let (workload, unit) = ("hop".to_owned(), "ns".to_owned());
    let bars = vec![Bar::OfBestPeer(0.5), Bar::AtMost(1.0, 0)];
    let note = Some("who reads <this>".to_owned());
    contest.add("Threads", vec![Row { workload, unit, entries, bars, note }]);
    contest.into()
}

#[test]
fn the_page_needs_nothing_else() {
    let page = html(&document()).expect("something was measured");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for foreign in ["<script", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(foreign), "the page has {foreign}");
    }
    let links = page.matches("http").count();
    assert_eq!(links, page.matches("http://www.w3.org/2000/svg").count(), "a link leads away");
}

#[test]
fn text_is_shown_as_text_and_tags_close() {
    let page = html(&document()).expect("something was measured");
    assert!(page.contains("a &lt;peer&gt; &amp; co") && page.contains("who reads &lt;this&gt;"));
    assert!(!page.contains("<peer>") && !page.contains("<this>"));
    for tag in ["section", "figure", "table", "svg", "details", "dl", "p", "div", "tr"] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn every_bar_is_judged_in_sight() {
    let page = html(&document()).expect("something was measured");
    assert!(page.contains("<span class=\"holds\">0.25 &lt;= 0.50 of best: yes</span>"), "{page}");
    assert!(page.contains("<span class=\"short\">2.00 &lt;= 1: NO</span>"), "{page}");
}

#[test]
fn an_empty_document_is_an_error() {
    assert!(html(&Document::new()).is_err());
}
