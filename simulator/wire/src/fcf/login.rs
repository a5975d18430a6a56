//! FLOGI, FDISC and LOGO with the fabric, whether they come in FIP or, as before it, in FCoE.

use std::collections::BTreeMap;

use npivot_fabric::san::{Accepted, LoginReject};
use npivot_fabric::world::{Command, NPortCommand, Refusal, Reply};
use npivot_hal::{FcId, WwnPair, Wwnn};

use super::counters::Event;
use super::forwarder::LinkIx;
use super::link::{Link, StateChanges, VnPort};
use super::turn::Turn;
use crate::els::{
    Accept, BufferField, CommonFeatures, CommonParameters, Els, Explanation, Login, Reason, Reject,
};
use crate::ethernet::{self, FcMap, Mac};
use crate::fc2::{self, FCtl, Header, MAX_DATA_BYTES, RCtl, UNASSIGNED};
use crate::fcoe::Encapsulated;
use crate::fip::{Flags, LinkService, LinkServiceKind, Message};
use crate::{Encode, Payload};

/// The shortest receive data field that a login may ask for (FC-LS, "Receive Data_Field Size").
const LEAST_DATA: u16 = 256;

/// How a login came, and goes back.
#[derive(Debug, Clone, Copy)]
enum Carrier {
    Fip(LinkServiceKind),
    Fcoe,
}

/// Who asks, and how.
#[derive(Debug, Clone, Copy)]
struct Caller {
    at: LinkIx,
    mac: Mac,
    carrier: Carrier,
    header: Header,
}

/// What a login comes to.
enum Verdict {
    Accepted(FcId, Accept<'static>),
    Rejected(Reject),
}

impl Turn<'_> {
    /// FLOGI, FDISC or LOGO in FIP.
    pub(super) fn login_service(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        source: Mac,
        service: &LinkService<'_>,
    ) {
        let (carrier, header) = (Carrier::Fip(service.kind), service.frame.header);
        if header.d_id != FcId::FABRIC_LOGIN || header.r_ctl != RCtl::ELS_REQUEST {
            link.counters.count(Event::Malformed);
            return;
        }
        let caller = Caller { at, mac: source, carrier, header };
        match (service.kind, Els::decode(service.frame.payload)) {
            (LinkServiceKind::Flogi, Ok(Els::Flogi(login))) => {
                self.login(link, caller, &login, false);
            }
            (LinkServiceKind::Fdisc, Ok(Els::Fdisc(login) | Els::Flogi(login))) => {
                self.login(link, caller, &login, true);
            }
            (LinkServiceKind::Logo, Ok(Els::Logo(_))) => {
                self.logout(link, caller);
            }
            (_, Ok(_)) => {
                let reject = Reject::new(Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
                self.reject_login(link, caller, reject);
            }
            (_, Err(_)) => {
                let reject = Reject::new(Reason::PROTOCOL_ERROR, Explanation::PAYLOAD_LENGTH);
                self.reject_login(link, caller, reject);
            }
        }
    }

    /// A frame from address 0: a login in FCoE.
    pub(super) fn login_frame(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        on: ethernet::Header,
        fcoe: &Encapsulated<'_>,
    ) {
        let (header, source) = (fcoe.frame.header, on.source);
        if header.d_id != FcId::FABRIC_LOGIN || source.is_group() {
            link.counters.count(Event::NotLoggedIn);
            return;
        }
        let before = std::mem::replace(&mut link.vlan, on.vlan);
        let caller = Caller { at, mac: source, carrier: Carrier::Fcoe, header };
        match fcoe.payload() {
            Ok(Payload::Els(Els::Flogi(login))) => {
                self.login(link, caller, &login, false);
            }
            Ok(Payload::Els(Els::Fdisc(login))) => {
                self.login(link, caller, &login, true);
            }
            Ok(_) => link.counters.count(Event::NotLoggedIn),
            Err(_) => {
                let reject = Reject::new(Reason::PROTOCOL_ERROR, Explanation::PAYLOAD_LENGTH);
                self.reject_login(link, caller, reject);
            }
        }
        if link.is_taken_from(source) {
            link.vlan = before;
        }
    }

    fn login(&mut self, link: &mut Link, caller: Caller, login: &Login<'_>, further: bool) {
        match self.judge_login(link, caller, login, further) {
            Verdict::Accepted(id, accept) => {
                let mac = Mac::fabric_provided(FcMap::DEFAULT, id);
                let header = Header {
                    d_id: id,
                    ..caller.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, UNASSIGNED)
                };
                self.answer_login(link, Caller { header, ..caller }, accept, Some(mac));
            }
            Verdict::Rejected(reject) => {
                self.reject_login(link, caller, reject);
            }
        }
    }

