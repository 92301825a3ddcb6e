/// How deep values may nest. In a debug build a level takes about a kibibyte of stack when it is
/// read, more if the value is large, for which it then counts as several; a thread has two
/// mebibytes.
pub(super) const LEVELS: usize = 512;

/// How many elements of sequences may take no bytes at all, like `()`: nothing else bounds how many
/// of them a length may announce.
pub(super) const WEIGHTLESS: usize = 1 << 24;
