//! What is read is written as libvirt would, and a second pass changes nothing.

use npivot::libvirt::PoolDefinition;

macro_rules! cases {
    ($($name:literal),+ $(,)?) => {
        [$((
            concat!($name, ".xml"),
            include_str!(concat!("inputs/", $name, ".xml")),
            include_str!(concat!("outputs/", $name, ".xml")),
        )),+]
    };
}

/// File name, input, output.
pub(crate) const CASES: [(&str, &str, &str); 11] = cases![
    "documented",
    "dumped",
    "every-parent",
    "foreign",
    "minimal",
    "parent-by-fabric",
    "parent-by-wwn",
    "scsi-host",
    "shuffled",
    "two-fabrics",
    "windows",
];

const EXAMPLES: [(&str, &str); 2] = [
    ("web1-a.xml", include_str!("../../examples/xml/web1-a.xml")),
    ("web1-b.xml", include_str!("../../examples/xml/web1-b.xml")),
];

fn parse(file: &str, xml: &str) -> PoolDefinition {
    PoolDefinition::parse(file, xml).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn inputs_become_outputs() {
    for (file, input, output) in CASES {
        assert_eq!(parse(file, input).to_xml(), output, "{file}");
    }
}

#[test]
fn outputs_stay_as_they_are() {
    for (file, input, output) in CASES {
        let again = parse(file, output);
        assert_eq!(again.to_xml(), output, "{file}");
        assert!(again == parse(file, input), "{file}: equal definitions");
    }
}

#[test]
fn what_libvirt_prints_is_printed_alike() {
    let (_, input, output) = CASES[1];
    assert_eq!(input, output);
}

#[test]
fn the_examples_are_in_libvirts_form() {
    for (file, xml) in EXAMPLES {
        assert_eq!(parse(file, xml).to_xml(), xml, "{file}");
    }
}
