//! The walk over a list of descriptors.

use super::descriptor::{
    Descriptor, Fabric, KeepAlivePeriod, MaxSize, Name, Priority, Vlan, VnPort,
};
use super::header::{DescriptorHead, DescriptorType, WORD_BYTES};
use super::message::LinkServiceKind;
use crate::bytes::{Reader, Record};
use crate::error::DecodeError;
use crate::ethernet::Mac;
use crate::fc2;

/// The bytes of a descriptor's type and length.
const HEAD_BYTES: usize = 2;

/// The next descriptor: its type, and a reader of what it holds.
fn next<'a>(from: &mut Reader<'a>) -> Result<(DescriptorType, Reader<'a>), DecodeError> {
    let DescriptorHead { kind, words } = from.field()?;
    let Some(content) = (usize::from(words) * WORD_BYTES).checked_sub(HEAD_BYTES) else {
        return Err(from.unexpected(1, "a length of at least one word", words));
    };
    let what = kind.name().unwrap_or(DescriptorHead::WHAT);
    let mut named = from.named(what);
    let content = named.within(what, content)?;
    *from = named.named(DescriptorHead::WHAT);
    Ok((kind, content))
}

/// The contents of the descriptors of one type in a list that has been found to be whole.
pub(super) fn contents_of<T: Descriptor>(list: &[u8]) -> impl Iterator<Item = T> {
    let mut from = Reader::new(DescriptorHead::WHAT, list);
    std::iter::from_fn(move || next(&mut from).ok())
        .filter(|(kind, _)| *kind == T::KIND)
        .filter_map(|(_, mut content)| content.field().ok())
}

/// What a list holds. Those that a message may have many of are checked and counted.
#[derive(Debug, Default)]
pub(super) struct Collected<'a> {
    pub(super) priority: Option<Priority>,
    pub(super) mac: Option<Mac>,
    pub(super) name: Option<Name>,
    pub(super) fabric: Option<Fabric>,
    pub(super) max_size: Option<MaxSize>,
    pub(super) keep_alive: Option<KeepAlivePeriod>,
    pub(super) link_service: Option<(LinkServiceKind, fc2::Frame<'a>)>,
    pub(super) vn_ports: usize,
    pub(super) vlans: usize,
}

impl<'a> Collected<'a> {
    pub(super) fn read(list: Reader<'a>) -> Result<Self, DecodeError> {
        let mut list = list.named(DescriptorHead::WHAT);
        let mut all = Self::default();
        while list.left() > 0 {
            let at = list;
            let (kind, content) = next(&mut list)?;
            let first = match kind {
                DescriptorType::PRIORITY => put(&mut all.priority, whole(content)?),
                DescriptorType::MAC => put(&mut all.mac, whole(content)?),
                DescriptorType::NAME => put(&mut all.name, whole(content)?),
                DescriptorType::FABRIC => put(&mut all.fabric, whole(content)?),
                DescriptorType::MAX_SIZE => put(&mut all.max_size, whole(content)?),
                DescriptorType::KEEP_ALIVE => put(&mut all.keep_alive, whole(content)?),
                DescriptorType::FLOGI
                | DescriptorType::FDISC
                | DescriptorType::LOGO
                | DescriptorType::ELP => {
                    let frame = encapsulated(content)?;
                    put(&mut all.link_service, (LinkServiceKind::of(kind), frame))
                }
                DescriptorType::VN_PORT => {
                    all.vn_ports += 1;
                    whole::<VnPort>(content).map(|_| true)?
                }
                DescriptorType::VLAN => {
                    all.vlans += 1;
                    whole::<Vlan>(content).map(|_| true)?
                }
                DescriptorType::FC_MAP | DescriptorType::VENDOR | DescriptorType::FC4 => true,
                other if other.is_critical() => {
                    return Err(at.unexpected(0, "a known type below 128", other.0));
                }
                _ => true,
            };
            if !first {
                return Err(at.unexpected(0, "one descriptor of this type", kind.0));
            }
        }
        Ok(all)
    }
}

/// Puts a value where none is, or says that there is one.
fn put<T>(place: &mut Option<T>, value: T) -> bool {
    place.replace(value).is_none()
}

/// The content of a descriptor that has exactly this length.
fn whole<T: Descriptor>(mut content: Reader<'_>) -> Result<T, DecodeError> {
    let found = content.left();
    let value = content.field()?;
    if content.left() > 0 {
        let found = (found + HEAD_BYTES) / WORD_BYTES;
        let back = size_of::<T::Wire>() + 1;
        return Err(content.unexpected(back, "the length of its type", found as u64));
    }
    Ok(value)
}

/// The FC frame in a link service's descriptor, without delimiters and CRC.
fn encapsulated(mut content: Reader<'_>) -> Result<fc2::Frame<'_>, DecodeError> {
    content.take(WORD_BYTES - HEAD_BYTES)?;
    fc2::Frame::read(content)
}
