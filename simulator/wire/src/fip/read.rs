//! A message from its descriptors.

use super::collect::{Collected, contents_of};
use super::header::{DescriptorType, Flags, Header, Operation, VERSION, WORD_BYTES};
use super::message::{
    Advertisement, ClearVirtualLink, KeepAlive, LinkService, Message, Solicitation,
    VlanNotification, VlanRequest,
};
use super::several::Several;
use crate::bytes::Reader;
use crate::error::DecodeError;

const WHAT: &str = "FIP message";

impl<'a> Message<'a> {
    /// Reads what an Ethernet frame of type 0x8914 carries. What follows the list of descriptors is padding.
    ///
    /// # Errors
    /// Another version, a list that is longer than what came, and descriptors that are of an unknown
    /// critical type, too short, too long, given twice or missing.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(Reader::new(WHAT, bytes))
    }

    pub(crate) fn read(from: Reader<'a>) -> Result<Self, DecodeError> {
        let mut from = from.named(WHAT);
        let header: Header = from.field()?;
        if header.version >> 4 != VERSION {
            return Err(from.unexpected(Header::BYTES, "version 1", header.version >> 4));
        }
        let list = from.within(WHAT, usize::from(header.descriptor_words) * WORD_BYTES)?;
        let operation = Operation::new(header.code, header.subcode);
        let flags = header.flags;
        let need = Need { end: from.at() };
        let raw = list.peek();
        Ok(match operation {
            Operation::SOLICITATION => {
                Self::Solicitation(solicitation(&Collected::read(list)?, flags, &need)?)
            }
            Operation::ADVERTISEMENT => {
                Self::Advertisement(advertisement(&Collected::read(list)?, flags, &need)?)
            }
            Operation::LINK_SERVICE_REQUEST | Operation::LINK_SERVICE_REPLY => {
                let found = Collected::read(list)?;
                let (kind, frame) = need.some(found.link_service, DescriptorType::FLOGI)?;
                let reply = operation == Operation::LINK_SERVICE_REPLY;
                Self::LinkService(LinkService { flags, reply, kind, frame, mac: found.mac })
            }
            Operation::KEEP_ALIVE => {
                let found = Collected::read(list)?;
                let mac = need.some(found.mac, DescriptorType::MAC)?;
                if found.vn_ports > 1 {
                    return Err(from.unexpected(0, "at most one VN_Port", found.vn_ports as u64));
                }
                Self::KeepAlive(KeepAlive { flags, mac, vn_port: contents_of(raw).next() })
            }
            Operation::CLEAR_VIRTUAL_LINK => {
                let found = Collected::read(list)?;
                Self::ClearVirtualLink(ClearVirtualLink {
                    flags,
                    mac: need.some(found.mac, DescriptorType::MAC)?,
                    name: need.some(found.name, DescriptorType::NAME)?.name,
                    vn_ports: Several::of_list(raw),
                })
            }
            Operation::VLAN_REQUEST => {
                let found = Collected::read(list)?;
                let mac = need.some(found.mac, DescriptorType::MAC)?;
                let name = found.name.and_then(|descriptor| descriptor.name);
                Self::VlanRequest(VlanRequest { flags, mac, name })
            }
            Operation::VLAN_NOTIFICATION => {
                let found = Collected::read(list)?;
                let mac = need.some(found.mac, DescriptorType::MAC)?;
                need.some((found.vlans > 0).then_some(()), DescriptorType::VLAN)?;
                Self::VlanNotification(VlanNotification {
                    flags,
                    mac,
                    vlans: Several::of_list(raw),
                })
            }
            _ => Self::Other { operation, flags, descriptors: raw },
        })
    }
}

fn solicitation(
    found: &Collected<'_>,
    flags: Flags,
    need: &Need,
) -> Result<Solicitation, DecodeError> {
    Ok(Solicitation {
        flags,
        mac: need.some(found.mac, DescriptorType::MAC)?,
        name: need.some(found.name, DescriptorType::NAME)?.name,
        max_bytes: need.some(found.max_size, DescriptorType::MAX_SIZE)?.bytes,
    })
}

fn advertisement(
    found: &Collected<'_>,
    flags: Flags,
    need: &Need,
) -> Result<Advertisement, DecodeError> {
    Ok(Advertisement {
        flags,
        priority: need.some(found.priority, DescriptorType::PRIORITY)?.priority,
        mac: need.some(found.mac, DescriptorType::MAC)?,
        name: need.some(found.name, DescriptorType::NAME)?.name,
        fabric: need.some(found.fabric, DescriptorType::FABRIC)?,
        keep_alive: need.some(found.keep_alive, DescriptorType::KEEP_ALIVE)?,
    })
}

/// Says which descriptor is missing.
struct Need {
    /// Where the list ends.
    end: usize,
}

impl Need {
    fn some<T>(&self, found: Option<T>, kind: DescriptorType) -> Result<T, DecodeError> {
        let expected = kind.name().unwrap_or("a descriptor");
        found.ok_or(DecodeError::Missing { what: WHAT, at: self.end, expected })
    }
}
