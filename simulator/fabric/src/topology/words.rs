//! The small languages inside the file's strings: names, sizes, ports and zone members.
//!
//! Each reader takes a word with its place and answers with what it means or with the problem.

use npivot_hal::{DomainId, FcId, Wwpn, ZoneMember};

use super::raw::Text;
use super::source::{Problem, nearest, one_of, quoted};

/// The longest name, in bytes: what FOS allows for zones, and enough for the rest.
const NAME_BYTES: usize = 64;
/// The largest volume, in bytes.
const LARGEST: u64 = 1 << 63;
/// Bytes in a block: what sizes are multiples of.
const BLOCK: u64 = 512;

/// The units of sizes, in bytes.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

fn is_name(text: &str, punctuation: &str) -> bool {
    text.len() <= NAME_BYTES
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}

/// Whether it can be the name of a zone, an alias or a zone set.
fn is_zone_name(text: &str) -> bool {
    is_name(text, "_$^-")
}

/// Checks the name of a machine: a fabric, switch, host, array, volume or group.
pub(super) fn machine_name(what: &str, name: &Text) -> Result<(), Problem> {
    name_of(what, name, "_-.", "`_`, `-` and `.`")
}

/// Checks the name of a zoning object: a zone, alias or zone set.
pub(super) fn zone_name(what: &str, name: &Text) -> Result<(), Problem> {
    name_of(what, name, "_$^-", "`_`, `$`, `^` and `-`")
}

fn name_of(what: &str, name: &Text, punctuation: &str, listed: &str) -> Result<(), Problem> {
    let text = name.get_ref();
    if is_name(text, punctuation) {
        return Ok(());
    }
    let refusal = if text.is_empty() {
        format!("the name of {what} is empty")
    } else if text.len() > NAME_BYTES {
        format!("the name of {what} has {} bytes", text.len())
    } else {
        format!("{} cannot be the name of {what}", quoted(text))
    };
    let help = format!(
        "a name has 1 to {NAME_BYTES} letters, digits, {listed}, and starts with a letter or a digit"
    );
    Err(Problem::new(name.span(), refusal).with_help(help))
}

/// Reads a size such as `20 GiB`, in bytes.
pub(super) fn size(word: &Text) -> Result<u64, Problem> {
    let text = word.get_ref().trim();
    let refused = |why: String| Problem::new(word.span(), why);
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = (&text[..unit_at], text[unit_at..].trim_start());
    let names = UNITS.map(|(name, _)| name);
    if number.is_empty() || !unit.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let help = format!("a size is an integer and one of {}, such as \"20 GiB\"", every(&names));
        return Err(refused(format!("{} is not a size", quoted(text))).with_help(help));
    }
    let Some((_, scale)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
        let problem = refused(format!("{} is not a unit of size", quoted(unit)));
        return Err(match nearest(unit, names) {
            Some(near) => problem.with_help(format!("did you mean `{near}`?")),
            None => problem.with_help(format!("the units are {}", every(&names))),
        });
    };
    let bytes = number.parse::<u64>().ok().and_then(|n| n.checked_mul(scale));
    match bytes {
        Some(0) => Err(refused("a volume of no size".to_owned())),
        Some(bytes) if bytes > LARGEST => Err(too_large(word)),
        None => Err(too_large(word)),
        Some(bytes) if !bytes.is_multiple_of(BLOCK) => Err(refused(format!(
            "a size of {bytes} bytes is not a multiple of {BLOCK}, which is a block"
        ))
        .with_help(format!("the next multiple is \"{} B\"", bytes.next_multiple_of(BLOCK)))),
        Some(bytes) => Ok(bytes),
    }
}

fn too_large(word: &Text) -> Problem {
    let text = quoted(word.get_ref());
    Problem::new(word.span(), format!("{text} is larger than a volume can be"))
        .with_help("the largest is 2^63 bytes, \"8388608 TiB\"")
}

/// All of the words, which [`one_of`] would cut short.
fn every(words: &[&str]) -> String {
    let (head, tail) = words.split_at(words.len() - 1);
    format!("`{}` and `{}`", head.join("`, `"), tail.concat())
}

/// Splits `SWITCH/PORT`.
pub(super) fn port(word: &Text) -> Result<(&str, u16), Problem> {
    let text = word.get_ref();
    let refused = || {
        Problem::new(word.span(), format!("{} is not a switch port", quoted(text)))
            .with_help("a port is written \"SWITCH/PORT\", such as \"a1/0\"")
    };
    let (switch, port) = text.split_once('/').ok_or_else(refused)?;
    if switch.is_empty() || !is_number(port) {
        return Err(refused());
    }
    // No switch has a port 65535 (they start from 0), so what does not fit is beyond every switch too.
    Ok((switch, port.parse().unwrap_or(u16::MAX)))
}

