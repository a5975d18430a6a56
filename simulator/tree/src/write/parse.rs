//! Reading what was written as the kernel reads it: C strings, numbers of any base, fields.

use npivot_hal::{ScanScope, WwnPair, Wwnn, Wwpn};

use crate::Errno;

/// As a C string: up to the first NUL, which the kernel puts after what was written.
pub(super) fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// `simple_strtoull` with base 0: a number in decimal, octal (`0…`) or hexadecimal (`0x…`), which may be
/// missing, and what follows it (`lib/vsprintf.c`, `lib/kstrtox.c`).
fn number(text: &[u8]) -> (u64, &[u8]) {
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let (base, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] if is_hex(rest.first()) => (16, rest),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let mut value: u64 = 0;
    let mut at = 0;
    while let Some(digit) = digits.get(at).and_then(|byte| char::from(*byte).to_digit(base)) {
        value = value.wrapping_mul(base.into()).wrapping_add(digit.into());
        at += 1;
    }
    (value, &digits[at..])
}

/// A number of seconds, with a newline or nothing after it (`fc_str_to_dev_loss`).
pub(super) fn seconds(bytes: &[u8]) -> Result<u32, Errno> {
    match number(c_string(bytes)) {
        (value, [] | [b'\n', ..]) => u32::try_from(value).map_err(|_| Errno::EINVAL),
        _ => Err(Errno::EINVAL),
    }
}

/// The time after which I/O is failed, or `off` (`store_fc_rport_fast_io_fail_tmo`).
pub(super) fn seconds_or_off(bytes: &[u8]) -> Result<Option<u32>, Errno> {
    if bytes.starts_with(b"off") { Ok(None) } else { seconds(bytes).map(Some) }
}

/// `WWPN:WWNN`: exactly 33 characters, and one newline or none (`store_fc_host_vport_create`).
pub(super) fn names(bytes: &[u8]) -> Result<WwnPair, Errno> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let (Some(wwpn), Some(b':'), Some(wwnn), 33) =
        (text.get(..16), text.get(16), text.get(17..), text.len())
    else {
        return Err(Errno::EINVAL);
    };
    let wwpn = Wwpn::new(hexadecimal(wwpn)?).ok_or(Errno::EINVAL)?;
    let wwnn = Wwnn::new(hexadecimal(wwnn)?).ok_or(Errno::EINVAL)?;
    Ok(WwnPair::new(wwpn, wwnn))
}

/// Sixteen digits of either case (`fc_parse_wwn`).
fn hexadecimal(digits: &[u8]) -> Result<u64, Errno> {
    digits.iter().try_fold(0, |value, byte| {
        let digit = char::from(*byte).to_digit(16).ok_or(Errno::EINVAL)?;
        Ok(value << 4 | u64::from(digit))
    })
}

/// What a write to `scan` means: three fields, each a number or `-` (`scsi_scan`,
/// `drivers/scsi/scsi_sysfs.c`). `None`: a channel that FC does not have.
pub(super) fn scan(bytes: &[u8]) -> Result<Option<ScanScope>, Errno> {
    // sscanf with "%10s %10s %16s %c": a field that is too long goes on as the next one.
    let mut rest = c_string(bytes);
    let mut field = |width: usize| {
        rest = rest.trim_ascii_start();
        let end = rest.iter().take(width).take_while(|byte| !byte.is_ascii_whitespace()).count();
        let (field, after) = rest.split_at(end);
        rest = after;
        wild_or_number(field)
    };
    let (channel, target, lun) = (field(10)?, field(10)?, field(16)?);
    if !rest.trim_ascii_start().is_empty() {
        return Err(Errno::EINVAL);
    }
    // The kernel keeps channel and target in 32 bits, and all ones mean all.
    let narrow = |field: Option<u64>| field.map(low_half).filter(|n| *n != u32::MAX);
    let (channel, target) = (narrow(channel), narrow(target));
    let lun = lun.filter(|lun| *lun != u64::MAX);
    Ok(channel.is_none_or(|channel| channel == 0).then_some(ScanScope { target, lun }))
}

/// The low half, as an assignment to an `unsigned int` keeps.
fn low_half(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or(u32::MAX)
}

/// A field of `scan`; `None` is all (`check_set`).
fn wild_or_number(field: &[u8]) -> Result<Option<u64>, Errno> {
    match field {
        [] => Err(Errno::EINVAL),
        b"-" => Ok(None),
        _ => match number(field) {
            (value, []) => Ok(Some(value)),
            _ => Err(Errno::EINVAL),
        },
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
