//! What this server tells of itself: who is connected, what was answered, how much memory it has.

use std::sync::Arc;

use app::{VitalSigns, Vitals};
use holdfast::Timestamp;

use super::process::Process;
use crate::{api::Listeners, web::Traffic};

/// Reads them for the Monitor.
#[derive(Debug)]
pub(crate) struct Gauges {
    pub(crate) listeners: Arc<Listeners>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) started_at: Timestamp,
}

impl Vitals for Gauges {
    fn read(&self) -> VitalSigns {
        let online = self.listeners.online();
        VitalSigns {
            connections: online.connections,
            sessions: online.sessions,
            people: online.people,
            requests: self.traffic.answered(),
            too_often: self.traffic.too_often(),
            failed: self.traffic.failed(),
            resident: Process::read().resident,
            slow: self.traffic.slow(),
        }
    }

    fn started_at(&self) -> Timestamp {
        self.started_at
    }
}
