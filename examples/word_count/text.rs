//! Counts the words of one file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::Tally;

/// Reads in pieces of this size, however large the file is.
const PIECE: usize = 256 * 1024;

/// A run of letters longer than this is data, not a word; it would only fill the memory.
const LONGEST_WORD: usize = 64;

/// Why a file was not counted, and whether that is alarming.
type NotCounted = (String, bool);

/// The words of the file at `path`, or why it has none to count.
pub(crate) fn count_file(path: &Path) -> Result<Tally, NotCounted> {
    let unreadable = |error: io::Error| (format!("{error}; see that you may read it"), true);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut tally = Tally {
        files: 1,
        ..Tally::default()
    };
    let mut piece = vec![0; PIECE];
    let mut kept = 0;
    loop {
        let read = read_some(&mut file, &mut piece[kept..]).map_err(unreadable)?;
        let (filled, at_end) = (kept + read, read == 0);
        let text = valid_text(&piece[..filled], at_end)?;
        let counted = if at_end {
            text.len()
        } else {
            last_word_start(text)
        };
        count_words(&mut tally.words, &text[..counted]);
        tally.bytes += read as u64;
        if at_end {
            return Ok(tally);
        }
        // The word that the piece may have cut in two goes to the front of the next piece.
        piece.copy_within(counted..filled, 0);
        kept = filled - counted;
    }
}

fn read_some(file: &mut File, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(into) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// `bytes` as text, without a character at the end that a later piece completes.
fn valid_text(bytes: &[u8], at_end: bool) -> Result<&str, NotCounted> {
    if bytes.contains(&0) {
        return Err(("not text: it has a zero byte".to_owned(), false));
    }
    let valid = match str::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) if error.error_len().is_none() && !at_end => error.valid_up_to(),
        Err(_) => return Err(("not text: it is not in UTF-8".to_owned(), false)),
    };
    Ok(str::from_utf8(&bytes[..valid]).unwrap_or_default())
}

/// Where the last word begins, or the end of the text if that word is endless.
///
/// So at least half of a piece is free for what is read next.
fn last_word_start(text: &str) -> usize {
    let start = text.rfind(|c: char| !c.is_alphanumeric()).unwrap_or(0);
    if text.len() - start > PIECE / 2 {
        text.len()
    } else {
        start
    }
}

/// Words are runs of letters and digits, taken in lower case.
fn count_words(words: &mut HashMap<String, u64>, text: &str) {
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            continue;
        }
        if word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            count_word(words, word);
        } else {
            count_word(words, &word.to_lowercase());
        }
    }
}

/// Allocates for a word only when it is new.
fn count_word(words: &mut HashMap<String, u64>, word: &str) {
    match words.get_mut(word) {
        Some(count) => *count += 1,
        None => drop(words.insert(word.to_owned(), 1)),
    }
}
