//! FCP reads: sizes, residuals, sense data, frames.

use npivot_wire::fc2::{Eof, FCtl, RCtl, Sof};
use npivot_wire::fcp::Residual;

use crate::bed::{ARRAY, Bed, Peer, VAULT, id, read_10, write_10};

/// What block `lba` has: no two alike.
fn block(lba: u32) -> [u8; 512] {
    let mut block = [0; 512];
    for (i, word) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *word = (lba << 8 | u32::try_from(i).unwrap()).to_be_bytes();
    }
    block
}

fn blocks(first: u32, count: u32) -> Vec<u8> {
    (first..first + count).flat_map(block).collect()
}

#[test]
fn of_each_size() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let all = blocks(0, 2_048);
    for (i, part) in (0_u32..).zip(all.chunks(64 << 10)) {
        let cdb = write_10(i * 128, 128);
        assert_eq!(peer.write(&mut bed, &cdb, part).response().status, 0);
    }
    for count in [0_u32, 1, 4, 5, 8, 128, 2_048] {
        let bytes = count * 512;
        let cdb = read_10(0, u16::try_from(count).unwrap());
        let (data, response) = peer.scsi(&mut bed, &cdb, bytes);
        assert_eq!(data, all[..bytes as usize], "{count} blocks");
        let response = response.response();
        assert_eq!((response.status, response.residual), (0, Residual::None), "{count} blocks");
    }
    let (data, _) = peer.scsi(&mut bed, &read_10(7, 3), 1_536);
    assert_eq!(data, blocks(7, 3));
}

#[test]
fn the_frames_of_one() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let ox_id = peer.command(&mut bed, &read_10(0, 16), false, 8_192);
    let units = bed.take_fc(peer.link);
    let lengths: Vec<usize> = units.iter().map(|unit| unit.payload.len()).collect();
    assert_eq!(lengths, [2112, 2112, 2112, 1856, 24]);
    let rx_id = units[0].header.rx_id;
    for (i, unit) in (0_u16..).zip(&units) {
        let header = unit.header;
        assert_eq!((header.s_id, header.d_id), (VAULT, peer.id));
        assert_eq!((header.ox_id, header.rx_id), (ox_id, rx_id));
        assert!(header.f_ctl.has(FCtl::EXCHANGE_RESPONDER));
        assert_eq!((unit.from, unit.to), (peer.fcf, peer.mac()));
        if i == 4 {
            assert_eq!((header.r_ctl, header.f_ctl), (RCtl::STATUS, FCtl(0x98_0000)));
            assert_eq!((unit.sof, unit.eof), (Sof::I3, Eof::T));
            assert_ne!(header.seq_id, units[0].header.seq_id);
        } else {
            let f_ctl = if i == 3 { FCtl(0x88_0008) } else { FCtl(0x80_0008) };
            assert_eq!((header.r_ctl, header.f_ctl, header.seq_cnt), (RCtl::DATA, f_ctl, i));
            assert_eq!(header.parameter, u32::from(i) * 2_112);
            assert_eq!(unit.sof, if i == 0 { Sof::I3 } else { Sof::N3 });
            assert_eq!(unit.eof, if i == 3 { Eof::T } else { Eof::N });
        }
    }
}

#[test]
fn residuals() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    peer.write(&mut bed, &write_10(0, 4), &blocks(0, 4));
    // The initiator takes more than the command moves, and less.
    let (data, response) = peer.scsi(&mut bed, &read_10(0, 2), 4_096);
    assert_eq!((data, response.response().residual), (blocks(0, 2), Residual::Under(3_072)));
    let (data, response) = peer.scsi(&mut bed, &read_10(0, 4), 700);
    assert_eq!(data, blocks(0, 4)[..700]);
    assert_eq!(response.response().residual, Residual::Over(1_348));
    // INQUIRY: what there is, of what was asked for.
    let (data, response) = peer.scsi(&mut bed, &[0x12, 0, 0, 0, 255, 0], 255);
    let there = u32::try_from(data.len()).unwrap();
    assert!((36..255).contains(&there));
    assert_eq!(response.response().residual, Residual::Under(255 - there));
    // Data of any length, with fill bytes that do not count.
    for length in [5, 6, 7, 9] {
        let (data, _) = peer.scsi(&mut bed, &[0x12, 0, 0, 0, length, 0], length.into());
        assert_eq!(data.len(), usize::from(length));
    }
}

#[test]
fn sense_data() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let sense = |peer: &mut Peer, bed: &mut Bed, cdb: &[u8], bytes| {
        let (data, unit) = peer.scsi(bed, cdb, bytes);
        let response = unit.response();
        assert_eq!((response.status, data.len()), (2, 0));
        assert_eq!(
            response.residual,
            if bytes == 0 { Residual::None } else { Residual::Under(bytes) }
        );
        (response.sense[2] & 0xf, response.sense[12], response.sense[13])
    };
    // Beyond the end, a command that nobody knows, and one that is not read at all.
    assert_eq!(sense(&mut peer, &mut bed, &read_10(0x8000, 1), 512), (5, 0x21, 0));
    assert_eq!(sense(&mut peer, &mut bed, &[0xf1; 16], 0), (5, 0x20, 0));
    // A logical unit that is not there.
    let group = peer.names.wwpn.to_string();
    let unmap = npivot_fabric::world::MaskingCommand::Unmap { group, volume: "one".into() };
    bed.apply(npivot_fabric::world::Command::Masking(ARRAY, unmap));
    assert_eq!(sense(&mut peer, &mut bed, &[0; 6], 0), (6, 0x3f, 0x0e));
    assert_eq!(sense(&mut peer, &mut bed, &[0; 6], 0), (5, 0x25, 0));
}

#[test]
fn a_receiver_of_short_frames_gets_short_frames() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    peer.write(&mut bed, &write_10(0, 4), &blocks(0, 4));
    for (fabric, port, expected) in [(2112, 256, 256), (256, 2112, 256), (512, 1_024, 512)] {
        peer.receive_bytes = fabric;
        peer.flogi(&mut bed).unwrap();
        peer.receive_bytes = port;
        peer.log_in_with(&mut bed, VAULT);
        // A new login is a new nexus: its first command is told of that.
        peer.scsi(&mut bed, &[0; 6], 0);
        peer.command(&mut bed, &read_10(0, 4), false, 2_048);
        let mut units = bed.take_fc(peer.link);
        let response = units.pop().unwrap();
        assert_eq!(response.response().status, 0);
        assert!(units.iter().all(|unit| unit.payload.len() == expected), "{fabric} {port}");
        let data: Vec<u8> = units.into_iter().flat_map(|unit| unit.payload).collect();
        assert_eq!(data, blocks(0, 4));
    }
    // So do the services' answers keep to the fabric login's.
    peer.receive_bytes = 256;
    peer.flogi(&mut bed).unwrap();
    let query = npivot_wire::ct::directory::Query::GaNxt(id(0));
    let unit = peer.query(&mut bed, query);
    assert!(unit.payload.len() > 600);
    assert!(unit.answer(query.command()).is_ok());
}
