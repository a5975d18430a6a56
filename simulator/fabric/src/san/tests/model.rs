//! Random logins against a slow and obvious model: maps of names, looked through from end to end.

use std::collections::BTreeMap;

use npivot_hal::FcId;
use proptest::prelude::*;

use super::{DuplicateWwpn, FABRIC, LoginReject, SwitchSettings, login, port, san_of, wwpn};
use crate::san::San;

const PORTS: usize = 6;

#[derive(Debug, Clone)]
enum Step {
    Flogi(usize, u8),
    Fdisc(usize, u8),
    Logo(u8),
    Light(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..PORTS, 0_u8..8).prop_map(|(port, name)| Step::Flogi(port, name)),
        6 => (0..PORTS, 0_u8..8).prop_map(|(port, name)| Step::Fdisc(port, name)),
        3 => (0_u8..8).prop_map(Step::Logo),
        1 => (0..PORTS, any::<bool>()).prop_map(|(port, on)| Step::Light(port, on)),
    ]
}

fn settings() -> impl Strategy<Value = SwitchSettings> {
    let policy = prop_oneof![
        Just(DuplicateWwpn::FirstWins),
        Just(DuplicateWwpn::SecondWins),
        Just(DuplicateWwpn::SecondWinsIfFdisc),
    ];
    (policy, any::<bool>(), prop::bool::weighted(0.9), 1_u32..5, 2_u32..8).prop_map(
        |(duplicate_wwpn, keep_npiv_on_base_logout, npiv, logins_per_port, logins)| {
            SwitchSettings {
                ports: 4,
                npiv,
                logins_per_port,
                logins,
                duplicate_wwpn,
                keep_npiv_on_base_logout,
                ..SwitchSettings::default()
            }
        },
    )
}

/// What is refused, without the details.
#[derive(Debug, PartialEq, Eq)]
enum No {
    Link,
    Base,
    Taken,
    Npiv,
    Port,
    Switch,
    Name,
}

fn no(reject: &LoginReject) -> No {
    match reject {
        LoginReject::NoLink => No::Link,
        LoginReject::BaseNotLoggedIn => No::Base,
        LoginReject::BaseTaken(_) => No::Taken,
        LoginReject::NpivDisabled => No::Npiv,
        LoginReject::PortFull { .. } => No::Port,
        LoginReject::SwitchFull { .. } => No::Switch,
        LoginReject::DuplicateName { .. } => No::Name,
        LoginReject::NoAddress => panic!("a domain is never full here"),
    }
}

#[derive(Debug, Default, Clone)]
struct ModelPort {
    dark: bool,
    base: Option<u8>,
    /// In order of login.
    vports: Vec<u8>,
}

impl ModelPort {
    fn all(&self) -> Vec<u8> {
        self.base.into_iter().chain(self.vports.iter().copied()).collect()
    }
}

struct Model {
    switches: [SwitchSettings; 2],
    ports: [ModelPort; PORTS],
    addresses: BTreeMap<u8, FcId>,
}

impl Model {
    fn switch(port: usize) -> usize {
        port / 3
    }

    fn place(&self, name: u8) -> Option<usize> {
        self.ports.iter().position(|port| port.all().contains(&name))
    }

    fn on_switch(&self, switch: usize) -> Vec<u8> {
        let ports = (0..PORTS).filter(|&p| Self::switch(p) == switch);
        ports.flat_map(|p| self.ports[p].all()).collect()
    }

    fn clear(&mut self, port: usize) {
        for name in self.ports[port].all() {
            self.addresses.remove(&name);
        }
        (self.ports[port].base, self.ports[port].vports) = (None, vec![]);
    }

    fn logo(&mut self, name: u8) {
        let Some(port) = self.place(name) else { return };
        let keep = self.switches[Self::switch(port)].keep_npiv_on_base_logout;
        if self.ports[port].base == Some(name) && !keep {
            return self.clear(port);
        }
        self.ports[port].base.take_if(|base| *base == name);
        self.ports[port].vports.retain(|&other| other != name);
        self.addresses.remove(&name);
    }

