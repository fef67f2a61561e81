//! The kit's own settings, the same in every service.

use std::collections::HashMap;
use std::time::Duration;

use crate::config::{Env, Setting};
use crate::log::Level;

/// The kit's own settings, the same in every service.
#[derive(Clone, Debug)]
pub struct PlatformConfig {
    pub listen: String,
    pub ops_listen: String,
    /// How long calls in progress may take to end after SIGTERM.
    pub drain: Duration,
    pub log_level: Level,
    /// The sidecar's outbound socket, or `transparent`. None: no sidecar.
    pub egress: Option<String>,
    pub namespace: String,
    pub trust_domain: String,
    /// The identity of the ingress that may speak for devices. None: nobody does.
    pub device_ingress: Option<String>,
    pub device_trust_domain: String,
    /// The file with the keys of the user assertion.
    pub user_jwks: Option<String>,
    pub otlp_endpoint: Option<String>,
    pub build: String,
    /// Direct addresses by workload, which go before `egress`.
    pub addresses: HashMap<String, Vec<String>>,
}

const LEVELS: [(&str, Level); 4] = [
    ("debug", Level::Debug),
    ("info", Level::Info),
    ("warn", Level::Warn),
    ("error", Level::Error),
];

impl Env<'_> {
    /// Reads the kit's own settings for the service with that prefix, such as INGESTION. `callees` are the workloads that
    /// it calls: their direct addresses are looked up.
    pub fn platform(&mut self, prefix: &str, callees: &[&str]) -> PlatformConfig {
        let config = PlatformConfig {
            listen: self.address(&format!("{prefix}_LISTEN")),
            ops_listen: self.address(&format!("{prefix}_OPS_LISTEN")),
            drain: self.seconds(&format!("{prefix}_DRAIN_SECONDS"), Duration::from_secs(10)),
            log_level: self.choice(&format!("{prefix}_LOG_LEVEL"), "info", &LEVELS),
            egress: self.optional("MESH_EGRESS"),
            namespace: self.text_or("MESH_NAMESPACE", "larder"),
            trust_domain: self.text_or("MESH_TRUST_DOMAIN", "larder.local"),
            device_ingress: self.optional("MESH_DEVICE_INGRESS"),
            device_trust_domain: self.text_or("MESH_DEVICE_TRUST_DOMAIN", "devices.larder.local"),
            user_jwks: self.optional("LARDER_USER_JWKS"),
            otlp_endpoint: self.optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
            build: self.text_or("LARDER_BUILD", "dev"),
            addresses: HashMap::new(),
        };
        let rows = self.settings.len();
        let addresses = callees
            .iter()
            .map(|callee| {
                let name = callee.replace('-', "_").to_uppercase();
                let raw = self
                    .optional(&format!("LARDER_ADDR_{name}"))
                    .unwrap_or_default();
                let found = raw.split([',', ' ']).filter(|address| !address.is_empty());
                ((*callee).to_owned(), found.map(str::to_owned).collect())
            })
            .collect();
        // One row stands for all.
        self.settings.truncate(rows);
        self.settings.push(Setting {
            name: "LARDER_ADDR_<WORKLOAD>".to_owned(),
            default: None,
            required: false,
        });
        PlatformConfig {
            addresses,
            ..config
        }
    }
}
