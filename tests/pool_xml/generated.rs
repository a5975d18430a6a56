//! Random definitions with random unknown content: every typed field is read, nothing else is lost, and
//! one pass settles the text.

use npivot::libvirt::{ParentChoice, PoolDefinition};
use npivot_hal::{FabricName, WwnPair, Wwnn, Wwpn};
use proptest::prelude::*;

/// Unknown content as the test makes it: rendered into the input, looked for in the output.
#[derive(Debug, Clone)]
enum Content {
    Text(String),
    Element(String, Vec<(String, String)>, Vec<Content>),
}

/// Text that is not only white space, with everything that needs an escape.
fn text() -> impl Strategy<Value = String> {
    "[ \\n\\t]{0,2}[a-zß€<>&'\"\\]\\r]{1,6}[ \\n\\t]{0,2}"
        .prop_filter("white space alone is layout", |t| {
            !t.trim_matches(['\r', '\n', '\t', ' ']).is_empty()
        })
}

fn attributes() -> impl Strategy<Value = Vec<(String, String)>> {
    let value = "[a-z ß€<>&'\"\\n\\r\\t]{0,8}";
    proptest::collection::btree_map("(u:)?[a-z][a-z0-9_.-]{0,4}", value, 0..4).prop_map(|map| {
        let other = map.into_iter().filter(|(name, _)| !name.starts_with("xml"));
        other.map(|(name, value)| (format!("k-{name}").replace("k-u:", "u:"), value)).collect()
    })
}

fn element() -> impl Strategy<Value = Content> {
    let name = "(u:)?(capacity|refresh|permissions|vendor|host|features|path2|zz)";
    let leaf =
        (name, attributes(), proptest::option::of(text())).prop_map(|(name, attributes, text)| {
            Content::Element(name, attributes, text.into_iter().map(Content::Text).collect())
        });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let child = prop_oneof![3 => inner, 1 => text().prop_map(Content::Text)];
        (name, attributes(), proptest::collection::vec(child, 0..4)).prop_map(
            |(name, attributes, inside)| Content::Element(name, attributes, joined(inside)),
        )
    })
}