    fn judge_login(
        &mut self,
        link: &mut Link,
        Caller { mac: source, carrier, .. }: Caller,
        login: &Login<'_>,
        further: bool,
    ) -> Verdict {
        let refuse = |reason, explanation| Verdict::Rejected(Reject::new(reason, explanation));
        let Some(wwpn) = login.wwpn else {
            return refuse(Reason::UNABLE, Explanation::INVALID_PORT_NAME);
        };
        let Some(wwnn) = login.wwnn else {
            return refuse(Reason::UNABLE, Explanation::INVALID_NODE_NAME);
        };
        let receive = login.common.buffer.receive_bytes();
        if receive < LEAST_DATA || !receive.is_multiple_of(4) {
            return refuse(Reason::LOGICAL_ERROR, Explanation::RECEIVE_SIZE);
        }
        let elsewhere = link.enode.is_some_and(|enode| enode.mac != source);
        if matches!(carrier, Carrier::Fip(_)) && elsewhere || link.is_taken_from(source) {
            return refuse(Reason::UNABLE, Explanation::INSUFFICIENT_RESOURCES);
        }
        let names = WwnPair::new(wwpn, wwnn);
        let command = NPortCommand::Login { port: link.port, names, further };
        let accepted = match self.world.apply(Command::NPort(command)) {
            Ok(Reply::Accepted(accepted)) => accepted,
            Err(Refusal::Login(reject)) => return Verdict::Rejected(words_of(&reject)),
            _ => return refuse(Reason::UNABLE, Explanation::NONE),
        };
        if !further {
            // FLOGI ends what was behind the port; the world has counted it out.
            let world = &*self.world;
            let stays = |id: &FcId| world.san().by_address(link.fabric, *id);
            let gone: Vec<FcId> =
                link.vn_ports.keys().copied().filter(|id| stays(id).is_none()).collect();
            for id in gone {
                link.remove(id);
            }
            // The ENode begins anew.
            link.cleared.clear();
        }
        // No frame is longer than FC-FS has it, whatever the other side would take.
        let receive = receive.min(u16::try_from(MAX_DATA_BYTES).unwrap_or(receive));
        let room = link.enode.map_or(receive, |enode| enode.room.max(LEAST_DATA));
        // Without FIP a further one comes from the first one's own address.
        let base = link.vn_ports.values().find(|vn_port| vn_port.mac == source);
        let vn_port = VnPort {
            nport: accepted.nport,
            names,
            mac: Mac::fabric_provided(FcMap::DEFAULT, accepted.fc_id),
            enode: base.map_or(source, |base| base.enode),
            max_data: receive.min(room),
            further,
            by_fip: matches!(carrier, Carrier::Fip(_)),
            heard: self.world.now(),
            peers: BTreeMap::new(),
            writes: BTreeMap::new(),
            sequences: vec![],
            state_changes: StateChanges::default(),
            fdmi: BTreeMap::new(),
        };
        // A repeated FDISC ends the login before it, which may have had another address.
        link.remove_named(wwpn);
        link.remove(accepted.fc_id);
        link.cleared.retain(|&id, gone| id != accepted.fc_id && gone.wwpn != wwpn);
        link.vn_ports.insert(accepted.fc_id, vn_port);
        Verdict::Accepted(accepted.fc_id, self.accept_of(link, &accepted, further))
    }

