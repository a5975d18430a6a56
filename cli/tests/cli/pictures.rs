//! The graph and the picture: well formed, and everything is in them.

use std::fmt::Write as _;

use crate::{file, printed};

const SAN: &str = "examples/two-fabrics.toml";

#[test]
fn the_picture_is_xml_with_every_name_in_it() {
    let svg = printed(0, &["fabric", "show", SAN, "--format", "svg"]);
    let tree = roxmltree::Document::parse(&svg).unwrap();
    let words: String = tree.descendants().filter_map(|node| node.text()).collect();
    for name in ["alpha", "beta", "vault", "a1", "b1", "fabric a", "fabric b", "web1_a"] {
        assert!(words.contains(name), "{name}");
    }
    let cables = tree.descendants().filter(|node| node.attribute("class") == Some("cable"));
    assert_eq!(cables.count(), 8);
}

#[test]
fn the_graph_has_an_edge_per_cable() {
    let dot = printed(0, &["fabric", "show", SAN, "--format", "dot"]);
    assert!(dot.starts_with("graph san {") && dot.ends_with("}\n"), "{dot}");
    assert_eq!(dot.matches(" -- ").count(), 8, "{dot}");
    assert_eq!(dot.matches('"').count() % 2, 0, "every quote is closed");
}

#[test]
fn the_json_says_who_is_who() {
    let json = printed(0, &["fabric", "show", SAN, "--format", "json"]);
    let san: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(san["fabrics"][0]["name_server"][0]["who"], "alpha host0");
    assert_eq!(san["hosts"][1]["ports"][0]["switch"], "a1");
    assert_eq!(san["masking"][0]["groups"][0]["luns"][1]["volume"], "web1-data");
}

/// One switch and this many hosts on it.
fn crowd(hosts: usize) -> String {
    let mut text =
        "[fabric.a]\nswitches = [{ name = \"s\", domain = 1, ports = 256 }]\n".to_owned();
    for n in 0..hosts {
        let wwpn = format!("21000000000000{n:02x}");
        writeln!(text, "[host.h{n}]\nhbas = [{{ wwpn = \"{wwpn}\", port = \"s/{n}\" }}]").unwrap();
    }
    text
}

#[test]
fn a_crowd_is_drawn_in_part_and_counted() {
    let svg = printed(0, &["fabric", "show", &file("crowd.toml", &crowd(60)), "--format", "svg"]);
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("and 12 more") && svg.contains("Hosts · 60"), "the rest is a number");
}
