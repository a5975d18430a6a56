//! An array with a few initiators, and short ways to send it commands.

use npivot_fabric::array::{Array, ArrayLimits, Completion, Nexus, Request, Status, VolumeIx};
use npivot_hal::{Lun, LunId, WwnPair, Wwnn, Wwpn};

/// The volume at LUN 0: 128 blocks.
pub(crate) const DISK: VolumeIx = VolumeIx(0);

/// Key and codes.
pub(crate) type Sense = (u8, u8, u8);

pub(crate) const INVALID_FIELD: Sense = (0x05, 0x24, 0x00);
pub(crate) const INVALID_LIST: Sense = (0x05, 0x26, 0x00);
pub(crate) const LIST_LENGTH: Sense = (0x05, 0x1a, 0x00);
pub(crate) const NO_COMMAND: Sense = (0x05, 0x20, 0x00);
pub(crate) const OUT_OF_RANGE: Sense = (0x05, 0x21, 0x00);
pub(crate) const NO_UNIT: Sense = (0x05, 0x25, 0x00);

pub(crate) const READY: [u8; 6] = [0; 6];

pub(crate) fn wwpn(n: u64) -> Wwpn {
    Wwpn::new(0x2100_0000_0000_0000 + n).unwrap()
}

pub(crate) fn lun(number: u32) -> Lun {
    Lun::from_number(number).unwrap()
}

/// Initiator and port.
pub(crate) fn nexus(n: u64, port: u16) -> Nexus {
    Nexus::new(wwpn(n), port)
}

pub(crate) struct Bench {
    pub(crate) array: Array,
}

impl Bench {
    /// Three ports; initiators 1 to 3 see `disk` at LUN 0 and `large` at LUN 1, which has 2^33 blocks, more
    /// than 32 bits can number; 4 sees nothing. Nothing is owed to anybody.
    pub(crate) fn new() -> Self {
        Self::within(ArrayLimits::default())
    }

    pub(crate) fn within(limits: ArrayLimits) -> Self {
        let wwnn = Wwnn::new(0x5000_0000_0000_0000).unwrap();
        let port = |n: u64| WwnPair::new(Wwpn::new(0x5000_0000_0000_0001 + n).unwrap(), wwnn);
        let mut array = Array::new("vault", wwnn, (0..3).map(port).collect(), limits);
        for (n, (name, size)) in (1_u8..).zip([("disk", 65_536), ("large", 1 << 42)]) {
            let mut identity = [0; 16];
            (identity[0], identity[15]) = (0x60, n);
            let serial = format!("serial-{n}");
            array.add_volume(name, LunId::Naa16(identity), &serial, size).unwrap();
        }
        array.create_group("g").unwrap().changed();
        for n in 1..4 {
            array.add_initiator("g", wwpn(n)).unwrap().changed();
        }
        array.map("g", "disk", 0).unwrap().changed();
        array.map("g", "large", 1).unwrap().changed();
        let mut bench = Self { array };
        bench.quiet();
        bench
    }

    /// Nothing is owed to anybody any more.
    pub(crate) fn quiet(&mut self) {
        for n in 1..5 {
            (0..3).for_each(|port| self.array.scanned(wwpn(n), port));
        }
    }

    pub(crate) fn serve(&mut self, from: Nexus, at: u32, cdb: &[u8], data: &[u8]) -> Completion {
        let room = usize::MAX;
        self.array.serve(&Request { nexus: from, lun: lun(at), cdb, data_out: data, room })
    }

    /// A command of initiator 1 to LUN 0, and what it answers.
    pub(crate) fn good(&mut self, cdb: &[u8], data: &[u8]) -> Vec<u8> {
        self.good_at(0, cdb, data)
    }

    pub(crate) fn good_at(&mut self, at: u32, cdb: &[u8], data: &[u8]) -> Vec<u8> {
        let done = self.serve(nexus(1, 0), at, cdb, data);
        assert_eq!(done.status, Status::Good, "{cdb:02x?}: {:?}", done.check);
        assert!(done.sense.is_empty() && done.check.is_none());
        done.data
    }

    /// A command of initiator 1 to LUN 0, and its sense data.
    pub(crate) fn refused(&mut self, cdb: &[u8], data: &[u8]) -> Vec<u8> {
        self.refused_at(0, cdb, data)
    }

    pub(crate) fn refused_at(&mut self, at: u32, cdb: &[u8], data: &[u8]) -> Vec<u8> {
        let done = self.serve(nexus(1, 0), at, cdb, data);
        assert_eq!(done.status, Status::CheckCondition, "{cdb:02x?}");
        assert!(done.data.is_empty());
        assert_eq!(done.wanted, 0);
        done.sense
    }

    /// The same, key and codes alone.
    pub(crate) fn sense(&mut self, cdb: &[u8], data: &[u8]) -> Sense {
        codes(&self.refused(cdb, data))
    }

    /// What TEST UNIT READY at LUN 0 ends with.
    pub(crate) fn ready(&mut self, from: Nexus) -> Option<Sense> {
        let done = self.serve(from, 0, &READY, &[]);
        (done.status == Status::CheckCondition).then(|| codes(&done.sense))
    }
}

/// Key and codes of sense data in fixed format.
pub(crate) fn codes(sense: &[u8]) -> Sense {
    assert_eq!((sense.len(), sense[0] & 0x7f, sense[7]), (18, 0x70, 10));
    (sense[2], sense[12], sense[13])
}

/// Where sense data in fixed format says that the field is: in the command, byte, bit.
pub(crate) fn field(sense: &[u8]) -> (bool, u16, Option<u8>) {
    let [flags, high, low] = [sense[15], sense[16], sense[17]];
    assert_eq!(flags & 0x80, 0x80, "SKSV: {sense:02x?}");
    let bit = (flags & 0x08 != 0).then_some(flags & 0x07);
    (flags & 0x40 != 0, u16::from_be_bytes([high, low]), bit)
}

/// INFORMATION of sense data in fixed format.
pub(crate) fn information(sense: &[u8]) -> Option<u32> {
    let bytes = sense[3..7].try_into().unwrap();
    (sense[0] & 0x80 != 0).then_some(u32::from_be_bytes(bytes))
}

/// A command of ten bytes with an address and a length.
pub(crate) fn cdb_10(code: u8, flags: u8, lba: u32, blocks: u16) -> [u8; 10] {
    let mut cdb = [code, flags, 0, 0, 0, 0, 0, 0, 0, 0];
    cdb[2..6].copy_from_slice(&lba.to_be_bytes());
    cdb[7..9].copy_from_slice(&blocks.to_be_bytes());
    cdb
}

/// A command of sixteen bytes with an address and a length.
pub(crate) fn cdb_16(code: u8, flags: u8, lba: u64, blocks: u32) -> Vec<u8> {
    [&[code, flags][..], &lba.to_be_bytes(), &blocks.to_be_bytes(), &[0, 0]].concat()
}
