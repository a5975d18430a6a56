//! Standard INQUIRY data (SPC-5, 6.7.2).

use serde::{Deserialize, Serialize};

/// What an array calls itself in INQUIRY data; hosts choose their path policy by it. Printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Product {
    /// Vendor identification: up to 8 characters.
    pub vendor: String,
    /// Product identification: up to 16 characters.
    pub product: String,
    /// Product revision level: up to 4 characters.
    pub revision: String,
}

/// A text of INQUIRY data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryField {
    /// Vendor identification.
    Vendor,
    /// Product identification.
    Product,
    /// Product revision level.
    Revision,
}

/// Why INQUIRY data cannot say this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{text}`: expected 1 to {max} printable ASCII characters, without spaces around")]
pub struct ProductError {
    what: &'static str,
    text: String,
    max: usize,
}

impl InquiryField {
    /// Whether the field can hold this text.
    ///
    /// # Errors
    /// [`ProductError`]: empty, too long, or not printable ASCII.
    pub fn check(self, text: &str) -> Result<(), ProductError> {
        let (what, max) = match self {
            Self::Vendor => ("vendor", 8),
            Self::Product => ("product", 16),
            Self::Revision => ("revision", 4),
        };
        let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if text.is_empty() || text.len() > max || !printable || text.trim() != text {
            return Err(ProductError { what, text: text.to_owned(), max });
        }
        Ok(())
    }
}

impl Default for Product {
    fn default() -> Self {
        Self { vendor: "NPIVOT".into(), product: "VOLUME".into(), revision: "0001".into() }
    }
}

impl Product {
    /// Whether INQUIRY data can say it.
    ///
    /// # Errors
    /// [`ProductError`] of the first field that does not fit.
    pub fn check(&self) -> Result<(), ProductError> {
        InquiryField::Vendor.check(&self.vendor)?;
        InquiryField::Product.check(&self.product)?;
        InquiryField::Revision.check(&self.revision)
    }

    /// The vendor, padded as it is on the wire.
    pub(super) fn vendor_field(&self) -> [u8; 8] {
        padded(&self.vendor)
    }
}

/// Cut or filled with spaces.
fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    field.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    field
}

/// Standard INQUIRY data of a volume: 96 bytes.
pub fn inquiry_standard(product: &Product) -> Vec<u8> {
    standard(0x00, product)
}

/// Standard INQUIRY data at a LUN where the initiator has nothing: qualifier 011b, type 1Fh. An array
/// answers it at every LUN; Linux takes the target for present and adds no device.
pub fn inquiry_no_device(product: &Product) -> Vec<u8> {
    standard(0x7f, product)
}

/// Version descriptors (SPC-5, 6.7.2): SAM-5, SPC-5, SBC-4, FCP-4, no revision claimed.
const VERSIONS: [u16; 4] = [0x00a0, 0x05c0, 0x0600, 0x0a40];

fn standard(peripheral: u8, product: &Product) -> Vec<u8> {
    let mut data = vec![
        peripheral, //
        0x00,       // not removable
        0x07,       // SPC-5
        0x12,       // HISUP (hierarchical LUNs), response data format 2
        91,         // bytes that follow
        0x10,       // TPGS 01b: target port groups, whose states only the array changes
        0x10,       // MULTIP: several ports
        0x02,       // CMDQUE
    ];
    data.extend(product.vendor_field());
    data.extend(padded::<16>(&product.product));
    data.extend(padded::<4>(&product.revision));
    data.resize(58, 0);
    data.extend(VERSIONS.into_iter().flat_map(u16::to_be_bytes));
    data.resize(96, 0);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_96_bytes() {
        let product = Product::default();
        let data = inquiry_standard(&product);
        assert_eq!((data.len(), data[4]), (96, 91));
        assert_eq!(&data[8..36], b"NPIVOT  VOLUME          0001");
        assert_eq!(data[58..68], [0x00, 0xa0, 0x05, 0xc0, 0x06, 0x00, 0x0a, 0x40, 0, 0]);
        assert_eq!((data[0], inquiry_no_device(&product)[0]), (0x00, 0x7f));
        assert_eq!(product.check(), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = Product { vendor: "NINECHARS".into(), ..Product::default() };
        assert!(long.check().unwrap_err().to_string().starts_with("vendor `NINECHARS`"));
        let control = Product { product: "a\nb".into(), ..Product::default() };
        assert!(control.check().is_err());
    }
}
