//! Mode pages (SPC-5, 7.5; SBC-4, 6.5): what there is, what it says, and what may be changed.
//!
//! Pages are shared by all initiators. Three bits may be changed: D_SENSE and SWP in the control page and
//! WCE in the caching page; a reset sets them back.

mod select;
mod sense;

pub(super) use select::{needs as select_needs, select};
pub(super) use sense::sense;

/// A mode page: code, and the bytes after the page's length.
type Page = (u8, Vec<u8>);

const READ_WRITE_ERROR_RECOVERY: u8 = 0x01;
const CACHING: u8 = 0x08;
const CONTROL: u8 = 0x0a;
const INFORMATIONAL_EXCEPTIONS: u8 = 0x1c;

/// PAGE CONTROL of MODE SENSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    Current,
    /// Ones where MODE SELECT may change something.
    Changeable,
    Default,
}

/// What initiators have set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::array) struct Modes {
    descriptor_sense: bool,
    write_protect: bool,
    write_cache: bool,
}

impl Default for Modes {
    fn default() -> Self {
        Self { descriptor_sense: false, write_protect: false, write_cache: true }
    }
}

impl Modes {
    /// D_SENSE: sense data comes in descriptor format.
    pub(in crate::array) const fn descriptor_sense(self) -> bool {
        self.descriptor_sense
    }

    /// SWP: nothing is to be written.
    pub(in crate::array) const fn write_protect(self) -> bool {
        self.write_protect
    }

    /// WCE: what was written may wait for SYNCHRONIZE CACHE.
    pub(in crate::array) const fn write_cache(self) -> bool {
        self.write_cache
    }

    /// All pages, by code.
    fn pages(self, values: Values) -> Vec<Page> {
        let modes = match values {
            Values::Current => self,
            Values::Default => Self::default(),
            Values::Changeable => {
                Self { descriptor_sense: true, write_protect: true, write_cache: true }
            }
        };
        let fixed = values != Values::Changeable;
        let bit = |set, bit: u8| if set { 1 << bit } else { 0 };
        let mut recovery = vec![0; 10];
        let mut caching = vec![0; 18];
        caching[0] = bit(modes.write_cache, 2);
        let mut control = vec![0; 10];
        control[0] = bit(modes.descriptor_sense, 2);
        control[2] = bit(modes.write_protect, 3);
        let mut exceptions = vec![0; 10];
        if fixed {
            // AWRE and ARRE: what reads badly is moved elsewhere.
            recovery[0] = 0xc0;
            // QUEUE ALGORITHM MODIFIER 1: commands of one initiator may pass each other.
            control[1] = 0x10;
            // A busy unit stays busy for no longer than anybody can say.
            control[6..8].copy_from_slice(&[0xff, 0xff]);
            // DEXCPT: no exceptions are reported.
            exceptions[0] = 0x08;
        }
        vec![
            (READ_WRITE_ERROR_RECOVERY, recovery),
            (CACHING, caching),
            (CONTROL, control),
            (INFORMATIONAL_EXCEPTIONS, exceptions),
        ]
    }

    /// Takes over what a page says in the bits that may be changed.
    fn take(&mut self, page: u8, content: &[u8]) {
        let bit = |at: usize, bit: u8| content.get(at).is_some_and(|byte| byte >> bit & 1 != 0);
        match page {
            CACHING => self.write_cache = bit(0, 2),
            CONTROL => {
                self.descriptor_sense = bit(0, 2);
                self.write_protect = bit(2, 3);
            }
            _ => {}
        }
    }
}
