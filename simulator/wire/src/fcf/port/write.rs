//! The data of a write (FCP-4, "FCP_DATA IU").

use super::Asked;
use crate::fc2::{Header, UNASSIGNED};
use crate::fcf::counters::Event;
use crate::fcf::link::Link;
use crate::fcf::turn::Turn;

impl Turn<'_> {
    /// A frame of a write's data. One that was lost leaves a gap, which the initiator finds out when no response
    /// comes, and aborts.
    pub(super) fn data_out(&mut self, link: &mut Link, asked: Asked, data: &[u8]) {
        let Asked { back, header, path } = asked;
        let now = self.world.now();
        let vn_port = link.vn_ports.get_mut(&back.id);
        let number = (header.d_id, header.ox_id);
        let write = vn_port.and_then(|vn_port| vn_port.writes.get_mut(&number));
        // What comes late from an exchange before that had the same number carries another RX_ID.
        let known = |rx_id| header.rx_id == rx_id || header.rx_id == UNASSIGNED;
        let Some(write) = write.filter(|write| known(write.rx_id)) else {
            link.counters.count(Event::Unexpected);
            return;
        };
        let offset = usize::try_from(header.parameter).unwrap_or(usize::MAX);
        if !write.take(offset, data) {
            link.counters.count(Event::Unexpected);
            return;
        }
        write.touched = now;
        if write.data.len() < write.asked {
            if let Some(burst) = write.next_burst() {
                let rx_id = write.rx_id;
                self.ask_for(link, asked, rx_id, burst);
            }
            return;
        }
        let Some(write) = link.end_write(back.id, header.d_id, header.ox_id) else { return };
        let done = self.world.serve(&path, write.lun, &write.cdb, &write.data, 0);
        let header = Header { rx_id: write.rx_id, ..header };
        self.complete(link, Asked { header, ..asked }, &done, write.offered);
    }
}
