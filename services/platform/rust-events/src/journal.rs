//! Lines for the log of the process.

use serde_json::Value;
use std::io::Write;

pub type Fields<'a> = &'a [(&'a str, Value)];

pub fn warn(message: &str, fields: Fields) {
    write("warn", message, fields);
}

pub fn error(message: &str, fields: Fields) {
    write("error", message, fields);
}

fn write(level: &str, message: &str, fields: Fields) {
    let mut line = serde_json::Map::new();
    line.insert("level".into(), level.into());
    line.insert("message".into(), message.into());
    line.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    // There is nowhere to say that there is nowhere to say it.
    drop(writeln!(std::io::stdout(), "{}", Value::Object(line)));
}
