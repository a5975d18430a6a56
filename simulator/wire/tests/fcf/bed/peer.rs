//! An N_Port at the other end of a link: it writes requests, and takes the frames that come back.

use npivot_hal::{FcId, Lun, WwnPair, Wwnn};
use npivot_wire::ct::{self, directory};
use npivot_wire::els::{
    Accept, BufferField, Command as ElsCommand, CommonFeatures, CommonParameters, Els,
    FcpParameters, Login, Page, PageFlags, Pages, Reject, Reply, Scr, ScrFunction,
};
use npivot_wire::ethernet::{self, FcMap, Mac};
use npivot_wire::fc2::{self, FCtl, FcType, Header, RCtl};
use npivot_wire::fcf::LinkIx;
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{Cdb, Command, Direction, Fcp};
use npivot_wire::fip::{Flags, KeepAlive, LinkService, LinkServiceKind, Message, Solicitation};
use npivot_wire::{Encode, MAX_FRAME_BYTES};

use super::{A, ARRAY, Bed, Unit, VAULT, fip, id, wwpn};

/// An N_Port, physical or virtual.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) link: LinkIx,
    /// The ENode's own MAC address.
    pub(crate) enode: Mac,
    /// The forwarder's, as it advertised it.
    pub(crate) fcf: Mac,
    pub(crate) names: WwnPair,
    /// Its address; 000000 before it has one.
    pub(crate) id: FcId,
    pub(crate) receive_bytes: u16,
    pub(crate) next_ox_id: u16,
}

impl Peer {
    /// The nth ENode, which has found the forwarder.
    pub(crate) fn new(bed: &mut Bed, number: u16) -> Self {
        let link = bed.attach(number);
        Self::on(bed, link, u64::from(number))
    }

    pub(crate) fn on(bed: &mut Bed, link: LinkIx, n: u64) -> Self {
        let [.., high, low] = n.to_be_bytes();
        let mut peer = Self {
            link,
            enode: Mac([2, 0, 0, 0, high, low]),
            fcf: Mac::ALL_FCFS,
            names: names(n),
            id: id(0),
            receive_bytes: 2112,
            next_ox_id: 0x100,
        };
        bed.pass(0);
        bed.take(link);
        peer.solicit(bed, 2158);
        let frames = bed.take(link);
        let Some((header, Message::Advertisement(_))) = frames.first().and_then(|f| fip(f)) else {
            panic!("no advertisement: {frames:?}")
        };
        peer.fcf = header.source;
        peer
    }

    /// Logged in with the fabric.
    pub(crate) fn logged_in(bed: &mut Bed, number: u16) -> Self {
        let mut peer = Self::new(bed, number);
        peer.flogi(bed).expect("it may log in");
        peer
    }

    /// Logged in with the fabric and the array, whose volume it sees at LUN 0, and past the first unit
    /// attention.
    pub(crate) fn initiator(bed: &mut Bed, number: u16) -> Self {
        let mut peer = Self::logged_in(bed, number);
        bed.show(ARRAY, peer.names.wwpn);
        peer.register(bed, true);
        peer.log_in_with(bed, VAULT);
        peer.scsi(bed, &[0; 6], 0);
        peer
    }

    /// A further N_Port behind the same link.
    pub(crate) fn vport(&self, bed: &mut Bed, n: u64) -> Result<Self, Reject> {
        let mut vport = Self { names: names(n), id: id(0), ..self.clone() };
        vport.id = vport.login_by_fip(bed, LinkServiceKind::Fdisc)?;
        Ok(vport)
    }

    /// The MAC address that belongs to its address.
    pub(crate) fn mac(&self) -> Mac {
        if self.id.get() == 0 { self.enode } else { Mac::fabric_provided(FcMap::DEFAULT, self.id) }
    }

    pub(crate) fn ox_id(&mut self) -> u16 {
        self.next_ox_id += 1;
        self.next_ox_id
    }

    // FIP.

    pub(crate) fn fip(&self, bed: &mut Bed, message: Message<'_>) {
        bed.send(self.link, &message.on(ethernet::Header::new(self.enode, self.fcf)));
    }

    pub(crate) fn solicit(&self, bed: &mut Bed, max_bytes: u16) {
        let (flags, mac, name) = (Flags::FPMA, self.enode, Some(self.names.wwnn));
        let message = Solicitation { flags, mac, name, max_bytes };
        let on = ethernet::Header::new(self.enode, Mac::ALL_FCFS);
        bed.send(self.link, &Message::<&[u8]>::Solicitation(message).on(on));
    }

