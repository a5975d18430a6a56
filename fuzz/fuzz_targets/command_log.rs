//! Command logs: no text panics, and what is replayed replays again to the same run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::World;

fuzz_target!(|text: &str| {
    // A switch of a log may have 65,535 ports and a run may last for ever: bound what one input can ask.
    if text.len() > 20_000 {
        return;
    }
    let Ok(world) = World::replay(text) else { return };
    let written = world.write_log().expect("a replayed world is recorded");
    let again = World::replay(&written).expect("what was written can be read");
    assert_eq!(again.fingerprint(), world.fingerprint());
    assert_eq!(again.now(), world.now());
});
