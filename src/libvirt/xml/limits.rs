//! One cheap pass over a document before the parser sees it, so that no input costs more than it may.
//!
//! The parser itself does not recurse, but what is done with its tree does, and two of its checks take
//! time that grows with the square of what they look at: attributes of one element, and namespaces in
//! scope. This pass bounds both, and it knows places where the parser's own limits know none.
//!
//! It understands only where tags, comments and CDATA sections end. Where that is unclear it stops
//! looking: the parser needs the same terminators, and fails at the same place.

use super::error::XmlError;

/// The longest document in bytes: 1 MiB. A pool's definition has about one thousand.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep elements may be nested; the outermost is at depth 1.
pub const MAX_DEPTH: usize = 64;
/// How many tags, comments, CDATA sections and processing instructions a document may have together.
pub const MAX_TAGS: usize = 20_000;
/// How many attributes one element may have, namespace declarations included.
pub const MAX_ATTRIBUTES: usize = 256;
/// How many namespaces a document may declare.
pub const MAX_NAMESPACES: usize = 256;

/// Refuses what is too large, too deep or has a document type definition.
///
/// # Errors
/// At the first tag (or byte) that is too many.
pub(super) fn check(file: &str, text: &str) -> Result<(), XmlError> {
    if text.len() > MAX_BYTES {
        let message = format!("the document has {} bytes, the limit is {MAX_BYTES}", text.len());
        return Err(XmlError::new(file, text, MAX_BYTES, message));
    }
    let mut scan = Scan { text, at: 0, depth: 0, namespaces: 0 };
    scan.run().map_err(|message| XmlError::new(file, text, scan.at, message))
}

struct Scan<'a> {
    text: &'a str,
    /// The `<` being looked at.
    at: usize,
    depth: usize,
    namespaces: usize,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut tags = 0;
        while let Some(offset) = self.text[self.at..].find('<') {
            self.at += offset;
            tags += 1;
            if tags > MAX_TAGS {
                return Err(format!(
                    "more than {MAX_TAGS} tags, comments and sections, which is the limit"
                ));
            }
            let Some(length) = self.markup()? else {
                break;
            };
            self.at += length;
        }
        Ok(())
    }

    /// The length of the markup here, or `None` where it does not end.
    fn markup(&mut self) -> Result<Option<usize>, String> {
        let rest = &self.text[self.at..];
        let until = |start: usize, end: &str| {
            let found = rest.get(start..)?.find(end)?;
            Some(start + found + end.len())
        };
        if rest.starts_with("<!--") {
            return Ok(until(4, "-->"));
        }
        if rest.starts_with("<![CDATA[") {
            return Ok(until(9, "]]>"));
        }
        if rest.starts_with("<!DOCTYPE") {
            return Err(
                "a document type definition (<!DOCTYPE …>) is not accepted: libvirt's formats have none, and entities could expand without bound"
                    .into(),
            );
        }
        if rest.starts_with("<?") {
            return Ok(until(2, "?>"));
        }
        if rest.starts_with("</") {
            self.depth = self.depth.saturating_sub(1);
            return Ok(until(2, ">"));
        }
        self.start_tag()
    }

    /// Asked at every attribute, as the parser too looks at each before it knows whether the tag ends.
    fn check_attributes(&self, of_this_element: usize) -> Result<(), String> {
        if of_this_element > MAX_ATTRIBUTES {
            return Err(format!(
                "an element with more than {MAX_ATTRIBUTES} attributes, which is the limit"
            ));
        }
        if self.namespaces > MAX_NAMESPACES {
            return Err(format!(
                "more than {MAX_NAMESPACES} namespace declarations, which is the limit"
            ));
        }
        Ok(())
    }

    fn start_tag(&mut self) -> Result<Option<usize>, String> {
        let tag = &self.text.as_bytes()[self.at..];
        let (mut i, mut attributes, mut unquoted) = (1, 0, 1);
        loop {
            match tag.get(i) {
                None => return Ok(None),
                Some(b'>') => break,
                Some(quote @ (b'"' | b'\'')) => {
                    attributes += 1;
                    self.namespaces += usize::from(declares_namespace(&tag[unquoted..i]));
                    self.check_attributes(attributes)?;
                    let Some(length) = tag[i + 1..].iter().position(|b| b == quote) else {
                        return Ok(None);
                    };
                    i += length + 2;
                    unquoted = i;
                }
                Some(_) => i += 1,
            }
        }
        if tag[i - 1] != b'/' {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(format!(
                    "elements are nested more than {MAX_DEPTH} levels deep, which is the limit"
                ));
            }
        }
        Ok(Some(i + 1))
    }
}

/// Whether the text before an attribute's value is (or might be) `xmlns=` or `xmlns:…=`.
fn declares_namespace(before_value: &[u8]) -> bool {
    before_value.windows(5).any(|word| word == b"xmlns")
}
