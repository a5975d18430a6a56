//! How many frames a second one core forwards in memory: control frames, small reads, large reads. What a
//! frame costs here is the forwarder's and the world's part; what a socket costs comes on top.
//!
//! Before criterion's own measurements it prints a table, in frames and bytes per second.

#[path = "../tests/fcf/bed/mod.rs"]
#[allow(unused_imports, reason = "the tests use all of it")]
mod bed;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use npivot_fabric::World;
use npivot_hal::{FcId, Lun};
use npivot_wire::Encode;
use npivot_wire::ct::{self, directory};
use npivot_wire::els::{Discovery, Els};
use npivot_wire::ethernet;
use npivot_wire::fc2::{FcType, Header, RCtl};
use npivot_wire::fcf::{Forwarder, LinkIx};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{Cdb, Command, Direction, Fcp};
use npivot_wire::fip::{Flags, KeepAlive, Message};

use bed::{Bed, Peer, VAULT, bytes_of, id, read_10, write_10};

/// A frame that is sent again and again, and how many frames answer it.
struct Case {
    name: &'static str,
    frame: Vec<u8>,
    answers: u64,
    data_bytes: u64,
}

/// Counts what is sent.
#[derive(Default)]
struct Sink {
    frames: u64,
    bytes: u64,
}

impl npivot_wire::fcf::Outlet for Sink {
    fn send(&mut self, _: LinkIx, frame: &[u8]) {
        self.frames += 1;
        self.bytes += black_box(frame).len() as u64;
    }
}

fn fcoe(peer: &Peer, header: Header, payload: impl Encode) -> Vec<u8> {
    let on = ethernet::Header::new(peer.mac(), peer.fcf);
    bytes_of(&Encapsulated::single(header, payload).on(on))
}

fn els(peer: &mut Peer, to: FcId, els: &Els<'_>) -> Vec<u8> {
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, to);
    fcoe(peer, header, &bytes_of(els)[..])
}

fn read(peer: &mut Peer, blocks: u16) -> Vec<u8> {
    let header = peer.header(RCtl::COMMAND, FcType::FCP, VAULT);
    let cdb = Cdb::new(&read_10(0, blocks)).expect("ten bytes");
    let lun = Lun::from_wire([0; 8]);
    let command = Command::new(lun, cdb, Direction::READ, u32::from(blocks) * 512);
    fcoe(peer, header, Fcp::Command(command))
}

/// A forwarder with eight links, with 29 N_Ports on them, and the cases. The one that asks is in a zone with
/// the array and one other; without zones it sees all.
fn stage(zoned: bool) -> (Bed, LinkIx, Vec<Case>) {
    let mut bed = Bed::new();
    bed.world.stop_recording();
    for number in 2..9 {
        let base = Peer::logged_in(&mut bed, number);
        for n in 0..3 {
            base.vport(&mut bed, u64::from(number) * 100 + n).expect("it may log in");
        }
    }
    let mut peer = Peer::initiator(&mut bed, 1);
    let data: Vec<u8> = (0..=255).flat_map(|byte| [byte; 256]).collect();
    peer.write(&mut bed, &write_10(0, 128), &data);
    let other = id(0x01_02_00);
    if zoned {
        let zone = [peer.names.wwpn, bed::wwpn(bed::VAULT_NAME), bed::names(2).wwpn];
        bed.zones(bed::A, &[&zone]);
    }

    let alive = KeepAlive { flags: Flags::FPMA, mac: peer.enode, vn_port: None };
    let on = ethernet::Header::new(peer.enode, peer.fcf);
    let keep_alive = bytes_of(&Message::<&[u8]>::KeepAlive(alive).on(on));
    let adisc = Els::Adisc(Discovery {
        hard_address: id(0),
        wwpn: Some(peer.names.wwpn),
        wwnn: Some(peer.names.wwnn),
        id: peer.id,
    });
    let by = directory::ByFcType { domain: 0, area: 0, fc_type: FcType::FCP };
    let query = ct::Query::Directory(directory::Query::GpnFt(by));
    let header = peer.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
    let gpn_ft = fcoe(&peer, header, &bytes_of(&ct::Request::new(query))[..]);
    let name = ct::Query::Directory(directory::Query::GpnId(VAULT));
    let gpn_id = fcoe(&peer, header, &bytes_of(&ct::Request::new(name))[..]);
    let plogi = Els::Plogi(peer.login_parameters());
    let case = |name, frame, answers, data_bytes| Case { name, frame, answers, data_bytes };
    let cases = vec![
        case("FIP keep-alive", keep_alive, 0, 0),
        case("ADISC", els(&mut peer, VAULT, &adisc), 1, 0),
        case("GPN_ID", gpn_id, 1, 0),
        case("GPN_FT", gpn_ft, 1, 0),
        case("forwarded RTV", els(&mut peer, other, &Els::Rtv), 1, 0),
        case("read of 512 bytes", read(&mut peer, 1), 2, 512),
        case("read of 64 KiB", read(&mut peer, 128), 33, 65_536),
        // It ends the process login: nothing is read after it.
        case("PLOGI", els(&mut peer, VAULT, &plogi), 1, 0),
    ];
    let link = peer.link;
    (bed, link, cases)
}

/// Sends a case's frame this often.
fn send(world: &mut World, fcf: &mut Forwarder, link: LinkIx, case: &Case, times: u64) -> Sink {
    let mut sink = Sink::default();
    for _ in 0..times {
        fcf.receive(world, link, black_box(&case.frame), &mut sink);
    }
    assert_eq!(sink.frames, case.answers * times, "{}", case.name);
    sink
}

#[expect(clippy::disallowed_methods, reason = "it measures real time")]
fn table(zoned: bool) {
    let (mut bed, link, mut cases) = stage(zoned);
    cases.retain(|case| zoned || case.name.starts_with("GPN_FT"));
    let width = 18;
    let title = if zoned { "in a zone of three" } else { "without zones" };
    println!("{title:width$}  {:>12}  {:>12}  {:>10}", "requests/s", "frames/s", "data MB/s");
    for case in &cases {
        let (mut times, mut took) = (1_000, Duration::ZERO);
        while took < Duration::from_millis(300) {
            times *= 2;
            let start = Instant::now();
            send(&mut bed.world, &mut bed.fcf, link, case, times);
            took = start.elapsed();
        }
        let per_second = u128::from(times) * 1_000_000_000 / took.as_nanos();
        let frames = per_second * u128::from(1 + case.answers);
        let megabytes = per_second * u128::from(case.data_bytes) / 1_000_000;
        println!("{:width$}  {per_second:>12}  {frames:>12}  {megabytes:>10}", case.name);
    }
}

fn benches(criterion: &mut Criterion) {
    for zoned in [true, false] {
        table(zoned);
    }
    let (mut bed, link, cases) = stage(true);
    let mut group = criterion.benchmark_group("forwarder");
    for case in &cases {
        group.throughput(Throughput::Elements(1 + case.answers));
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| send(&mut bed.world, &mut bed.fcf, link, case, 1));
        });
    }
}

criterion_group!(forwarder, benches);
criterion_main!(forwarder);
