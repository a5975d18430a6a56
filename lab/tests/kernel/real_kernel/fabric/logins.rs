//! Login, names, addresses, the directory.

use super::{ALPHA, BETA, address_of, boot, finished, rack, run, with};
use npivot_fabric::Topology;
use npivot_lab::rack::Options;

#[test]
fn the_kernel_shows_what_the_world_gave_it() {
    let mut rack = rack(&["alpha"]);
    let script = "cd /sys/class/fc_host/host0; cat port_state port_name node_name port_id fabric_name; \
                  cat port_type max_npiv_vports supported_classes; \
                  for r in /sys/class/fc_remote_ports/rport-*; do \
                  cat $r/port_name $r/port_id $r/port_state $r/roles; done | paste -d' ' - - - - | sort";
    let printed = run(&mut rack, "alpha", script);
    let address = address_of(&rack, ALPHA).unwrap();
    assert_eq!(
        printed,
        format!(
            "Online\n0x{ALPHA}\n0x1000001b32a9da01\n{address}\n0x100000504e500001\n\
             NPort (fabric via point-to-point)\n65535\nClass 3\n\
             0x200000504efffffc 0xfffffc Online Directory Server\n\
             0x5006016041e0aa00 0x010800 Online FCP Target\n\
             0x5006016141e0aa00 0x010900 Online FCP Target\n"
        )
    );
    let counters = rack.plant().with(|_, f| f.counters(npivot_wire::fcf::LinkIx(0)).cloned());
    let counters = counters.unwrap();
    for wrong in ["malformed", "wrong CRC", "could not be written", "wrong MAC address"] {
        let counted = counters.iter().find(|(event, _)| event.as_str() == wrong);
        assert_eq!(counted, None, "{counters:?}");
    }
}

#[test]
fn the_name_server_has_what_the_kernel_registers() {
    let mut rack = rack(&["alpha"]);
    let printed = run(&mut rack, "alpha", "cat /sys/class/fc_host/host0/symbolic_name; hostname");
    let (symbolic, hostname) = printed.trim().split_once('\n').unwrap();
    rack.plant().with(|world, _| {
        let wwpn = ALPHA.parse().unwrap();
        let nport = world.san().by_name(npivot_fabric::san::ids::FabricIx(0), wwpn).unwrap();
        let entry = world.san().entry(nport);
        // This kernel has a target driver (tcm_fc) too, and libfc registers what its drivers can.
        assert!(entry.fcp && entry.roles.initiator && entry.roles.target, "{entry:?}");
        let port = String::from_utf8_lossy(entry.port_symbol);
        assert!(port.starts_with(symbolic.trim()), "{port} {symbolic}");
        assert!(!entry.node_symbol.is_empty());
    });
    assert_eq!(hostname, "alpha");
}

#[test]
fn two_kernels_share_a_fabric() {
    let mut rack = rack(&["alpha", "beta"]);
    let script = "cat /sys/class/fc_host/host0/port_id; cat /sys/block/sd*/size | sort -u";
    let alpha = boot(&mut rack, "alpha", script);
    let beta = boot(&mut rack, "beta", script);
    // Each has what its host group has: 512 MiB and 64 MiB, by both ports of the array.
    let (alpha, beta) = (finished(alpha), finished(beta));
    assert_eq!(alpha, format!("{}\n1048576\n", address_of(&rack, ALPHA).unwrap()));
    assert_eq!(beta, format!("{}\n131072\n", address_of(&rack, BETA).unwrap()));
}

/// Two adapters, two fabrics: `examples/two-fabrics.toml`, whose names a kernel cannot have.
#[test]
fn each_adapter_logs_in_to_its_own_fabric() {
    let text = include_str!("../../../../../examples/two-fabrics.toml");
    let topology = Topology::parse("two-fabrics.toml", text).unwrap();
    let mut rack = with(&topology, &["alpha"], Options::default());
    let script = "cat /sys/class/fc_host/host*/port_state /sys/class/fc_host/host*/port_name \
                  /sys/class/fc_host/host*/fabric_name; cat /sys/class/fc_remote_ports/*/port_name | sort";
    let printed = run(&mut rack, "alpha", script);
    assert_eq!(
        printed,
        "Online\nOnline\n0x2000001b32a9da01\n0x2000021b32a9da01\n0x100000504e500001\n0x100000504e500102\n\
         0x200000504efffffc\n0x200000504efffffc\n0x5006016041e0aa00\n0x5006016141e0aa00\n\
         0x5006016841e0aa00\n0x5006016941e0aa00\n"
    );
}
