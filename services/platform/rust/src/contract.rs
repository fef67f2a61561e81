//! What the contract says of the methods of a server, read from its descriptors.

use std::time::Duration;

use buffa::{ExtensionSet, Message};
use buffa_descriptor::generated::descriptor::{FileDescriptorProto, FileDescriptorSet};
use larder_contract::proto::mesh::v1::__buffa::ext::METHOD;
use larder_contract::proto::mesh::v1::EndUser;

/// A method, with the part of its policy that a server keeps by itself.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) service: String,
    pub(crate) name: String,
    /// The full name of the message that it takes.
    pub(crate) input: String,
    pub(crate) end_user: EndUser,
    pub(crate) scopes: Vec<String>,
    pub(crate) for_devices: bool,
    /// How long a call that brings no deadline may take. None: for ever.
    pub(crate) limit: Option<Duration>,
    /// How long a stream may be without a message of either side. None: for as long as it lasts.
    pub(crate) idle: Option<Duration>,
}

/// The files of the contract and what they import.
pub(crate) fn files() -> Vec<FileDescriptorProto> {
    FileDescriptorSet::decode(&mut { larder_contract::DESCRIPTORS })
        .expect("the crate carries its own descriptors")
        .file
}

/// All methods of all services in these files.
pub(crate) fn methods(files: &[FileDescriptorProto]) -> Vec<Method> {
    let mut found = Vec::new();
    for file in files {
        for service in &file.service {
            let of = qualified(file.package.as_deref(), service.name.as_deref());
            for method in &service.method {
                let policy = method.options.extension(&METHOD).unwrap_or_default();
                found.push(Method {
                    service: of.clone(),
                    name: method.name.clone().unwrap_or_default(),
                    input: method
                        .input_type
                        .as_deref()
                        .unwrap_or_default()
                        .trim_start_matches('.')
                        .to_owned(),
                    end_user: policy.end_user.as_known().unwrap_or_default(),
                    limit: some_ms(policy.deadline_ms.max(policy.stream.max_ms)),
                    idle: some_ms(policy.stream.idle_ms),
                    for_devices: policy.callers.iter().any(|caller| caller == "@device"),
                    scopes: policy.scopes,
                });
            }
        }
    }
    found
}

fn some_ms(milliseconds: u32) -> Option<Duration> {
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds.into()))
}

/// A name within its package, or within the type that holds it.
pub(crate) fn qualified(outer: Option<&str>, name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    match outer {
        Some(outer) if !outer.is_empty() => format!("{outer}.{name}"),
        _ => name.to_owned(),
    }
}
