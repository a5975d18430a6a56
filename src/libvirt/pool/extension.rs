//! What a pool can have beyond libvirt: npivot's own element, in a namespace of its own, which libvirt reads
//! past.
//!
//! ```xml
//! <npivot:pool xmlns:npivot='urn:npivot:pool:1'>
//!   <npivot:vhba wwnn='5001a4a000000102' wwpn='5001a4a000000002' parent_fabric_wwn='10000000c9000002'/>
//!   <npivot:expect lun='naa.60014050000000000000000000000001' paths='4'/>
//!   <npivot:ready quiet_ms='300' deadline_s='30'/>
//! </npivot:pool>
//! ```

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use npivot_hal::{LunId, LunIdParseError};

use super::adapter::FcHostAdapter;
use super::read_adapter::{FC_HOST, fc_host};
use super::write::fc_host_attributes;
use crate::libvirt::xml::{Kept, Node, Value, Writer, XmlError, quoted};

/// The namespace of the element.
pub(super) const NAMESPACE: &str = "urn:npivot:pool:1";
/// The prefix that it is written with.
const PREFIX: &str = "npivot";
const DECLARATION: &str = "xmlns:npivot";
/// The element, as [`Node`] finds it.
pub(super) const ELEMENT: &str = "{urn:npivot:pool:1}pool";
const VHBA: &str = "{urn:npivot:pool:1}vhba";
const EXPECT: &str = "{urn:npivot:pool:1}expect";
const READY: &str = "{urn:npivot:pool:1}ready";

/// The longest that a pool may be waited for, in seconds: an hour.
const MOST_SECS: u32 = 3_600;

/// What a pool has beyond libvirt's format; without any of it, no element is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolExtension {
    /// More vHBAs of the pool, for redundancy: each on a fabric of its own. The first one is in libvirt's
    /// `<adapter>`.
    pub vhbas: Vec<FcHostAdapter>,
    /// The LUNs that a started pool has, with how many paths each has at least.
    pub expected: BTreeMap<LunId, u32>,
    /// How long nothing may have happened before a pool without expected LUNs counts as complete.
    pub quiet: Option<Duration>,
    /// How long a start waits for LUNs at most.
    pub deadline: Option<Duration>,
}

/// What was in the extension's elements beside what is understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct UnreadExtension {
    element: Kept,
    vhbas: Vec<Kept>,
    expected: BTreeMap<LunId, Kept>,
    ready: Kept,
}

/// Reads the element, if the pool has one. `first` is the vHBA of libvirt's `<adapter>`.
pub(super) fn read(
    pool: &Node<'_>,
    first: Option<&FcHostAdapter>,
) -> Result<(PoolExtension, UnreadExtension), XmlError> {
    let (mut extension, mut unread) = (PoolExtension::default(), UnreadExtension::default());
    pool.has_own_only_in(ELEMENT)?;
    let Some(element) = pool.child(ELEMENT)? else {
        return Ok((extension, unread));
    };
    element.check_prefix(PREFIX, NAMESPACE)?;
    element.has_only(&[], &[VHBA, EXPECT, READY])?;
    let kept = |kept: Kept| kept.declared_outside(PREFIX, NAMESPACE);
    unread.element = kept(element.kept(&[], &[VHBA, EXPECT, READY], &[]));
    for node in element.children_named(VHBA) {
        node.has_only(&FC_HOST[1..], &[])?;
        let (vhba, rest) = fc_host(&node, &FC_HOST[1..])?;
        node.check_prefix(PREFIX, NAMESPACE)?;
        let wwpn = vhba.wwns.wwpn;
        if first.into_iter().chain(&extension.vhbas).any(|other| other.wwns.wwpn == wwpn) {
            return Err(node
                .error(format!("the pool has vHBA {wwpn} twice"))
                .with_help("keep one of them"));
        }
        extension.vhbas.push(vhba);
        unread.vhbas.push(kept(rest));
    }
    for node in element.children_named(EXPECT) {
        node.has_only(&["lun", "paths"], &[])?;
        let (lun, paths) = expected(&node)?;
        if extension.expected.insert(lun.clone(), paths).is_some() {
            return Err(node
                .error(format!("{lun} is expected twice"))
                .with_help("keep one of them"));
        }
        node.check_prefix(PREFIX, NAMESPACE)?;
        unread.expected.insert(lun, kept(node.kept(&["lun", "paths"], &[], &[])));
    }
    if let Some(node) = element.child(READY)? {
        node.has_only(&["quiet_ms", "deadline_s"], &[])?;
        extension.quiet = node
            .attribute("quiet_ms")
            .map(|value| number(&value, MOST_SECS * 1_000))
            .transpose()?
            .map(|ms| Duration::from_millis(ms.into()));
        extension.deadline = node
            .attribute("deadline_s")
            .map(|value| number(&value, MOST_SECS))
            .transpose()?
            .map(|secs| Duration::from_secs(secs.into()));
        node.check_prefix(PREFIX, NAMESPACE)?;
        unread.ready = kept(node.kept(&["quiet_ms", "deadline_s"], &[], &[]));
    }
    Ok((extension, unread))
}

