use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connectrpc::ErrorCode;
use connectrpc::client::CallOptions;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};

use crate::call::User;
use crate::testing::{Running, Shop, assert_error, config, headers, run_by};

/// The keys of a gateway, with the file that tells the public part.
struct Keys {
    folder: tempfile::TempDir,
    private: EncodingKey,
}

impl Keys {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let private = renew(&folder);
        Self { folder, private }
    }

    fn path(&self) -> String {
        self.folder
            .path()
            .join("user-jwks.json")
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Makes an assertion for ada, with some claims set otherwise; null takes a claim away.
    fn sign(&self, other: &Value) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let mut claims = json!({
            "iss": "larder-gateway", "aud": "larder-internal", "sub": "ada", "scope": "orders.read orders.write",
            "exp": now + 60,
        });
        for (name, value) in other.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let header = Header {
            kid: Some("k1".to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        encode(&header, &claims, &self.private).unwrap()
    }
}

/// Makes another key and tells it in the same file.
fn renew(folder: &tempfile::TempDir) -> EncodingKey {
    let key = p256::SecretKey::generate();
    let point = key.public_key().to_sec1_point(false);
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = (part(&point.x().unwrap()[..]), part(&point.y().unwrap()[..]));
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "k1", "alg": "ES256", "use": "sig"});
    let path = folder.path().join("user-jwks.json");
    std::fs::write(
        path.with_extension("new"),
        json!({"keys": [jwk]}).to_string(),
    )
    .unwrap();
    std::fs::rename(path.with_extension("new"), path).unwrap();
    EncodingKey::from_ec_der(key.to_pkcs8_der().unwrap().as_bytes())
}

type Seen = Arc<Mutex<Option<Option<Arc<User>>>>>;

/// A shop that remembers the user of its last call.
async fn asked(jwks: Option<String>) -> (Running, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let shop = Shop::new(move |call, _| {
        *kept.lock().unwrap() = Some(call.user.clone());
        std::future::ready(Ok(()))
    });
    let mut config = config();
    config.user_jwks = jwks;
    (run_by(shop, config, None).await, seen)
}

fn by(assertion: &str) -> CallOptions {
    headers(&[("x-larder-user", assertion)])
}

#[tokio::test]
async fn a_user_is_verified_where_the_contract_asks_for_one() {
    let keys = Keys::new();
    let (shop, seen) = asked(Some(keys.path())).await;
    let good = keys.sign(&json!({}));
    // Verified, then remembered.
    for _ in 0..2 {
        for required in [true, false] {
            if required {
                shop.messages(by(&good)).await
            } else {
                shop.customer(by(&good)).await
            }
            .unwrap();
            let user = seen.lock().unwrap().take().unwrap().unwrap();
            assert_eq!(
                (user.subject.as_str(), user.scopes.as_slice()),
                (
                    "ada",
                    &["orders.read".to_owned(), "orders.write".to_owned()][..]
                )
            );
        }
    }
    let missing = shop.messages(CallOptions::default()).await;
    assert_error(
        &missing,
        ErrorCode::Unauthenticated,
        "shop",
        "USER_ASSERTION_MISSING",
    );
    shop.customer(CallOptions::default()).await.unwrap();
    assert_eq!(seen.lock().unwrap().take(), Some(None));
    // Where no user is asked for, none is told.
    shop.say("", by("nonsense")).await.unwrap();
    assert_eq!(seen.lock().unwrap().take(), Some(None));
}

#[tokio::test]
async fn an_assertion_that_is_forged_expired_or_for_somebody_else_is_refused() {
    let keys = Keys::new();
    let (shop, _) = asked(Some(keys.path())).await;
    let good = keys.sign(&json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let forged = URL_SAFE_NO_PAD.encode(
        json!({"iss": "larder-gateway", "aud": "larder-internal", "sub": "eve", "exp": 9_999_999_999_u64}).to_string(),
    );
    let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "kid": "k1"}).to_string());
    let bad = [
        keys.sign(&json!({"exp": 1})),
        keys.sign(&json!({"exp": null})),
        keys.sign(&json!({"sub": ""})),
        keys.sign(&json!({"iss": "somebody"})),
        keys.sign(&json!({"aud": "larder-edge"})),
        keys.sign(&json!({"nbf": 9_999_999_999_u64})),
        Keys::new().sign(&json!({})),
        format!("{}.{forged}.{}", parts[0], parts[2]),
        format!("{none}.{}.", parts[1]),
        "nonsense".to_owned(),
    ];
    for assertion in bad {
        for result in [
            shop.messages(by(&assertion)).await,
            shop.customer(by(&assertion)).await,
        ] {
            assert_error(
                &result,
                ErrorCode::Unauthenticated,
                "shop",
                "USER_ASSERTION_INVALID",
            );
        }
    }
}

#[tokio::test]
async fn a_new_key_is_known_as_soon_as_its_file_is_there_and_the_old_one_forgotten() {
    let mut keys = Keys::new();
    let (shop, _) = asked(Some(keys.path())).await;
    let old = keys.sign(&json!({}));
    shop.messages(by(&old)).await.unwrap();
    keys.private = renew(&keys.folder);
    shop.messages(by(&keys.sign(&json!({})))).await.unwrap();
    assert_error(
        &shop.messages(by(&old)).await,
        ErrorCode::Unauthenticated,
        "shop",
        "USER_ASSERTION_INVALID",
    );
}

#[tokio::test]
async fn without_keys_every_assertion_is_refused() {
    let keys = Keys::new();
    for file in [None, Some(format!("{}.absent", keys.path()))] {
        let (shop, _) = asked(file).await;
        let result = shop.messages(by(&keys.sign(&json!({})))).await;
        assert_error(
            &result,
            ErrorCode::Unauthenticated,
            "shop",
            "USER_ASSERTION_INVALID",
        );
    }
}
