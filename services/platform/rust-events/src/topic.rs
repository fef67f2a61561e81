//! Topics as the contract declares them.

use buffa::{ExtensionSet as _, Message as _, MessageName};
use buffa_descriptor::generated::descriptor::FileDescriptorSet;
use larder_contract::proto::mesh::v1::__buffa::ext::TOPIC;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

/// What the contract says about the topic of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// The workloads that may write.
    pub producers: Vec<String>,
    /// The workloads that read.
    pub consumers: Vec<String>,
    /// After so many failed deliveries an event goes to the dead-letter topic. 0: never.
    pub max_deliveries: u32,
    /// How long events are kept. None: as the environment says.
    pub retention: Option<Duration>,
}

/// By the full names of the events.
static TOPICS: LazyLock<HashMap<String, Topic>> = LazyLock::new(|| {
    let contract = FileDescriptorSet::decode(&mut { larder_contract::DESCRIPTORS })
        .expect("the crate carries its own descriptors");
    let mut topics = HashMap::new();
    for file in contract.file {
        let package = file.package.unwrap_or_default();
        for message in file.message_type {
            let Some(said) = message.options.extension(&TOPIC) else {
                continue;
            };
            let hours = u64::from(said.retention_hours);
            let topic = Topic {
                name: said.name,
                producers: said.producers,
                consumers: said
                    .consumers
                    .into_iter()
                    .map(|consumer| consumer.workload)
                    .collect(),
                max_deliveries: said.max_deliveries,
                retention: (hours > 0).then(|| Duration::from_secs(hours * 3600)),
            };
            topics.insert(
                format!("{package}.{}", message.name.unwrap_or_default()),
                topic,
            );
        }
    }
    topics
});

/// The topic that carries an event.
///
/// # Panics
/// If the message is none: it has no `(mesh.v1.topic)`.
#[must_use]
pub fn topic_of<M: MessageName>() -> &'static Topic {
    let found = TOPICS.get(M::FULL_NAME);
    found.unwrap_or_else(|| panic!("{} is no event: it has no (mesh.v1.topic)", M::FULL_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_contract::proto::larder::order::v1::{Order, OrderConfirmed};

    #[test]
    fn the_topic_of_an_event_is_as_its_contract_says() {
        let topic = topic_of::<OrderConfirmed>();
        assert_eq!(topic.name, "larder.order.confirmed.v1");
        assert_eq!(topic.producers, ["order"]);
        assert!(topic.consumers.contains(&"notification".to_owned()));
        assert!(topic.max_deliveries > 0);
    }

    #[test]
    #[should_panic(expected = "larder.order.v1.Order is no event")]
    fn what_is_no_event_has_no_topic() {
        let _ = topic_of::<Order>();
    }
}
