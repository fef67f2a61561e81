//! The end user, as an assertion of the gateway says: a compact JWS, ES256, by the keys of a file.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use connectrpc::ErrorCode;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use crate::call::User;
use crate::errors::{Error, RpcError};
use crate::log;

/// Verifies assertions.
pub(crate) struct Users {
    path: Option<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the file was written, and which one it is.
    read: Option<(SystemTime, u64)>,
    keys: Option<JwkSet>,
    known: HashMap<String, (Arc<User>, u64)>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
    #[serde(default)]
    scope: String,
}

/// How many assertions are remembered at most.
const KNOWN: usize = 1000;

/// How many seconds the clocks of two machines may differ.
const CLOCK_LEEWAY: u64 = 5;

impl Users {
    pub(crate) fn new(path: Option<String>) -> Self {
        Self {
            path,
            state: Mutex::default(),
        }
    }

    /// Returns the user, or UNAUTHENTICATED: forged, expired, or made for somebody else. What was verified is remembered
    /// until it expires: a gateway sends one assertion with several calls, and a signature costs more than the rest of a
    /// request.
    pub(crate) fn verify(&self, assertion: &str) -> Result<Arc<User>, RpcError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((user, until)) = state.known.get(assertion)
            && *until > now()
        {
            return Ok(Arc::clone(user));
        }
        if let Err(problem) = state.load(self.path.as_deref()) {
            let problem = problem.to_string().into();
            log::warn(
                "the keys of user assertions cannot be read",
                &[("error", problem)],
            );
        }
        let claims = check(assertion, state.keys.as_ref()).map_err(|cause| {
            let message = "the assertion of the end user is not valid";
            RpcError::new(
                ErrorCode::Unauthenticated,
                "USER_ASSERTION_INVALID",
                message,
            )
            .caused_by(cause)
        })?;
        let user = Arc::new(User {
            subject: claims.sub,
            scopes: claims.scope.split_whitespace().map(str::to_owned).collect(),
        });
        if state.known.len() >= KNOWN {
            state.known.clear();
        }
        state
            .known
            .insert(assertion.to_owned(), (Arc::clone(&user), claims.exp));
        Ok(user)
    }
}

impl State {
    /// Reads the keys when the file is another one than before, and then forgets what the old keys verified.
    fn load(&mut self, path: Option<&str>) -> Result<(), Error> {
        let Some(path) = path else { return Ok(()) };
        let about = std::fs::metadata(path)?;
        let found = (about.modified()?, about.ino());
        if self.read == Some(found) {
            return Ok(());
        }
        self.keys = Some(serde_json::from_slice(&std::fs::read(path)?)?);
        self.known.clear();
        self.read = Some(found);
        Ok(())
    }
}

fn check(assertion: &str, keys: Option<&JwkSet>) -> Result<Claims, Error> {
    let keys = keys.ok_or("no keys: see LARDER_USER_JWKS")?;
    let id = decode_header(assertion)?
        .kid
        .ok_or("the assertion names no key")?;
    let key = DecodingKey::from_jwk(keys.find(&id).ok_or("the key is not known")?)?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.leeway = CLOCK_LEEWAY;
    rules.validate_nbf = true;
    rules.set_issuer(&["larder-gateway"]);
    rules.set_audience(&["larder-internal"]);
    rules.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
    let claims = decode::<Claims>(assertion, &key, &rules)?.claims;
    if claims.sub.is_empty() {
        return Err("sub is empty".into());
    }
    Ok(claims)
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
