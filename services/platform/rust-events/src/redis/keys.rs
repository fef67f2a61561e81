//! The names of keys. Those of a partition share a hash slot, and rights can be given by topic: `topic:*`.

pub fn stream(topic: &str, partition: u32) -> String {
    format!("{topic}:{{{partition}}}")
}

pub fn state(topic: &str, partition: u32) -> String {
    format!("{topic}:{{{partition}}}:state")
}

pub fn lease(topic: &str, partition: u32, group: &str) -> String {
    format!("{topic}:{{{partition}}}:lease:{group}")
}

pub fn noted(topic: &str, partition: u32, group: &str) -> String {
    format!("{topic}:{{{partition}}}:noted:{group}")
}

pub fn partitions(topic: &str) -> String {
    format!("{topic}:partitions")
}

pub fn members(topic: &str, group: &str) -> String {
    format!("{topic}:members:{group}")
}
