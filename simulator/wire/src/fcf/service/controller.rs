//! The fabric controller: SCR, and RSCN to those who registered (FC-LS, "SCR", "RSCN").
//!
//! One RSCN is under way to an N_Port at a time; what changes meanwhile waits for the next one, which may
//! tell of several. One that is not acknowledged is repeated twice, then given up.

use npivot_fabric::san::Registration;
use npivot_fabric::world::{Command, NPortCommand};
use npivot_hal::FcId;

use crate::els::{
    Accept, AffectedPort, Change, Els, Explanation, Reason, Reject, Rscn, Scope, ScrFunction,
};
use crate::fc2::{FcType, Header, RCtl};
use crate::fcf::counters::Event;
use crate::fcf::forwarder::LinkIx;
use crate::fcf::limits;
use crate::fcf::link::{Link, UnderWay};
use crate::fcf::turn::{Back, Turn};
use crate::{Field, List};

/// How often an RSCN that is not acknowledged is sent again.
const REPEATS: u8 = 2;

impl Turn<'_> {
    pub(super) fn register_for_changes(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        function: ScrFunction,
    ) {
        let wanted = match function {
            // What the fabric finds out is all that there is to tell here; N_Ports' own reports are not
            // passed on.
            ScrFunction::FABRIC | ScrFunction::FULL => true,
            ScrFunction::N_PORT | ScrFunction::CLEAR => false,
            _ => {
                let reject = Reject::new(Reason::LOGICAL_ERROR, Explanation::NONE);
                return self.reject(link, back, header, reject);
            }
        };
        let registration = Registration::StateChanges(wanted);
        let command = NPortCommand::Register { fabric: link.fabric, fc_id: back.id, registration };
        if self.world.apply(Command::NPort(command)).is_ok() {
            self.accept(link, back, header, Accept::Done);
        } else {
            self.reject(link, back, header, Reject::new(Reason::UNABLE, Explanation::NONE));
        }
    }

    /// The world has something to tell to a VN_Port.
    pub(in crate::fcf) fn state_change(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        to: FcId,
        page: FcId,
    ) {
        let Some(vn_port) = link.vn_ports.get_mut(&to) else { return };
        let waiting = &mut vn_port.state_changes.waiting;
        if !waiting.contains(&page) {
            waiting.push(page);
        }
        if waiting.len() > limits::STATE_CHANGES {
            // Address 0 stands for all of them, below.
            *waiting = vec![Field::of([0; 3])];
        }
        if vn_port.state_changes.under_way.is_none() {
            self.send_state_changes(at, link, to);
        }
    }

    /// Sends what waits, as one RSCN.
    fn send_state_changes(&mut self, at: LinkIx, link: &mut Link, to: FcId) {
        let ox_id = self.exchange_id();
        let repeat_at = self.repeat_at();
        let Some(vn_port) = link.vn_ports.get_mut(&to) else { return };
        let pages = std::mem::take(&mut vn_port.state_changes.waiting);
        if pages.is_empty() {
            vn_port.state_changes.under_way = None;
            return;
        }
        let under_way = UnderWay { ox_id, pages, repeat_at, repeated: 0 };
        vn_port.state_changes.under_way = Some(under_way);
        self.send_rscn(at, link, to);
    }

    fn repeat_at(&self) -> npivot_fabric::world::SimTime {
        self.world.now() + u64::from(self.settings.e_d_tov_ms) * 2_000
    }

    fn send_rscn(&mut self, at: LinkIx, link: &mut Link, to: FcId) {
        let Some(vn_port) = link.vn_ports.get(&to) else { return };
        let Some(under_way) = &vn_port.state_changes.under_way else { return };
        let affected: Vec<AffectedPort> =
            under_way.pages.iter().map(|&id| page_of(id, to)).collect();
        let (mac, from) = (vn_port.mac, FcId::FABRIC_CONTROLLER);
        let header = Header::request(RCtl::ELS_REQUEST, FcType::ELS, from, to, under_way.ox_id);
        let rscn = Els::Rscn(Rscn { affected: List::new(&affected) });
        self.send_fc(at, link, mac, header, rscn);
    }

    /// An answer to the forwarder: to its RSCN, or it is none that is waited for.
    pub(super) fn acknowledged(&mut self, link: &mut Link, back: Back, header: Header) {
        let vn_port = link.vn_ports.get_mut(&back.id);
        let under_way = vn_port.map(|vn_port| &mut vn_port.state_changes.under_way);
        let matches =
            |way: &Option<UnderWay>| way.as_ref().is_some_and(|w| w.ox_id == header.ox_id);
        match under_way {
            Some(under_way) if matches(under_way) => {
                *under_way = None;
                self.send_state_changes(back.link, link, back.id);
            }
            _ => link.counters.count(Event::Unexpected),
        }
    }

    /// Repeats what was not acknowledged in time.
    pub(in crate::fcf) fn repeat_state_changes(&mut self, at: LinkIx, link: &mut Link) {
        let now = self.world.now();
        let late = |way: &UnderWay| way.repeat_at <= now;
        let due: Vec<FcId> = (link.vn_ports.iter())
            .filter(|(_, vn_port)| vn_port.state_changes.under_way.as_ref().is_some_and(late))
            .map(|(&id, _)| id)
            .collect();
        for id in due {
            let repeat_at = self.repeat_at();
            let Some(vn_port) = link.vn_ports.get_mut(&id) else { continue };
            let Some(under_way) = &mut vn_port.state_changes.under_way else { continue };
            if under_way.repeated < REPEATS {
                under_way.repeated += 1;
                under_way.repeat_at = repeat_at;
                self.send_rscn(at, link, id);
            } else {
                link.counters.count(Event::TimedOut);
                self.send_state_changes(at, link, id);
            }
        }
    }
}

/// The page that tells of an address; 0 stands for the whole fabric. So does the receiver's own: what its
/// zones let it see has changed, and Linux looks at nothing but the addresses that pages name.
fn page_of(id: FcId, receiver: FcId) -> AffectedPort {
    let all = Field::of([0; 3]);
    let (scope, id) =
        if id == all || id == receiver { (Scope::FABRIC, all) } else { (Scope::PORT, id) };
    AffectedPort { change: Change::UNSPECIFIED, scope, id }
}
