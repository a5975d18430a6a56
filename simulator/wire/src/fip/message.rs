//! What messages say.

use npivot_hal::Wwnn;

use super::descriptor::{Fabric, KeepAlivePeriod, Vlan, VnPort};
use super::header::{DescriptorType, Flags, Operation};
use super::several::Several;
use crate::ethernet::{self, EtherType, Mac};
use crate::fc2;

/// Discovery solicitation: which forwarders are there?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Solicitation {
    /// Flags.
    pub flags: Flags,
    /// The sender's MAC address.
    pub mac: Mac,
    /// Its node's name.
    pub name: Option<Wwnn>,
    /// The longest FCoE frame that it takes, in bytes; the answer is to be filled up to it if possible.
    pub max_bytes: u16,
}

/// Discovery advertisement: here is a forwarder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advertisement {
    /// Flags: [`Flags::UNSOLICITED`], [`Flags::ANSWER`].
    pub flags: Flags,
    /// How much it wants to be chosen: 0 most, 255 least, 128 unless told otherwise.
    pub priority: u8,
    /// Its MAC address.
    pub mac: Mac,
    /// Its switch's name.
    pub name: Option<Wwnn>,
    /// Its fabric.
    pub fabric: Fabric,
    /// How often it advertises.
    pub keep_alive: KeepAlivePeriod,
}

/// Which link service a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkServiceKind {
    /// FLOGI.
    Flogi,
    /// FDISC.
    Fdisc,
    /// LOGO.
    Logo,
    /// ELP, between switches.
    Elp,
}

impl LinkServiceKind {
    /// That of a descriptor of this type.
    pub(super) const fn of(kind: DescriptorType) -> Self {
        match kind {
            DescriptorType::FLOGI => Self::Flogi,
            DescriptorType::FDISC => Self::Fdisc,
            DescriptorType::LOGO => Self::Logo,
            _ => Self::Elp,
        }
    }

    /// The type of its descriptor.
    pub const fn descriptor(self) -> DescriptorType {
        match self {
            Self::Flogi => DescriptorType::FLOGI,
            Self::Fdisc => DescriptorType::FDISC,
            Self::Logo => DescriptorType::LOGO,
            Self::Elp => DescriptorType::ELP,
        }
    }
}

/// A link service before there is a link: FLOGI, FDISC, LOGO or their answer, as an FC frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkService<'a, P = &'a [u8]> {
    /// Flags.
    pub flags: Flags,
    /// Whether it is an answer.
    pub reply: bool,
    /// Which one.
    pub kind: LinkServiceKind,
    /// The frame: an extended link service.
    pub frame: fc2::Frame<'a, P>,
    /// The MAC address that is asked for (zero: any), granted or given back. Rejects have none.
    pub mac: Option<Mac>,
}

/// Keep alive: the ENode is still there, or one of its VN_Ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    /// Flags.
    pub flags: Flags,
    /// The ENode's MAC address.
    pub mac: Mac,
    /// The VN_Port, if it is one's.
    pub vn_port: Option<VnPort>,
}

/// Clear virtual link: the forwarder has logged VN_Ports out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearVirtualLink<'a> {
    /// Flags.
    pub flags: Flags,
    /// The forwarder's MAC address.
    pub mac: Mac,
    /// Its switch's name.
    pub name: Option<Wwnn>,
    /// Which ones; none means all of the ENode.
    pub vn_ports: Several<'a, VnPort>,
}

/// VLAN request: on which VLANs is FCoE?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VlanRequest {
    /// Flags.
    pub flags: Flags,
    /// The ENode's MAC address.
    pub mac: Mac,
    /// Its node's name, which FC-BB-6 has and older ENodes leave out.
    pub name: Option<Wwnn>,
}

/// VLAN notification: on these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VlanNotification<'a> {
    /// Flags.
    pub flags: Flags,
    /// The forwarder's MAC address.
    pub mac: Mac,
    /// The VLANs.
    pub vlans: Several<'a, Vlan>,
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a, P = &'a [u8]> {
    /// Discovery solicitation.
    Solicitation(Solicitation),
    /// Discovery advertisement.
    Advertisement(Advertisement),
    /// Link service, request or reply.
    LinkService(LinkService<'a, P>),
    /// Keep alive.
    KeepAlive(KeepAlive),
    /// Clear virtual link.
    ClearVirtualLink(ClearVirtualLink<'a>),
    /// VLAN request.
    VlanRequest(VlanRequest),
    /// VLAN notification.
    VlanNotification(VlanNotification<'a>),
    /// One that is not known here: VN2VN, vendors'.
    Other {
        /// Which one.
        operation: Operation,
        /// Flags.
        flags: Flags,
        /// Its descriptors, as they came, in whole words.
        descriptors: &'a [u8],
    },
}

impl<P> Message<'_, P> {
    /// Which one it is.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Solicitation(_) => Operation::SOLICITATION,
            Self::Advertisement(_) => Operation::ADVERTISEMENT,
            Self::LinkService(service) if service.reply => Operation::LINK_SERVICE_REPLY,
            Self::LinkService(_) => Operation::LINK_SERVICE_REQUEST,
            Self::KeepAlive(_) => Operation::KEEP_ALIVE,
            Self::ClearVirtualLink(_) => Operation::CLEAR_VIRTUAL_LINK,
            Self::VlanRequest(_) => Operation::VLAN_REQUEST,
            Self::VlanNotification(_) => Operation::VLAN_NOTIFICATION,
            Self::Other { operation, .. } => *operation,
        }
    }

    /// The header's flags.
    pub const fn flags(&self) -> Flags {
        match self {
            Self::Solicitation(message) => message.flags,
            Self::Advertisement(message) => message.flags,
            Self::LinkService(message) => message.flags,
            Self::KeepAlive(message) => message.flags,
            Self::ClearVirtualLink(message) => message.flags,
            Self::VlanRequest(message) => message.flags,
            Self::VlanNotification(message) => message.flags,
            Self::Other { flags, .. } => *flags,
        }
    }

    /// It as an Ethernet frame.
    pub const fn on(self, header: ethernet::Header) -> ethernet::Tagged<Self>
    where
        P: Copy,
    {
        ethernet::Tagged { header, carries: EtherType::FIP, payload: self }
    }
}
