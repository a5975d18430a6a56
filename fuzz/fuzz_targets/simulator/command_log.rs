//! Command logs: no text panics, and what is replayed replays again to the same run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::World;

/// The longest log.
const BYTES: usize = 20_000;

/// The longest run, in microseconds: 1,000 seconds. A driver that is refused tries again every two seconds for as
/// long as the run lasts, so a year of that is much work for one line.
const END_US: u64 = 1_000_000_000;

/// The most ports of all switches.
const PORTS: u64 = 20_000;

/// The numbers that stand after a key, wherever it stands.
fn numbers<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = u64> + 't {
    text.split(key).skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ':');
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        // What has no place in 64 bits is refused by the reader of the log as well.
        (digits > 0).then(|| rest[..digits].parse().unwrap_or(u64::MAX))
    })
}

/// Whether the run that a text asks for is small.
fn is_small(text: &str) -> bool {
    let ports = numbers(text, "\"ports\"").fold(0, u64::saturating_add);
    text.len() <= BYTES && ports <= PORTS && numbers(text, "\"end\"").all(|end| end <= END_US)
}

fuzz_target!(|text: &str| {
    if !is_small(text) {
        return;
    }
    let Ok(world) = World::replay(text) else { return };
    let written = world.write_log().expect("a replayed world is recorded");
    let again = World::replay(&written).expect("what was written can be read");
    assert_eq!(again.fingerprint(), world.fingerprint());
    assert_eq!(again.now(), world.now());
});