    /// The accept: what the fabric is called, and what it offers.
    fn accept_of(&self, link: &Link, accepted: &Accepted, further: bool) -> Accept<'static> {
        let san = self.world.san();
        let fabric = san.fabric_name(san.switch_of(link.port));
        let mut features = CommonFeatures::F_PORT;
        // FC-LS: the NPIV bit stands in the accept of FLOGI; the kernel asks no more of FDISC's.
        if accepted.npiv || further {
            features = features.with(CommonFeatures::NPIV_ACCEPTED);
        }
        let common = CommonParameters {
            version: 0x2020,
            bb_credit: 0,
            features,
            buffer: BufferField(u16::try_from(MAX_DATA_BYTES).unwrap_or(0)),
            r_a_tov_or_sequences: self.settings.r_a_tov_ms,
            e_d_tov: self.settings.e_d_tov_ms,
        };
        let switch = san.switch_of(link.port).wwn();
        let node = fabric.and_then(|name| Wwnn::new(name.get())).unwrap_or(switch);
        let names = WwnPair::new(san.f_port_name(link.port), node);
        Accept::Login(Login::class_3(common, names))
    }

    fn reject_login(&mut self, link: &mut Link, caller: Caller, reject: Reject) {
        link.counters.count(Event::Refused);
        let header = caller.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, UNASSIGNED);
        self.answer_login(link, Caller { header, ..caller }, reject, None);
    }

    /// Sends an answer, whose header is the caller's now.
    fn answer_login<P: Encode + Copy>(
        &mut self,
        link: &mut Link,
        Caller { at, mac: to, carrier, header }: Caller,
        payload: P,
        mac: Option<Mac>,
    ) {
        match carrier {
            Carrier::Fcoe => self.send_fc(at, link, to, header, payload),
            Carrier::Fip(kind) => {
                let frame = fc2::Frame::new(header, payload);
                let reply = LinkService { flags: Flags::FPMA, reply: true, kind, frame, mac };
                self.send_fip(at, link, to, Message::LinkService(reply));
            }
        }
    }

    fn logout(&mut self, link: &mut Link, caller: Caller) {
        if !self.log_out(link, caller.header.s_id) {
            let reject = Reject::new(Reason::UNABLE, Explanation::LOGIN_REQUIRED);
            self.reject_login(link, caller, reject);
            return;
        }
        let header = caller.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, UNASSIGNED);
        self.answer_login(link, Caller { header, ..caller }, Accept::Done, None);
    }

    /// Logs a VN_Port out of the fabric. Whether it was logged in.
    pub(super) fn log_out(&mut self, link: &mut Link, id: FcId) -> bool {
        let Some(gone) = link.remove(id) else { return false };
        let logo = NPortCommand::Logo { fabric: link.fabric, wwpn: gone.names.wwpn };
        self.world.apply(Command::NPort(logo)).is_ok()
    }
}

/// The words of FC-LS for a refusal of the world's.
const fn words_of(reject: &LoginReject) -> Reject {
    let (reason, explanation) = match reject {
        LoginReject::PortFull { .. } | LoginReject::SwitchFull { .. } | LoginReject::NoAddress => {
            (Reason::UNABLE, Explanation::INSUFFICIENT_RESOURCES)
        }
        LoginReject::DuplicateName { .. } | LoginReject::BaseTaken(_) => {
            (Reason::UNABLE, Explanation::INVALID_PORT_NAME)
        }
        LoginReject::BaseNotLoggedIn => (Reason::UNABLE, Explanation::INVALID_S_ID),
        LoginReject::NpivDisabled => (Reason::UNSUPPORTED, Explanation::UNSUPPORTED),
        _ => (Reason::UNABLE, Explanation::NONE),
    };
    Reject::new(reason, explanation)
}
