//! The file as it is written: its shape is right, its meaning is not yet looked at. Every value that can
//! be wrong carries its place.

use std::marker::PhantomData;

use indexmap::IndexMap;
use npivot_hal::DefaultZone;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::de::{DeValue, ValueDeserializer};
use toml::{Spanned, Value};

use super::source::{Problem, Problems, SourceFile, nearest, parse_table};
use crate::config::Driver;

/// A word of the file.
pub(super) type Text = Spanned<String>;
/// A table in the order of the file.
pub(super) type Table<T> = IndexMap<Text, T>;
/// A table whose keys are those of a settings type, not yet read into it.
pub(super) type Settings = Table<Spanned<Value>>;

/// A table, written as a table. Serde by itself also takes a list of the values, and drops what is too
/// much of it.
#[derive(Debug)]
pub(super) struct OnlyTable<T>(pub(super) T);

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) fabrics: Vec<(Text, Fabric)>,
    pub(super) hosts: Vec<(Text, Host)>,
    pub(super) arrays: Vec<(Text, Array)>,
    pub(super) latency: Settings,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Fabric {
    #[serde(default)]
    pub(super) switches: Vec<Spanned<Switch>>,
    #[serde(default)]
    pub(super) isls: Vec<Spanned<Vec<Text>>>,
    #[serde(default)]
    pub(super) default_zone: DefaultZone,
    #[serde(default)]
    pub(super) alias: Table<Vec<Text>>,
    #[serde(default)]
    pub(super) zone: Table<Zone>,
    pub(super) zone_sets: Option<Table<Vec<Text>>>,
    pub(super) enabled: Option<Text>,
}

/// A switch: `name` and `domain`, and settings, which `SwitchSettings` alone knows the keys of. (Serde's
/// `flatten` would do the same and lose the places.)
#[derive(Debug, Default)]
pub(super) struct Switch {
    pub(super) name: Option<Text>,
    pub(super) domain: Option<Spanned<i64>>,
    pub(super) settings: Settings,
}

