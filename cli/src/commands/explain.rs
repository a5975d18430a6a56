//! `npivot explain`.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use npivot_fabric::World;
use npivot_fabric::array::VolumeIx;
use npivot_fabric::san::ids::{ArrayIx, HostIx};
use npivot_fabric::visibility::{Explanation, PathTrace, Verdict};
use npivot_hal::Wwpn;
use serde::Serialize;

use super::{boot, find, json};
use crate::args::Format;
use crate::outcome::{Answer, Failure};

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
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let (_, world) = boot(path)?;
    let hosts = world.hosts().iter().map(|host| host.name.as_str());
    let host = HostIx::from_index(find("host", question.host, hosts)?);
    let (array, volume) = find_volume(&world, question)?;
    let explanation = world.explain(host, array, volume, question.initiator);
    match format {
        Format::Text => write!(out, "{}", text(&explanation))?,
        Format::Json => json(&Record::of(&explanation), out)?,
    }
    Ok((explanation.clear_paths() > 0).into())
}

/// The volume of this name, on the array asked for or on the only one that has it.
fn find_volume(world: &World, question: &Question<'_>) -> Result<(ArrayIx, VolumeIx), Failure> {
    let arrays = world.arrays();
    let wanted: Vec<usize> = match question.array {
        Some(name) => {
            vec![find("array", name, arrays.iter().map(npivot_fabric::world::ArrayNode::name))?]
        }
        None => (0..arrays.len()).collect(),
    };
    let of = |ix: usize| Some((ix, arrays[ix].array.volume_named(question.volume)?));
    let found: Vec<(usize, VolumeIx)> = wanted.iter().filter_map(|&ix| of(ix)).collect();
    match found[..] {
        [(array, volume)] => Ok((ArrayIx::from_index(array), volume)),
        [] => {
            let volumes = wanted.iter().flat_map(|&ix| arrays[ix].array.volumes());
            let names: Vec<&str> = volumes.map(npivot_fabric::array::Volume::name).collect();
            find("volume", question.volume, names.iter().copied())?;
            Err(Failure::Word(format!("there is no volume `{}`", question.volume)))
        }
        _ => {
            let names: Vec<&str> = found.iter().map(|(ix, _)| arrays[*ix].name()).collect();
            let (volume, names) = (question.volume, names.join(", "));
            Err(Failure::Word(format!("arrays {names} each have a volume `{volume}`: add --array")))
        }
    }
}

fn text(explanation: &Explanation) -> String {
    let mut text = String::new();
    for path in &explanation.paths {
        // Writing to a string cannot fail.
        let _ = write_path(&mut text, path);
    }
    let Explanation { host, volume, paths, .. } = explanation;
    let _ = match (explanation.clear_paths(), explanation.blocking_layer()) {
        (0, Some(layer)) => {
            let there = paths.iter().filter(|path| path.blocked_at() == Some(layer)).count();
            let how = if there == paths.len() { "all" } else { "the furthest" };
            let s = if there == 1 { "" } else { "s" };
            let _ = writeln!(
                text,
                "{volume} is not visible on {host}: {layer} blocks {how} {there} path{s}"
            );
            write_fixes(&mut text, explanation)
        }
        (0, None) => writeln!(
            text,
            "{volume} is not visible on {host}: no adapter of it is on a fabric of array {}",
            explanation.array
        ),
        (clear, _) => {
            writeln!(
                text,
                "{volume} is visible on {host}: {clear} of {} paths are clear",
                paths.len()
            )
        }
    };
    text
}

fn write_path(text: &mut String, path: &PathTrace) -> std::fmt::Result {
    let PathTrace { initiator, initiator_label, target, fabric, .. } = path;
    writeln!(text, "{initiator} ({initiator_label}) → {target}, fabric {fabric}")?;
    for (layer, verdict) in &path.layers {
        match verdict {
            Verdict::Clear(why) => writeln!(text, "  ✓ {layer:8} {why}")?,
            Verdict::Blocked { why, .. } => writeln!(text, "  ✗ {layer:8} {why}")?,
            Verdict::Open(why) => writeln!(text, "  · {layer:8} {why}")?,
        }
    }
    writeln!(text)
}

/// What would mend the layer that blocks, on the paths that get as far as that; each fix once.
fn write_fixes(text: &mut String, explanation: &Explanation) -> std::fmt::Result {
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
        writeln!(text, "fix: {fix}")?;
        told.push(fix);
    }
    Ok(())
}

/// The explanation for programs.
#[derive(Serialize)]
struct Record<'a> {
    host: &'a str,
    array: &'a str,
    volume: &'a str,
    visible: bool,
    blocking_layer: Option<&'static str>,
    paths: Vec<PathRecord<'a>>,
}

#[derive(Serialize)]
struct PathRecord<'a> {
    fabric: &'a str,
    initiator: Wwpn,
    initiator_label: &'a str,
    target: Wwpn,
    lun: Option<u32>,
    layers: Vec<LayerRecord<'a>>,
}

#[derive(Serialize)]
struct LayerRecord<'a> {
    layer: &'static str,
    verdict: &'static str,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
}

impl<'a> Record<'a> {
    fn of(explanation: &'a Explanation) -> Self {
        Self {
            host: &explanation.host,
            array: &explanation.array,
            volume: &explanation.volume,
            visible: explanation.clear_paths() > 0,
            blocking_layer: explanation
                .blocking_layer()
                .map(npivot_fabric::visibility::Layer::as_str),
            paths: explanation.paths.iter().map(PathRecord::of).collect(),
        }
    }
}

impl<'a> PathRecord<'a> {
    fn of(path: &'a PathTrace) -> Self {
        let layers = path.layers.iter().map(|(layer, verdict)| {
            let (word, why, fix) = match verdict {
                Verdict::Clear(why) => ("clear", why, None),
                Verdict::Blocked { why, fix } => ("blocked", why, Some(fix.as_str())),
                Verdict::Open(why) => ("open", why, None),
            };
            LayerRecord { layer: layer.as_str(), verdict: word, why, fix }
        });
        Self {
            fabric: &path.fabric,
            initiator: path.initiator,
            initiator_label: &path.initiator_label,
            target: path.target,
            lun: path.lun.and_then(npivot_hal::Lun::number),
            layers: layers.collect(),
        }
    }
}
