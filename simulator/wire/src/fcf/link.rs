//! What a link remembers: its ENode, the VN_Ports that are logged in through it, and what each has open.

use std::collections::BTreeMap;

use npivot_fabric::san::ids::{FabricIx, NPortIx, PortIx};
use npivot_fabric::world::{SimTime, Unit};
use npivot_hal::{FcId, Lun, WwnPair, Wwpn};

use super::counters::Counters;
use super::limits;
use crate::ethernet::{Mac, VlanTag};
use crate::fcp::TransferReady;

/// A link: what is behind one switch port.
#[derive(Debug)]
pub(super) struct Link {
    /// The switch port.
    pub(super) port: PortIx,
    /// Its fabric.
    pub(super) fabric: FabricIx,
    /// The forwarder's own MAC address on it.
    pub(super) mac: Mac,
    /// The tag that frames to the other end carry: that of its last discovery or login.
    pub(super) vlan: Option<VlanTag>,
    /// Who is at the other end, since it was first heard.
    pub(super) enode: Option<ENode>,
    pub(super) vn_ports: BTreeMap<FcId, VnPort>,
    /// The virtual links that were cleared, until their N_Port logs in again.
    pub(super) cleared: BTreeMap<FcId, Cleared>,
    /// When the next unsolicited advertisement is due.
    pub(super) advertise_at: SimTime,
    /// What the data of writes under way takes, in bytes.
    pub(super) write_bytes: usize,
    pub(super) counters: Counters,
}

/// A virtual link that was cleared, for as long as its N_Port may not know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cleared {
    pub(super) mac: Mac,
    pub(super) wwpn: Wwpn,
    /// When the ENode was told last; not yet if there was no light.
    pub(super) told: Option<SimTime>,
}

/// The other end of a virtual link.
#[derive(Debug, Clone, Copy)]
pub(super) struct ENode {
    pub(super) mac: Mac,
    /// When it was last heard in FIP.
    pub(super) heard: SimTime,
    /// The longest data field that its solicitation leaves room for, in bytes.
    pub(super) room: u16,
}

/// An N_Port that is logged in through a link.
#[derive(Debug)]
pub(super) struct VnPort {
    pub(super) nport: NPortIx,
    pub(super) names: WwnPair,
    /// The MAC address that it was given.
    pub(super) mac: Mac,
    /// The MAC address of the ENode that it logged in from.
    pub(super) enode: Mac,
    /// The longest data field that it takes, in bytes.
    pub(super) max_data: u16,
    /// Whether it came by FDISC.
    pub(super) further: bool,
    /// Whether it logged in by FIP: only then keep-alives are to be expected.
    pub(super) by_fip: bool,
    /// When it was last heard: its login, and its own keep-alives since.
    pub(super) heard: SimTime,
    /// Whom it is logged in with (PLOGI), and the longest data field that it takes from there.
    pub(super) peers: BTreeMap<FcId, Peer>,
    /// By the other side's address and the originator's number: numbers are anew with each other side.
    pub(super) writes: BTreeMap<(FcId, u16), Write>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) state_changes: StateChanges,
    /// The FDMI blocks that it registered, by command and name.
    pub(super) fdmi: BTreeMap<(u16, u64), Vec<u8>>,
}

impl VnPort {
    /// What it makes the forwarder hold, apart from the data of its writes, in bytes.
    fn held_bytes(&self) -> usize {
        let sequences = self.sequences.iter().map(|sequence| 64 + sequence.payload.capacity());
        let fdmi = self.fdmi.values().map(|block| 64 + block.capacity());
        let under_way = self.state_changes.under_way.as_ref().map_or(0, |way| way.pages.len());
        256 + self.peers.len() * limits::PEER_BYTES
            + self.writes.len() * limits::WRITE_RECORD_BYTES
            + sequences.sum::<usize>()
            + fdmi.sum::<usize>()
            + (under_way + self.state_changes.waiting.len()) * size_of::<FcId>()
    }
}

