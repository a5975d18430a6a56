//! FIP (FC-BB-5, FC-BB-6): discovery, keep-alives, virtual links that are cleared, VLANs.

use npivot_fabric::world::{Command, NPortCommand, SimTime};
use npivot_hal::FcId;

use super::counters::Event;
use super::forwarder::LinkIx;
use super::limits;
use super::link::{Cleared, ENode, Link, VnPort};
use super::turn::Turn;
use crate::ethernet::{self, FcMap, Mac, VlanTag};
use crate::fc2::MAX_DATA_BYTES;
use crate::fip::{
    self, Advertisement, ClearVirtualLink, Fabric, Flags, KeepAlive, KeepAlivePeriod,
    LinkServiceKind, Message, Several, Vlan, VlanNotification,
};

/// What FCoE adds to an FC frame's data field: encapsulation, header, CRC and end of frame.
const AROUND_DATA: u16 = 14 + 24 + 8;

/// FC-BB-5: an ENode is gone when nothing was heard of it for two and a half periods.
const PATIENCE_HALF_PERIODS: u64 = 5;

/// FC-BB-5, "FIP Keep Alive": a VN_Port's own, every 90 seconds.
const VN_PORT_PERIOD_US: u64 = 90_000_000;

type Fip<'a> = Message<'a>;

