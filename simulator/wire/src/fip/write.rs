//! A message's descriptors, in the order in which they are known to be accepted.

use super::descriptor::{self, MaxSize, Name, Priority};
use super::header::{DescriptorHead, Header, VERSION, WORD_BYTES};
use super::message::{LinkService, Message};
use crate::bytes::{Encode, Writer};
use crate::error::{EncodeError, fits};

impl<P: Encode> Encode for Message<'_, P> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let operation = self.operation();
        let header = Header {
            version: VERSION << 4,
            code: operation.code,
            subcode: operation.subcode,
            descriptor_words: 0,
            flags: self.flags(),
        };
        let start = to.at();
        to.field(header)?;
        descriptors(self, to)?;
        let bytes = to.at() - start - Header::BYTES;
        if !bytes.is_multiple_of(WORD_BYTES) {
            let (what, expected) = ("FIP descriptors", "whole words");
            return Err(EncodeError::Length { what, expected, found: bytes });
        }
        let descriptor_words = fits("FIP descriptors", u16::MAX.into(), bytes / WORD_BYTES)?;
        to.amend(start, Header { descriptor_words, ..header });
        Ok(())
    }
}

fn descriptors<P: Encode>(
    message: &Message<'_, P>,
    to: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    match message {
        Message::Solicitation(message) => {
            descriptor::write(message.mac, to)?;
            descriptor::write(Name { name: message.name }, to)?;
            descriptor::write(MaxSize { bytes: message.max_bytes }, to)
        }
        Message::Advertisement(message) => {
            descriptor::write(Priority { priority: message.priority }, to)?;
            descriptor::write(message.mac, to)?;
            descriptor::write(Name { name: message.name }, to)?;
            descriptor::write(message.fabric, to)?;
            descriptor::write(message.keep_alive, to)
        }
        Message::LinkService(message) => {
            link_service(message, to)?;
            message.mac.map_or(Ok(()), |mac| descriptor::write(mac, to))
        }
        Message::KeepAlive(message) => {
            descriptor::write(message.mac, to)?;
            message.vn_port.map_or(Ok(()), |vn_port| descriptor::write(vn_port, to))
        }
        Message::ClearVirtualLink(message) => {
            descriptor::write(message.mac, to)?;
            descriptor::write(Name { name: message.name }, to)?;
            message.vn_ports.encode(to)
        }
        Message::VlanRequest(message) => {
            descriptor::write(message.mac, to)?;
            match message.name {
                Some(_) => descriptor::write(Name { name: message.name }, to),
                None => Ok(()),
            }
        }
        Message::VlanNotification(message) => {
            descriptor::write(message.mac, to)?;
            message.vlans.encode(to)
        }
        Message::Other { descriptors, .. } => to.bytes(descriptors),
    }
}

/// Its descriptor has the frame after two reserved bytes, and a length that counts all of it.
fn link_service<P: Encode>(
    message: &LinkService<'_, P>,
    to: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    let start = to.at();
    let head = DescriptorHead { kind: message.kind.descriptor(), words: 0 };
    to.field(head)?;
    to.zeros(WORD_BYTES - size_of::<<DescriptorHead as crate::bytes::Field>::Wire>())?;
    message.frame.encode(to)?;
    let words = fits("FIP link service", u8::MAX.into(), (to.at() - start) / WORD_BYTES)?;
    to.amend(start, DescriptorHead { words, ..head });
    Ok(())
}
