//! Writes: what each file takes, what it does, and with which number each driver refuses.

use npivot_fabric::Simulation;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::Command;
use npivot_hal::WwnPair;
use npivot_tree::{Errno, SimTree};

use crate::site;

fn says(tree: &SimTree, path: &str) -> String {
    let bytes = tree.read(path).unwrap_or_else(|errno| panic!("{path}: {errno}"));
    String::from_utf8(bytes).unwrap().trim_end().to_owned()
}

fn create(tree: &SimTree, names: WwnPair) -> Result<usize, Errno> {
    tree.write("class/fc_host/host0/vport_create", site::text(names).as_bytes())
}

fn light(simulation: &Simulation, number: u16, on: bool) {
    let port = simulation.with(|world| world.san().switch_of(PortIx(0)).port(number).unwrap());
    simulation.apply(Command::Light { port, on }).unwrap();
}

async fn pass(simulation: &Simulation, secs: u64) {
    simulation.run_for(std::time::Duration::from_secs(secs)).await;
}

#[tokio::test(start_paused = true)]
async fn a_vport_is_made_and_deleted_under_each_driver() {
    let simulation = site::simulation();
    for host in ["alpha", "beta", "gamma"] {
        let tree = SimTree::new(&simulation, host).unwrap();
        let names = site::guest(if host == "alpha" { 1 } else { 2 });
        let written = site::text(names).to_uppercase() + "\n";
        let path = "class/fc_host/host0/vport_create";
        assert_eq!(tree.write(path, written.as_bytes()), Ok(34), "{host}");
        // Success does not mean that it has logged in.
        let state = "class/fc_vports/vport-0:0-0/vport_state";
        assert_eq!(says(&tree, state), "Initializing", "{host}");
        pass(&simulation, 1).await;
        assert_eq!(says(&tree, state), "Active", "{host}");
        let path = "class/fc_host/host0/vport_delete";
        assert_eq!(tree.write(path, site::text(names).as_bytes()), Ok(33), "{host}");
        assert_eq!(tree.look(state), Err(Errno::ENOENT), "{host}");
        assert_eq!(tree.write(path, site::text(names).as_bytes()), Err(Errno::ENODEV), "{host}");
    }
}

#[tokio::test(start_paused = true)]
async fn drivers_refuse_vports_with_their_own_numbers() {
    let simulation = site::simulation();
    // Host, name, and what the second vport of the same name comes to; then when all are in use.
    for (host, duplicate) in
        [("alpha", Errno::ENOTUNIQ), ("beta", Errno::EINVAL), ("gamma", Errno::ENOENT)]
    {
        let tree = SimTree::new(&simulation, host).unwrap();
        assert_eq!(create(&tree, site::guest(3)), Ok(33), "{host}");
        assert_eq!(create(&tree, site::guest(3)), Err(duplicate), "{host}");
        assert_eq!(create(&tree, site::guest(4)), Ok(33), "{host}");
        assert_eq!(create(&tree, site::guest(5)), Err(Errno::ENOSPC), "{host}");
    }
    let gamma = SimTree::new(&simulation, "gamma").unwrap();
    let path = "class/fc_host/host0/vport_delete";
    assert_eq!(gamma.write(path, site::text(site::guest(4)).as_bytes()), Ok(33));
    // NAA 1 with more than zeros in the twelve bits after it.
    let bad = "1001000000000001:2000000000000001";
    assert_eq!(gamma.write("class/fc_host/host0/vport_create", bad.as_bytes()), Err(Errno::ENOENT));
    // The second adapter of alpha is on a switch without NPIV, which qla2xxx looks at first.
    let alpha = SimTree::new(&simulation, "alpha").unwrap();
    let names = site::text(site::guest(6));
    let answer = alpha.write("class/fc_host/host1/vport_create", names.as_bytes());
    assert_eq!(answer, Err(Errno::EOPNOTSUPP));
}

