//! Topology files: the example, every form, and every complaint as a golden text.
//!
//! `topology/errors.txt` holds each wrong file with what is said about it. To accept what is said now:
//! `UPDATE_GOLDEN=1 cargo test -p npivot-fabric --test topology`.

use std::fmt::Write as _;
use std::path::PathBuf;

use npivot_fabric::config::{Driver, Latencies, SwitchSettings};
use npivot_fabric::topology::source::{Problem, SourceFile};
use npivot_fabric::topology::{PortRef, Topology, TopologyError};
use npivot_hal::{DefaultZone, Lun, Zone, ZoneMember};

/// The smallest topology, for those tests that are about another part of it.
const SMALL: &str = "[fabric.a]\nswitches = [{ name = \"a1\", domain = 1 }]\n";

fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn parse(text: &str) -> Result<Topology, TopologyError> {
    Topology::parse("san.toml", text)
}

fn parsed(rest: &str) -> Topology {
    parse(&format!("{SMALL}{rest}")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_complaint_is_as_written_down() {
    let golden = path("tests/topology/errors.txt");
    let written = std::fs::read_to_string(&golden).unwrap();
    let mut said = String::new();
    let mut cases = 0;
    for case in written.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a title");
        let (text, _) = rest.split_once("--- says\n").expect("a file and what is said");
        let says = match parse(text) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        writeln!(said, "=== {title}\n{text}--- says\n{says}\n").unwrap();
        cases += 1;
    }
    assert!(cases > 40, "{cases} cases: is the file cut short?");
    let head = written.split("=== ").next().unwrap_or_default();
    let said = format!("{head}{said}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, said).unwrap();
    } else {
        let differs = said.lines().zip(written.lines()).position(|(now, then)| now != then);
        assert_eq!(said, written, "differs from line {differs:?}, counted from 0");
    }
}

fn example() -> Topology {
    Topology::load(path("../../examples/two-fabrics.toml"))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_example_has_its_fabrics() {
    let topology = example();
    assert_eq!(topology.latencies, Latencies::default());
    let [a, b] = &topology.fabrics[..] else { panic!("two fabrics") };
    assert_eq!((&*a.name, &*b.name), ("a", "b"));
    assert_eq!((&*b.switches[0].name, b.switches[0].domain.get()), ("b1", 2));
    assert_eq!(a.switches[0].settings, SwitchSettings::default());
    assert!(a.isls.is_empty());
    assert_eq!(a.enabled.as_deref(), Some("cfg"));
    assert_eq!(a.zones.default_zone, DefaultZone::Deny);
    assert_eq!(a.zones.aliases["vault_a"].len(), 2);
    assert_eq!(a.zones.zone_sets["cfg"].len(), 3);
    assert_eq!(
        a.zones.zones["web1_a"],
        Zone::of([
            ZoneMember::Wwpn("50:01:a4:a0:00:00:00:01".parse().unwrap()),
            ZoneMember::Alias("vault_a".into()),
        ])
    );
}

#[test]
fn the_example_has_its_hosts_and_array() {
    let topology = example();
    let [alpha, beta] = &topology.hosts[..] else { panic!("two hosts") };
    assert_eq!((&*alpha.name, alpha.driver), ("alpha", Driver::Qla2xxx));
    let second = &beta.hbas[1];
    assert_eq!(second.names.wwpn.to_string(), "2101001b32a9db01");
    assert_eq!(second.names.wwnn.to_string(), "2001001b32a9db01", "0x20 for the first byte");
    assert_eq!(second.port, PortRef { fabric: 1, switch: 0, port: 1 });
    assert_eq!((second.npiv, second.vports), (true, None));

    let [vault] = &topology.arrays[..] else { panic!("one array") };
    assert_eq!(vault.ports.len(), 4);
    assert_eq!(vault.ports[3].port, PortRef { fabric: 1, switch: 0, port: 9 });
    let names: Vec<&str> = vault.volumes.iter().map(|volume| &*volume.name).collect();
    assert_eq!(names, ["web1-root", "web1-data", "scratch"], "in the order of the file");
    assert_eq!(vault.volumes[2].size_bytes, 1 << 40);
    assert_eq!(vault.volumes[1].identity.to_string(), "naa.60060160c1e0aa005000000000000002");
    assert_eq!(vault.volumes[1].serial, "60060160c1e0aa005000000000000002");
    let [web1] = &vault.groups[..] else { panic!("one group") };
    assert_eq!((&*web1.name, web1.initiators.len()), ("web1", 2));
    let luns: Vec<_> = web1.luns.iter().map(|one| (one.lun, one.volume)).collect();
    let lun = |number| Lun::from_number(number).unwrap();
    assert_eq!(luns, [(lun(0), 0), (lun(1), 1)]);
}

#[test]
fn switches_links_and_zones_in_every_form() {
    let topology = parse(
        r#"
        [fabric.core]
        switches = [
          { name = "c1", domain = 239, ports = 96, npiv = false, duplicate-wwpn = "second-wins-if-fdisc" },
          { name = "c2", domain = 1, priority = 1, logins = 8_000, logins-per-port = 255, keep-npiv-on-base-logout = true },
        ]
        isls = [["c1/95", "c2/47"], ["c2/46", "c1/94"]]
        default-zone = "permit"
        enabled = "night"
        zone-sets = { day = ["every", "peer"], night = ["peer"] }
        [fabric.core.alias]
        deadbeefdeadbe = ["2100001b32a9da4e"]
        none = []
        [fabric.core.zone]
        every = ["wwn-0x2100001b32a9da4f", "239, 4", "0xEF0100", "deadbeefdeadbe"]
        peer = { principals = ["239,0"], peers = ["none", "0x1b32a9da4e"] }
        "#,
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let core = &topology.fabrics[0];
    let [c1, c2] = &core.switches[..] else { panic!("two switches") };
    assert_eq!((c1.settings.ports, c1.settings.npiv), (96, false));
    assert_eq!((c2.settings.ports, c2.settings.logins), (48, 8_000));
    let port = |switch, port| PortRef { fabric: 0, switch, port };
    assert_eq!(core.isls, [(port(0, 95), port(1, 47)), (port(1, 46), port(0, 94))]);
    assert_eq!(core.enabled.as_deref(), Some("night"));
    assert_eq!(core.zones.default_zone, DefaultZone::Permit);
    let shown = |zone: &Zone| zone.members.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        shown(&core.zones.zones["every"]),
        ["21:00:00:1b:32:a9:da:4f", "239,4", "0xef0100", "deadbeefdeadbe"]
    );
    let peer = &core.zones.zones["peer"];
    assert!(peer.is_peer());
    assert_eq!(shown(peer), ["00:00:00:1b:32:a9:da:4e", "none"]);
}

#[test]
fn which_zone_set_is_enabled() {
    let enabled = |rest: &str| parsed(rest).fabrics[0].enabled.clone();
    let zone = "[fabric.a.zone]\nz = [\"1,0\"]\n";
    assert_eq!(enabled(""), None, "nothing to enable");
    assert_eq!(enabled(zone).as_deref(), Some("cfg"));
    assert_eq!(enabled(&format!("enabled = \"\"\n{zone}")), None);
    assert_eq!(enabled(&format!("enabled = \"cfg\"\n{zone}")).as_deref(), Some("cfg"));
    let sets = "zone-sets = { prod = [\"z\"] }\n";
    assert_eq!(enabled(&format!("{sets}{zone}")).as_deref(), Some("prod"));
    assert_eq!(enabled(&format!("zone-sets = {{}}\n{zone}")), None);
}

#[test]
fn hosts_arrays_and_latencies_in_every_form() {
    let topology = parsed(
        r#"
        [host.h]
        driver = "lpfc"
        hbas = [
          { wwpn = "10:00:00:00:c9:00:00:01", wwnn = "20:00:00:00:c9:ff:ff:ff", port = "a1/0", vports = 64 },
          { wwpn = "10:00:00:00:c9:00:00:02", port = "a1/1", npiv = false },
        ]
        [host.diskless]
        [array.v]
        wwnn = "20:0a:00:11:22:33:44:55"
        [array.v.volumes]
        plain = "512B"
        told = { size = "8388608 TiB", id = "t10.NPIVOT  told", serial = "S 1" }
        half = { size = "512 kB", id = "eui.0123456789abcdef" }
        [array.v.group.g]
        luns = { 16383 = "plain", 256 = "told" }
        [latency]
        io-us = [0, 3_600_000_000]
        "#,
    );
    let [first, second] = &topology.hosts[0].hbas[..] else { panic!("two HBAs") };
    assert_eq!(first.names.wwnn.to_string(), "20000000c9ffffff");
    assert_eq!((first.vports, second.vports, second.npiv), (Some(64), Some(0), false));
    assert_eq!((topology.hosts[1].driver, topology.hosts[1].hbas.len()), (Driver::Qla2xxx, 0));
    let shown: Vec<_> = topology.arrays[0]
        .volumes
        .iter()
        .map(|volume| (volume.identity.to_string(), &*volume.serial, volume.size_bytes))
        .collect();
    let plain = "naa.600112233445500a2000000000000001";
    assert_eq!(shown[0], (plain.to_owned(), &plain[4..], 512), "the company id stands after NAA 6");
    assert_eq!(shown[1], ("t10.NPIVOT  told".to_owned(), "S 1", 1 << 63));
    assert_eq!(shown[2].1, "0123456789abcdef");
    let luns: Vec<_> =
        topology.arrays[0].groups[0].luns.iter().map(|one| one.lun.number()).collect();
    assert_eq!(luns, [Some(16_383), Some(256)], "in the order of the file");
    assert_eq!(topology.latencies.io_us, (0, 3_600_000_000));
    assert_eq!(topology.latencies.login_us, Latencies::default().login_us);
}

#[test]
fn diagnostics_have_labels_help_and_source() {
    use miette::Diagnostic;
    let error =
        parse(&format!("{SMALL}[fabric.a.alias]\nvault = []\n[fabric.a.zone]\nz = [\"valt\"]\n"));
    let error = error.unwrap_err();
    let label = error.labels().unwrap().next().unwrap();
    assert_eq!(error.help().unwrap().to_string(), "did you mean `vault`?");
    let source = error.source_code().unwrap();
    let place = source.read_span(label.inner(), 0, 0).unwrap();
    assert_eq!((place.name(), place.line(), place.column()), (Some("san.toml"), 5, 5));
    let two = parse("[fabric.a]\n[fabric.b]\n").unwrap_err();
    assert!(two.labels().is_none(), "the labels are those of the related problems");
    assert_eq!(two.related().unwrap().count(), 2);
}

#[test]
fn any_toml_file_can_complain_alike() {
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Run {
        steps: u8,
    }
    let read = |text: &str| SourceFile::new("run.toml", text).unwrap().read_toml::<Run>();
    assert_eq!(read("steps = 3").unwrap().steps, 3);
    assert_eq!(
        read("seed = 1\nsteps = 300").unwrap_err().to_string(),
        "run.toml:1:1: `seed` is not a key that can stand here\n    1 | seed = 1\n      | ^^^^\n      \
         help: expected `steps`"
    );
    assert_eq!(
        read("steps = 300").unwrap_err().to_string(),
        "run.toml:1:9: expected an integer from 0 to 255, found integer `300`\n    1 | steps = 300\n      |         ^^^"
    );
    let beyond = Problem::new(7..99, "x");
    let file = SourceFile::new("é", "é\né").unwrap();
    assert_eq!(beyond.render(&file).to_string(), "é:2:2: x\n    2 | é\n      |  ^");
    assert_eq!(Problem::new(1..2, "x").render(&file).to_string(), "é:1:1: x\n    1 | é\n      | ^");
}
