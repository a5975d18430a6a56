//! An element as the readers of definitions see it: known parts by name, the rest to be kept.
//!
//! A part is *known* by its name without a namespace, as libvirt's XPath expressions have it; `x:name` is
//! somebody else's.

use std::str::FromStr;

use super::error::{XmlError, quoted};
use super::kept::{Attribute, Kept};
use super::nearest::nearest;
use super::source::{Source, is_space};

/// An element of the document being read.
#[derive(Clone, Copy)]
pub(in crate::libvirt) struct Node<'a> {
    pub(super) source: &'a Source<'a>,
    pub(in crate::libvirt) node: roxmltree::Node<'a, 'a>,
}

/// The value of an attribute or the text of an element, with its place.
#[derive(Clone)]
pub(in crate::libvirt) struct Value<'a> {
    /// The owner as errors call it: `adapter attribute 'wwpn'`.
    what: String,
    pub(in crate::libvirt) text: String,
    pub(in crate::libvirt) at: usize,
    source: &'a Source<'a>,
}

impl Value<'_> {
    /// An error at this value: `adapter attribute 'wwpn': …`.
    pub(in crate::libvirt) fn error(&self, message: impl std::fmt::Display) -> XmlError {
        self.source.error(self.at, format!("{}: {message}", self.what))
    }

    /// The value as a `T`, with refusals put into words by `say`.
    pub(in crate::libvirt) fn parsed<T: FromStr>(
        &self,
        say: impl Fn(&T::Err) -> String,
    ) -> Result<T, XmlError> {
        self.text.parse().map_err(|error| self.error(say(&error)))
    }

    /// The refusal of a value that is none of these words; with help where it resembles one.
    pub(in crate::libvirt) fn none_of(&self, known: &[&str], expected: &str) -> XmlError {
        let error = self.error(format!("expected {expected}, found {}", quoted(&self.text)));
        match nearest(&self.text, known.iter().copied()) {
            Some(word) => error.with_help(format!("did you mean `{word}`?")),
            None => error,
        }
    }
}

impl<'a> Node<'a> {
    /// The outermost element, which must have this name.
    pub(in crate::libvirt) fn root(
        source: &'a Source<'a>,
        document: &'a roxmltree::Document<'a>,
        name: &str,
    ) -> Result<Self, XmlError> {
        let root = Self { source, node: document.root_element() };
        if root.is(name) {
            return Ok(root);
        }
        let found = root.tag();
        if root.node.tag_name().name() == name {
            return Err(root.error(format!(
                "element <{name}> is in a namespace; libvirt's elements are in none"
            )));
        }
        let error = root.error(format!("expected element <{name}>, found {}", quoted(&found)));
        Err(match nearest(&found, [name]) {
            Some(word) => error.with_help(format!("did you mean `<{word}>`?")),
            None => error,
        })
    }

