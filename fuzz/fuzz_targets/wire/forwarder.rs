//! A forwarder as a whole, with two links: no panic, every frame has one fate, what is held is bounded, what
//! is sent can be read, the world and the forwarder agree on who is logged in, and the run replays.
//!
//! The input is a sequence of steps: the link in the lowest bit of a byte, how much time passes before (the
//! cube of a byte, in microseconds), the frame's length in two bytes, the frame. Its CRC is made right, or
//! hardly an input would come further than that; the highest bit of the first byte leaves it as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::World;
use npivot_fabric::array::scsi::Product;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{ArrayIx, FabricIx, PortIx};
use npivot_fabric::world::{Build, Command, MaskingCommand, SimTime};
use npivot_hal::{DefaultZone, DomainId, FcId, LunId, Wwnn, Wwpn, ZoneDatabase};
use npivot_wire::fcf::{Event, Forwarder, LinkIx, Settings};
use npivot_wire::{Body, Frame, MAX_FRAME_BYTES, fc2, fip};

/// The most steps of one input.
const STEPS: usize = 200;
/// Those of the capture, and one that others use.
const INITIATORS: [u64; 3] = [0x2000_0200_0000_000a, 0x2100_0000_0000_0a01, 0x2000_0200_0000_000b];
const LINKS: [LinkIx; 2] = [LinkIx(0), LinkIx(1)];

fn build(world: &mut World, build: Build) {
    world.apply(Command::Build(build)).expect("it can be built");
}

/// The SAN of the capture, with smaller volumes: arrays behind ports 2 and 3.
fn san() -> World {
    let mut world = World::new(1, Latencies::default());
    world.record();
    let fabric = FabricIx(0);
    build(&mut world, Build::Fabric { name: "a".into() });
    let settings = SwitchSettings { ports: 8, logins_per_port: 4, ..SwitchSettings::default() };
    let domain = DomainId::new(1).expect("1 to 239");
    build(&mut world, Build::Switch { fabric, name: "a1".into(), domain, settings });
    for n in [2_u8, 3] {
        let wwnn = Wwnn::new(0x5000_0000_c900_0000 | u64::from(n) << 8).expect("not zero");
        let (name, product) = (format!("t{n}"), Product::default());
        build(&mut world, Build::Array { name, wwnn, product });
        let array = ArrayIx(u32::from(n) - 2);
        let wwpn = Wwpn::new(wwnn.get() | 1).expect("not zero");
        build(&mut world, Build::Target { array, wwpn, port: PortIx(n.into()) });
        let identity = LunId::Naa8([0x50, 0, 0x0c, 0x90, n, 1, 0, 0]);
        let (name, serial) = ("v".to_owned(), format!("S{n}"));
        build(&mut world, Build::Volume { array, name, identity, serial, size_bytes: 256 << 10 });
        for initiator in INITIATORS.map(|raw| Wwpn::new(raw).expect("not zero")) {
            let group = initiator.to_string();
            for command in [
                MaskingCommand::CreateGroup { group: group.clone() },
                MaskingCommand::AddInitiator { group: group.clone(), initiator },
                MaskingCommand::Map { group, volume: "v".into(), lun: 0 },
            ] {
                world.apply(Command::Masking(array, command)).expect("it can be mapped");
            }
        }
    }
    let mut database = ZoneDatabase::default();
    database.default_zone = DefaultZone::Permit;
    build(&mut world, Build::Zones { fabric, database, enabled: None });
    world.advance(SimTime(50_000));
    world
}

/// What was sent can be read, down to the payload.
fn readable(bytes: &[u8]) {
    assert!(bytes.len() <= MAX_FRAME_BYTES);
    let frame = Frame::decode(bytes).expect("what is sent can be read");
    match frame.body {
        // What one peer sends another is passed on as it is.
        Body::Fcoe(fcoe) if !is_known(fcoe.frame.header.s_id) => {}
        Body::Fcoe(fcoe) => {
            fcoe.payload().expect("its payload can be read");
        }
        Body::Fip(fip::Message::Other { .. }) | Body::Other(..) => panic!("{frame:?}"),
        Body::Fip(_) => {}
    }
}

/// The arrays and the services.
fn is_known(id: FcId) -> bool {
    id.is_well_known() || matches!(id.area(), 2 | 3)
}

fn agree(world: &World, fcf: &Forwarder) {
    for link in LINKS {
        let counters = fcf.counters(link).expect("it is attached");
        let fates: u64 = Event::FATES.iter().map(|&event| counters.of(event)).sum();
        assert_eq!(counters.of(Event::Received), fates, "{counters:?}");
        assert_eq!(counters.of(Event::Unsendable), 0, "{counters:?}");
        assert!(fcf.held_bytes(link) <= fcf.held_bytes_limit(link));
        let port = PortIx([1, 4][link.index()]);
        let mut there: Vec<FcId> =
            world.san().behind(port).map(|ix| world.san().nport(ix).fc_id()).collect();
        there.sort_unstable();
        assert_eq!(fcf.logged_in(link).collect::<Vec<_>>(), there);
    }
}

fuzz_target!(|input: &[u8]| {
    let mut world = san();
    let mut fcf = Forwarder::new(Settings::default());
    for port in [1, 4] {
        fcf.attach(&mut world, PortIx(port)).expect("it is free");
    }
    let mut outlet = |_: LinkIx, frame: &[u8]| readable(frame);
    let mut rest = input;
    for _ in 0..STEPS {
        let Some((&[head, wait, high, low], after)) = rest.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (bytes, after) = after.split_at(length);
        rest = after;
        let mut frame = bytes.to_vec();
        if head & 0x80 == 0 && frame.len() >= 60 && frame[12..14] == [0x89, 0x06] {
            let end = frame.len() - 8;
            let crc = fc2::crc(&frame[28..end]);
            frame[end..end + 4].copy_from_slice(&crc.to_le_bytes());
        }
        let until = world.now() + u64::from(wait).pow(3);
        fcf.advance(&mut world, until, &mut outlet);
        fcf.receive(&mut world, LINKS[usize::from(head & 1)], &frame, &mut outlet);
        agree(&world, &fcf);
    }
    let until = world.now() + 60_000_000;
    fcf.advance(&mut world, until, &mut outlet);
    agree(&world, &fcf);
    let log = world.write_log().expect("it is recorded");
    let again = World::replay(&log).expect("what was written can be read");
    assert_eq!(again.fingerprint(), world.fingerprint());
});
