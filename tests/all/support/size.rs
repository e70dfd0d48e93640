//! How large a test of reliability is: what everybody can afford, or what security.md's row says.

/// Whether `HUFU_TEST_FULL_SIZE=1` asks for the sizes of the rows; they want an idle machine, minutes, and 5000 open files.
pub fn is_full() -> bool {
    std::env::var("HUFU_TEST_FULL_SIZE").is_ok_and(|text| text == "1")
}

/// `full` where that is asked for.
pub fn size(usual: usize, full: usize) -> usize {
    if is_full() { full } else { usual }
}
