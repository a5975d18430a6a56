//! Many numbers of 16 bits in few bytes: a list while there are few, bits when there are many (the two
//! containers of a Roaring bitmap; Chambi, Lemire and others, 2016).
//!
//! | bytes | what they are |
//! |---|---|
//! | an even number below 8,192 | a list: ascending, each two bytes, the higher one first |
//! | 8,192 | bits: number n is bit n % 8 of byte n / 8, the lowest bit first |

/// The bytes of all bits.
const BITS: usize = 1 << 13;

/// A set of numbers of 16 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Ascending; fewer than 4,096.
    Few(Vec<u16>),
    /// A bit for each.
    Many(Vec<u8>),
}

impl Default for Block {
    fn default() -> Self {
        Self::Few(vec![])
    }
}

impl Block {
    /// A block as it is written down.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let pairs = bytes.as_chunks::<2>();
        match bytes.len() {
            BITS => Ok(Self::Many(bytes.to_vec())),
            len if len > BITS || !pairs.1.is_empty() => {
                Err(format!("it has {len} bytes; expected 8192, or an even number below"))
            }
            _ => {
                let list: Vec<u16> = pairs.0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
                if let Some(at) = list.windows(2).position(|pair| pair[0] >= pair[1]) {
                    return Err(format!("its numbers do not ascend at byte {}", 2 * at + 2));
                }
                Ok(Self::Few(list))
            }
        }
    }

    /// As it is written down.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Few(list) => list.iter().flat_map(|number| number.to_be_bytes()).collect(),
            Self::Many(bits) => bits.clone(),
        }
    }

    pub(super) fn contains(&self, number: u16) -> bool {
        match self {
            Self::Few(list) => list.binary_search(&number).is_ok(),
            Self::Many(bits) => bits[usize::from(number / 8)] & bit(number) != 0,
        }
    }

    /// Adds a number. Whether it is new.
    pub(super) fn insert(&mut self, number: u16) -> bool {
        if self.contains(number) {
            return false;
        }
        match self {
            Self::Few(list) => {
                let at = list.partition_point(|there| *there < number);
                list.insert(at, number);
                if 2 * list.len() == BITS {
                    let mut bits = vec![0; BITS];
                    for number in list.iter() {
                        bits[usize::from(number / 8)] |= bit(*number);
                    }
                    *self = Self::Many(bits);
                }
            }
            Self::Many(bits) => bits[usize::from(number / 8)] |= bit(number),
        }
        true
    }
}

fn bit(number: u16) -> u8 {
    1 << (number % 8)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn agrees(numbers: impl Iterator<Item = u16>) {
        let (mut block, mut model) = (Block::default(), BTreeSet::new());
        for number in numbers {
            assert_eq!(block.insert(number), model.insert(number));
        }
        let read = Block::read(&block.bytes()).unwrap();
        assert_eq!(read, block);
        assert!((0..=u16::MAX).all(|number| read.contains(number) == model.contains(&number)));
        assert_eq!(block.bytes().len(), BITS.min(2 * model.len()));
    }

    #[test]
    fn it_holds_none_some_and_all() {
        agrees([].into_iter());
        agrees(0..=u16::MAX);
        agrees((0..4_095).rev());
        agrees((0..4_096).map(|number| number * 16));
        agrees([0, u16::MAX, 0].into_iter());
    }

    #[test]
    fn what_is_none_is_refused() {
        for (bytes, wrong) in [
            (&[1][..], "it has 1 bytes"),
            (&[0; 8_194], "it has 8194 bytes"),
            (&[0, 2, 0, 1], "do not ascend at byte 2"),
            (&[0, 1, 0, 2, 0, 2], "do not ascend at byte 4"),
        ] {
            let refused = Block::read(bytes).unwrap_err();
            assert!(refused.contains(wrong), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn it_is_a_set(numbers in prop::collection::vec(any::<u16>(), 0..6_000)) {
            agrees(numbers.into_iter());
        }

        /// Whatever is read is what is written again.
        #[test]
        fn any_bytes_are_a_block_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(block) = Block::read(&bytes) {
                prop_assert_eq!(block.bytes(), bytes);
            }
        }
    }
}
