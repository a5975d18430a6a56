//! The frames of the simulated fabric: bytes to typed values and back, and a forwarder that serves them.
//!
//! No I/O, no clock; the codecs without allocation: decoders read in place through zerocopy views, with every length
//! checked; encoders write into a buffer of the caller's. What frames *mean* is
//! `npivot-fabric`'s.
//!
//! # How a frame goes through the layers
//!
//! ```text
//!  bytes ──► Frame ──► fcoe::Encapsulated ──► fc2::Frame ──► Payload ──► els::Reply ──► els::Accept
//!            Ethernet   SOF, CRC, EOF          header, fill   by R_CTL    accept or      of which
//!            and VLAN                                         and TYPE    reject         request
//!               └────► fip::Message ─────────► fc2::Frame ──────┘
//! ```
//!
//! [`Frame::decode`] goes down to the FC-2 header, so that a frame can be forwarded by its addresses, or
//! rejected with its exchange, although its payload makes no sense. [`fcoe::Encapsulated::payload`] goes on
//! to the [`Payload`]. Answers do not tell what they answer: [`els::Reply::accept`],
//! [`ct::directory::Answer::decode`] and [`ct::fdmi::Answer::decode`] are given the request's command,
//! which whoever holds the exchange knows.
//!
//! The other way, a payload of any type ([`Encode`]) is put in an [`fc2::Frame`], that in
//! [`fcoe::Encapsulated`] or [`fip::LinkService`], and that `on` an Ethernet header; one call writes all of
//! it, with fill bytes, lengths and CRC:
//!
//! ```
//! use npivot_hal::FcId;
//! use npivot_wire::els::{Els, Explanation, Reason, Reject};
//! use npivot_wire::ethernet::{self, FcMap, Mac};
//! use npivot_wire::fc2::{FCtl, FcType, Header, RCtl};
//! use npivot_wire::fcoe::Encapsulated;
//! use npivot_wire::{Body, Encode, Frame, MAX_FRAME_BYTES, Payload};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (alpha, vault) = ("010101".parse::<FcId>()?, "020000".parse::<FcId>()?);
//! let mac = |id| Mac::fabric_provided(FcMap::DEFAULT, id);
//! let mut buffer = [0; MAX_FRAME_BYTES];
//!
//! // alpha asks the vault for its time-outs …
//! let asked = Header::request(RCtl::ELS_REQUEST, FcType::ELS, alpha, vault, 0x10);
//! let question = Encapsulated::single(asked, Els::Rtv);
//! let length = question.on(ethernet::Header::new(mac(alpha), mac(vault))).encode_to(&mut buffer)?;
//!
//! // … which reads the question, and refuses it.
//! let frame = Frame::decode(&buffer[..length])?;
//! let Body::Fcoe(fcoe) = frame.body else { panic!("{frame:?}") };
//! assert_eq!(fcoe.payload()?, Payload::Els(Els::Rtv));
//! let refusal = Reject::new(Reason::UNSUPPORTED, Explanation::NONE);
//! let header = fcoe.frame.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, 0x20);
//! let back = ethernet::Header::new(frame.header.destination, frame.header.source);
//! let answer = Encapsulated::single(header, refusal).on(back);
//! let mut buffer = [0; MAX_FRAME_BYTES];
//! assert_eq!(answer.encode_to(&mut buffer)?, 68);
//! # Ok(()) }
//! ```
//!
//! | module | what is in it |
//! |---|---|
//! | `frame` | [`Frame`]: an Ethernet frame and what it carries |
//! | [`ethernet`] | MAC addresses, VLAN tags |
//! | [`fcoe`] | FC frames in Ethernet frames: delimiters and CRC |
//! | [`fip`] | discovery, login, keep-alives, VLANs: messages of descriptors |
//! | [`fc2`] | FC frames: header, R_CTL, TYPE, F_CTL, fill bytes |
//! | `payload` | [`Payload`]: what an FC frame is about, one of the next four |
//! | [`els`] | extended link services: logins, notifications, their accepts and rejects |
//! | [`bls`] | basic link services: ABTS |
//! | [`ct`] | common transport: name server and FDMI |
//! | [`fcp`] | SCSI: commands, data, responses, task management |
//! | [`fcf`] | the world as an FCoE forwarder |
//! | [`faults`] | frames that are lost, late, doubled, damaged |
//! | `bytes` | [`Field`], [`List`], [`Encode`]: what all of them are made of |
//! | `error` | [`DecodeError`] with place and expectation, [`EncodeError`] |
//!
//! # What is kept and what is not
//!
//! A value that has no name ([`els::Reason`]`(0x42)`) is kept and written again. Reserved bits are ignored
//! when read and zero when written, as the standards ask; so are fill bytes and padding. Names that are
//! not set are `None`. Therefore any frame of a correct sender is written again with the same bytes, which
//! the tests prove with a capture of a Linux kernel's login.

#[macro_use]
mod bytes;
pub mod bls;
pub mod ct;
pub mod els;
mod error;
pub mod ethernet;
pub mod faults;
pub mod fc2;
pub mod fcf;
pub mod fcoe;
pub mod fcp;
pub mod fip;
mod frame;
mod payload;

pub use bytes::{Encode, Field, List, Writer};
pub use error::{DecodeError, EncodeError};
pub use frame::{Body, Frame, MAX_FRAME_BYTES};
pub use payload::Payload;