/// Reads a LUN number.
pub(super) fn lun(word: &Text) -> Result<npivot_hal::Lun, Problem> {
    let text = word.get_ref();
    let number = if is_number(text) { text.parse().ok() } else { None };
    number.and_then(npivot_hal::Lun::from_number).ok_or_else(|| {
        let why = format!(
            "{} is not a LUN number, expected 0 to {}",
            quoted(text),
            npivot_hal::Lun::MAX_FLAT
        );
        Problem::new(word.span(), why)
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a world wide name of some kind: a port's or a node's.
pub(super) fn wwn<T>(word: &Text) -> Result<T, Problem>
where
    T: std::str::FromStr<Err = npivot_hal::WwnParseError>,
{
    word.get_ref().parse().map_err(|error: T::Err| {
        Problem::new(word.span(), error.to_string()).with_help(
            "a world wide name is written \"21:00:00:1b:32:a9:da:4e\" or \"2100001b32a9da4e\"",
        )
    })
}

/// What a zone or an alias names: a member, or what can only be the name of an alias, whether there is one
/// or not.
pub(super) enum Member {
    Is(ZoneMember),
    Alias(String),
}

/// Reads a member of a zone or an alias.
pub(super) fn member(word: &Text, is_alias: impl Fn(&str) -> bool) -> Result<Member, Problem> {
    let text = word.get_ref().trim();
    if let Some((domain, port)) = text.split_once(',') {
        return domain_port(word, domain.trim(), port.trim()).map(Member::Is);
    }
    // An alias's own name wins: its digits may look like the beginning of something else.
    if is_alias(text) {
        return Ok(Member::Alias(text.to_owned()));
    }
    if let Some(address) = address(text) {
        return match address.domain() {
            Some(_) => Ok(Member::Is(ZoneMember::FcId(address))),
            None => Err(not_a_member(
                word,
                format!(
                    "the address {address} is in no domain: its first byte is not 1 to {}",
                    DomainId::MAX
                ),
            )),
        };
    }
    match text.parse::<Wwpn>() {
        Ok(wwpn) => Ok(Member::Is(ZoneMember::Wwpn(wwpn))),
        Err(error) if looks_like_wwn(text) => Err(not_a_member(word, error.to_string())),
        Err(_) if is_zone_name(text) => Ok(Member::Alias(text.to_owned())),
        Err(_) => Err(not_a_member(word, format!("{} is not a member of a zone", quoted(text)))),
    }
}

/// Reads `0xDDAAPP`. Without `0x`, six digits are a word.
fn address(text: &str) -> Option<FcId> {
    let prefixed = text.starts_with("0x") || text.starts_with("0X");
    if prefixed { text.parse().ok() } else { None }
}

/// What the name of an alias would be taken for, if it is a name that says something else already.
pub(super) fn taken_for(name: &str) -> Option<&'static str> {
    if address(name).is_some() {
        Some("an address")
    } else if name.parse::<Wwpn>().is_ok() {
        Some("a WWPN")
    } else {
        None
    }
}

fn not_a_member(word: &Text, why: String) -> Problem {
    Problem::new(word.span(), why).with_help(
        "a member is a WWPN, `DOMAIN,PORT`, an address such as `0x010800`, or the name of an alias",
    )
}

/// Whether somebody who wrote this meant a world wide name: bytes with separators, or many digits.
fn looks_like_wwn(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let others = text.len() - digits;
    lower.starts_with("0x")
        || lower.starts_with("naa.")
        || lower.starts_with("wwn-")
        || text.matches(':').count() >= 2
        || (digits >= 14 && others <= 1)
}

fn domain_port(word: &Text, domain: &str, port: &str) -> Result<ZoneMember, Problem> {
    let id = if is_number(domain) { domain.parse().ok() } else { None };
    let Some(id) = id.and_then(DomainId::new) else {
        return Err(not_a_member(
            word,
            format!("{} is not a domain id, expected 1 to {}", quoted(domain), DomainId::MAX),
        ));
    };
    let number = if is_number(port) { port.parse().ok() } else { None };
    let Some(number) = number else {
        let why = format!("{} is not a port number, expected 0 to {}", quoted(port), u16::MAX);
        return Err(not_a_member(word, why));
    };
    Ok(ZoneMember::DomainPort(id, number))
}

/// What to write instead of a word that was looked up and not found: the nearest, or else the first few.
pub(super) fn instead<'a>(
    word: &str,
    what: &str,
    right: impl Iterator<Item = &'a str> + Clone,
) -> String {
    if let Some(near) = nearest(word, right.clone()) {
        return format!("did you mean `{near}`?");
    }
    let few: Vec<&str> = right.take(9).collect();
    if few.is_empty() {
        format!("there is no {what} yet")
    } else {
        format!("expected {}", one_of(&few))
    }
}
