//! The JSON of `npivot explain`.
//!
//! `visible`: some path is clear. `blocking_layer`: the one to mend first, null if visible. `paths`: each
//! with its `layers` in order, whose `verdict` is `clear`, `blocked` (with a `fix`) or `open` (cannot be
//! told). WWNs are 16 hexadecimal digits, as in sysfs.

use npivot_fabric::visibility::{Explanation, Layer, PathTrace, Verdict};
use npivot_hal::Wwpn;
use serde::Serialize;

use crate::show::Who;

/// The explanation for programs.
#[derive(Serialize)]
pub(super) struct Record<'a> {
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
    target_label: Option<&'a str>,
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
    pub(super) fn of(explanation: &'a Explanation, who: &'a Who) -> Self {
        Self {
            host: &explanation.host,
            array: &explanation.array,
            volume: &explanation.volume,
            visible: explanation.clear_paths() > 0,
            blocking_layer: explanation.blocking_layer().map(Layer::as_str),
            paths: explanation.paths.iter().map(|path| PathRecord::of(path, who)).collect(),
        }
    }
}

impl<'a> PathRecord<'a> {
    fn of(path: &'a PathTrace, who: &'a Who) -> Self {
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
            target_label: who.has(path.target),
            lun: path.lun.and_then(npivot_hal::Lun::number),
            layers: layers.collect(),
        }
    }
}
