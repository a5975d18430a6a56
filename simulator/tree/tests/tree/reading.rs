//! Paths, layouts and values.

use npivot_fabric::world::{Command, HostCommand, SimTime};
use npivot_hal::HostNo;
use npivot_tree::{Errno, Node, Tree};

use crate::site::{self, ALPHA, BETA, GAMMA, says};
use crate::whole;

const CARD: &str = "devices/pci0000:00/0000:00:03.0/0000:05:00.0";

#[test]
fn trees_of_all_drivers_are_whole() {
    let mut world = site::world();
    for host in [ALPHA, BETA, GAMMA] {
        site::create(&mut world, host, site::guest(1 + u64::from(host.0) % 2));
        let census = whole::check(&Tree::new(&world, host).unwrap());
        assert!(census.files > 700 && census.links > 200, "{census:?}");
    }
}

#[test]
fn paths_are_walked_as_a_file_system_does() {
    let world = site::world();
    let tree = Tree::new(&world, ALPHA).unwrap();
    let name = "0x2100000000000a00";
    for path in [
        "class/fc_host/host0/port_name",
        "/class//fc_host/./host0/port_name",
        "class/fc_host/../fc_host/host0/port_name",
        // Up from what is linked to, not from the link.
        "class/fc_host/host0/../../fc_host/host0/port_name",
        "class/scsi_host/host0/device/fc_host/host0/port_name",
        &format!("{CARD}/host0/fc_host/host0/port_name"),
    ] {
        assert_eq!(says(&tree, path), name, "{path}");
    }
    assert_eq!(tree.look("class/fc_host/host0/port_name/"), Err(Errno::ENOTDIR));
    assert_eq!(tree.look("class/fc_host/host9"), Err(Errno::ENOENT));
    assert_eq!(tree.list("class/fc_host/host0/port_name"), Err(Errno::ENOTDIR));
    assert_eq!(tree.look("../.."), Ok(Node::Dir));
    for other in ["host00", "host+0", "host", "Host0", "host0 ", "host99999999999", "fc_host0"] {
        assert_eq!(tree.look(&format!("class/fc_host/{other}")), Err(Errno::ENOENT), "{other}");
    }
    let around = "/device/fc_host/host0".repeat(39);
    assert_eq!(says(&tree, &format!("class/fc_host/host0{around}/port_name")), name);
    let around = "/device/fc_host/host0".repeat(40);
    assert_eq!(tree.look(&format!("class/fc_host/host0{around}/port_name")), Err(Errno::ELOOP));
}

#[test]
fn hbas_are_pci_functions() {
    let world = site::world();
    let tree = Tree::new(&world, ALPHA).unwrap();
    let values = [
        ("vendor", "0x1077"),
        ("device", "0x2532"),
        ("class", "0x0c0400"),
        ("subsystem_vendor", "0x1077"),
    ];
    for (file, value) in values {
        assert_eq!(says(&tree, &format!("{CARD}/{file}")), value);
    }
    assert_eq!(
        tree.canonical("class/fc_host/host1/device/..").unwrap(),
        CARD.replace("00.0", "00.1").replace("03.1", "03.0")
    );
    assert_eq!(
        tree.link("bus/pci/drivers/qla2xxx/0000:05:00.0").unwrap(),
        format!("../../../../{CARD}")
    );
    assert_eq!(
        tree.link(&format!("{CARD}/driver")).unwrap(),
        "../../../../bus/pci/drivers/qla2xxx"
    );
    let config = tree.read(&format!("{CARD}/config")).unwrap();
    assert_eq!((config.len(), &config[..4]), (256, &[0x77, 0x10, 0x32, 0x25][..]));
    assert!(says(&tree, &format!("{CARD}/uevent")).contains("PCI_ID=1077:2532\n"));
    assert_eq!(says(&tree, &format!("{CARD}/resource")).lines().count(), 13);
    let lpfc = Tree::new(&world, GAMMA).unwrap();
    assert_eq!(says(&lpfc, &format!("{CARD}/device")), "0xf100");
    assert_eq!(tree.list("bus").unwrap(), ["pci", "scsi"]);
}