impl Turn<'_> {
    pub(super) fn receive_fip(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        on: ethernet::Header,
        message: &Message<'_>,
    ) {
        let source = on.source;
        // Another forwarder's messages are none of ours.
        if message.flags().has(Flags::F_PORT) {
            link.counters.count(Event::Unexpected);
            return;
        }
        if !is_senders(link, source, message) {
            link.counters.count(Event::WrongMac);
            return;
        }
        match message {
            Message::Solicitation(asked) => {
                let room = asked.max_bytes.saturating_sub(AROUND_DATA) & !3;
                self.hear(link, asked.mac, Some(room));
                if link.vn_ports.is_empty() {
                    // Who looks for a forwarder knows that it is not logged in.
                    link.cleared.clear();
                }
                self.on_its_vlan(link, on, |turn, link| turn.advertise(at, link, asked.mac, true));
            }
            Message::LinkService(service) if !service.reply => {
                self.hear(link, source, None);
                self.on_its_vlan(link, on, |turn, link| {
                    turn.login_service(at, link, source, service);
                });
            }
            Message::KeepAlive(alive) => self.keep_alive(at, link, alive),
            Message::VlanRequest(asked) => self.notify_vlans(at, link, asked.mac, on.vlan),
            _ => link.counters.count(Event::Unexpected),
        }
    }

    /// Answers on the VLAN that a message came on; what else goes out stays on that of the ENode that the link
    /// belongs to.
    fn on_its_vlan(
        &mut self,
        link: &mut Link,
        on: ethernet::Header,
        answer: impl FnOnce(&mut Self, &mut Link),
    ) {
        let before = std::mem::replace(&mut link.vlan, on.vlan);
        answer(self, link);
        if link.enode.is_some_and(|enode| enode.mac != on.source) {
            link.vlan = before;
        }
    }

    /// Notes who is at the other end. While somebody is logged in there, nobody else takes the place.
    fn hear(&self, link: &mut Link, mac: Mac, room: Option<u16>) {
        let heard = self.world.now();
        let most = u16::try_from(MAX_DATA_BYTES).unwrap_or(u16::MAX);
        match &mut link.enode {
            Some(enode) if enode.mac == mac => {
                enode.heard = heard;
                enode.room = room.map_or(enode.room, |room| room.min(most));
            }
            Some(_) if !link.vn_ports.is_empty() => {}
            enode => {
                link.cleared.clear();
                *enode = Some(ENode { mac, heard, room: room.map_or(most, |room| room.min(most)) });
            }
        }
    }

    /// Advertises the forwarder, to somebody who asked or to all.
    pub(super) fn advertise(&mut self, at: LinkIx, link: &mut Link, to: Mac, solicited: bool) {
        let switch = self.world.san().switch_of(link.port);
        let message = Fip::Advertisement(Advertisement {
            flags: if solicited { Flags::ANSWER } else { Flags::UNSOLICITED },
            priority: self.settings.priority,
            mac: link.mac,
            name: Some(switch.wwn()),
            fabric: Fabric {
                vf_id: 0,
                map: FcMap::DEFAULT,
                name: self.world.san().fabric_name(switch),
            },
            keep_alive: KeepAlivePeriod { period_ms: self.settings.advertise_ms, wanted: true },
        });
        self.send_fip(at, link, to, message);
    }

    fn notify_vlans(&mut self, at: LinkIx, link: &mut Link, to: Mac, vlan: Option<VlanTag>) {
        let vlans: Vec<Vlan> = self.settings.vlans.iter().map(|&id| Vlan { id }).collect();
        if vlans.is_empty() {
            return;
        }
        let message = Fip::VlanNotification(VlanNotification {
            flags: Flags::FPMA.with(Flags::F_PORT),
            mac: link.mac,
            vlans: Several::new(&vlans),
        });
        // It is asked where no VLAN is known yet, and answered there.
        let header = ethernet::Header { vlan, ..link.header_to(to) };
        self.send(at, link, &message.on(header));
    }

    /// The world has logged somebody out: its virtual link is cleared, so that it logs in anew.
    pub(super) fn clear_virtual_link(&mut self, at: LinkIx, link: &mut Link, id: FcId) {
        // A repeated FLOGI ends a login and begins another, mostly at the same address: that one stays.
        let san = self.world.san();
        if san.by_address(link.fabric, id).is_some_and(|ix| san.nport(ix).port == link.port) {
            return;
        }
        // One that left by itself is not here any more.
        let Some(gone) = link.remove(id) else { return };
        if !gone.by_fip {
            return;
        }
        let cleared = Cleared { mac: gone.mac, wwpn: gone.names.wwpn, told: None };
        if link.cleared.len() < limits::CLEARED {
            link.cleared.insert(id, cleared);
            self.tell_of_cleared(at, link, |told| told.is_none());
        } else {
            self.send_clear(at, link, id, cleared);
        }
    }

    /// Tells the ENode of virtual links that were cleared, those whose last telling is so. In the dark
    /// there is nobody to tell.
    pub(super) fn tell_of_cleared(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        due: impl Fn(Option<SimTime>) -> bool,
    ) {
        if link.cleared.is_empty() || !self.world.san().port(link.port).online {
            return;
        }
        let now = self.world.now();
        let mut to_tell = vec![];
        for (&id, cleared) in link.cleared.iter_mut().filter(|(_, cleared)| due(cleared.told)) {
            cleared.told = Some(now);
            to_tell.push((id, *cleared));
        }
        for (id, cleared) in to_tell {
            self.send_clear(at, link, id, cleared);
        }
    }

    /// A frame of somebody who is not logged in. Who was, and still seems to believe it, is told again: the
    /// first telling may be lost. But what was on its way meanwhile is no sign of that, and is not answered:
    /// libfc uses the numbers of an exchange again at once.
    pub(super) fn stranger(&mut self, at: LinkIx, link: &mut Link, source: Mac, id: FcId) {
        link.counters.count(Event::NotLoggedIn);
        if link.cleared.get(&id).is_some_and(|cleared| cleared.mac == source) {
            self.tell_again(at, link);
        }
    }

    /// Repeats what was told more than E_D_TOV ago.
    fn tell_again(&mut self, at: LinkIx, link: &mut Link) {
        let (now, patience) = (self.world.now(), u64::from(self.settings.e_d_tov_ms) * 1_000);
        self.tell_of_cleared(at, link, |told| told.is_none_or(|told| told + patience < now));
    }

    fn keep_alive(&mut self, at: LinkIx, link: &mut Link, alive: &KeepAlive) {
        match link.enode.as_mut() {
            Some(enode) if enode.mac == alive.mac => enode.heard = self.world.now(),
            _ => {
                link.counters.count(Event::NotLoggedIn);
                return;
            }
        }
        // An ENode's own says nothing of logins: Linux sends it as soon as it has chosen a forwarder, and begins
        // anew with discovery when it is told of a virtual link that it does not have.
        let Some(fip::VnPort { mac, id, wwpn: Some(wwpn) }) = alive.vn_port else { return };
        if let Some(vn_port) = link.vn_ports.get_mut(&id) {
            vn_port.heard = self.world.now();
        } else if link.cleared.contains_key(&id) {
            self.tell_again(at, link);
        } else {
            // Nobody here has ever heard of it: the forwarder before this one may have.
            self.send_clear(at, link, id, Cleared { mac, wwpn, told: None });
        }
    }

    fn send_clear(&mut self, at: LinkIx, link: &mut Link, id: FcId, cleared: Cleared) {
        let Some(enode) = link.enode else { return };
        let vn_ports = [fip::VnPort { mac: cleared.mac, id, wwpn: Some(cleared.wwpn) }];
        let message = Fip::ClearVirtualLink(ClearVirtualLink {
            flags: Flags::FPMA.with(Flags::F_PORT),
            mac: link.mac,
            name: Some(self.world.san().switch_of(link.port).wwn()),
            vn_ports: Several::new(&vn_ports),
        });
        self.send_fip(at, link, enode.mac, message);
    }

    /// Logs out who was not heard for too long, an ENode or a VN_Port, and ends writes whose data does not
    /// come.
    pub(super) fn give_up_the_silent(&mut self, link: &mut Link) {
        let now = self.world.now();
        let is_over =
            |heard: SimTime, period_us: u64| heard + period_us / 2 * PATIENCE_HALF_PERIODS < now;
        let enode_period = self.settings.advertise_us();
        let enode_left = link.enode.is_some_and(|enode| is_over(enode.heard, enode_period));
        let silent = |vn_port: &&VnPort| {
            vn_port.by_fip && is_over(vn_port.heard, VN_PORT_PERIOD_US)
                || (vn_port.by_fip && !vn_port.further && enode_left)
        };
        let silent = link.vn_ports.values().filter(silent).map(|vn_port| vn_port.names.wwpn);
        for wwpn in silent.collect::<Vec<_>>() {
            let logo = NPortCommand::Logo { fabric: link.fabric, wwpn };
            // The notices that follow clear the virtual links. A vport may have gone with its base port.
            if self.world.apply(Command::NPort(logo)).is_ok() {
                link.counters.count(Event::TimedOut);
            }
        }
        let stale = u64::from(self.settings.r_a_tov_ms) * 1_000;
        let ids: Vec<FcId> = link.vn_ports.keys().copied().collect();
        for id in ids {
            for _ in 0..link.end_writes(id, |_, write| write.touched + stale < now) {
                link.counters.count(Event::TimedOut);
            }
        }
    }
}