    pub(crate) fn keep_alive(&self, bed: &mut Bed) {
        let alive = KeepAlive { flags: Flags::FPMA, mac: self.enode, vn_port: None };
        self.fip(bed, Message::KeepAlive(alive));
    }

    pub(crate) fn login_parameters(&self) -> Login<'static> {
        let common = CommonParameters {
            version: 0x2020,
            bb_credit: 10,
            features: CommonFeatures::NPIV,
            buffer: BufferField(self.receive_bytes),
            r_a_tov_or_sequences: 0,
            e_d_tov: 0,
        };
        Login::class_3(common, self.names)
    }

    /// FLOGI in FIP. Its address.
    pub(crate) fn flogi(&mut self, bed: &mut Bed) -> Result<FcId, Reject> {
        self.id = id(0);
        let accepted = self.login_by_fip(bed, LinkServiceKind::Flogi)?;
        self.id = accepted;
        Ok(accepted)
    }

    fn login_by_fip(&mut self, bed: &mut Bed, kind: LinkServiceKind) -> Result<FcId, Reject> {
        let login = self.login_parameters();
        let els =
            if kind == LinkServiceKind::Flogi { Els::Flogi(login) } else { Els::Fdisc(login) };
        let (header, reply) = self.link_service(bed, kind, &els).expect("it is answered");
        let reply = Reply::decode(&reply).expect("it can be read");
        match (reply.accept(els.command()).expect("it can be read"), reply) {
            (Some(Accept::Login(_)), _) => Ok(header.d_id),
            (_, Reply::Reject(reject)) => Err(reject),
            other => panic!("{other:?}"),
        }
    }

    /// A link service in FIP: the header of its answer and the payload in it.
    pub(crate) fn link_service(
        &mut self,
        bed: &mut Bed,
        kind: LinkServiceKind,
        els: &Els<'_>,
    ) -> Option<(Header, Vec<u8>)> {
        self.link_service_and_mac(bed, kind, els).map(|(header, payload, _)| (header, payload))
    }

    /// The same, with the MAC address in it.
    pub(crate) fn link_service_and_mac(
        &mut self,
        bed: &mut Bed,
        kind: LinkServiceKind,
        els: &Els<'_>,
    ) -> Option<(Header, Vec<u8>, Option<Mac>)> {
        let ox_id = self.ox_id();
        let to = FcId::FABRIC_LOGIN;
        let header = Header::request(RCtl::ELS_REQUEST, FcType::ELS, self.id, to, ox_id);
        let payload = bytes_of(els);
        let frame = fc2::Frame::new(header, &payload[..]);
        let mac = Some(Mac::default());
        let flags = Flags::FPMA;
        self.fip(bed, Message::LinkService(LinkService { flags, reply: false, kind, frame, mac }));
        let frames = bed.take(self.link);
        frames.iter().find_map(|frame| match fip(frame) {
            Some((_, Message::LinkService(s))) if s.reply && s.frame.header.ox_id == ox_id => {
                Some((s.frame.header, s.frame.payload.to_vec(), s.mac))
            }
            _ => None,
        })
    }

    // FC frames.

    pub(crate) fn header(&mut self, r_ctl: RCtl, fc_type: FcType, to: FcId) -> Header {
        let ox_id = self.ox_id();
        Header::request(r_ctl, fc_type, self.id, to, ox_id)
    }

    /// Sends a frame that is a whole sequence.
    pub(crate) fn frame(&self, bed: &mut Bed, header: Header, payload: impl Encode) {
        let on = ethernet::Header::new(self.mac(), self.fcf);
        bed.send(self.link, &Encapsulated::single(header, payload).on(on));
    }

    /// Sends a frame of a sequence.
    pub(crate) fn part(&self, bed: &mut Bed, header: Header, payload: &[u8]) {
        let on = ethernet::Header::new(self.mac(), self.fcf);
        bed.send(self.link, &Encapsulated::part(header, payload).on(on));
    }

    /// An extended link service, and its answer.
    pub(crate) fn els(&mut self, bed: &mut Bed, to: FcId, els: &Els<'_>) -> Option<Unit> {
        let header = self.header(RCtl::ELS_REQUEST, FcType::ELS, to);
        let payload = bytes_of(els);
        self.frame(bed, header, &payload[..]);
        let mut units = bed.take_fc(self.link).into_iter();
        units.find(|unit| unit.header.ox_id == header.ox_id && unit.header.d_id == self.id)
    }

    /// The same, where an answer is due.
    pub(crate) fn ask(&mut self, bed: &mut Bed, to: FcId, els: &Els<'_>) -> Unit {
        self.els(bed, to, els).unwrap_or_else(|| panic!("{} is not answered", els.command()))
    }

    /// A question to the name server or the like: the payload of the answer, put together.
    pub(crate) fn query(&mut self, bed: &mut Bed, query: directory::Query<'_>) -> Unit {
        let header = self.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
        let request = ct::Request::new(ct::Query::Directory(query));
        let payload = bytes_of(&request);
        self.frame(bed, header, &payload[..]);
        let mut units =
            bed.take_fc(self.link).into_iter().filter(|u| u.header.ox_id == header.ox_id);
        let mut whole = units.next().expect("it is answered");
        units.for_each(|unit| whole.payload.extend(unit.payload));
        whole
    }

    /// What a driver registers: FCP, its function, and that it wants RSCNs.
    pub(crate) fn register(&mut self, bed: &mut Bed, initiator: bool) {
        use directory::{Fc4Types, Features, FeaturesOf, Query, TypesOf};
        let (id, fc_type) = (self.id, FcType::FCP);
        let features = if initiator { Features::INITIATOR } else { Features::TARGET };
        for query in [
            Query::RftId(TypesOf { id, types: Fc4Types::default().with(FcType::FCP) }),
            Query::RffId(FeaturesOf { id, features, fc_type }),
        ] {
            let answer = self.query(bed, query);
            assert_eq!(answer.answer(query.command()), Ok(directory::Answer::Done));
        }
        let answer = self.state_changes(bed, ScrFunction::FULL);
        assert_eq!(answer.accept(ElsCommand::SCR), Accept::Done);
    }

    pub(crate) fn state_changes(&mut self, bed: &mut Bed, function: ScrFunction) -> Unit {
        self.ask(bed, FcId::FABRIC_CONTROLLER, &Els::Scr(Scr { function }))
    }

    pub(crate) fn plogi(&mut self, bed: &mut Bed, to: FcId) -> Unit {
        self.ask(bed, to, &Els::Plogi(self.login_parameters()))
    }

    pub(crate) fn prli(&mut self, bed: &mut Bed, to: FcId) -> Unit {
        let page = fcp_page();
        self.ask(bed, to, &Els::Prli(Pages::new(&[page])))
    }

    /// PLOGI and PRLI.
    pub(crate) fn log_in_with(&mut self, bed: &mut Bed, to: FcId) {
        let plogi = self.plogi(bed, to);
        assert!(matches!(plogi.accept(ElsCommand::PLOGI), Accept::Login(_)));
        let prli = self.prli(bed, to);
        assert!(matches!(prli.accept(ElsCommand::PRLI), Accept::Pages(_)));
    }

    /// Answers the forwarder's request.
    pub(crate) fn acknowledge(&self, bed: &mut Bed, request: &Unit) {
        let header = request.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, 0x77);
        self.frame(bed, header, Accept::Done);
    }

    // SCSI.

    /// FCP_CMND to LUN 0 of the array; its OX_ID.
    pub(crate) fn command(&mut self, bed: &mut Bed, cdb: &[u8], write: bool, bytes: u32) -> u16 {
        let header = self.header(RCtl::COMMAND, FcType::FCP, VAULT);
        let direction = match (bytes, write) {
            (0, _) => Direction::NONE,
            (_, true) => Direction::WRITE,
            (_, false) => Direction::READ,
        };
        let cdb = Cdb::new(cdb).expect("at most 16 bytes");
        let command = Command::new(Lun::from_wire([0; 8]), cdb, direction, bytes);
        self.frame(bed, header, Fcp::Command(command));
        header.ox_id
    }

    /// A command that reads or moves nothing: its data, and the frame of its response.
    pub(crate) fn scsi(&mut self, bed: &mut Bed, cdb: &[u8], bytes: u32) -> (Vec<u8>, Unit) {
        let ox_id = self.command(bed, cdb, false, bytes);
        let units = bed.take_fc(self.link);
        assert!(units.iter().all(|unit| unit.header.ox_id == ox_id), "{units:#?}");
        let (data, mut rest): (Vec<_>, Vec<_>) = units.into_iter().partition(Unit::is_data);
        assert_eq!(rest.len(), 1, "one response");
        (data.into_iter().flat_map(|unit| unit.payload).collect(), rest.remove(0))
    }

    /// A write, up to FCP_XFER_RDY or what comes instead.
    pub(crate) fn begin_write(&mut self, bed: &mut Bed, cdb: &[u8], bytes: u32) -> Unit {
        self.command(bed, cdb, true, bytes);
        let mut units = bed.take_fc(self.link);
        assert_eq!(units.len(), 1, "{units:#?}");
        units.remove(0)
    }

    /// The header of a write's data at this offset.
    pub(crate) fn data_header(ready: &Unit, offset: u32, count: u16, last: bool) -> Header {
        let f_ctl = FCtl::RELATIVE_OFFSET;
        let end = FCtl::END_SEQUENCE | FCtl::SEQUENCE_INITIATIVE;
        Header {
            f_ctl: if last { f_ctl | end } else { f_ctl },
            seq_id: 1,
            seq_cnt: count,
            parameter: offset,
            ..ready.header.answer(RCtl::DATA, f_ctl, ready.header.rx_id)
        }
    }

    /// The data of a burst, in frames of this size, without those of these numbers.
    pub(crate) fn data(&self, bed: &mut Bed, ready: &Unit, data: &[u8], size: usize, lost: &[u16]) {
        let last = data.len().div_ceil(size) - 1;
        for (i, part) in data.chunks(size).enumerate() {
            let offset = ready.ready().offset + u32::try_from(i * size).unwrap();
            let count = u16::try_from(i).unwrap();
            if !lost.contains(&count) {
                self.part(bed, Self::data_header(ready, offset, count, i == last), part);
            }
        }
    }

    /// A whole write, burst by burst: the frame of its response.
    pub(crate) fn write(&mut self, bed: &mut Bed, cdb: &[u8], data: &[u8]) -> Unit {
        let mut unit = self.begin_write(bed, cdb, u32::try_from(data.len()).unwrap());
        let mut sent = 0;
        while sent < data.len() {
            let burst = unit.ready();
            assert_eq!(burst.offset as usize, sent);
            let end = sent + burst.burst_bytes as usize;
            self.data(bed, &unit, &data[sent..end], 2112, &[]);
            sent = end;
            let mut units = bed.take_fc(self.link);
            assert_eq!(units.len(), 1, "{units:#?}");
            unit = units.remove(0);
        }
        unit
    }

    /// Whether the fabric has it logged in, where the forwarder says it is.
    pub(crate) fn is_logged_in(&self, bed: &Bed) -> bool {
        let there = bed.world.san().by_name(A, self.names.wwpn);
        let forwarder = bed.fcf.logged_in(self.link).any(|id| id == self.id);
        assert_eq!(there.is_some(), forwarder, "world and forwarder agree on {self:?}");
        forwarder
    }
}