/// A login with another N_Port or a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// The longest data field that it takes from there, in bytes.
    pub(super) max_data: u16,
    /// Whether process login (PRLI) has made them initiator and target to each other.
    pub(super) image_pair: bool,
}

/// A write that waits for its data.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) rx_id: u16,
    pub(super) lun: Lun,
    /// What it goes to: whoever resets that ends it.
    pub(super) unit: Unit,
    pub(super) cdb: [u8; 16],
    /// FCP_DL: how many bytes the initiator has.
    pub(super) offered: u32,
    /// How many the command takes of them.
    pub(super) asked: usize,
    /// How many FCP_XFER_RDY has asked for so far, burst by burst.
    pub(super) granted: usize,
    pub(super) data: Vec<u8>,
    /// Frames that overtook others, with their places: each waits for those before it.
    pub(super) early: Vec<(usize, Vec<u8>)>,
    /// Nothing can come of it any more: the initiator will find out and abort.
    pub(super) broken: bool,
    pub(super) touched: SimTime,
}

impl Write {
    /// What FCP_XFER_RDY asks for next, when all has come that it asked for before.
    pub(super) fn next_burst(&mut self) -> Option<TransferReady> {
        let offset = self.granted;
        let burst = limits::BURST_BYTES.min(self.asked - offset);
        if burst == 0 || self.data.len() < offset {
            return None;
        }
        self.granted += burst;
        let number = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        Some(TransferReady { offset: number(offset), burst_bytes: number(burst) })
    }

    /// Takes a frame of its data, at this place. Whether it was of use: one that came before is not, and one
    /// that cannot belong to it breaks it.
    pub(super) fn take(&mut self, offset: usize, data: &[u8]) -> bool {
        let end = offset.saturating_add(data.len());
        if self.broken || end <= self.data.len() {
            return false;
        }
        let waiting: usize = self.early.iter().map(|(_, data)| data.len()).sum();
        if end > self.granted || self.data.len() + waiting + data.len() > self.granted {
            self.broken = true;
            return false;
        }
        if offset > self.data.len() {
            // In order is how a fabric delivers; a few may be late on a bad wire.
            let known = self.early.iter().any(|&(place, _)| place == offset);
            if known || self.early.len() >= limits::EARLY_FRAMES {
                return false;
            }
            self.early.push((offset, data.to_vec()));
            return true;
        }
        if self.data.is_empty() {
            self.data.reserve_exact(self.asked);
        }
        self.data.extend_from_slice(&data[self.data.len() - offset..]);
        while let Some(at) = self.early.iter().position(|&(place, _)| place <= self.data.len()) {
            let (place, data) = self.early.swap_remove(at);
            let fresh = data.get(self.data.len() - place..).unwrap_or_default();
            self.data.extend_from_slice(fresh);
        }
        true
    }
}

/// A sequence of several frames that is not complete: a request that is longer than a frame.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) to: FcId,
    pub(super) ox_id: u16,
    pub(super) next: u16,
    pub(super) payload: Vec<u8>,
}

/// What an N_Port is still to be told.
#[derive(Debug, Default)]
pub(super) struct StateChanges {
    /// The RSCN that was sent and not acknowledged yet.
    pub(super) under_way: Option<UnderWay>,
    /// What came since.
    pub(super) waiting: Vec<FcId>,
}

#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) ox_id: u16,
    pub(super) pages: Vec<FcId>,
    pub(super) repeat_at: SimTime,
    pub(super) repeated: u8,
}

impl Link {
    pub(super) const fn new(
        port: PortIx,
        fabric: FabricIx,
        mac: Mac,
        advertise_at: SimTime,
    ) -> Self {
        Self {
            port,
            fabric,
            mac,
            vlan: None,
            enode: None,
            vn_ports: BTreeMap::new(),
            cleared: BTreeMap::new(),
            advertise_at,
            write_bytes: 0,
            counters: Counters::new(),
        }
    }

