//! Input that means harm is refused at little cost, each kind with an error that names it.

use std::fmt::Write;
use std::thread;

use npivot::libvirt::{
    MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES, MAX_TAGS, PoolDefinition,
};

fn pool_with(extra: &str) -> String {
    format!(
        "<pool type='scsi'><name>p</name><source><adapter type='fc_host' \
         wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'/></source>{extra}</pool>"
    )
}

fn message(xml: &str) -> String {
    let error = PoolDefinition::parse("evil.xml", xml).expect_err("refused");
    assert!(error.to_string().len() < 2_000, "errors are short");
    error.message().to_owned()
}

fn nested(levels: usize) -> String {
    format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels))
}

#[test]
fn document_type_definitions() {
    let mut laughs = String::from("<!DOCTYPE lolz [\n<!ENTITY lol0 'lol'>\n");
    for i in 1..10 {
        let ten = format!("&lol{};", i - 1).repeat(10);
        writeln!(laughs, "<!ENTITY lol{i} '{ten}'>").unwrap();
    }
    writeln!(laughs, "]>").unwrap();
    let quadratic = format!("<!DOCTYPE x [<!ENTITY a '{}'>]>", "a".repeat(50_000));
    let external = "<!-- <!DOCTYPE? --><!DOCTYPE x SYSTEM 'file:///etc/passwd'>".to_owned();
    for (definition, use_of_it) in [
        (laughs, "&lol9;".to_owned()),
        (quadratic, "&a;".repeat(1_000)),
        (external, String::new()),
        ("<!DOCTYPE x>".to_owned(), String::new()),
    ] {
        let xml = definition + &pool_with(&use_of_it);
        assert_eq!(
            message(&xml),
            "a document type definition (<!DOCTYPE …>) is not accepted: libvirt's formats have none, \
             and entities could expand without bound"
        );
    }
    let error = PoolDefinition::parse("evil.xml", "<?xml version='1.0'?>\n  <!DOCTYPE x><x/>");
    let error = error.unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 3));
}

#[test]
fn depth() {
    let deepest = pool_with(&nested(MAX_DEPTH - 1));
    let pool = PoolDefinition::parse("deep.xml", &deepest).unwrap();
    assert!(PoolDefinition::parse("deep.xml", &pool.to_xml()) == Ok(pool));
    let too_deep = "elements are nested more than 64 levels deep, which is the limit";
    for xml in [
        pool_with(&nested(MAX_DEPTH)),
        pool_with(&nested(10_000)),
        nested(10_000),
        "<a>".repeat(10_000),
        "<a b='>'>".repeat(10_000),
    ] {
        assert_eq!(message(&xml), too_deep);
    }
}

#[test]
fn the_deepest_document_fits_on_a_small_stack() {
    let mixed = format!("{}{}", "<a>x".repeat(63), "y</a>".repeat(63));
    let small = thread::Builder::new().stack_size(256 * 1024);
    let written = small.spawn(move || {
        let pool = PoolDefinition::parse("deep.xml", &pool_with(&mixed));
        pool.map(|pool| pool.to_xml())
    });
    assert!(written.unwrap().join().unwrap().is_ok());
}

#[test]
fn size() {
    let filled = |bytes: usize| {
        let empty = pool_with("").len();
        pool_with(&"x".repeat(bytes - empty))
    };
    assert!(PoolDefinition::parse("big.xml", &filled(MAX_BYTES)).is_ok());
    assert_eq!(
        message(&filled(MAX_BYTES + 1)),
        "the document has 1048577 bytes, the limit is 1048576"
    );
    let two_mebibytes = filled(2 * MAX_BYTES);
    assert_eq!(message(&two_mebibytes), "the document has 2097152 bytes, the limit is 1048576");
    // The limit falls within a character.
    message(&pool_with(&"€".repeat(MAX_BYTES)));
}

#[test]
fn numbers_of_tags() {
    let limit = format!("more than {MAX_TAGS} tags, comments and sections, which is the limit");
    for piece in ["<a/>", "<!---->", "<?a?>", "<![CDATA[]]>", "<a></a>"] {
        assert_eq!(message(&pool_with(&piece.repeat(MAX_TAGS))), limit);
    }
    assert!(PoolDefinition::parse("many.xml", &pool_with(&"<a/>".repeat(10_000))).is_ok());
}

#[test]
fn numbers_of_attributes() {
    let with = |n: usize| {
        let attributes: Vec<_> = (0..n).map(|i| format!(" a{i}='>'")).collect();
        pool_with(&format!("<x{}/>", attributes.concat()))
    };
    assert!(PoolDefinition::parse("many.xml", &with(MAX_ATTRIBUTES)).is_ok());
    let limit =
        format!("an element with more than {MAX_ATTRIBUTES} attributes, which is the limit");
    assert_eq!(message(&with(MAX_ATTRIBUTES + 1)), limit);
    assert_eq!(message(&with(60_000)), limit);
    // A tag that never ends.
    assert_eq!(message(with(60_000).split("/></pool>").next().unwrap()), limit);
}

#[test]
fn numbers_of_namespaces() {
    let with = |n: usize| {
        let elements: Vec<_> = (0..n).map(|i| format!("<x xmlns:n{i} = 'urn:{i}'/>")).collect();
        pool_with(&elements.concat())
    };
    assert!(PoolDefinition::parse("many.xml", &with(MAX_NAMESPACES)).is_ok());
    let limit = format!("more than {MAX_NAMESPACES} namespace declarations, which is the limit");
    assert_eq!(message(&with(MAX_NAMESPACES + 1)), limit);
}

#[test]
fn names_of_great_length() {
    // Longer than the parser's own positions can tell, and of several bytes a letter.
    let long = "ö".repeat(100_000);
    let xml = pool_with(&format!("<{long} {long}{}='1'/>", " ".repeat(1_000)));
    let pool = PoolDefinition::parse("long.xml", &xml).unwrap();
    assert!(pool.to_xml().contains(&format!("<{long} {long}='1'/>")));
    message(&xml.replace("<pool", &format!("<{long}")).replace("</pool", &format!("</{long}")));
    message(&pool_with(&format!("<a></{long}>")));
}
