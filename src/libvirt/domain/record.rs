//! Which LUN each device of a guest is, written into the guest's `<metadata>`.
//!
//! libvirt keeps foreign elements there and takes them along to another host:
//!
//! ```xml
//! <metadata>
//!   <npivot:guest xmlns:npivot='urn:npivot:guest:1'>
//!     <npivot:lun of='vda' wwid='naa.600140500000000a0000000000000001'/>
//!   </npivot:guest>
//! </metadata>
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use npivot_hal::LunId;

use super::disk::lun_id;
use super::edit::{deeper, escaped};
use super::read::clean;
use crate::libvirt::xml::{Node, XmlError};

/// The XML namespace of npivot's record in a guest's metadata.
pub const RECORD_NAMESPACE: &str = "urn:npivot:guest:1";

/// The place of the record in the text, and what it says.
pub(super) type Record = (Range<usize>, BTreeMap<String, LunId>);

pub(super) fn read(metadata: &Node<'_>) -> Result<Option<Record>, XmlError> {
    let ours = |node: &Node<'_>, name: &str| node.node.has_tag_name((RECORD_NAMESPACE, name));
    let mut found = metadata.children().filter(|child| ours(child, "guest"));
    let Some(guest) = found.next() else { return Ok(None) };
    if let Some(second) = found.next() {
        return Err(second.error("a second record of npivot's").with_help("keep one of them"));
    }
    let mut records = BTreeMap::new();
    for lun in guest.children().filter(|child| ours(child, "lun")) {
        let of = lun.required_attribute("of", &["wwid"], "expected the device's name, as vda")?;
        clean(&of, "the device's name, as vda")?;
        let wwid = lun.required_attribute("wwid", &["of"], "expected the LUN's identity")?;
        if records.insert(of.text.clone(), lun_id(&wwid)?).is_some() {
            return Err(of.error("is recorded twice").with_help("keep one of them"));
        }
    }
    Ok(Some((guest.node.range(), records)))
}

/// The record's element, laid out at this depth.
pub(super) fn element(records: &BTreeMap<String, LunId>, layout: &str) -> String {
    let mut text = format!("<npivot:guest xmlns:npivot='{RECORD_NAMESPACE}'>");
    let inner = deeper(layout);
    for (of, wwid) in records {
        let (of, wwid) = (escaped(of), escaped(&wwid.to_string()));
        // Writing to a string cannot fail.
        let _ = write!(text, "{inner}<npivot:lun of='{of}' wwid='{wwid}'/>");
    }
    text.push_str(layout);
    text.push_str("</npivot:guest>");
    text
}
