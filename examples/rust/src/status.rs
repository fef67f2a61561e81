//! What a failed call says: the code, and the details that a service of Larder sends with it (google.rpc.ErrorInfo and
//! google.rpc.BadRequest).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use buffa::Message;
use connectrpc::{ConnectError, ErrorCode, ErrorDetail};
use larder_contract::others::google::rpc::{BadRequest, ErrorInfo};

/// Returns lines for people. What stands in parentheses was not said by a service: by this library, or by a proxy on the way.
pub(crate) fn explain(error: &ConnectError) -> Vec<String> {
    let (name, message) = (
        name(error.code),
        error.message.as_deref().unwrap_or_default(),
    );
    if error.details.is_empty() {
        return vec![format!("{name} ({message})")];
    }
    let mut lines = vec![format!("{name}: {message}")];
    for detail in &error.details {
        if let Some(info) = read::<ErrorInfo>(detail, "google.rpc.ErrorInfo") {
            lines.push(format!("  reason {} of {}", info.reason, info.domain));
            let sorted: BTreeMap<_, _> = info.metadata.iter().collect();
            lines.extend(
                sorted
                    .iter()
                    .map(|(key, value)| format!("  {key} = {value}")),
            );
        }
        if let Some(request) = read::<BadRequest>(detail, "google.rpc.BadRequest") {
            let violations = request.field_violations.iter();
            lines.extend(violations.map(|it| format!("  field {}: {}", it.field, it.description)));
        }
    }
    lines
}

/// Returns the name that gRPC gives a code.
pub(crate) fn name(code: ErrorCode) -> String {
    match code {
        ErrorCode::Canceled => "CANCELLED".into(),
        code => code.as_str().to_uppercase(),
    }
}

fn read<M: Message>(detail: &ErrorDetail, name: &str) -> Option<M> {
    if detail.type_url.rsplit('/').next() != Some(name) {
        return None;
    }
    let bytes = STANDARD_NO_PAD.decode(detail.value.as_deref()?).ok()?;
    M::decode_from_slice(&bytes).ok()
}
