//! Graph and picture of SANs that no file can describe: names that mean harm, sizes beyond what is drawn.

mod dot_grammar;

use npivot_hal::{DomainId, FcId, Wwpn, ZoneMember};
use proptest::prelude::*;

use super::view::{NPortView, PortView, SwitchView, ZoneView};
use super::{CableView, FabricView, IslView, MachineView, MemberView, SanView, dot, picture, text};
use crate::ink::Ink;

const HARM: [&str; 10] = [
    "</text><script>alert(1)</script>",
    "a\"b'c&d;<e>",
    "]]>",
    "<!-- x -->",
    "\\",
    "\\\" ]; } graph x {",
    "\0\u{1b}[31m\u{7f}\u{9f}\u{fffe}\u{ffff}",
    "line\nbreak\r\t",
    "שלום \u{202e}abc 🧵",
    "",
];

fn port(switch: &str, port: u16) -> PortView {
    PortView { switch: switch.into(), port }
}

fn wwpn(n: u32) -> Wwpn {
    format!("2100000000{n:06x}").parse().unwrap()
}

/// A SAN of one fabric, in which everything that can have a name is called like this, but for a number.
fn san(name: &str, switches: usize, machines: usize, ports: u16) -> SanView {
    let switch = |i: usize| format!("{name}{}", i % switches.max(1));
    let cable = |machine: usize, number: u16| CableView {
        name: name.into(),
        wwpn: wwpn(u32::from(number)),
        fabric: name.into(),
        at: port(&switch(machine + usize::from(number)), number),
        port_id: number.is_multiple_of(2).then(|| "0x010203".parse().unwrap()),
        online: !number.is_multiple_of(3),
    };
    let machine = |i: usize| MachineView {
        name: format!("{name}{i}"),
        kind: name.into(),
        ports: (0..ports).map(|number| cable(i, number)).collect(),
    };
    let member = |principal: bool| MemberView {
        member: ZoneMember::Alias(name.into()),
        who: (!principal).then(|| name.into()),
        principal,
    };
    let zone = ZoneView { name: name.into(), members: vec![member(true), member(false)] };
    let entry = NPortView {
        port_id: FcId::FABRIC_LOGIN,
        wwpn: wwpn(0),
        role: "target",
        who: name.into(),
        at: port(name, 0),
    };
    let fabric = FabricView {
        name: name.into(),
        place: 0,
        wwn: None,
        switches: (0..switches)
            .map(|i| SwitchView {
                name: switch(i),
                domain: DomainId::new(1).unwrap(),
                wwn: "1000000000000001".parse().unwrap(),
                principal: i == 0,
                logins: 0,
                max_logins: 1,
                npiv: true,
            })
            .collect(),
        name_server: vec![entry],
        zone_set: Some(name.into()),
        zones: vec![zone; 20],
    };
    let ends = (0..switches).flat_map(|a| (a + 1..switches).map(move |b| (a, b)));
    let isl = |(a, b): (usize, usize)| IslView {
        fabric: name.into(),
        a: port(&switch(a), 0),
        b: port(&switch(b), 1),
        online: a > 0,
    };
    SanView {
        version: 1,
        fabrics: vec![fabric],
        hosts: (0..machines).map(machine).collect(),
        arrays: (0..machines / 2).map(machine).collect(),
        masking: vec![],
        isls: ends.map(isl).collect(),
    }
}

/// The picture is XML, and has no elements but its own; the graph is DOT, with each name in one piece.
fn holds(view: &SanView) {
    let svg = picture::svg(view);
    let tree = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let known = ["svg", "title", "style", "rect", "text", "tspan", "path", "circle"];
    for node in tree.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
    }
    let graph = dot::dot(view);
    let found = dot_grammar::check(&graph).unwrap_or_else(|error| panic!("{error}: {graph}"));
    let cables = view.hosts.iter().chain(&view.arrays).map(|machine| machine.ports.len());
    assert_eq!(found.edges, cables.sum::<usize>() + view.isls.len());
    let fabrics = view.fabrics.iter().map(|fabric| fabric.switches.len());
    assert_eq!(found.nodes, view.hosts.len() + view.arrays.len() + fabrics.sum::<usize>());
    // It need not be pretty; it must be there.
    assert!(text::text(view, Ink::Plain).contains("FABRIC"));
    serde_json::to_string(view).unwrap();
}

#[test]
fn harmful_names_stay_names() {
    for name in HARM {
        holds(&san(name, 4, 3, 2));
    }
}

#[test]
fn an_escaped_name_reads_as_it_was() {
    let svg = picture::svg(&san("a\"b'c&d;<e>", 1, 1, 1));
    let tree = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<&str> = tree.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.contains(&"a\"b'c&d;<e>0"), "{texts:?}");
}

#[test]
fn what_is_not_drawn_is_counted() {
    let view = san("n", 60, 70, 40);
    holds(&view);
    let svg = picture::svg(&view);
    for words in ["Hosts · 70", ">and 22 more<", "and 28 more switches", "and 8 more zones"] {
        assert!(svg.contains(words), "{words}");
    }
    let rows = svg.matches("class=\"cable").count() + svg.matches("class=\"bundle").count();
    assert!((1..83 * 100).contains(&rows), "{rows} cables are no picture");
}

/// Positions of the elements of a class: top and bottom.
fn spans(svg: &str, class: &str, left: &str) -> Vec<(u32, u32)> {
    let tree = roxmltree::Document::parse(svg).unwrap();
    let number = |node: &roxmltree::Node<'_, '_>, name| -> u32 {
        node.attribute(name).unwrap().parse().unwrap()
    };
    let cards = tree.descendants().filter(|node| node.attribute("class") == Some(class));
    let here = cards.filter(|node| node.attribute("x") == Some(left));
    here.map(|node| (number(&node, "y"), number(&node, "y") + number(&node, "height"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_name_breaks_out(name in "\\PC{0,12}|[\\x00-\\x7f]{0,12}|.{0,80}") {
        holds(&san(&name, 3, 2, 2));
    }

    #[test]
    fn boxes_stand_apart_and_inside(
        switches in 0_usize..20, machines in 0_usize..60, ports in 0_u16..30,
    ) {
        let svg = picture::svg(&san("n", switches, machines, ports));
        prop_assert_eq!(&svg, &picture::svg(&san("n", switches, machines, ports)));
        let tree = roxmltree::Document::parse(&svg).unwrap();
        let height: u32 = tree.root_element().attribute("height").unwrap().parse().unwrap();
        for left in ["40", "480"] {
            let spans = spans(&svg, "card", left);
            prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", spans);
            prop_assert!(spans.iter().all(|(_, bottom)| *bottom < height));
        }
    }
}