#[tokio::test(start_paused = true)]
async fn a_vport_can_be_disabled_renamed_and_deleted_by_its_own_files() {
    let simulation = site::simulation();
    let tree = SimTree::new(&simulation, "beta").unwrap();
    create(&tree, site::guest(1)).unwrap();
    pass(&simulation, 1).await;
    let vport = |file: &str| format!("class/fc_vports/vport-0:0-0/{file}");
    let table: [(&str, &[u8], Result<usize, Errno>); 9] = [
        ("vport_disable", b"0", Err(Errno::EALREADY)),
        ("vport_disable", b"x", Err(Errno::EINVAL)),
        ("vport_disable", b"1\n", Ok(2)),
        ("vport_disable", b"1", Err(Errno::EALREADY)),
        ("vport_disable", b"0", Ok(1)),
        ("symbolic_name", b"guest one\n", Ok(10)),
        ("symbolic_name", &[b'x'; 64], Err(Errno::EINVAL)),
        ("symbolic_name", &[0xff, 0xfe], Err(Errno::EINVAL)),
        ("vport_state", b"1", Err(Errno::EACCES)),
    ];
    for (file, bytes, answer) in table {
        assert_eq!(tree.write(&vport(file), bytes), answer, "{file} {bytes:?}");
    }
    assert_eq!(says(&tree, &vport("symbolic_name")), "guest one");
    // On the way to Initializing the last state is left as it was.
    assert_eq!(says(&tree, &vport("vport_state")), "Initializing");
    assert_eq!(says(&tree, &vport("vport_last_state")), "Active");
    assert_eq!(tree.write(&vport("vport_delete"), b"whatever"), Ok(8));
    assert_eq!(tree.look(&vport("")), Err(Errno::ENOENT));
}

#[tokio::test(start_paused = true)]
async fn timeouts_of_remote_ports() {
    let simulation = site::simulation();
    let tree = SimTree::new(&simulation, "alpha").unwrap();
    let rport = |file: &str| format!("class/fc_remote_ports/rport-0:0-0/{file}");
    let table: [(&str, &str, Result<usize, Errno>, &str); 14] = [
        ("dev_loss_tmo", "30\n", Ok(3), "30"),
        ("dev_loss_tmo", "0", Ok(1), "1"),
        ("dev_loss_tmo", "600", Ok(3), "600"),
        ("dev_loss_tmo", "601", Err(Errno::EINVAL), "600"),
        ("dev_loss_tmo", "ten", Err(Errno::EINVAL), "600"),
        ("fast_io_fail_tmo", "600", Err(Errno::EINVAL), "off"),
        ("fast_io_fail_tmo", "5", Ok(1), "5"),
        ("dev_loss_tmo", "0x7fffffff", Ok(10), "2147483647"),
        ("fast_io_fail_tmo", "601", Err(Errno::EINVAL), "5"),
        ("fast_io_fail_tmo", "off\n", Ok(4), "off"),
        ("port_state", "Marginal", Ok(8), "Marginal"),
        ("port_state", "Marginal\n", Ok(9), "Marginal"),
        ("port_state", "Blocked", Err(Errno::EINVAL), "Marginal"),
        ("port_state", "Online\n", Ok(7), "Online"),
    ];
    for (file, text, answer, after) in table {
        assert_eq!(tree.write(&rport(file), text.as_bytes()), answer, "{file} {text:?}");
        assert_eq!(says(&tree, &rport(file)), after, "{file} {text:?}");
    }
    let name = says(&tree, &rport("port_name"));
    light(&simulation, if name == "0x500601600000000a" { 8 } else { 9 }, false);
    pass(&simulation, 1).await;
    for (file, text) in [("dev_loss_tmo", "30"), ("fast_io_fail_tmo", "nonsense")] {
        assert_eq!(tree.write(&rport(file), text.as_bytes()), Err(Errno::EBUSY), "{file}");
    }
    // The host's file passes over those that cannot.
    assert_eq!(tree.write("class/fc_host/host0/dev_loss_tmo", b"45"), Ok(2));
    assert_eq!(says(&tree, "class/fc_host/host0/dev_loss_tmo"), "45");
    assert_eq!(says(&tree, &rport("dev_loss_tmo")), "2147483647");
    assert_eq!(says(&tree, "class/fc_remote_ports/rport-0:0-1/dev_loss_tmo"), "45");
}

