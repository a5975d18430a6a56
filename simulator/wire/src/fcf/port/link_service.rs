//! Extended and basic link services that every N_Port and service answers alike (FC-LS, FC-FS).

use npivot_hal::FcId;

use super::Station;
use crate::bls::{self, Bls};
use crate::els::{
    Accept, BufferField, CommonFeatures, CommonParameters, Discovery, Els, ExchangeName,
    ExchangeStatus, Explanation, FcpParameters, LinkErrors, Login, Page, PageFlags, PageResponse,
    Pages, Reason, Reject, StatusFlags, TimeOutUnits, TimeOuts,
};
use crate::fc2::{FCtl, FcType, Header, MAX_DATA_BYTES, RCtl};
use crate::fcf::counters::Event;
use crate::fcf::limits;
use crate::fcf::link::{Link, Peer};
use crate::fcf::turn::{Back, Turn};

/// Concurrent sequences in the upper half, categories with relative offset in the lower: what Linux offers.
const SEQUENCES: u32 = 0x00ff_001f;

/// The most pages of a PRLI or PRLO that are answered. One is what there is to say.
const PAGES: usize = 8;

impl Turn<'_> {
    /// Answers an extended link service.
    pub(in crate::fcf) fn link_service(
        &mut self,
        link: &mut Link,
        back: Back,
        station: &Station,
        header: Header,
        els: &Els<'_>,
    ) {
        match els {
            Els::Plogi(login) | Els::Pdisc(login) => {
                self.port_login(link, back, station, header, login);
            }
            Els::Logo(_) => {
                link.part(back.id, station.id);
                self.accept(link, back, header, Accept::Done);
            }
            // These need a login with the port; the others do not (FC-LS, "Login required").
            Els::Prli(_) | Els::Prlo(_) | Els::Adisc(_) if !is_peer(link, back, station.id) => {
                let reject = Reject::new(Reason::UNABLE, Explanation::LOGIN_REQUIRED);
                self.reject(link, back, header, reject);
            }
            Els::Prli(pages) => self.process_login(link, back, station, header, pages),
            Els::Prlo(pages) => {
                link.end_writes(back.id, |to, _| to == station.id);
                link.pair(back.id, station.id, false);
                let executed = |page: Page| page.flags.answered(PageResponse::EXECUTED);
                let pages = pages.iter().take(PAGES);
                let answers: Vec<Page> =
                    pages.map(|page| Page { flags: executed(page), ..page }).collect();
                self.accept(link, back, header, Accept::Pages(Pages::new(&answers)));
            }
            Els::Adisc(_) => {
                let discovery = Discovery {
                    hard_address: no_address(),
                    wwpn: Some(station.names.wwpn),
                    wwnn: Some(station.names.wwnn),
                    id: station.id,
                };
                self.accept(link, back, header, Accept::Discovery(discovery));
            }
            Els::Rtv => {
                let time_outs = TimeOuts {
                    r_a_tov_ms: self.settings.r_a_tov_ms,
                    e_d_tov: self.settings.e_d_tov_ms,
                    units: TimeOutUnits::NONE,
                };
                self.accept(link, back, header, Accept::TimeOuts(time_outs));
            }
            Els::Rls(_) => {
                let none = LinkErrors {
                    link_failures: 0,
                    sync_losses: 0,
                    signal_losses: 0,
                    primitive_errors: 0,
                    invalid_words: 0,
                    invalid_crcs: 0,
                };
                self.accept(link, back, header, Accept::LinkErrors(none));
            }
            Els::Echo(data) => self.accept(link, back, header, Accept::Echo(data)),
            Els::Rec(exchange) => self.exchange_status(link, back, header, station.id, *exchange),
            Els::Rrq(_) | Els::Rscn(_) => self.accept(link, back, header, Accept::Done),
            Els::Flogi(_) | Els::Fdisc(_) | Els::Scr(_) | Els::Other(..) => {
                let reject = Reject::new(Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
                self.reject(link, back, header, reject);
            }
        }
    }

    /// LS_ACC.
    pub(in crate::fcf) fn accept(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        accept: Accept<'_>,
    ) {
        let rx_id = self.exchange_id();
        let header = header.answer(RCtl::ELS_REPLY, FCtl::REPLY, rx_id);
        self.send_fc(back.link, link, back.mac, header, accept);
    }

    fn port_login(
        &mut self,
        link: &mut Link,
        back: Back,
        station: &Station,
        header: Header,
        login: &Login<'_>,
    ) {
        let Some(vn_port) = link.vn_ports.get_mut(&back.id) else { return };
        let receive = login.common.buffer.receive_bytes();
        let reject = if receive < 256 || !receive.is_multiple_of(4) {
            Some((Reason::LOGICAL_ERROR, Explanation::RECEIVE_SIZE))
        } else if login.wwpn != Some(vn_port.names.wwpn) {
            Some((Reason::UNABLE, Explanation::INVALID_PORT_NAME))
        } else if vn_port.peers.len() >= limits::PEERS && !vn_port.peers.contains_key(&station.id) {
            Some((Reason::UNABLE, Explanation::INSUFFICIENT_RESOURCES))
        } else {
            None
        };
        if let Some((reason, explanation)) = reject {
            self.reject(link, back, header, Reject::new(reason, explanation));
            return;
        }
        let max_data = receive.min(vn_port.max_data);
        vn_port.peers.insert(station.id, Peer { max_data, image_pair: false });
        // A new login ends what was open (FC-LS, "PLOGI").
        link.end_writes(back.id, |to, _| to == station.id);
        let common = CommonParameters {
            version: 0x2020,
            bb_credit: 10,
            features: CommonFeatures::CONTINUOUS_OFFSET,
            buffer: BufferField(u16::try_from(MAX_DATA_BYTES).unwrap_or(0)),
            r_a_tov_or_sequences: SEQUENCES,
            e_d_tov: self.settings.e_d_tov_ms,
        };
        let accept = Accept::Login(Login::class_3(common, station.names));
        self.accept(link, back, header, accept);
    }

    fn process_login(
        &mut self,
        link: &mut Link,
        back: Back,
        station: &Station,
        header: Header,
        pages: &Pages<'_>,
    ) {
        let mut does = FcpParameters::READ_WITHOUT_READY;
        if station.roles.target {
            does = does.with(FcpParameters::TARGET);
        }
        if station.roles.initiator {
            does = does.with(FcpParameters::INITIATOR);
        }
        let serves = station.roles.target || station.roles.initiator;
        let answer = |page: Page| {
            if page.fc_type == FcType::FCP && serves {
                let flags = page.flags.answered(PageResponse::EXECUTED);
                Page { flags, parameters: does, ..page }
            } else {
                let flags = page.flags.without(PageFlags::IMAGE_PAIR);
                Page { flags: flags.answered(PageResponse::CONFIGURED_OUT), ..page }
            }
        };
        let answers: Vec<Page> = pages.iter().take(PAGES).map(answer).collect();
        let pairs =
            |page: &Page| page.fc_type == FcType::FCP && page.flags.has(PageFlags::IMAGE_PAIR);
        if answers.iter().any(pairs) {
            link.pair(back.id, station.id, true);
        }
        self.accept(link, back, header, Accept::Pages(Pages::new(&answers)));
    }

    /// REC: what became of an exchange? Those that are over are forgotten.
    fn exchange_status(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        port: FcId,
        exchange: ExchangeName,
    ) {
        let vn_port = link.vn_ports.get(&back.id);
        let write = vn_port.and_then(|vn| vn.writes.get(&(port, exchange.ox_id)));
        if let Some(write) = write.filter(|_| exchange.originator == back.id) {
            let status = ExchangeStatus {
                ox_id: exchange.ox_id,
                rx_id: write.rx_id,
                originator: back.id,
                responder: port,
                fc4_value: u32::try_from(write.data.len()).unwrap_or(u32::MAX),
                status: StatusFlags::RESPONDER,
            };
            self.accept(link, back, header, Accept::Exchange(status));
        } else {
            let reject = Reject::new(Reason::LOGICAL_ERROR, Explanation::INVALID_EXCHANGE);
            self.reject(link, back, header, reject);
        }
    }

    /// Answers a basic link service.
    pub(in crate::fcf) fn basic(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        bls: Bls<'_>,
    ) {
        if bls != Bls::Abort {
            return;
        }
        link.counters.count(Event::Aborted);
        let (ox_id, port) = (header.ox_id, header.d_id);
        let mut rx_id = header.rx_id;
        if let Some(write) = link.end_write(back.id, port, ox_id) {
            rx_id = write.rx_id;
        }
        if let Some(vn_port) = link.vn_ports.get_mut(&back.id) {
            vn_port.sequences.retain(|sequence| sequence.ox_id != ox_id || sequence.to != port);
        }
        let accept = Bls::Accept(bls::Accept {
            last_seq_id: None,
            ox_id,
            rx_id,
            low_seq_cnt: 0,
            high_seq_cnt: 0xffff,
        });
        let header = header.answer(RCtl::BA_ACC, FCtl::STATUS, rx_id);
        self.send_fc(back.link, link, back.mac, header, accept);
    }
}

impl Link {
    /// Makes a VN_Port and another N_Port initiator and target to each other, or ends that.
    fn pair(&mut self, id: FcId, other: FcId, image_pair: bool) {
        let vn_port = self.vn_ports.get_mut(&id);
        if let Some(peer) = vn_port.and_then(|vn_port| vn_port.peers.get_mut(&other)) {
            peer.image_pair = image_pair;
        }
    }
}

fn is_peer(link: &Link, back: Back, port: FcId) -> bool {
    link.vn_ports.get(&back.id).is_some_and(|vn_port| vn_port.peers.contains_key(&port))
}

/// No hard address.
fn no_address() -> FcId {
    crate::Field::of([0; 3])
}
