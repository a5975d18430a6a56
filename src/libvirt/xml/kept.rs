//! What npivot does not understand and must not lose: elements, attributes and text, kept as they are.

use super::node::Node;
use super::source::is_space;

/// An attribute with its name as written, prefix included. Namespace declarations are attributes here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libvirt) struct Attribute {
    pub(in crate::libvirt) name: String,
    pub(in crate::libvirt) value: String,
}

/// What a known element has beyond its known parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::libvirt) struct Kept {
    pub(in crate::libvirt) attributes: Vec<Attribute>,
    pub(in crate::libvirt) children: Vec<Child>,
}

/// An element that is kept whole, or text between elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libvirt) enum Child {
    Element(Element),
    /// In a known element without the white space around it, which is layout there.
    Text(String),
}

/// An element that is kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libvirt) struct Element {
    /// As written, prefix included.
    pub(in crate::libvirt) name: String,
    pub(in crate::libvirt) attributes: Vec<Attribute>,
    pub(in crate::libvirt) children: Vec<Child>,
    /// Whether white space is content here, and so in everything within: text stands beside elements,
    /// or `xml:space='preserve'` says so.
    pub(in crate::libvirt) verbatim: bool,
}

impl Kept {
    /// Without the declarations of a prefix that an element around them has when they are written: a parser
    /// does not tell whether it stands there once more.
    pub(in crate::libvirt) fn declared_outside(mut self, prefix: &str, namespace: &str) -> Self {
        let declaration = Attribute { name: format!("xmlns:{prefix}"), value: namespace.into() };
        self.attributes.retain(|attribute| *attribute != declaration);
        self.children.iter_mut().for_each(|child| child.forget(&declaration));
        self
    }

    /// Puts an element that holds text in the place of those of its name.
    pub(in crate::libvirt) fn put(
        &mut self,
        name: &str,
        attributes: [(&str, &str); 1],
        text: &str,
    ) {
        let is_it = |child: &Child| matches!(child, Child::Element(there) if there.name == name);
        self.children.retain(|child| !is_it(child));
        let attributes =
            attributes.map(|(name, value)| Attribute { name: name.into(), value: value.into() });
        self.children.push(Child::Element(Element {
            name: name.into(),
            attributes: attributes.into(),
            children: vec![Child::Text(text.into())],
            verbatim: false,
        }));
    }

    /// Puts the children into libvirt's order: those in `order` by their place in it, then the others,
    /// each as they came.
    pub(in crate::libvirt) fn sorted(mut self, order: &[&str]) -> Self {
        self.children.sort_by_key(|child| rank(child, order));
        let mut merged: Vec<Child> = Vec::new();
        for child in self.children.drain(..) {
            // Two texts that now stand side by side would be read as one the next time.
            match (merged.last_mut(), child) {
                (Some(Child::Text(text)), Child::Text(more)) => {
                    text.push('\n');
                    text.push_str(&more);
                }
                (_, child) => merged.push(child),
            }
        }
        self.children = merged;
        self
    }

    /// The children that come before the known element `name` in `order`, and those after it.
    pub(in crate::libvirt) fn around(&self, name: &str, order: &[&str]) -> (&[Child], &[Child]) {
        let limit = order.iter().position(|known| *known == name);
        let limit = limit.unwrap_or(order.len());
        let at = self.children.partition_point(|child| rank(child, order) < limit);
        self.children.split_at(at)
    }
}

impl Child {
    /// Drops a declaration from all elements that it reaches.
    fn forget(&mut self, declaration: &Attribute) {
        let Self::Element(element) = self else { return };
        element.attributes.retain(|attribute| attribute != declaration);
        // Within another meaning of the prefix, it is news again.
        if element.attributes.iter().all(|attribute| attribute.name != declaration.name) {
            element.children.iter_mut().for_each(|child| child.forget(declaration));
        }
    }
}

fn rank(child: &Child, order: &[&str]) -> usize {
    let name = match child {
        Child::Element(element) => element.name.as_str(),
        Child::Text(_) => "",
    };
    let place = order.iter().position(|known| *known == name);
    place.unwrap_or(order.len())
}

impl<'a> Node<'a> {
    /// The children of a known element without the known ones: white space between them is layout.
    pub(super) fn children_besides(&self, known: impl Fn(&Self) -> bool) -> Vec<Child> {
        let preserve = self.node.ancestors().any(preserves_space);
        let mut children = Vec::new();
        for part in self.parts() {
            match part {
                Part::Element(node) if known(&node) => {}
                Part::Element(node) => children.push(Child::Element(node.whole(preserve))),
                Part::Text(text) => {
                    let text = text.trim_matches(is_space);
                    if !text.is_empty() {
                        children.push(Child::Text(text.into()));
                    }
                }
            }
        }
        children
    }

    /// This element with everything in it. It recurses: the limit on depth was checked before.
    fn whole(&self, in_verbatim: bool) -> Element {
        let parts = self.parts();
        let has_elements = parts.iter().any(|p| matches!(p, Part::Element(_)));
        let is_layout = |text: &str| text.chars().all(is_space);
        let mixed =
            parts.iter().any(|p| matches!(p, Part::Text(text) if has_elements && !is_layout(text)));
        let verbatim = in_verbatim || mixed || preserves_space(self.node);
        let keep = |part| match part {
            Part::Element(node) => Some(Child::Element(node.whole(verbatim))),
            Part::Text(text) if has_elements && !verbatim && is_layout(&text) => None,
            Part::Text(text) => Some(Child::Text(text)),
        };
        Element {
            name: self.tag(),
            attributes: self.attributes_besides(&[]),
            children: parts.into_iter().filter_map(keep).collect(),
            verbatim,
        }
    }

    /// Elements and text, with text that only a comment or a processing instruction parts as one.
    fn parts(&self) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        for node in self.node.children() {
            if node.is_element() {
                let source = self.source;
                parts.push(Part::Element(Node { source, node }));
            } else if let (true, Some(more)) = (node.is_text(), node.text()) {
                if let Some(Part::Text(text)) = parts.last_mut() {
                    text.push_str(more);
                } else {
                    parts.push(Part::Text(more.into()));
                }
            }
        }
        parts
    }
}

enum Part<'a> {
    Element(Node<'a>),
    Text(String),
}

fn preserves_space(node: roxmltree::Node<'_, '_>) -> bool {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    node.attribute((XML, "space")) == Some("preserve")
}