    /// Whether it has this name: in no namespace, or in the one in front, `{urn:example}name`.
    pub(in crate::libvirt) fn is(&self, name: &str) -> bool {
        let (namespace, name) = match name.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((namespace, name)) => (namespace, name),
            None => ("", name),
        };
        let tag = self.node.tag_name();
        tag.name() == name && tag.namespace().unwrap_or_default() == namespace
    }

    /// The children of this name, in the order of the document.
    pub(in crate::libvirt) fn children_named(
        &self,
        name: &str,
    ) -> impl Iterator<Item = Self> + use<'_, 'a> {
        let name = name.to_owned();
        self.children().filter(move |child| child.is(&name))
    }

    /// The name as written, with its prefix.
    pub(super) fn tag(&self) -> String {
        let at = self.node.range().start + 1;
        name_at(self.source.text, at).into()
    }

    /// An error at this element's tag.
    pub(in crate::libvirt) fn error(&self, message: impl Into<String>) -> XmlError {
        self.source.error(self.node.range().start, message)
    }

    pub(in crate::libvirt) fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        let source = self.source;
        let elements = self.node.children().filter(roxmltree::Node::is_element);
        elements.map(move |node| Self { source, node })
    }

    /// The namespace that a prefix stands for here.
    fn namespace(&self, prefix: &str) -> Option<&'a str> {
        self.node.lookup_namespace_uri(Some(prefix))
    }

    /// Refuses a prefix that stands for another namespace here than the one it will be written for.
    pub(in crate::libvirt) fn check_prefix(
        &self,
        prefix: &str,
        namespace: &str,
    ) -> Result<(), XmlError> {
        let Some(other) = self.namespace(prefix).filter(|uri| *uri != namespace) else {
            return Ok(());
        };
        let error = format!("prefix '{prefix}' stands for {} here", quoted(other));
        let help = format!("it is written for {namespace}: choose another prefix for the other");
        Err(self.error(error).with_help(help))
    }

    /// The child of this name, if there is one.
    ///
    /// # Errors
    /// If there are two: libvirt takes the first and says nothing, and which was meant is unknown.
    pub(in crate::libvirt) fn child(&self, name: &str) -> Result<Option<Self>, XmlError> {
        let mut found = self.children().filter(|child| child.is(name));
        let first = found.next();
        match found.next() {
            Some(second) => Err(second
                .error(format!("a second <{}> in <{}>", second.tag(), self.tag()))
                .with_help("keep one of them")),
            None => Ok(first),
        }
    }

    /// The child of this name. `known` are the names that are not misspellings of it.
    ///
    /// # Errors
    /// If it is missing or there are two.
    pub(in crate::libvirt) fn required_child(
        &self,
        name: &str,
        known: &[&str],
    ) -> Result<Self, XmlError> {
        if let Some(child) = self.child(name)? {
            return Ok(child);
        }
        let missing = self.error(format!("<{}> has no <{name}>", self.tag()));
        let tags = self.children().map(|child| child.tag());
        Err(match misspelled(name, tags, known) {
            Some(tag) => {
                missing.with_help(format!("did you mean `<{name}>` where it says `<{tag}>`?"))
            }
            None => missing,
        })
    }

    /// The attribute of this name, if it is given.
    pub(in crate::libvirt) fn attribute(&self, name: &str) -> Option<Value<'a>> {
        let attribute =
            self.node.attributes().find(|a| a.name() == name && a.namespace().is_none())?;
        Some(Value {
            what: format!("{} attribute '{name}'", self.tag()),
            text: attribute.value().into(),
            at: attribute.range_value().start,
            source: self.source,
        })
    }

    /// The attribute of this name. `known` are the names that are not misspellings of it.
    ///
    /// # Errors
    /// If it is missing; `why` says what it is needed for.
    pub(in crate::libvirt) fn required_attribute(
        &self,
        name: &str,
        known: &[&str],
        why: &str,
    ) -> Result<Value<'a>, XmlError> {
        if let Some(value) = self.attribute(name) {
            return Ok(value);
        }
        let missing = self.error(format!("{} has no attribute '{name}': {why}", self.tag()));
        let names = self.node.attributes().map(|a| a.name().to_owned());
        Err(match misspelled(name, names, known) {
            Some(given) => {
                missing.with_help(format!("did you mean `{name}` where it says `{given}`?"))
            }
            None => missing,
        })
    }

    /// The text of an element that holds nothing else.
    ///
    /// # Errors
    /// If it holds an element.
    pub(in crate::libvirt) fn text(&self) -> Result<Value<'a>, XmlError> {
        if let Some(child) = self.children().next() {
            let (outer, inner) = (self.tag(), child.tag());
            let inner = quoted(&inner);
            return Err(child.error(format!("<{outer}> holds text only, found element {inner}")));
        }
        let texts = || self.node.children().filter(roxmltree::Node::is_text);
        let text: String = texts().filter_map(|t| t.text()).collect();
        let at = texts().next().map_or(self.node.range().start, |first| {
            // Point at the first letter, not at the line break before it.
            let range = first.range();
            let raw = self.source.text.get(range.clone()).unwrap_or_default();
            let trimmed = raw.trim_start_matches(is_space);
            let skipped = if trimmed.is_empty() { 0 } else { raw.len() - trimmed.len() };
            range.start + skipped
        });
        Ok(Value { what: format!("element <{}>", self.tag()), text, at, source: self.source })
    }

    /// All of this element that is not known by these names, its children in this order.
    pub(in crate::libvirt) fn kept(
        &self,
        attributes: &[&str],
        children: &[&str],
        order: &[&str],
    ) -> Kept {
        self.kept_but(attributes, |child| children.iter().any(|name| child.is(name)), order)
    }

    /// All of this element that is not one of these attributes or children, its children in this order.
    pub(in crate::libvirt) fn kept_but(
        &self,
        attributes: &[&str],
        known: impl Fn(&Self) -> bool,
        order: &[&str],
    ) -> Kept {
        let kept = Kept {
            attributes: self.attributes_besides(attributes),
            children: self.children_besides(known),
        };
        kept.sorted(order)
    }

    /// Namespace declarations, then attributes as they come, without those of the given names.
    pub(super) fn attributes_besides(&self, known: &[&str]) -> Vec<Attribute> {
        let others = self
            .node
            .attributes()
            .filter(|a| a.namespace().is_some() || !known.contains(&a.name()));
        let others = others.map(|a| Attribute {
            name: name_at(self.source.text, a.range().start).into(),
            value: a.value().into(),
        });
        self.declarations().into_iter().chain(others).collect()
    }

    /// What this element declares: the parser knows only what is in scope.
    fn declarations(&self) -> Vec<Attribute> {
        let range = self.node.range();
        let tag_end = self.node.first_child().map_or(range.end, |c| c.range().start);
        let tag = self.source.text.get(range.start..tag_end);
        // Most elements declare none, and to compare scopes takes the square of their size.
        if !tag.unwrap_or_default().contains("xmlns") {
            return Vec::new();
        }
        let outer: Vec<_> = self
            .node
            .parent_element()
            .map(|parent| parent.namespaces().map(|n| (n.name(), n.uri())).collect())
            .unwrap_or_default();
        let inner = self.node.namespaces().map(|n| (n.name(), n.uri()));
        let own = inner.filter(|n| !outer.contains(n) && n.0 != Some("xml"));
        own.map(|(prefix, uri)| Attribute {
            name: prefix.map_or("xmlns".into(), |prefix| format!("xmlns:{prefix}")),
            value: uri.into(),
        })
        .collect()
    }
}

/// The name, prefix included, that begins at this byte.
pub(super) fn name_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(|c| is_space(c) || matches!(c, '=' | '/' | '>'));
    &rest[..end.unwrap_or(rest.len())]
}

/// The word among those given that stands where `name` was meant, leaving out those that are known.
fn misspelled(name: &str, given: impl Iterator<Item = String>, known: &[&str]) -> Option<String> {
    let mut unknown = given.filter(|word| !known.contains(&word.as_str()));
    unknown.find(|word| nearest(word, [name]).is_some())
}
