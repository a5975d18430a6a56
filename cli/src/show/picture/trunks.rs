//! Inter-switch links between two switches of a lane, and the tracks on which they run.

use crate::show::{IslView, SanView};

/// Beyond this many tracks side by side, links share them.
const MOST_TRACKS: usize = 10;

/// All links between two switches: the one above and the one below, by place in the lane.
#[derive(Debug)]
pub(super) struct Trunk<'v> {
    pub(super) upper: usize,
    pub(super) lower: usize,
    pub(super) links: Vec<Link<'v>>,
    /// Beside the switches; `None`: straight from one to the next.
    pub(super) track: Option<usize>,
}

/// A link, its ends in the order of the trunk's.
#[derive(Debug)]
pub(super) struct Link<'v> {
    pub(super) upper: u16,
    pub(super) lower: u16,
    pub(super) isl: &'v IslView,
}

impl Trunk<'_> {
    pub(super) fn online(&self) -> bool {
        self.links.iter().any(|link| link.isl.online)
    }

    /// The numbers of the ports at one end; of many, how many there are.
    pub(super) fn ports(&self, upper: bool) -> String {
        let ports = self.links.iter().map(|link| if upper { link.upper } else { link.lower });
        let ports: Vec<String> = ports.map(|port| port.to_string()).collect();
        if ports.len() > 3 { format!("× {}", ports.len()) } else { ports.join(", ") }
    }

    /// Both ends.
    pub(super) fn label(&self) -> String {
        match self.links.len() {
            0..=2 => format!("{} – {}", self.ports(true), self.ports(false)),
            many => format!("{many} ISLs"),
        }
    }
}

/// The trunks among these switches, those between neighbours first.
pub(super) fn trunks<'v>(view: &'v SanView, switches: &[&str]) -> Vec<Trunk<'v>> {
    let mut trunks: Vec<Trunk<'v>> = vec![];
    let place = |name: &str| switches.iter().position(|s| *s == name);
    for isl in &view.isls {
        let (Some(a), Some(b)) = (place(&isl.a.switch), place(&isl.b.switch)) else { continue };
        let (upper, lower, link) = if a <= b {
            (a, b, Link { upper: isl.a.port, lower: isl.b.port, isl })
        } else {
            (b, a, Link { upper: isl.b.port, lower: isl.a.port, isl })
        };
        match trunks.iter_mut().find(|t| (t.upper, t.lower) == (upper, lower)) {
            Some(trunk) => trunk.links.push(link),
            None => trunks.push(Trunk { upper, lower, links: vec![link], track: None }),
        }
    }
    trunks.sort_by_key(|trunk| (trunk.lower - trunk.upper, trunk.upper));
    give_tracks(&mut trunks);
    trunks
}

/// Short ones run inside, and none runs on a track where another is.
fn give_tracks(trunks: &mut [Trunk<'_>]) {
    let mut tracks: Vec<Vec<(usize, usize)>> = vec![];
    for trunk in trunks.iter_mut().filter(|trunk| trunk.lower - trunk.upper != 1) {
        let apart = |(upper, lower): &(usize, usize)| *lower < trunk.upper || trunk.lower < *upper;
        let free = tracks.iter().position(|track| track.iter().all(apart));
        let track = free.unwrap_or(tracks.len());
        if free.is_none() {
            tracks.push(vec![]);
        }
        tracks[track].push((trunk.upper, trunk.lower));
        trunk.track = Some(track % MOST_TRACKS);
    }
}