#[test]
fn drivers_show_what_is_unset_in_their_own_ways() {
    let mut world = site::world();
    let ask = |world: &npivot_fabric::World, host, file: &str| {
        says(&Tree::new(world, host).unwrap(), &format!("class/fc_host/host0/{file}"))
    };
    for (host, port) in [(ALPHA, 0), (BETA, 1), (GAMMA, 2)] {
        assert_eq!(ask(&world, host, "port_state"), "Online");
        assert_eq!(ask(&world, host, "port_id"), format!("0x01{port:02x}00"));
        assert_eq!(ask(&world, host, "port_type"), "NPort (fabric via point-to-point)");
        site::light(&mut world, port, false);
    }
    let files = ["port_state", "port_id", "fabric_name", "port_type", "speed"];
    let all = |host| files.map(|file| ask(&world, host, file));
    let ones = "0xffffffffffffffff";
    assert_eq!(all(ALPHA), ["Linkdown", "0x000000", ones, "Unknown", "unknown"]);
    assert_eq!(all(GAMMA), ["Linkdown", "0x000000", "0x0", "Unknown", "unknown"]);
    let libfc = ["Linkdown", "0xffffffff", "0x0", "NPort (fabric via point-to-point)", "10 Gbit"];
    assert_eq!(all(BETA), libfc);
    assert_eq!(ask(&world, ALPHA, "statistics/fcp_packet_aborts"), ones);
    assert_eq!(ask(&world, GAMMA, "statistics/fcp_packet_aborts"), "0x0");
}

#[test]
fn an_adapter_without_npiv_has_no_vport_files() {
    let world = site::world();
    let tree = Tree::new(&world, GAMMA).unwrap();
    assert!(tree.look("class/fc_host/host0/vport_create").is_ok());
    for file in ["vport_create", "vport_delete", "max_npiv_vports", "npiv_vports_inuse"] {
        let path = format!("class/fc_host/host1/{file}");
        assert_eq!(tree.look(&path), Err(Errno::ENOENT), "{path}");
    }
}

#[test]
fn a_lost_remote_port_goes_through_its_states() {
    let mut world = site::world();
    let rport = "class/fc_remote_ports/rport-0:0-0";
    let port = |world: &npivot_fabric::World| {
        let tree = Tree::new(world, ALPHA).unwrap();
        let files = ["port_state", "roles", "port_id", "node_name", "port_name", "maxframe_size"];
        files.map(|file| {
            tree.read(&format!("{rport}/{file}")).map(|b| String::from_utf8(b).unwrap())
        })
    };
    let name = port(&world)[4].clone().unwrap();
    let number = if name.contains("5006016000") { 8 } else { 9 };
    site::light(&mut world, number, false);
    world.advance(world.now().plus_secs(5));
    let tree = Tree::new(&world, ALPHA).unwrap();
    assert_eq!(says(&tree, &format!("{rport}/port_state")), "Blocked");
    assert_eq!(says(&tree, &format!("{rport}/roles")), "FCP Target");
    assert_eq!(says(&tree, "class/scsi_device/0:0:0:0/device/state"), "blocked");
    let busy = tree.ask(&format!("{rport}/fast_io_fail_tmo"), b"5");
    assert_eq!(busy, Err(Errno::EBUSY));
    world.advance(world.now().plus_secs(60));
    let tree = Tree::new(&world, ALPHA).unwrap();
    assert_eq!(says(&tree, &format!("{rport}/port_state")), "Not Present");
    assert_eq!(says(&tree, &format!("{rport}/roles")), "unknown");
    assert_eq!(says(&tree, &format!("{rport}/port_id")), "0xffffffff");
    assert_eq!(says(&tree, &format!("{rport}/node_name")), "0xffffffffffffffff");
    assert_eq!(format!("{}\n", says(&tree, &format!("{rport}/port_name"))), name);
    assert_eq!(says(&tree, &format!("{rport}/scsi_target_id")), "0");
    assert_eq!(tree.look("class/fc_transport/target0:0:0"), Err(Errno::ENOENT));
    assert_eq!(tree.look("class/scsi_device/0:0:0:0"), Err(Errno::ENOENT));
    assert_eq!(port(&world)[5], Err(Errno::ENOENT), "qla2xxx does not show it");
    whole::check(&Tree::new(&world, ALPHA).unwrap());
}

#[test]
fn identities_and_numbers_of_logical_units() {
    let world = site::world();
    let tree = Tree::new(&world, ALPHA).unwrap();
    let lu =
        |lun: u32, file: &str| says(&tree, &format!("class/scsi_device/0:0:0:{lun}/device/{file}"));
    assert_eq!(lu(1, "wwid"), "naa.5000000000000123");
    assert_eq!(lu(3, "wwid"), "t10.NPIVOT  some text");
    // LUN 256 is 4100h in flat addressing.
    assert_eq!(lu(16640, "wwid"), "eui.0011223344556677");
    assert_eq!(lu(0, "vendor"), "NPIVOT  ");
    assert_eq!(lu(0, "model"), "VOLUME          ");
    let disk = tree.list("class/scsi_device/0:0:0:1/device/block").unwrap();
    let number = says(&tree, &format!("block/{}/dev", disk[0]));
    assert_eq!(
        tree.canonical(&format!("dev/block/{number}")),
        tree.canonical(&format!("class/block/{}", disk[0]))
    );
    assert_eq!(says(&tree, &format!("block/{}/size", disk[0])), "4096");
    assert_eq!(tree.link(&format!("block/{}/device", disk[0])).unwrap(), "../../../0:0:0:1");
    let lpfc = Tree::new(&world, GAMMA).unwrap();
    assert_eq!(lpfc.look("class/scsi_device/0:0:0:16640"), Err(Errno::ENOENT), "above lpfc's 255");
}

