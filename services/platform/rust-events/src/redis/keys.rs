//! The names of keys. Those of a partition share a hash slot, and rights can be given by topic: `topic:*`.

pub(super) fn stream(topic: &str, partition: u32) -> String {
    format!("{topic}:{{{partition}}}")
}

pub(super) fn state(topic: &str, partition: u32) -> String {
    format!("{topic}:{{{partition}}}:state")
}

pub(super) fn lease(topic: &str, partition: u32, group: &str) -> String {
    format!("{topic}:{{{partition}}}:lease:{group}")
}

pub(super) fn noted(topic: &str, partition: u32, group: &str) -> String {
    format!("{topic}:{{{partition}}}:noted:{group}")
}

pub(super) fn partitions(topic: &str) -> String {
    format!("{topic}:partitions")
}

pub(super) fn members(topic: &str, group: &str) -> String {
    format!("{topic}:members:{group}")
}