#[tokio::test(start_paused = true)]
async fn logical_units_are_deleted_and_found_again() {
    let simulation = site::simulation();
    let tree = SimTree::new(&simulation, "alpha").unwrap();
    let (lu, scan) = ("bus/scsi/devices/0:0:0:1", "class/scsi_host/host0/scan");
    assert_eq!(tree.write(&format!("{lu}/delete"), b"1"), Ok(1));
    assert_eq!(tree.look(lu), Err(Errno::ENOENT));
    assert_eq!(tree.write(&format!("{lu}/delete"), b"1"), Err(Errno::ENOENT));
    let table: [(&str, Result<usize, Errno>, bool); 9] = [
        ("- - 0", Ok(5), false),
        ("- 1 1", Ok(5), false),
        ("- - -x", Err(Errno::EINVAL), false),
        ("- -", Err(Errno::EINVAL), false),
        ("1 - -", Err(Errno::EINVAL), false),
        ("- 2048 -", Err(Errno::EINVAL), false),
        ("- - 65536", Err(Errno::EINVAL), false),
        ("- 7 -", Ok(5), false),
        ("- - -\0", Ok(6), true),
    ];
    for (text, answer, found) in table {
        assert_eq!(tree.write(scan, text.as_bytes()), answer, "{text:?}");
        assert_eq!(tree.look(lu).is_ok(), found, "{text:?}");
    }
    assert_eq!(tree.write(&format!("{lu}/rescan"), b"1\n"), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_lip_logs_the_adapter_out_and_in_again() {
    let simulation = site::simulation();
    let tree = SimTree::new(&simulation, "beta").unwrap();
    assert_eq!(tree.write("class/fc_host/host0/issue_lip", b"1"), Ok(1));
    assert_eq!(says(&tree, "class/fc_host/host0/port_state"), "Offline");
    pass(&simulation, 1).await;
    assert_eq!(says(&tree, "class/fc_host/host0/port_state"), "Online");
}

#[tokio::test(start_paused = true)]
async fn what_else_is_written() {
    let simulation = site::simulation();
    let tree = SimTree::new(&simulation, "alpha").unwrap();
    let long = [b'1'; 5000];
    let table: [(&str, &[u8], Result<usize, Errno>); 17] = [
        ("class/fc_host/host0/vport_create", b"", Ok(0)),
        ("class/fc_host/host0/vport_create", &long, Err(Errno::EINVAL)),
        ("class/fc_host/host0/issue_lip", &long, Ok(4096)),
        ("class/fc_host/host0/port_name", b"1", Err(Errno::EACCES)),
        ("class/fc_host/host0/statistics/reset_statistics", b"1", Ok(1)),
        ("class/fc_host/host0/tgtid_bind_type", b"wwpn\n", Ok(5)),
        ("class/fc_host/host0/tgtid_bind_type", b"none", Err(Errno::EOPNOTSUPP)),
        ("class/fc_host/host0/tgtid_bind_type", b"other", Err(Errno::EINVAL)),
        ("class/fc_host/host0/system_hostname", b"me", Err(Errno::EOPNOTSUPP)),
        ("class/fc_host/host0/uevent", b"change\n", Ok(7)),
        ("class/fc_host/host0/uevent", b"dance", Err(Errno::EINVAL)),
        ("class/fc_host/host0", b"1", Err(Errno::EISDIR)),
        ("class/fc_host/host9/issue_lip", b"1", Err(Errno::ENOENT)),
        ("class/fc_host/host0/port_name/x", b"1", Err(Errno::ENOTDIR)),
        ("class/scsi_host/host0/state", b"running", Err(Errno::EOPNOTSUPP)),
        ("bus/scsi/devices/0:0:0:0/timeout", b"60", Err(Errno::EOPNOTSUPP)),
        ("devices/pci0000:00/0000:00:03.0/0000:05:00.0/remove", b"1", Err(Errno::EOPNOTSUPP)),
    ];
    for (path, bytes, answer) in table {
        assert_eq!(tree.write(path, bytes), answer, "{path}");
    }
    assert!(SimTree::new(&simulation, "nobody").is_none());
    is_shared(&tree);
}

fn is_shared<T: Clone + Send + Sync + std::fmt::Debug>(_: &T) {}
