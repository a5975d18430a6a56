//! [`Forwarder`]: links, the way of a frame, and time.

use std::collections::BTreeMap;
use std::fmt;

use npivot_fabric::World;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::{Command, NPortCommand, Refusal, SimTime};
use npivot_hal::FcId;

use super::counters::Counters;
use super::limits;
use super::link::Link;
use super::turn::{Outlet, Turn};
use crate::MAX_FRAME_BYTES;
use crate::ethernet::Mac;

/// A link of a forwarder, numbered from 0 in the order of [`Forwarder::attach`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkIx(pub u16);

impl LinkIx {
    /// As an index of a table.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for LinkIx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a forwarder presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How much it wants to be chosen: 0 most, 255 least.
    pub priority: u8,
    /// How often it advertises and wants to hear from ENodes, in milliseconds (FKA_ADV_Period); 0 counts
    /// as 1.
    pub advertise_ms: u32,
    /// R_A_TOV, in milliseconds.
    pub r_a_tov_ms: u32,
    /// E_D_TOV, in milliseconds.
    pub e_d_tov_ms: u32,
    /// The VLANs that it names to those who ask, 1 to 4,094. With none it leaves the question unanswered,
    /// as a forwarder on an untagged network does.
    pub vlans: Vec<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            priority: 128,
            advertise_ms: 8_000,
            r_a_tov_ms: 10_000,
            e_d_tov_ms: 2_000,
            vlans: vec![],
        }
    }
}

impl Settings {
    /// FKA_ADV_Period in microseconds: never 0, or time would stand still.
    pub(super) fn advertise_us(&self) -> u64 {
        u64::from(self.advertise_ms.max(1)) * 1_000
    }
}

/// An FCoE forwarder in front of a world.
#[derive(Debug)]
pub struct Forwarder {
    pub(super) settings: Settings,
    pub(super) links: Vec<Link>,
    by_port: BTreeMap<PortIx, LinkIx>,
    frame: Box<[u8]>,
    payload: Vec<u8>,
    next_rx_id: u16,
}

impl Forwarder {
    /// A forwarder without links.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            links: vec![],
            by_port: BTreeMap::new(),
            frame: vec![0; MAX_FRAME_BYTES].into_boxed_slice(),
            payload: vec![],
            next_rx_id: 0,
        }
    }

    /// Plugs a link into a free port of the world. Its first advertisement is due at once.
    ///
    /// # Errors
    /// The world's: there is no such port, or something is plugged in there; an argument error when there
    /// are 65,535 links.
    pub fn attach(&mut self, world: &mut World, port: PortIx) -> Result<LinkIx, Refusal> {
        let too_many = || Refusal::Argument("a forwarder has at most 65,535 links".into());
        let ix = u16::try_from(self.links.len()).map(LinkIx).map_err(|_| too_many())?;
        world.apply(Command::NPort(NPortCommand::Attach(port)))?;
        world.carry_notices();
        let switch = world.san().switch_of(port);
        let [_, _, mac @ ..] = switch.wwn().get().to_be_bytes();
        self.links.push(Link::new(port, switch.fabric, Mac(mac), world.now()));
        self.by_port.insert(port, ix);
        Ok(ix)
    }

    /// How many links there are.
    pub const fn links(&self) -> usize {
        self.links.len()
    }

    /// The link that is plugged into a port.
    pub fn link_at(&self, port: PortIx) -> Option<LinkIx> {
        self.by_port.get(&port).copied()
    }

    /// What was counted on a link; `None` if there is no such link.
    pub fn counters(&self, link: LinkIx) -> Option<&Counters> {
        self.links.get(link.index()).map(|link| &link.counters)
    }

    /// The addresses that are logged in through a link, in order.
    pub fn logged_in(&self, link: LinkIx) -> impl Iterator<Item = FcId> {
        self.links.get(link.index()).into_iter().flat_map(|link| link.vn_ports.keys().copied())
    }

    /// What a link makes the forwarder hold at the moment, in bytes: the data of writes under way as they
    /// are announced, logins, unfinished sequences, registrations, notices. 0 if there is no such link.
    pub fn held_bytes(&self, link: LinkIx) -> usize {
        self.links.get(link.index()).map_or(0, Link::held_bytes)
    }

    /// What it can be at the most with those who are logged in through it now ([`limits`]).
    pub fn held_bytes_limit(&self, link: LinkIx) -> usize {
        let vn_ports = self.links.get(link.index()).map_or(0, |link| link.vn_ports.len());
        let cleared = limits::CLEARED * limits::CLEARED_BYTES;
        limits::WRITE_BYTES + vn_ports * limits::VN_PORT_BYTES + cleared
    }

    /// Takes a frame that came on a link at the world's present instant: let the time pass first
    /// ([`advance`](Self::advance)). A frame on a link that does not exist is lost.
    pub fn receive(
        &mut self,
        world: &mut World,
        link: LinkIx,
        frame: &[u8],
        outlet: &mut dyn Outlet,
    ) {
        // What an administrator did to the world since: nobody is served who is not logged in any more.
        self.carry_notices(world, outlet);
        let (links, mut turn) = self.turn(world, outlet);
        turn.receive(links, link, frame);
        self.carry_notices(world, outlet);
    }

    /// Lets time pass, for the world and for what the forwarder itself waits for.
    pub fn advance(&mut self, world: &mut World, until: SimTime, outlet: &mut dyn Outlet) {
        while let Some(at) = self.next_due(world).filter(|&at| at <= until) {
            world.advance(at.max(world.now()));
            self.tick(world, outlet);
        }
        world.advance(until);
        self.carry_notices(world, outlet);
        let (links, mut turn) = self.turn(world, outlet);
        for (at, link) in (0..).map(LinkIx).zip(links) {
            turn.tell_of_cleared(at, link, |told| told.is_none());
        }
    }

    /// When something happens next by itself, in the world or here.
    pub fn next_due(&self, world: &World) -> Option<SimTime> {
        if world.has_notices() {
            return Some(world.now());
        }
        let own = self.links.iter().map(Link::next_due);
        own.chain(world.next_due()).min()
    }

    fn tick(&mut self, world: &mut World, outlet: &mut dyn Outlet) {
        self.carry_notices(world, outlet);
        let (links, mut turn) = self.turn(world, outlet);
        for (i, link) in links.iter_mut().enumerate() {
            let now = turn.world.now();
            let at = LinkIx(u16::try_from(i).unwrap_or(u16::MAX));
            if link.advertise_at <= now {
                link.advertise_at = now + turn.settings.advertise_us();
                turn.advertise(at, link, Mac::ALL_ENODES, false);
                turn.give_up_the_silent(link);
            }
            turn.repeat_state_changes(at, link);
        }
    }

    /// Brings what the world has to tell to whom it concerns.
    fn carry_notices(&mut self, world: &mut World, outlet: &mut dyn Outlet) {
        while world.has_notices() {
            for notice in world.take_notices() {
                let (links, mut turn) = self.turn(world, outlet);
                turn.carry(links, notice);
            }
        }
    }

    fn turn<'t>(
        &'t mut self,
        world: &'t mut World,
        outlet: &'t mut dyn Outlet,
    ) -> (&'t mut [Link], Turn<'t>) {
        let turn = Turn {
            settings: &self.settings,
            by_port: &self.by_port,
            world,
            outlet,
            frame: &mut self.frame,
            payload: &mut self.payload,
            reset: None,
            next_rx_id: &mut self.next_rx_id,
        };
        (&mut self.links, turn)
    }
}
