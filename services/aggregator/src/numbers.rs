//! Numbers for tests that try many cases: the same from the same seed.

pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `SplitMix64`.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// At least `least`, less than `limit`.
    pub(crate) const fn between(&mut self, least: i64, limit: i64) -> i64 {
        least + (self.next() % (limit - least).unsigned_abs()).cast_signed()
    }
}
