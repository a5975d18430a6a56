//! A frame between its delimiters: header, optional headers, payload, fill bytes.

use super::control::FCtl;
use super::header::Header;
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError, fits};

/// The longest data field: optional headers, payload and fill bytes (FC-FS, "Data_Field").
pub const MAX_DATA_BYTES: usize = 2112;

const WHAT: &str = "FC frame";

/// A frame between its delimiters. Decoded, its payload is the bytes as they came, without fill; to be
/// sent, it is any value that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a, P = &'a [u8]> {
    /// The header. Its fill bits are 0 in a decoded frame and do not matter in one to be sent.
    pub header: Header,
    /// What the header's DF_CTL announces, as it came.
    pub optional_headers: &'a [u8],
    /// What the frame is about.
    pub payload: P,
}

impl<P> Frame<'_, P> {
    /// A frame without optional headers.
    pub const fn new(header: Header, payload: P) -> Self {
        Self { header, optional_headers: &[], payload }
    }
}

impl<'a> Frame<'a> {
    /// Reads header and data field.
    ///
    /// # Errors
    /// A length that is no multiple of 4, is below the header's, below what its optional headers and fill
    /// bytes need, or above [`MAX_DATA_BYTES`]; an encrypted frame.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(Reader::new(WHAT, bytes))
    }

    pub(crate) fn read(from: Reader<'a>) -> Result<Self, DecodeError> {
        let mut from = from.named(WHAT);
        let mut header: Header = from.field()?;
        let data = from.left();
        if data > MAX_DATA_BYTES || !data.is_multiple_of(4) {
            let expected = "a data field of at most 2112 bytes, in multiples of 4";
            return Err(from.unexpected(0, expected, data as u64));
        }
        let Some(optional) = header.optional_bytes() else {
            return Err(from.unexpected(11, "a frame that is not encrypted", header.df_ctl));
        };
        let optional_headers = from.take(optional)?;
        let fill = (header.f_ctl.0 & FCtl::FILL.0) as usize;
        header.f_ctl = header.f_ctl.without(FCtl::FILL);
        let payload = from.all_but(fill)?;
        Ok(Self { header, optional_headers, payload })
    }
}

impl<P: Encode> Encode for Frame<'_, P> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        if self.header.optional_bytes() != Some(self.optional_headers.len()) {
            let expected = "as many as the header's DF_CTL tells";
            let found = self.optional_headers.len();
            return Err(EncodeError::Length { what: "optional headers", expected, found });
        }
        let start = to.at();
        to.field(self.header)?;
        to.bytes(self.optional_headers)?;
        self.payload.encode(to)?;
        let data = to.at() - start - Header::BYTES;
        let fill: u8 = [0, 3, 2, 1][data % 4];
        fits::<u16>("data field", MAX_DATA_BYTES, data + usize::from(fill))?;
        to.zeros(fill.into())?;
        let f_ctl = self.header.f_ctl.without(FCtl::FILL).with(FCtl(fill.into()));
        to.amend(start, Header { f_ctl, ..self.header });
        Ok(())
    }
}
