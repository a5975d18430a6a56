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

/// The same words mean the same: a reader of the JSON can join by them.
#[test]
fn names_have_one_form_in_json() {
    let san = printed(0, &["fabric", "show", SAN, "--format", "json"]);
    assert!(san.contains("\"wwn\": \"100000504e500001\"") && !san.contains(":1b:"), "{san}");
    let san: serde_json::Value = serde_json::from_str(&san).unwrap();
    let fabric = &san["fabrics"][0];
    assert_eq!(fabric["zones"][0]["members"][0]["member"], fabric["name_server"][0]["wwpn"]);
    assert_eq!(san["version"], 1);
}

/// A fabric has one colour, alone or among others.
#[test]
fn a_fabric_keeps_its_colour() {
    let colours = |more: &[&str], format| {
        let words = ["fabric", "show", SAN, "--format", format];
        let text = printed(0, &[&words[..], more].concat());
        ["#2f7fd1", "#e07b28"].map(|colour| text.contains(colour))
    };
    for format in ["svg", "dot"] {
        assert_eq!(colours(&[], format), [true, true]);
        assert_eq!(colours(&["--fabric", "b"], format), [false, true]);
    }
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
