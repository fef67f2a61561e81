//! What the program is told: settings from the environment, numbers from the command line.

use crate::Failure;

/// Returns a setting that must be there.
pub(crate) fn setting(name: &str) -> Result<String, Failure> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Failure::Usage(format!("{name} is not set"))),
    }
}

/// Returns what is in the file that a setting names.
pub(crate) fn file(name: &str) -> Result<Vec<u8>, Failure> {
    let path = setting(name)?;
    std::fs::read(&path)
        .map_err(|_| Failure::Usage(format!("{name} names {path}, which cannot be read")))
}

/// Returns the first word, empty if there is none, and the others.
pub(crate) fn first(words: &[String]) -> (&str, &[String]) {
    match words {
        [first, others @ ..] => (first, others),
        [] => ("", words),
    }
}

/// Reads temperatures from words of the command line, at least one.
pub(crate) fn temperatures(words: &[String]) -> Result<Vec<f64>, Failure> {
    if words.is_empty() {
        return Err(Failure::Usage("there are no temperatures".into()));
    }
    words.iter().map(|word| temperature(word)).collect()
}

fn temperature(word: &str) -> Result<f64, Failure> {
    match word.parse() {
        // Rust would also read words such as `inf`.
        Ok(value) if word.ends_with(|last: char| last.is_ascii_digit()) => Ok(value),
        _ => Err(Failure::Usage(format!("{word} is no temperature"))),
    }
}
