//! CHECK CONDITION with all that its sense data tells, in both formats (SPC-5, 4.4).

use std::fmt;

use super::Sense;

/// Why a command ended with CHECK CONDITION, and where it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Check {
    /// Key and codes.
    pub sense: Sense,
    /// INFORMATION: the first logical block that it is about, or for COMPARE AND WRITE the offset in bytes
    /// of the first difference.
    pub information: Option<u64>,
    /// The field that has a wrong value.
    pub field: Option<Field>,
}

/// A field of a command or of its parameter list (SPC-5, 4.4.2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Field {
    /// Whether it is in the command; else it is in the parameter list.
    pub in_cdb: bool,
    /// The byte in which it begins.
    pub byte: u16,
    /// Its leftmost bit, if it is not of whole bytes.
    pub bit: Option<u8>,
}

impl Check {
    /// With nothing but key and codes.
    pub const fn of(sense: Sense) -> Self {
        Self { sense, information: None, field: None }
    }

    /// INVALID FIELD IN CDB, of a field that begins at this byte and, unless it is of whole bytes, bit.
    pub const fn cdb(byte: u16, bit: Option<u8>) -> Self {
        let field = Some(Field { in_cdb: true, byte, bit });
        Self { field, ..Self::of(Sense::INVALID_FIELD_IN_CDB) }
    }

    /// INVALID FIELD IN PARAMETER LIST, likewise.
    pub const fn list(byte: u16, bit: Option<u8>) -> Self {
        let field = Some(Field { in_cdb: false, byte, bit });
        Self { field, ..Self::of(Sense::INVALID_FIELD_IN_PARAMETER_LIST) }
    }

    /// The same with this information.
    #[must_use]
    pub const fn at(self, information: u64) -> Self {
        Self { information: Some(information), ..self }
    }

    /// Current, fixed format, 18 bytes (SPC-5, 4.4.3). Information that has more than 32 bits does not fit
    /// and is left out.
    pub const fn fixed_format(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        bytes[0] = 0x70;
        bytes[2] = self.sense.key.code();
        bytes[7] = 10;
        bytes[12] = self.sense.asc;
        bytes[13] = self.sense.ascq;
        if let Some(information) = self.information
            && information >> 32 == 0
        {
            let [.., a, b, c, d] = information.to_be_bytes();
            bytes[0] |= 0x80;
            [bytes[3], bytes[4], bytes[5], bytes[6]] = [a, b, c, d];
        }
        if let Some(field) = self.field {
            [bytes[15], bytes[16], bytes[17]] = field.specific();
        }
        bytes
    }

    /// Current, descriptor format (SPC-5, 4.4.2): 8 bytes, then the descriptors.
    pub fn descriptor_format(self) -> Vec<u8> {
        let mut bytes =
            vec![0x72, self.sense.key.code(), self.sense.asc, self.sense.ascq, 0, 0, 0, 0];
        if let Some(information) = self.information {
            bytes.extend([0x00, 0x0a, 0x80, 0x00]);
            bytes.extend(information.to_be_bytes());
        }
        if let Some(field) = self.field {
            let [a, b, c] = field.specific();
            bytes.extend([0x02, 0x06, 0x00, 0x00, a, b, c, 0x00]);
        }
        // 8, 16, 20 or 28 bytes in all.
        bytes[7] = u8::try_from(bytes.len() - 8).unwrap_or(u8::MAX);
        bytes
    }

    /// In the format that the control mode page's D_SENSE bit asks for.
    pub fn encode(self, descriptors: bool) -> Vec<u8> {
        if descriptors { self.descriptor_format() } else { self.fixed_format().to_vec() }
    }
}

impl Field {
    /// The sense key specific bytes (SPC-5, 4.4.2.4.2): SKSV, C/D, BPV, bit pointer; field pointer.
    const fn specific(self) -> [u8; 3] {
        let of = if self.in_cdb { 0x40 } else { 0x00 };
        let bit = match self.bit {
            Some(bit) => 0x08 | bit & 0x07,
            None => 0x00,
        };
        let [high, low] = self.byte.to_be_bytes();
        [0x80 | of | bit, high, low]
    }
}

impl From<Sense> for Check {
    fn from(sense: Sense) -> Self {
        Self::of(sense)
    }
}

/// `ILLEGAL REQUEST 24/00: invalid field in CDB (byte 1, bit 7)`.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sense)?;
        match (self.field, self.information) {
            (Some(Field { byte, bit: Some(bit), .. }), _) => write!(f, " (byte {byte}, bit {bit})"),
            (Some(Field { byte, .. }), _) => write!(f, " (byte {byte})"),
            (None, Some(information)) => write!(f, " (at {information})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Check {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_in_both_formats() {
        let check = Check::of(Sense::LBA_OUT_OF_RANGE).at(0x0102_0304);
        let fixed = [0xf0, 0, 5, 1, 2, 3, 4, 10, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0];
        assert_eq!(check.fixed_format(), fixed);
        let descriptors = [0x72, 5, 0x21, 0, 0, 0, 0, 12, 0, 10, 0x80, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        assert_eq!(check.descriptor_format(), descriptors);
        let far = Check::of(Sense::LBA_OUT_OF_RANGE).at(1 << 32);
        assert_eq!(far.fixed_format()[..8], [0x70, 0, 5, 0, 0, 0, 0, 10], "does not fit");
        assert_eq!(far.descriptor_format()[12..], [0, 0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn a_field_in_both_formats() {
        let check = Check::cdb(1, Some(7));
        assert_eq!(check.fixed_format()[12..], [0x24, 0, 0, 0xcf, 0, 1]);
        assert_eq!(check.descriptor_format()[7..], [8, 2, 6, 0, 0, 0xcf, 0, 1, 0]);
        assert_eq!(Check::list(0x0102, None).fixed_format()[12..], [0x26, 0, 0, 0x80, 1, 2]);
        assert_eq!(
            check.to_string(),
            "ILLEGAL REQUEST 24/00: invalid field in CDB (byte 1, bit 7)"
        );
        assert_eq!(Check::of(Sense::MISCOMPARE).encode(true).len(), 8);
    }
}
