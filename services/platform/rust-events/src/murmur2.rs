//! The hash by which Kafka's default partitioner places a key. The same in every language: `../events/testdata/murmur2.json`.

const SEED: u32 = 0x9747_b28c;
const M: u32 = 0x5bd1_e995;

/// The 32-bit hash of bytes.
#[must_use]
pub fn murmur2(bytes: &[u8]) -> u32 {
    // Only the low 32 bits of the length count, as where the hash comes from.
    #[allow(clippy::cast_possible_truncation)]
    let mut hash = SEED ^ bytes.len() as u32;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let mut word = u32::from_le_bytes(*word).wrapping_mul(M);
        word = (word ^ (word >> 24)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ word;
    }
    if !rest.is_empty() {
        for (at, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * at);
        }
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// The hash of a key as a number from 0 to 2^31 - 1.
#[must_use]
pub fn key_hash(key: &str) -> u32 {
    murmur2(key.as_bytes()) & 0x7fff_ffff
}

/// The partition of a key.
#[must_use]
pub fn partition_of(key: &str, partitions: u32) -> u32 {
    key_hash(key) % partitions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_placed_as_in_every_language() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../events/testdata/murmur2.json")).unwrap();
        let vectors = vectors.as_array().unwrap();
        assert!(vectors.len() > 10);
        for vector in vectors {
            let key = vector["key"].as_str().unwrap();
            let hash = i64::from(murmur2(key.as_bytes()).cast_signed());
            assert_eq!(hash, vector["murmur2"].as_i64().unwrap(), "{key:?}");
            for (partitions, partition) in vector["partition"].as_object().unwrap() {
                let found = partition_of(key, partitions.parse().unwrap());
                assert_eq!(
                    u64::from(found),
                    partition.as_u64().unwrap(),
                    "{key:?} of {partitions}"
                );
            }
        }
    }
}
