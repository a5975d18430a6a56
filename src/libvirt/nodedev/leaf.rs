//! Elements that hold text only: their values, and what else stood in their tags.

use std::collections::BTreeMap;

use crate::libvirt::xml::{Attribute, Node, Value, Writer, XmlError, is_space, quoted};

/// The attributes of elements that hold text, by the element's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Leaves(BTreeMap<&'static str, Vec<Attribute>>);

impl Leaves {
    /// Keeps the attributes of an element.
    pub(super) fn keep(&mut self, name: &'static str, attributes: Vec<Attribute>) {
        if !attributes.is_empty() {
            self.0.insert(name, attributes);
        }
    }

    /// The text of the child of this name. One that is missing or blank says nothing, as to libvirt.
    pub(super) fn text<'a>(
        &mut self,
        node: &Node<'a>,
        name: &'static str,
    ) -> Result<Option<Value<'a>>, XmlError> {
        let Some(element) = node.child(name)? else { return Ok(None) };
        self.keep(local(name), element.kept(&[], &[], &[]).attributes);
        let text = element.text()?;
        let blank = text.text.trim_matches(is_space).is_empty();
        Ok((!blank).then_some(text))
    }

    /// The number in the child of this name.
    pub(super) fn number(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Result<Option<u32>, XmlError> {
        self.text(node, name)?.map(|text| number(&text)).transpose()
    }

    /// What was kept of the element of this name.
    pub(super) fn of(&self, name: &str) -> &[Attribute] {
        self.0.get(local(name)).map_or(&[], Vec::as_slice)
    }

    /// Writes the element, if it says something or something was kept of it.
    pub(super) fn write(&self, to: &mut Writer, name: &str, value: Option<String>) {
        let kept = self.of(name);
        if value.is_some() || !kept.is_empty() {
            to.text(name, kept, &value.unwrap_or_default());
        }
    }
}

/// The name without the namespace that [`Node`] has in front of it, or the prefix that it is written with.
fn local(name: &str) -> &str {
    name.rsplit(['}', ':']).next().unwrap_or(name)
}

/// A decimal number without a sign.
pub(super) fn number(value: &Value<'_>) -> Result<u32, XmlError> {
    let text = value.text.trim_matches(is_space);
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        let found = quoted(text);
        value.error(format!("{found} is no number, expected one from 0 to {}", u32::MAX))
    })
}