#[derive(Debug)]
pub(super) enum Zone {
    Regular(Vec<Text>),
    Peer(PeerZone),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeerZone {
    pub(super) principals: Vec<Text>,
    pub(super) peers: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Host {
    #[serde(default)]
    pub(super) driver: Driver,
    #[serde(default)]
    pub(super) hbas: Vec<OnlyTable<Hba>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hba {
    pub(super) wwpn: Text,
    pub(super) wwnn: Option<Text>,
    pub(super) port: Text,
    pub(super) vports: Option<Spanned<u16>>,
    pub(super) npiv: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Array {
    pub(super) wwnn: Text,
    pub(super) vendor: Option<Text>,
    pub(super) product: Option<Text>,
    pub(super) revision: Option<Text>,
    #[serde(default)]
    pub(super) ports: Vec<OnlyTable<TargetPort>>,
    #[serde(default)]
    pub(super) volumes: Table<Spanned<Volume>>,
    #[serde(default)]
    pub(super) group: Table<OnlyTable<Group>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetPort {
    pub(super) wwpn: Text,
    pub(super) port: Text,
}

#[derive(Debug)]
pub(super) enum Volume {
    Size(String),
    Described(Described),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    pub(super) size: Text,
    pub(super) id: Option<Text>,
    pub(super) serial: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    #[serde(default)]
    pub(super) initiators: Vec<Text>,
    #[serde(default)]
    pub(super) luns: Table<Text>,
}

/// Reads the tables of the file, each by itself, so that one that is misshapen does not hide another.
///
/// Nothing is looked up in a file of which a table is missing: whatever names something in it would be
/// told to name nothing.
pub(super) fn read(source: &SourceFile) -> Result<File, Problems> {
    let mut file = File::default();
    let mut found = Problems::new(source.clone());
    let problems = &mut found;
    let root = match parse_table(source.text()) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            problems.push(Problem::from_toml(&error, 0..0));
            return found.into_result(file);
        }
    };
    for (key, value) in root {
        let span = value.span();
        match key.get_ref().as_ref() {
            "fabric" => file.fabrics = read_named("fabric", value, problems),
            "host" => file.hosts = read_named("host", value, problems),
            "array" => file.arrays = read_named("array", value, problems),
            "latency" => match Settings::deserialize(ValueDeserializer::from(value)) {
                Ok(settings) => file.latency = settings,
                Err(error) => problems.push(Problem::from_toml(&error, span)),
            },
            other => {
                let right = ["fabric", "host", "array", "latency"];
                problems.push(Problem::unknown_word(key.span(), "table", other, &right));
            }
        }
    }
    found.into_result(file)
}

fn read_named<T: DeserializeOwned>(
    kind: &str,
    value: Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> Vec<(Text, T)> {
    let span = value.span();
    let DeValue::Table(table) = value.into_inner() else {
        problems.push(Problem::new(span, format!("expected tables such as `[{kind}.a]`")));
        return Vec::new();
    };
    let mut named = Vec::new();
    for (name, body) in table {
        let name_span = name.span();
        match OnlyTable::deserialize(ValueDeserializer::from(body)) {
            Ok(OnlyTable(body)) => {
                named.push((Spanned::new(name_span, name.into_inner().into_owned()), body));
            }
            Err(error) => problems.push(Problem::from_toml(&error, name_span)),
        }
    }
    named
}

/// Reads settings key by key, so that each wrong one is told, at its own place. `None`: some were wrong.
/// `others` are the keys that stand in the same table and are not settings.
pub(super) fn read_settings<T: DeserializeOwned>(
    table: &Settings,
    others: &[&str],
    problems: &mut Problems,
) -> Option<T> {
    let mut whole = toml::Table::new();
    let mut good = true;
    for (key, value) in table {
        let entry = (key.get_ref().clone(), value.get_ref().clone());
        let alone: Result<T, _> = toml::Table::from_iter([entry.clone()]).try_into();
        whole.extend([entry]);
        let Err(error) = alone else { continue };
        good = false;
        let unknown = error.message().starts_with("unknown field");
        problems.push(
            if let (true, Some(near)) = (unknown, nearest(key.get_ref(), others.iter().copied())) {
                Problem::unknown_word(key.span(), "key", key.get_ref(), &[near])
            } else {
                Problem::from_toml(&error, if unknown { key.span() } else { value.span() })
            },
        );
    }
    if good { whole.try_into().ok() } else { None }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OnlyTable<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TableVisitor<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for TableVisitor<T> {
            type Value = OnlyTable<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OnlyTable<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(OnlyTable)
            }
        }
        from.deserialize_map(TableVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct SwitchVisitor;
        impl<'de> Visitor<'de> for SwitchVisitor {
            type Value = Switch;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table such as `{ name = \"a1\", domain = 1 }`")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Switch, A::Error> {
                let mut switch = Switch::default();
                while let Some(key) = map.next_key::<Text>()? {
                    match key.get_ref().as_str() {
                        "name" => switch.name = Some(map.next_value()?),
                        "domain" => switch.domain = Some(map.next_value()?),
                        _ => {
                            switch.settings.insert(key, map.next_value()?);
                        }
                    }
                }
                Ok(switch)
            }
        }
        from.deserialize_map(SwitchVisitor)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ZoneVisitor;
        impl<'de> Visitor<'de> for ZoneVisitor {
            type Value = Zone;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of members, or a table of `principals` and `peers`")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Zone, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Zone::Regular)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Zone, A::Error> {
                PeerZone::deserialize(MapAccessDeserializer::new(map)).map(Zone::Peer)
            }
        }
        from.deserialize_any(ZoneVisitor)
    }
}

impl<'de> Deserialize<'de> for Volume {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct VolumeVisitor;
        impl<'de> Visitor<'de> for VolumeVisitor {
            type Value = Volume;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a size such as \"20 GiB\", or a table such as `{ size = \"20 GiB\" }`")
            }
            fn visit_str<E: serde::de::Error>(self, size: &str) -> Result<Volume, E> {
                Ok(Volume::Size(size.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Volume, A::Error> {
                Described::deserialize(MapAccessDeserializer::new(map)).map(Volume::Described)
            }
        }
        from.deserialize_any(VolumeVisitor)
    }
}