fn expected(node: &Node<'_>) -> Result<(LunId, u32), XmlError> {
    let why = "expected an identity as naa.60014050000000000000000000000001";
    let lun = node.required_attribute("lun", &["paths"], why)?;
    let id = lun.parsed(|_: &LunIdParseError| {
        format!(
            "{} is no LUN identity: expected `naa.` with 16 or 32 hexadecimal digits, `eui.` with 16, 24 or 32, or `t10.` with text",
            quoted(&lun.text)
        )
    })?;
    let paths = match node.attribute("paths") {
        None => 1,
        Some(value) => {
            let refused = |_: &_| {
                format!("{} is no number of paths, expected one from 1 on", quoted(&value.text))
            };
            value.parsed::<NonZeroU32>(refused)?.get()
        }
    };
    Ok((id, paths))
}

fn number(value: &Value<'_>, most: u32) -> Result<u32, XmlError> {
    let refused =
        |_: &_| format!("{} is no number, expected one from 0 to {most}", quoted(&value.text));
    let number: u32 = value.parsed(refused)?;
    if number > most {
        return Err(value.error(format!("{number} is above {most}")));
    }
    Ok(number)
}

/// Writes the element, if there is anything to say.
pub(super) fn write(to: &mut Writer, extension: &PoolExtension, unread: &UnreadExtension) {
    if *extension == PoolExtension::default() && *unread == UnreadExtension::default() {
        return;
    }
    let namespace = [(DECLARATION, NAMESPACE.to_owned())];
    to.element("npivot:pool", &namespace, &unread.element.attributes, |to| {
        let nothing = Kept::default();
        for (at, vhba) in extension.vhbas.iter().enumerate() {
            let kept = unread.vhbas.get(at).unwrap_or(&nothing);
            // Without the `type` of libvirt's adapter, which comes first.
            to.leaf("npivot:vhba", &fc_host_attributes(vhba)[1..], kept);
        }
        for (lun, paths) in &extension.expected {
            let known = [("lun", lun.to_string()), ("paths", paths.to_string())];
            to.leaf("npivot:expect", &known, unread.expected.get(lun).unwrap_or(&nothing));
        }
        let quiet = extension.quiet.map(|quiet| ("quiet_ms", quiet.as_millis().to_string()));
        let deadline = extension.deadline.map(|wait| ("deadline_s", wait.as_secs().to_string()));
        let known: Vec<_> = quiet.into_iter().chain(deadline).collect();
        if !known.is_empty() || unread.ready != nothing {
            to.leaf("npivot:ready", &known, &unread.ready);
        }
        to.children(&unread.element.children);
    });
}
