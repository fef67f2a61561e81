//! The functions in the server: the same text as in every language, under the same names, so that whoever prepares the log loads them for all.

use crate::wire::hex;
use redis::Cmd;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const CODE: &str = include_str!("../../../events/src/redis/functions.lua");

/// Functions outlive the process that loaded them, and other builds may use theirs at the same time: each version has its own name.
static SUFFIX: LazyLock<String> = LazyLock::new(|| hex(&Sha256::digest(CODE.as_bytes())[..4]));

/// What the names of command and function and the number of keys take at most.
const FRAME: usize = 64;

/// A call of a function of the server.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub name: &'static str,
    pub keys: Vec<String>,
    pub args: Vec<Vec<u8>>,
    /// The function has the flag `no-writes`.
    pub read_only: bool,
}

impl Call {
    pub(crate) fn command(&self) -> Cmd {
        let bytes: usize = self.keys.iter().map(String::len).sum::<usize>()
            + self.args.iter().map(Vec::len).sum::<usize>();
        let mut command = Cmd::with_capacity(3 + self.keys.len() + self.args.len(), FRAME + bytes);
        command
            .arg(if self.read_only { "FCALL_RO" } else { "FCALL" })
            .arg(format!("larder_{}_{}", self.name, *SUFFIX))
            .arg(self.keys.len())
            .arg(&self.keys);
        for arg in &self.args {
            command.arg(&arg[..]);
        }
        command
    }
}

/// The library as it is loaded.
pub(super) fn library() -> String {
    let mut code = CODE.to_owned();
    for before in ["register_function('", "function_name = '"] {
        let mut parts = code.split(before);
        let mut renamed = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('\'').unwrap_or((part, ""));
            renamed.extend([before, "larder_", name, "_", &SUFFIX, "'", rest]);
        }
        code = renamed;
    }
    format!("#!lua name=larder_{}\n{code}", *SUFFIX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_function_has_the_name_of_its_version() {
        let library = super::library();
        let suffix = &*super::SUFFIX;
        for name in [
            "append",
            "read",
            "offset_at",
            "trim",
            "create_topic",
            "beat",
            "acquire",
            "extend",
        ] {
            assert!(
                library.contains(&format!("'larder_{name}_{suffix}'")),
                "{name}"
            );
        }
    }
}
