//! SCRAM (RFC 5802, RFC 7677): who knows the password proves it without showing it, and so does the other side.

use super::address::{Login, Mechanism};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};

/// Fewer would make the password easy to guess for who has listened; more would keep the machine busy.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4096..=200_000;

/// One login: what was said so far.
pub(super) struct Scram<'a> {
    login: &'a Login,
    first: String,
}

/// What the last message of the other side must prove.
pub(super) struct Proof {
    mechanism: Mechanism,
    server_key: Vec<u8>,
    said: String,
}

impl<'a> Scram<'a> {
    /// `nonce` is new for every login: printable, without a comma.
    pub(super) fn new(login: &'a Login, nonce: &str) -> Self {
        let name = login.username.replace('=', "=3D").replace(',', "=2C");
        let first = format!("n={name},r={nonce}");
        Self { login, first }
    }

    /// The first message. No channel is bound.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.first)
    }

    /// The second message, by the first one of the other side. None: that is not how it is spoken.
    pub(super) fn second(self, answer: &str) -> Option<(String, Proof)> {
        let mut parts = answer.split(',');
        let nonce = parts.next()?.strip_prefix("r=")?;
        let salt = BASE64.decode(parts.next()?.strip_prefix("s=")?).ok()?;
        let iterations: u32 = parts.next()?.strip_prefix("i=")?.parse().ok()?;
        let mine = self.first.rsplit_once("r=")?.1;
        if !nonce.starts_with(mine)
            || nonce.len() == mine.len()
            || !ITERATIONS.contains(&iterations)
        {
            return None;
        }
        let mechanism = self.login.mechanism;
        let salted = stretched(mechanism, &self.login.password, &salt, iterations);
        let client_key = mac(mechanism, &salted, b"Client Key");
        let without_proof = format!("c=biws,r={nonce}");
        let said = format!("{},{answer},{without_proof}", self.first);
        let signature = mac(mechanism, &hash(mechanism, &client_key), said.as_bytes());
        let proof: Vec<u8> = client_key
            .iter()
            .zip(&signature)
            .map(|(key, signature)| key ^ signature)
            .collect();
        let server_key = mac(mechanism, &salted, b"Server Key");
        let second = format!("{without_proof},p={}", BASE64.encode(proof));
        Some((
            second,
            Proof {
                mechanism,
                server_key,
                said,
            },
        ))
    }
}

impl Proof {
    /// Whether the other side knows the password too.
    pub(super) fn is_given(&self, answer: &str) -> bool {
        let given = answer.strip_prefix("v=").map(|v| BASE64.decode(v));
        let Some(Ok(given)) = given else { return false };
        let said = self.said.as_bytes();
        match self.mechanism {
            Mechanism::ScramSha512 => keyed::<Hmac<Sha512>>(&self.server_key)
                .chain_update(said)
                .verify_slice(&given)
                .is_ok(),
            _ => keyed::<Hmac<Sha256>>(&self.server_key)
                .chain_update(said)
                .verify_slice(&given)
                .is_ok(),
        }
    }
}

fn keyed<M: hmac::Mac + hmac::KeyInit>(key: &[u8]) -> M {
    <M as hmac::KeyInit>::new_from_slice(key).expect("a key of any length will do")
}

fn mac(mechanism: Mechanism, key: &[u8], text: &[u8]) -> Vec<u8> {
    match mechanism {
        Mechanism::ScramSha512 => keyed::<Hmac<Sha512>>(key)
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
        _ => keyed::<Hmac<Sha256>>(key)
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
    }
}

fn hash(mechanism: Mechanism, text: &[u8]) -> Vec<u8> {
    match mechanism {
        Mechanism::ScramSha512 => Sha512::digest(text).to_vec(),
        _ => Sha256::digest(text).to_vec(),
    }
}

/// The password as it is used: slow to make, so that it is slow to guess.
fn stretched(mechanism: Mechanism, password: &str, salt: &[u8], iterations: u32) -> Vec<u8> {
    let key = password.as_bytes();
    let mut last = mac(mechanism, key, &[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = last.clone();
    for _ in 1..iterations {
        last = mac(mechanism, key, &last);
        for (sum, byte) in sum.iter_mut().zip(&last) {
            *sum ^= byte;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const ANSWER: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn login(username: &str) -> Login {
        Login {
            mechanism: Mechanism::ScramSha256,
            username: username.into(),
            password: "pencil".into(),
        }
    }

    #[test]
    fn the_example_of_rfc_7677_comes_out() {
        let login = login("user");
        let scram = Scram::new(&login, NONCE);
        assert_eq!(scram.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let (second, proof) = scram.second(ANSWER).unwrap();
        assert_eq!(
            second,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert!(proof.is_given("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        for other in [
            "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            "e=other-error",
            "",
        ] {
            assert!(!proof.is_given(other), "{other}");
        }
    }

    #[test]
    fn an_answer_that_is_none_is_not_gone_into() {
        let login = login("a,b=c");
        assert_eq!(Scram::new(&login, "x").first(), "n,,n=a=2Cb=3Dc,r=x");
        for answer in [
            "r=another%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000",
            "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
            "e=unknown-user",
        ] {
            assert!(
                Scram::new(&login, NONCE).second(answer).is_none(),
                "{answer}"
            );
        }
    }
}
