//! Counts the words of one file, or of one part of a huge file.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::Tally;

/// The bytes of a file from one place up to another; a file that grows is not followed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) path: OsString,
    pub(crate) from: u64,
    /// `None`: to the end of the file.
    pub(crate) to: Option<u64>,
}

/// Reads in pieces of this size, however large the file is.
const PIECE: usize = 256 * 1024;

/// A run of letters longer than this is data, not a word; it would only fill the memory.
const LONGEST_WORD: usize = 64;

/// Why a part was not counted, and whether that is alarming.
type NotCounted = (String, bool);

/// Counts the words of parts, one after another, in one buffer.
pub(crate) struct Counter {
    piece: Vec<u8>,
}

impl Counter {
    pub(crate) fn new() -> Self {
        Self { piece: vec![0; PIECE] }
    }

    /// The words of a part, or why it has none to count.
    pub(crate) fn count(&mut self, part: &Part) -> Result<Tally, NotCounted> {
        let mut text = open(part).map_err(unreadable)?;
        let mut tally = Tally { files: u64::from(part.from == 0), ..Tally::default() };
        let mut kept = 0;
        loop {
            let read = read_some(&mut text, &mut self.piece[kept..]).map_err(unreadable)?;
            let (filled, at_end) = (kept + read, read == 0);
            let valid = valid_text(&self.piece[..filled], at_end)?;
            let counted = if at_end { valid.len() } else { last_word_start(valid) };
            count_words(&mut tally.words, &valid[..counted]);
            tally.bytes += read as u64;
            if at_end {
                return Ok(tally);
            }
            // A word that the piece may have cut in two goes to the front of the next piece.
            self.piece.copy_within(counted..filled, 0);
            kept = filled - counted;
        }
    }
}

fn unreadable(error: io::Error) -> NotCounted {
    (format!("{error}; see that you may read it"), true)
}

/// The text of a part: from the first gap between words to the first one after its end.
fn open(part: &Part) -> io::Result<io::Take<File>> {
    let mut file = File::open(&part.path)?;
    let from = if part.from == 0 { 0 } else { next_gap(&mut file, part.from)? };
    let to = part.to.map_or(Ok(u64::MAX), |to| next_gap(&mut file, to))?;
    file.seek(SeekFrom::Start(from))?;
    Ok(file.take(to.saturating_sub(from)))
}

/// The first gap at or after `place`. Neighbouring parts find the same one, so that no word is cut
/// or counted twice. Where there is no gap far and wide, any place between two characters will do.
fn next_gap(file: &mut File, place: u64) -> io::Result<u64> {
    let mut near = Vec::new();
    file.seek(SeekFrom::Start(place))?;
    file.take(PIECE as u64).read_to_end(&mut near)?;
    let inside_character = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
    let begin = near.iter().take_while(inside_character).count();
    let text = near[begin..].utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let gap = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(0);
    Ok(place + (begin + gap) as u64)
}

fn read_some(text: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match text.read(into) {
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
    if text.len() - start > PIECE / 2 { text.len() } else { start }
}

/// Words are runs of letters and digits, taken in lower case.
fn count_words(words: &mut HashMap<String, u64>, text: &str) {
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            continue;
        }
        if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
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
