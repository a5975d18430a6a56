//! The zones in force, below the picture: fabrics side by side.

use std::fmt::{self, Write as _};

use super::layout::{LEFT, small};
use super::paint::{Safe, colour, fit, fit_name};
use crate::show::{FabricView, MemberView, SanView};

/// How many zones of a fabric are named.
const ZONES: usize = 12;
const LINE: u32 = 20;
/// How wide characters are on average, with room to spare: of a zone's name, of its members.
const NAME_CHARACTER: u32 = 8;
const CHARACTER: u32 = 6;

/// How many fabrics stand side by side.
fn columns(view: &SanView) -> usize {
    view.fabrics.len().clamp(1, 2)
}

fn column_width(view: &SanView, width: u32) -> u32 {
    (width - 2 * LEFT) / small(columns(view))
}

/// The height of a fabric's part.
fn part_height(fabric: &FabricView) -> u32 {
    22 + LINE * small(fabric.zones.len().min(ZONES + 1)) + 24
}

fn row_height(fabrics: &[FabricView]) -> u32 {
    fabrics.iter().map(part_height).max().unwrap_or(0)
}

pub(super) fn height(view: &SanView) -> u32 {
    24 + view.fabrics.chunks(columns(view)).map(row_height).sum::<u32>()
}

pub(super) fn write(text: &mut String, view: &SanView, top: u32, width: u32) -> fmt::Result {
    let column = column_width(view, width);
    let mut y = top + 24;
    for fabrics in view.fabrics.chunks(columns(view)) {
        for (i, fabric) in fabrics.iter().enumerate() {
            write_fabric(text, fabric, LEFT + column * small(i), y, column)?;
        }
        y += row_height(fabrics);
    }
    Ok(())
}

fn write_fabric(
    text: &mut String,
    fabric: &FabricView,
    x: u32,
    mut y: u32,
    width: u32,
) -> fmt::Result {
    let set = match &fabric.zone_set {
        Some(set) => format!("zone set {}", fit(set, 32)),
        None => "no zone set in force".into(),
    };
    writeln!(
        text,
        "<text class=\"name\" x=\"{x}\" y=\"{y}\" style=\"fill: {}\">fabric {}<tspan class=\"soft\" \
         dx=\"8\">{}</tspan></text>",
        colour(fabric.place),
        Safe(&fit_name(&fabric.name, 24)),
        Safe(&set)
    )?;
    y += 22;
    let x = x + 14;
    for zone in fabric.zones.iter().take(ZONES) {
        let name = fit_name(&zone.name, 24);
        let taken = NAME_CHARACTER * small(name.chars().count()) + 40;
        let room = usize::try_from(width.saturating_sub(taken) / CHARACTER).unwrap_or(0);
        let members = members(&zone.members);
        writeln!(
            text,
            "<text x=\"{x}\" y=\"{y}\"><tspan>{}</tspan><tspan class=\"soft\" dx=\"10\">{}</tspan></text>",
            Safe(&name),
            Safe(&fit(&members, room))
        )?;
        y += LINE;
    }
    match fabric.zones.len().saturating_sub(ZONES) {
        0 => Ok(()),
        more => {
            writeln!(text, "<text class=\"soft\" x=\"{x}\" y=\"{y}\">and {more} more zones</text>")
        }
    }
}

/// Who is in a zone: the ports of a machine together, principals before an arrow.
fn members(members: &[MemberView]) -> String {
    let (principals, others): (Vec<_>, Vec<_>) = members.iter().partition(|m| m.principal);
    if principals.is_empty() {
        return grouped(&others);
    }
    format!("{} → {}", grouped(&principals), grouped(&others))
}

fn grouped(members: &[&MemberView]) -> String {
    let mut groups: Vec<(String, Option<&str>)> = vec![];
    for member in members {
        // `vault port 3` is the port `3` of what has the words before it.
        match member.who.as_deref().and_then(|who| who.rsplit_once(' ')) {
            Some((owner, port)) => match groups.iter_mut().find(|(_, of)| *of == Some(owner)) {
                Some((text, _)) => {
                    text.push_str(", ");
                    text.push_str(port);
                }
                None => groups.push((format!("{owner} {port}"), Some(owner))),
            },
            None => groups.push((member.member.to_string(), None)),
        }
    }
    groups.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(" · ")
}