#[test]
fn a_stale_device_shows_what_it_was_until_it_is_rescanned() {
    use npivot_fabric::san::ids::ArrayIx;
    use npivot_fabric::world::MaskingCommand;
    let mut world = site::world();
    let masks = [
        MaskingCommand::Unmap { group: "all".into(), volume: "data".into() },
        MaskingCommand::Unmap { group: "all".into(), volume: "high".into() },
        MaskingCommand::Map { group: "all".into(), volume: "high".into(), lun: 1 },
    ];
    for mask in masks {
        world.apply(Command::Masking(ArrayIx(0), mask)).unwrap();
    }
    let wwid = "class/scsi_device/0:0:0:1/device/wwid";
    assert_eq!(says(&Tree::new(&world, ALPHA).unwrap(), wwid), "naa.5000000000000123");
    let rescan = Tree::new(&world, ALPHA).unwrap().ask("bus/scsi/devices/0:0:0:1/rescan", b"1");
    for command in rescan.unwrap() {
        world.apply(Command::Host(ALPHA, command)).unwrap();
    }
    assert_eq!(says(&Tree::new(&world, ALPHA).unwrap(), wwid), "eui.0011223344556677");
}

#[test]
fn time_since_the_reset_is_counted_in_hexadecimal() {
    let mut world = site::world();
    world.advance(SimTime(26_000_000));
    let tree = Tree::new(&world, BETA).unwrap();
    assert_eq!(says(&tree, "class/fc_host/host0/statistics/seconds_since_last_reset"), "0x1a");
}

#[test]
fn what_node_exporter_reads_is_there() {
    let world = site::world();
    for host in [ALPHA, BETA, GAMMA] {
        let tree = Tree::new(&world, host).unwrap();
        for file in [
            "dev_loss_tmo",
            "fabric_name",
            "node_name",
            "port_id",
            "port_name",
            "port_state",
            "port_type",
            "speed",
            "supported_classes",
            "supported_speeds",
            "symbolic_name",
        ] {
            says(&tree, &format!("class/fc_host/host0/{file}"));
        }
        for file in [
            "dumped_frames",
            "error_frames",
            "fcp_packet_aborts",
            "invalid_crc_count",
            "invalid_tx_word_count",
            "link_failure_count",
            "loss_of_signal_count",
            "loss_of_sync_count",
            "nos_count",
            "rx_frames",
            "rx_words",
            "seconds_since_last_reset",
            "tx_frames",
            "tx_words",
        ] {
            let value = says(&tree, &format!("class/fc_host/host0/statistics/{file}"));
            let digits = value.strip_prefix("0x").unwrap();
            assert!(u64::from_str_radix(digits, 16).is_ok(), "{file} {value}");
        }
    }
}

#[test]
fn a_vport_has_an_adapter_of_its_own() {
    let mut world = site::world();
    site::create(&mut world, ALPHA, site::guest(1));
    let tree = Tree::new(&world, ALPHA).unwrap();
    let above = format!("{CARD}/host0/vport-0:0-0");
    assert_eq!(tree.canonical("class/fc_host/host2"), Ok(format!("{above}/host2/fc_host/host2")));
    assert_eq!(
        tree.canonical("class/fc_vports/vport-0:0-0"),
        Ok(format!("{above}/fc_vports/vport-0:0-0"))
    );
    assert_eq!(says(&tree, "class/fc_vports/vport-0:0-0/vport_state"), "Active");
    assert_eq!(says(&tree, "class/fc_host/host2/port_type"), "NPIV VPORT");
    assert_eq!(says(&tree, "class/fc_host/host0/npiv_vports_inuse"), "1");
    assert_eq!(tree.look("class/fc_host/host2/vport_create"), Err(Errno::ENOENT));
    let names = HostCommand::DeleteVport { parent: HostNo(0), names: site::guest(1) };
    world.apply(Command::Host(ALPHA, names)).unwrap();
    let tree = Tree::new(&world, ALPHA).unwrap();
    assert_eq!(tree.look(&above), Err(Errno::ENOENT));
}
