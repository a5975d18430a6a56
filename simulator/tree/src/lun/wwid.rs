//! The text of `wwid`: the designator of VPD page 83 that the kernel prefers
//! (`scsi_vpd_lun_id`, `drivers/scsi/scsi_lib.c`).

use std::fmt::Write;

const NAA: u8 = 3;
const EUI: u8 = 2;
const T10: u8 = 1;

/// The identity in a page 83, as the kernel prints it; `None` where the page has none.
pub(super) fn wwid(page: &[u8]) -> Option<String> {
    let mut best: Option<(u8, &[u8])> = None;
    let mut rest = page.get(4..)?;
    while let Some(length) = rest.get(3) {
        let Some(designator) = rest.get(..4 + usize::from(*length)) else {
            break;
        };
        rest = &rest[designator.len()..];
        let rank = rank(designator);
        // Of equals, the later one.
        if rank > 0 && best.is_none_or(|(other, _)| other <= rank) {
            best = Some((rank, designator));
        }
    }
    let (_, designator) = best?;
    let content = &designator[4..];
    Some(match designator[1] & 0xf {
        NAA => format!("naa.{}", hex(content)),
        EUI => format!("eui.{}", hex(content)),
        _ => format!("t10.{}", String::from_utf8_lossy(content)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How much the kernel likes a designator; zero: not at all (`designator_prio`).
fn rank(designator: &[u8]) -> u8 {
    // Associated with something else than the logical unit.
    if designator[1] & 0x30 != 0 || designator[3] == 0 {
        return 0;
    }
    match (designator[1] & 0xf, designator[3]) {
        (NAA, _) => match designator[4] >> 4 {
            6 => 8,
            5 => 5,
            2 => 4,
            3 => 1,
            _ => 0,
        },
        (EUI, 16) => 7,
        (EUI, 12) => 6,
        (EUI, 8) => 3,
        (T10, _) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(designators: &[&[u8]]) -> Vec<u8> {
        let all = designators.concat();
        [&[0x00, 0x83, 0x00, u8::try_from(all.len()).unwrap()], &all[..]].concat()
    }

    #[test]
    fn the_kernel_prefers_the_longer_names() {
        let text: &[u8] = &[2, 1, 0, 4, b'V', b'E', b'N', b'D'];
        let local: &[u8] = &[1, 3, 0, 8, 0x30, 0, 0, 0, 0, 0, 0, 7];
        let naa: &[u8] = &[1, 3, 0, 8, 0x50, 0, 0, 0xc9, 0, 2, 0, 1];
        let port: &[u8] = &[0x61, 0x93, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 1];
        let eui: &[u8] = &[1, 2, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7];
        assert_eq!(wwid(&page(&[text, naa, port])).unwrap(), "naa.500000c900020001");
        assert_eq!(wwid(&page(&[naa, eui])).unwrap(), "naa.500000c900020001");
        assert_eq!(wwid(&page(&[text, eui])).unwrap(), "eui.0001020304050607");
        assert_eq!(wwid(&page(&[text, local])).unwrap(), "naa.3000000000000007");
        assert_eq!(wwid(&page(&[local, text])).unwrap(), "t10.VEND");
        assert_eq!(wwid(&page(&[port])), None);
        assert_eq!(wwid(&[0, 0x83, 0, 40, 1, 3, 0, 200]), None, "cut short");
    }
}