    fn login(&mut self, port: usize, name: u8, fdisc: bool) -> Result<(), No> {
        let settings = self.switches[Self::switch(port)];
        let base = self.ports[port].base;
        if self.ports[port].dark {
            return Err(No::Link);
        }
        match base {
            None if fdisc => return Err(No::Base),
            Some(base) if !fdisc && base != name => return Err(No::Taken),
            Some(_) if !fdisc => self.clear(port),
            _ => {}
        }
        if fdisc && !settings.npiv {
            return Err(No::Npiv);
        }
        let there = self.place(name);
        let wins = match settings.duplicate_wwpn {
            DuplicateWwpn::FirstWins => false,
            DuplicateWwpn::SecondWins => true,
            DuplicateWwpn::SecondWinsIfFdisc => fdisc,
        };
        let wins = wins || there == Some(port);
        if there.is_some() && (!wins || fdisc && base == Some(name)) {
            return Err(No::Name);
        }
        let others = |all: Vec<u8>| all.into_iter().filter(|&n| n != name).count();
        if others(self.ports[port].all()) >= settings.logins_per_port as usize {
            return Err(No::Port);
        }
        if others(self.on_switch(Self::switch(port))) >= settings.logins as usize {
            return Err(No::Switch);
        }
        self.logo(name);
        if fdisc {
            self.ports[port].vports.push(name);
        } else {
            self.ports[port].base = Some(name);
        }
        Ok(())
    }
}

fn at(san: &San, place: usize) -> super::PortIx {
    let (switch, number) = (place / 3, place % 3);
    port(san, u32::try_from(switch).unwrap(), u16::try_from(number).unwrap())
}

fn check(san: &San, model: &Model) {
    for (place, wanted) in model.ports.iter().enumerate() {
        let port = at(san, place);
        let wwpns: Vec<_> = wanted.all().into_iter().map(wwpn).collect();
        assert_eq!(super::names(san, port), wwpns, "behind port {place}");
        assert_eq!(san.port(port).logins as usize, wwpns.len());
    }
    for (n, switch) in san.switches.iter().enumerate() {
        assert_eq!(switch.logins as usize, model.on_switch(n).len(), "on {}", switch.name);
        assert_eq!(switch.addresses_used(), switch.logins);
        assert!(switch.logins <= switch.settings.logins);
    }
    assert_eq!(san.logins() as usize, model.addresses.len());
    for name in 0..8 {
        let found = san.by_name(FABRIC, wwpn(name));
        assert_eq!(found.map(|ix| san.nport(ix).fc_id()), model.addresses.get(&name).copied());
        let Some(ix) = found else { continue };
        assert_eq!(san.by_address(FABRIC, san.nport(ix).fc_id()), Some(ix));
        assert_eq!(san.nport(ix).port, at(san, model.place(name).unwrap()));
    }
    let all: Vec<FcId> = san.all(FABRIC).map(|ix| san.nport(ix).fc_id()).collect();
    assert!(all.is_sorted() && all.len() == model.addresses.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn logins_are_as_the_model_says(
        one in settings(),
        other in settings(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut san = san_of(&[one, other]);
        let ports = Default::default();
        let mut model = Model { switches: [one, other], ports, addresses: BTreeMap::new() };
        for step in steps {
            match step {
                Step::Flogi(place, name) | Step::Fdisc(place, name) => {
                    let fdisc = matches!(step, Step::Fdisc(..));
                    let port = at(&san, place);
                    let before = model.addresses.clone();
                    let wanted = model.login(place, name, fdisc);
                    let answer = if fdisc {
                        san.fdisc(port, &login(name))
                    } else {
                        san.flogi(port, &login(name))
                    };
                    prop_assert_eq!(answer.as_ref().map(|_| ()).map_err(no), wanted);
                    let Ok(accepted) = answer else { continue };
                    for gone in &accepted.displaced {
                        let known = before.values().any(|&id| id == gone.fc_id);
                        prop_assert!(known, "{} was told twice or never was", gone.fc_id);
                    }
                    let stay = model.addresses.len();
                    prop_assert_eq!(before.len() - accepted.displaced.len(), stay);
                    let taken = model.addresses.values().any(|&id| id == accepted.fc_id);
                    prop_assert!(!taken, "{} is another's", accepted.fc_id);
                    model.addresses.insert(name, accepted.fc_id);
                }
                Step::Logo(name) => {
                    model.logo(name);
                    if let Some(ix) = san.by_name(FABRIC, wwpn(name)) {
                        san.logout(ix);
                    }
                }
                Step::Light(place, on) => {
                    model.ports[place].dark = !on;
                    if !on {
                        model.clear(place);
                    }
                    let port = at(&san, place);
                    san.set_light(port, on);
                }
            }
            check(&san, &model);
        }
    }
}
