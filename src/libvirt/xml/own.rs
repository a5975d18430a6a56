//! npivot's own elements, in which a word that npivot does not know is a mistake: nobody else reads it, and what it
//! asks for would not be done.

use super::error::XmlError;
use super::nearest::nearest;
use super::node::{Node, name_at};

/// What begins the namespaces of npivot.
const NPIVOT: &str = "urn:npivot:";

impl Node<'_> {
    /// Refuses attributes and children of an element of npivot that are not these, in its own namespace or in
    /// none. Those of other namespaces are somebody else's. `children` have the namespace in front.
    pub(in crate::libvirt) fn has_only(
        &self,
        attributes: &[&str],
        children: &[&str],
    ) -> Result<(), XmlError> {
        let own = self.node.tag_name().namespace();
        for attribute in self.node.attributes() {
            let is_ours = attribute.namespace().is_none() || attribute.namespace() == own;
            let is_known =
                attribute.namespace().is_none() && attributes.contains(&attribute.name());
            if is_ours && !is_known {
                let at = attribute.range().start;
                let given = name_at(self.source.text, at);
                let what = format!("<{}> has no attribute '{given}'", self.tag());
                return Err(meant(self.source.error(at, what), attribute.name(), attributes));
            }
        }
        for child in self.children() {
            let namespace = child.node.tag_name().namespace();
            let is_ours = namespace.is_none() || namespace == own;
            if is_ours && !children.iter().any(|name| child.is(name)) {
                let what = format!("<{}> has no element <{}>", self.tag(), child.tag());
                let tag = self.tag();
                let prefix = tag.find(':').map_or("", |at| &tag[..=at]);
                let local = |name: &&'_ str| name.rsplit('}').next().unwrap_or_default().to_owned();
                let known: Vec<_> =
                    children.iter().map(|n| format!("{prefix}{}", local(n))).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let given = format!("{prefix}{}", child.node.tag_name().name());
                return Err(meant(child.error(what), &given, &known));
            }
        }
        Ok(())
    }

    /// Refuses elements of npivot within this one that are not in `element`, a child of it: nobody looks for
    /// them there.
    pub(in crate::libvirt) fn has_own_only_in(&self, element: &str) -> Result<(), XmlError> {
        let mut rest: Vec<Self> = self.children().filter(|child| !child.is(element)).collect();
        while let Some(node) = rest.pop() {
            let namespace = node.node.tag_name().namespace();
            if let Some(namespace) = namespace.filter(|namespace| namespace.starts_with(NPIVOT)) {
                let (wanted, name) =
                    element.trim_start_matches('{').split_once('}').unwrap_or_default();
                let tag = node.tag();
                return Err(node.error(if namespace == wanted {
                    format!("<{tag}> stands outside npivot's <{name}>, where nobody looks for it")
                } else {
                    format!("<{tag}> is in namespace {namespace}, expected {wanted} or another's")
                }));
            }
            rest.extend(node.children());
        }
        Ok(())
    }
}

fn meant(error: XmlError, given: &str, known: &[&str]) -> XmlError {
    match (nearest(given, known.iter().copied()), known) {
        (Some(word), _) => error.with_help(format!("did you mean `{word}`?")),
        (None, []) => error,
        (None, known) => error.with_help(format!("it has {}", known.join(", "))),
    }
}