/// Whether the MAC address that a message came from is one that may send it.
fn is_senders(link: &Link, source: Mac, message: &Message<'_>) -> bool {
    let vn_port = |source| link.vn_ports.values().any(|vn_port| vn_port.mac == source);
    let enode = |mac| link.enode.is_some_and(|enode| enode.mac == mac);
    match message {
        _ if source.is_group() => false,
        // The answer goes to the address inside: it must not be somebody else's.
        Message::Solicitation(asked) => asked.mac == source,
        Message::VlanRequest(asked) => asked.mac == source,
        // A VN_Port's comes from its own address, and names its ENode's.
        Message::KeepAlive(alive) => {
            let own =
                |vn_port: fip::VnPort| Mac::fabric_provided(FcMap::DEFAULT, vn_port.id) == source;
            alive.mac == source || vn_port(source) || alive.vn_port.is_some_and(own)
        }
        Message::LinkService(service) if service.kind == LinkServiceKind::Logo => {
            enode(source) || vn_port(source)
        }
        _ => true,
    }
}

impl Link {
    /// When something is due here by itself.
    pub(super) fn next_due(&self) -> SimTime {
        let repeats = self.vn_ports.values().filter_map(|vn_port| {
            vn_port.state_changes.under_way.as_ref().map(|under_way| under_way.repeat_at)
        });
        repeats.chain([self.advertise_at]).min().unwrap_or(self.advertise_at)
    }
}
