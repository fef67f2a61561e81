//! An instance of the service, as a process.

use larder_events::testing::send;
use std::process::Child;

/// A running instance.
pub(crate) struct Instance(pub(super) Child);

impl Instance {
    pub(crate) fn kill(&mut self) {
        send(self.0.id(), "KILL");
        self.0.wait().unwrap();
    }

    pub(crate) fn freeze(&self) {
        send(self.0.id(), "STOP");
    }

    pub(crate) fn wake(&self) {
        send(self.0.id(), "CONT");
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// SIGTERM. Returns whether it ended well.
    pub(crate) fn end(&mut self) -> bool {
        send(self.0.id(), "TERM");
        self.0.wait().unwrap().success()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        send(self.0.id(), "KILL");
        drop(self.0.wait());
    }
}