/// The names of the nth N_Port.
pub(crate) fn names(n: u64) -> WwnPair {
    let wwnn = Wwnn::new(0x2000_0000_c912_0000 + n).expect("not zero");
    WwnPair::new(wwpn(0x1000_0000_c912_0000 + n), wwnn)
}

/// The page of an FCP initiator.
pub(crate) fn fcp_page() -> Page {
    Page {
        fc_type: FcType::FCP,
        type_extension: 0,
        flags: PageFlags::IMAGE_PAIR,
        originator: 0,
        responder: 0,
        parameters: FcpParameters::INITIATOR.with(FcpParameters::READ_WITHOUT_READY),
    }
}

pub(crate) fn bytes_of(value: &impl Encode) -> Vec<u8> {
    let mut buffer = [0; MAX_FRAME_BYTES];
    let length = value.encode_to(&mut buffer).expect("it can be written");
    buffer[..length].to_vec()
}

/// READ(10) of this many blocks.
pub(crate) fn read_10(lba: u32, blocks: u16) -> [u8; 10] {
    let mut cdb = [0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    cdb[2..6].copy_from_slice(&lba.to_be_bytes());
    cdb[7..9].copy_from_slice(&blocks.to_be_bytes());
    cdb
}

/// WRITE(10) of this many blocks.
pub(crate) fn write_10(lba: u32, blocks: u16) -> [u8; 10] {
    let mut cdb = read_10(lba, blocks);
    cdb[0] = 0x2a;
    cdb
}