    /// What it makes the forwarder hold, in bytes.
    pub(super) fn held_bytes(&self) -> usize {
        let vn_ports = self.vn_ports.values().map(VnPort::held_bytes).sum::<usize>();
        self.write_bytes + vn_ports + self.cleared.len() * limits::CLEARED_BYTES
    }

    /// Ends the logins of all VN_Ports here with another N_Port, and what is open with it.
    pub(super) fn part_from(&mut self, other: FcId) {
        let ids: Vec<FcId> = self.vn_ports.keys().copied().collect();
        for id in ids {
            self.part(id, other);
        }
    }

    /// Ends the login of a VN_Port with another N_Port, and what is open with it.
    pub(super) fn part(&mut self, id: FcId, other: FcId) {
        if let Some(vn_port) = self.vn_ports.get_mut(&id) {
            vn_port.peers.remove(&other);
        }
        self.end_writes(id, |to, _| to == other);
    }

    /// Whether VN_Ports of another ENode than that with this MAC address are logged in here.
    pub(super) fn is_taken_from(&self, source: Mac) -> bool {
        let own = |vn_port: &VnPort| vn_port.enode == source || vn_port.mac == source;
        !self.vn_ports.is_empty() && !self.vn_ports.values().any(own)
    }

    /// Takes a VN_Port off, with all that it has open.
    pub(super) fn remove(&mut self, id: FcId) -> Option<VnPort> {
        let gone = self.vn_ports.remove(&id)?;
        self.write_bytes -= gone.writes.values().map(|write| write.asked).sum::<usize>();
        Some(gone)
    }

    /// Takes the VN_Port of this name off, if there is one.
    pub(super) fn remove_named(&mut self, wwpn: Wwpn) {
        let found = self.vn_ports.iter().find(|(_, vn_port)| vn_port.names.wwpn == wwpn);
        if let Some(id) = found.map(|(&id, _)| id) {
            self.remove(id);
        }
    }

    /// Whether a write of this many bytes may begin.
    pub(super) fn has_room(&self, id: FcId, bytes: usize) -> bool {
        let writes = self.vn_ports.get(&id).map_or(0, |vn_port| vn_port.writes.len());
        writes < limits::WRITES && bytes <= limits::WRITE_BYTES - self.write_bytes
    }

    /// Begins a write.
    pub(super) fn begin_write(&mut self, id: FcId, to: FcId, ox_id: u16, write: Write) {
        self.end_write(id, to, ox_id);
        if let Some(vn_port) = self.vn_ports.get_mut(&id) {
            self.write_bytes += write.asked;
            vn_port.writes.insert((to, ox_id), write);
        }
    }

    /// Ends a write, if it is under way.
    pub(super) fn end_write(&mut self, id: FcId, to: FcId, ox_id: u16) -> Option<Write> {
        let write = self.vn_ports.get_mut(&id)?.writes.remove(&(to, ox_id))?;
        self.write_bytes -= write.asked;
        Some(write)
    }

    /// Ends the writes of all that match.
    pub(super) fn end_all_writes(&mut self, over: impl Fn(&Write) -> bool) {
        let ids: Vec<FcId> = self.vn_ports.keys().copied().collect();
        for id in ids {
            self.end_writes(id, |_, write| over(write));
        }
    }

    /// Ends the writes of one that match: how many.
    pub(super) fn end_writes(&mut self, id: FcId, over: impl Fn(FcId, &Write) -> bool) -> usize {
        let Some(vn_port) = self.vn_ports.get_mut(&id) else { return 0 };
        let (before, mut freed) = (vn_port.writes.len(), 0);
        vn_port.writes.retain(|&(to, _), write| {
            let ends = over(to, write);
            freed += if ends { write.asked } else { 0 };
            !ends
        });
        self.write_bytes -= freed;
        before - vn_port.writes.len()
    }
}