/// Neighbouring texts are one text to any XML parser.
fn joined(contents: Vec<Content>) -> Vec<Content> {
    let mut result: Vec<Content> = Vec::new();
    for content in contents {
        match (result.last_mut(), content) {
            (Some(Content::Text(text)), Content::Text(more)) => text.push_str(&more),
            (_, content) => result.push(content),
        }
    }
    result
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\'' | '"' | '\r' | '\n' | '\t' => {
                escaped.extend(["&#", &u32::from(c).to_string(), ";"]);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// The content as XML, with layout where white space means nothing.
fn render(content: &Content, layout: &str) -> String {
    match content {
        Content::Text(text) => escape(text),
        Content::Element(name, attributes, inside) => {
            let attributes: Vec<_> = attributes
                .iter()
                .map(|(name, value)| format!("{layout} {name}{layout}=\"{}\"", escape(value)))
                .collect();
            let mixed = inside.iter().any(|c| matches!(c, Content::Text(_)));
            let layout = if mixed { "" } else { layout };
            let inside: Vec<_> =
                inside.iter().map(|c| format!("{layout}{}<!-- - -->", render(c, layout))).collect();
            let (attributes, inside) = (attributes.concat(), inside.concat());
            format!("<{name}{attributes}>{inside}{layout}</{name}>")
        }
    }
}

/// What the output holds below a node, in the same form; white space beside elements only is layout.
fn content(node: roxmltree::Node<'_, '_>, layout_counts: bool) -> Content {
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        return Content::Text(text.into());
    }
    let prefix = if node.tag_name().namespace().is_some() { "u:" } else { "" };
    let attributes = node.attributes().map(|a| {
        let prefix = if a.namespace().is_some() { "u:" } else { "" };
        (format!("{prefix}{}", a.name()), a.value().to_owned())
    });
    let blank = |n: &roxmltree::Node<'_, '_>| {
        n.is_text() && n.text().is_some_and(|t| t.trim_ascii().is_empty())
    };
    let mixed = layout_counts || node.children().any(|n| n.is_text() && !blank(&n));
    let inside = node.children().filter(|n| mixed || !blank(n));
    Content::Element(
        format!("{prefix}{}", node.tag_name().name()),
        attributes.collect(),
        inside.map(|n| content(n, mixed)).collect(),
    )
}

/// In which notations a name is given.
fn notation(raw: u64, which: u8) -> String {
    let name = Wwpn::new(raw).unwrap();
    match which % 5 {
        0 => name.to_string(),
        1 => format!("0x{}", name.to_string().to_uppercase()),
        2 => name.with_colons().to_string(),
        3 => name.naa_prefixed().to_string(),
        _ => name.sysfs().to_string(),
    }
}

fn count(wanted: &Content, all: &[Content]) -> usize {
    let wanted = format!("{wanted:?}");
    all.iter().filter(|c| format!("{c:?}") == wanted).count()
}

/// One generated pool: its text and what must be found in it again.
#[derive(Debug, Clone)]
struct Case {
    name: String,
    wwpn: u64,
    wwnn: u64,
    parent: Option<String>,
    parent_wwns: Option<(u64, u64)>,
    fabric: Option<u64>,
    managed: Option<bool>,
    /// Unknown content of pool, source, adapter and target.
    unknown: [Vec<Content>; 4],
    attributes: Vec<(String, String)>,
    order: Vec<usize>,
    notation: u8,
}

fn raw() -> impl Strategy<Value = u64> {
    1..u64::MAX
}

fn case() -> impl Strategy<Value = Case> {
    let some = || proptest::collection::vec(element(), 0..3);
    let parent = (
        proptest::option::of("[a-z_0-9 <'&]{1,12}"),
        proptest::option::of((raw(), raw())),
        proptest::option::of(raw()),
        proptest::option::of(any::<bool>()),
    );
    let order = Just((0..3).collect::<Vec<usize>>()).prop_shuffle();
    (
        "[a-zA-Z0-9 ._ß<&'-]{3,20}",
        (raw(), raw()),
        parent,
        [some(), some(), some(), some()],
        attributes(),
        order,
        any::<u8>(),
    )
        .prop_map(|(name, wwns, parent, unknown, attributes, order, notation)| Case {
            name,
            wwpn: wwns.0,
            wwnn: wwns.1,
            parent: parent.0,
            parent_wwns: parent.1,
            fabric: parent.2,
            managed: parent.3,
            unknown,
            attributes,
            order,
            notation,
        })
        .prop_filter("three dots at least", |case| !case.name.trim_matches('.').is_empty())
}

impl Case {
    fn xml(&self) -> String {
        let layout = ["", " ", "\n\t"][usize::from(self.notation) % 3];
        let all = |contents: &[Content]| -> String {
            contents.iter().map(|c| layout.to_owned() + &render(c, layout)).collect()
        };
        let [pool, source, adapter, target] = self.unknown.each_ref().map(|c| all(c));
        let mut given = vec!["type='fc_host'".to_owned()];
        let mut wwn = |name: &str, raw: u64| {
            given.push(format!("{name}='{}'", notation(raw, self.notation)));
        };
        wwn("wwpn", self.wwpn);
        wwn("wwnn", self.wwnn);
        if let Some((wwpn, wwnn)) = self.parent_wwns {
            wwn("parent_wwpn", wwpn);
            wwn("parent_wwnn", wwnn);
        }
        if let Some(fabric) = self.fabric {
            wwn("parent_fabric_wwn", fabric);
        }
        given.extend(self.parent.as_ref().map(|p| format!("parent='{}'", escape(p))));
        given.extend(self.managed.map(|m| format!("managed='{}'", ["no", "yes"][usize::from(m)])));
        let kept =
            self.attributes.iter().map(|(name, value)| format!("{name}='{}'", escape(value)));
        given.extend(kept);
        let given = given.join(" ");
        let parts = [
            format!("<name>{}</name>", escape(&self.name)),
            format!("<source>{source}<adapter {given}>{adapter}</adapter></source>"),
            format!("<target>{target}<path>/dev/x</path></target>{pool}"),
        ];
        let parts: String = self.order.iter().map(|i| parts[*i].as_str()).collect();
        format!("<pool xmlns:u='urn:u' type='scsi'>{layout}{parts}</pool>")
    }

    fn choice(&self) -> ParentChoice {
        match (&self.parent, self.parent_wwns, self.fabric) {
            (Some(name), _, _) => ParentChoice::ByName(name.clone()),
            (None, Some((wwpn, wwnn)), _) => ParentChoice::ByWwn(pair(wwpn, wwnn)),
            (None, None, Some(fabric)) => ParentChoice::ByFabric(FabricName::new(fabric).unwrap()),
            (None, None, None) => ParentChoice::Automatic,
        }
    }
}

fn pair(wwpn: u64, wwnn: u64) -> WwnPair {
    WwnPair::new(Wwpn::new(wwpn).unwrap(), Wwnn::new(wwnn).unwrap())
}

/// The contents of the four elements of an output.
fn found(output: &str) -> [Vec<Content>; 4] {
    let document = roxmltree::Document::parse(output).unwrap();
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        let id = node.children().find(|n| n.has_tag_name(name)).unwrap().id();
        document.get_node(id).unwrap()
    };
    let pool = document.root_element();
    let source = child(pool, "source");
    [pool, source, child(source, "adapter"), child(pool, "target")].map(|node| {
        let elements = node.children().filter(roxmltree::Node::is_element);
        elements.map(|n| content(n, false)).collect()
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_and_one_pass_settles(case in case()) {
        let xml = case.xml();
        let pool = PoolDefinition::parse("generated.xml", &xml)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{xml}")))?;
        prop_assert_eq!(pool.name.as_str(), &case.name);
        let vhba = pool.adapter.fc_host().unwrap();
        prop_assert_eq!(vhba.wwns, pair(case.wwpn, case.wwnn));
        prop_assert_eq!(vhba.parent_choice(), case.choice());
        prop_assert_eq!(vhba.managed, case.managed);

        let output = pool.to_xml();
        let again = PoolDefinition::parse("written.xml", &output).unwrap();
        prop_assert_eq!(&again.to_xml(), &output);
        prop_assert!(again == pool, "equal after one pass\n{}", output);

        for (given, kept) in case.unknown.iter().zip(found(&output)) {
            for wanted in given {
                prop_assert!(
                    count(wanted, &kept) >= count(wanted, given),
                    "{:?} is not in\n{}", wanted, output
                );
            }
        }
        let document = roxmltree::Document::parse(&output).unwrap();
        let adapter = document.descendants().find(|n| n.has_tag_name("adapter")).unwrap();
        for (name, value) in &case.attributes {
            let written = match name.strip_prefix("u:") {
                Some(local) => adapter.attribute(("urn:u", local)),
                None => adapter.attribute(name.as_str()),
            };
            prop_assert_eq!(written, Some(value.as_str()), "{} in\n{}", name, output);
        }
    }
}
