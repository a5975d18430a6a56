//! `npivot explain`: for people here, for programs in `record`.

mod record;

use std::fmt::{self, Write as _};
use std::io::Write;
use std::path::Path;

use npivot_fabric::World;
use npivot_fabric::array::{Volume, VolumeIx};
use npivot_fabric::san::ids::{ArrayIx, HostIx};
use npivot_fabric::visibility::{Explanation, Layer, PathTrace, Verdict};
use npivot_fabric::world::ArrayNode;
use npivot_hal::Wwpn;

use self::record::Record;
use super::words::{check_initiator, find};
use super::{boot, json};
use crate::args::{Format, State};
use crate::ink::Ink;
use crate::outcome::{Answer, Failure};
use crate::show::Who;

/// What is asked.
pub(super) struct Question<'a> {
    pub(super) host: &'a str,
    pub(super) volume: &'a str,
    pub(super) array: Option<&'a str>,
    pub(super) initiator: Option<Wwpn>,
}

pub(super) fn run(
    path: &Path,
    question: &Question<'_>,
    format: Format,
    state: &State,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let world = boot(path, state)?;
    let hosts = world.hosts().iter().map(|host| host.name.as_str());
    let host = HostIx::from_index(find("host", question.host, hosts)?);
    let (array, volume) = find_volume(&world, question)?;
    if let Some(wwpn) = question.initiator {
        check_initiator(&world, host, wwpn)?;
    }
    let explanation = world.explain(host, array, volume, question.initiator);
    let who = Who::of(&world);
    match format {
        Format::Text => write!(out, "{}", text(&explanation, &who, Ink::of_stdout()))?,
        Format::Json => json(&Record::of(&explanation, &who), out)?,
    }
    Ok((explanation.clear_paths() > 0).into())
}

/// The volume of this name, on the array asked for or on the only one that has it.
fn find_volume(world: &World, question: &Question<'_>) -> Result<(ArrayIx, VolumeIx), Failure> {
    let arrays = world.arrays();
    let wanted: Vec<usize> = match question.array {
        Some(name) => vec![find("array", name, arrays.iter().map(ArrayNode::name))?],
        None => (0..arrays.len()).collect(),
    };
    let of = |ix: usize| Some((ix, arrays[ix].array.volume_named(question.volume)?));
    let found: Vec<(usize, VolumeIx)> = wanted.iter().filter_map(|&ix| of(ix)).collect();
    match found[..] {
        [(array, volume)] => Ok((ArrayIx::from_index(array), volume)),
        [] => {
            let volumes = wanted.iter().flat_map(|&ix| arrays[ix].array.volumes());
            let what = question.array.map_or_else(|| "volume".into(), |a| format!("volume on {a}"));
            find(&what, question.volume, volumes.map(Volume::name))?;
            Err(Failure::Word(format!("there is no {what} `{}`", question.volume)))
        }
        _ => {
            let names: Vec<&str> = found.iter().map(|(ix, _)| arrays[*ix].name()).collect();
            let (volume, names) = (question.volume, names.join(", "));
            Err(Failure::Word(format!("arrays {names} each have a volume `{volume}`: add --array")))
        }
    }
}

fn text(explanation: &Explanation, who: &Who, ink: Ink) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_explanation(&mut text, explanation, who, ink);
    text
}

fn write_explanation(
    text: &mut String,
    explanation: &Explanation,
    who: &Who,
    ink: Ink,
) -> fmt::Result {
    for path in &explanation.paths {
        write_path(text, path, who, ink)?;
    }
    let Explanation { host, array, volume, paths } = explanation;
    let blocked = blocked(paths);
    match (explanation.clear_paths(), explanation.blocking_layer()) {
        (0, Some(layer)) => {
            let here = blocked.iter().find(|(l, _)| *l == layer).map_or(0, |(_, count)| *count);
            let rest: Vec<_> = blocked.into_iter().filter(|(l, _)| *l != layer).collect();
            let whose = if rest.is_empty() {
                if here == 1 { "the only path".into() } else { format!("all {here} paths") }
            } else {
                let that = if here == 1 { "path that gets" } else { "paths that get" };
                format!("the {here} {that} furthest, {}", counts(&rest))
            };
            let not = ink.bad("not visible");
            writeln!(text, "{volume} is {not} on {host}: {layer} blocks {whose}")?;
            write_fixes(text, explanation, ink)
        }
        (0, None) => {
            let not = ink.bad("not visible");
            writeln!(
                text,
                "{volume} is {not} on {host}: no adapter of it is on a fabric of array {array}"
            )
        }
        (clear, _) => {
            let (all, visible) = (paths.len(), ink.good("visible"));
            writeln!(text, "{volume} is {visible} on {host}: {clear} of {all} paths are clear")
        }
    }
}

/// How many paths each layer is the first to block, the furthest layer first.
fn blocked(paths: &[PathTrace]) -> Vec<(Layer, usize)> {
    let at = |layer| paths.iter().filter(|path| path.blocked_at() == Some(layer)).count();
    let counted = Layer::ALL.into_iter().rev().map(|layer| (layer, at(layer)));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn counts(blocked: &[(Layer, usize)]) -> String {
    let counts: Vec<String> =
        blocked.iter().map(|(l, count)| format!("{l} blocks {count}")).collect();
    counts.join(", ")
}

fn write_path(text: &mut String, path: &PathTrace, who: &Who, ink: Ink) -> fmt::Result {
    let PathTrace { initiator, initiator_label, target, fabric, .. } = path;
    let (initiator, target_name) = (initiator.with_colons(), target.with_colons());
    let target = who.has(*target).unwrap_or("unknown");
    writeln!(text, "{initiator} ({initiator_label}) → {target_name} ({target}), fabric {fabric}")?;
    for (layer, verdict) in &path.layers {
        let (mark, why) = match verdict {
            Verdict::Clear(why) => (ink.good("✓"), why),
            Verdict::Blocked { why, .. } => (ink.bad("✗"), why),
            Verdict::Open(why) => ("·".into(), why),
        };
        writeln!(text, "  {mark} {layer:8} {why}")?;
    }
    writeln!(text)
}

/// What would mend the layer that blocks, on the paths that get as far as that; each fix once.
fn write_fixes(text: &mut String, explanation: &Explanation, ink: Ink) -> fmt::Result {
    let mut told: Vec<&str> = vec![];
    for path in &explanation.paths {
        if path.blocked_at() != explanation.blocking_layer() {
            continue;
        }
        let fix = path.layers.iter().find_map(|(_, verdict)| match verdict {
            Verdict::Blocked { fix, .. } => Some(fix.as_str()),
            _ => None,
        });
        let Some(fix) = fix.filter(|fix| !told.contains(fix)) else { continue };
        writeln!(text, "{} {fix}", ink.strong("fix:"))?;
        told.push(fix);
    }
    Ok(())
}
