//! A rewritten definition differs in the source, and in no other byte.
//!
//! Documents are generated together with what must come of them, piece by piece; the reader has no part in
//! what is expected.

use npivot::libvirt::{DeviceSource, Domain, NewSource};
use npivot_hal::{HostNo, ScsiAddress};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What may stand between elements, and must not be touched.
const JUNK: [&str; 12] = [
    "",
    "\n      ",
    "\r\n\t",
    "<!-- <source dev='/dev/null'/> -->",
    "<?pi <source pool='x'/> ?>",
    "<driver name=\"qemu\" type='raw'/>",
    "<backingStore type='block'><source dev='/dev/b'/></backingStore>",
    "<mirror type=\"volume\"><source pool='p' volume='v'/></mirror>",
    "<x:y xmlns:x='urn:x' x:type='fc'>&#228;&amp;€<![CDATA[<source/>]]></x:y>",
    "<serial>ä</serial>",
    "<alias name='ua-1'/>",
    "<!---->",
];

/// What may stand beside the attributes that say the source.
const FOREIGN: [&str; 5] =
    ["startupPolicy='optional'", "index = \"1\"", "n:pool='x'", "n:dev=\">\"", "mod\u{e9}='&lt;'"];

/// The types of a disk and the attributes that say its source.
const KINDS: [(&str, &[&str]); 3] = [
    ("volume", &["pool='a&amp;b'", "volume=\"unit:0:0:1\"", "mode='host'"]),
    ("fc", &["wwnn='5001a4a000000101'", "wwpn = '5001a4a000000001'", "lun='1'"]),
    ("block", &["dev='/dev/disk/by-id/x'"]),
];

#[derive(Debug, Clone)]
enum Piece {
    Same(String),
    /// As it is, and as it becomes when its device is changed.
    Changed(usize, String, String),
}

#[derive(Debug, Clone)]
struct Document {
    pieces: Vec<Piece>,
    news: Vec<NewSource>,
}

impl Document {
    fn text(&self, changed: &[usize]) -> String {
        let one = |piece: &Piece| match piece {
            Piece::Changed(device, _, after) if changed.contains(device) => after.clone(),
            Piece::Changed(_, text, _) | Piece::Same(text) => text.clone(),
        };
        self.pieces.iter().map(one).collect()
    }
}

/// The attributes of a source in some order, with foreign ones among them; the first of the known ones becomes
/// `new`, the others go with the white space before them.
fn attributes(
    known: Vec<String>,
    foreign: Vec<&'static str>,
    spaces: Vec<&'static str>,
    order: Index,
) -> impl Fn(usize, &str) -> Vec<Piece> + Clone {
    move |device, new| {
        let mut all: Vec<(String, bool)> = known.iter().map(|k| (k.clone(), true)).collect();
        for (i, foreign) in foreign.iter().enumerate() {
            all.insert((order.index(97) + i) % (all.len() + 1), ((*foreign).into(), false));
        }
        let mut new = Some(new.to_owned());
        let mut pieces = vec![];
        for (i, (text, is_known)) in all.into_iter().enumerate() {
            let space = spaces[i % spaces.len()];
            match (is_known, new.take_if(|_| is_known)) {
                (true, Some(new)) => {
                    pieces.push(Piece::Same(space.into()));
                    pieces.push(Piece::Changed(device, text, new));
                }
                (true, None) => {
                    pieces.push(Piece::Changed(device, space.to_owned() + &text, String::new()));
                }
                (false, _) => pieces.push(Piece::Same(space.to_owned() + text.as_str())),
            }
        }
        pieces
    }
}

type Device = (Vec<Piece>, NewSource);

fn disk(device: usize) -> BoxedStrategy<Device> {
    (
        select(&KINDS[..]),
        any::<Index>(),
        proptest::sample::subsequence(&FOREIGN, 0..=3),
        proptest::collection::vec(select(&[" ", "  ", "\n\t", "\r\n"][..]), 1..4),
        proptest::collection::vec(select(&JUNK[..]), 4),
        select(&["type='K'", "type = \"K\"", "type\n=\n'K'"][..]),
        select(&["/>", " />", "><seclabel model='dac'/></source>", "></source >"][..]),
        "[a-z/<&'\" ä]{1,12}",
    )
        .prop_map(move |((kind, known), order, foreign, spaces, junk, kind_is, end, dev)| {
            // A disk's own elements once each: libvirt's are not repeated.
            let escaped = dev.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
            let known = known.iter().map(|k| (*k).to_owned()).collect();
            let source = attributes(known, foreign, spaces, order);
            let mut pieces = vec![
                Piece::Same("<disk xmlns:n='urn:n' ".into()),
                Piece::Changed(device, kind_is.replace('K', kind), "type='block'".into()),
                Piece::Same(format!(" device='disk'>{}<source", junk[0])),
            ];
            pieces.extend(source(device, &format!("dev='{escaped}'")));
            let target = format!("{end}{}<target dev='vd{device}'/>{}</disk>", junk[1], junk[2]);
            pieces.push(Piece::Same(target + junk[3]));
            (pieces, NewSource::Block(dev))
        })
        .boxed()
}

fn hostdev(device: usize) -> BoxedStrategy<Device> {
    (
        any::<[u32; 3]>(),
        any::<u64>(),
        any::<bool>(),
        proptest::collection::vec(select(&JUNK[..]), 3),
    )
        .prop_map(move |([host, channel, target], lun, adapter_first, junk)| {
            let change = |from: &str, to: String| Piece::Changed(device, from.into(), to);
            let adapter = vec![
                Piece::Same("<adapter ".into()),
                change("name=\"scsi_host5\"", format!("name='scsi_host{host}'")),
                Piece::Same(format!("/>{}", junk[0])),
            ];
            let address = vec![
                Piece::Same("<address type='scsi' ".into()),
                change("unit = '4'", format!("unit='{lun}'")),
                Piece::Same("\n".into()),
                change("bus='0'", format!("bus='{channel}'")),
                Piece::Same("  ".into()),
                change("target=\"3\"", format!("target='{target}'")),
                Piece::Same(format!("/>{}", junk[1])),
            ];
            let (one, other) = if adapter_first { (adapter, address) } else { (address, adapter) };
            let mut pieces =
                vec![Piece::Same("<hostdev mode='subsystem' type='scsi'><source>".into())];
            pieces.extend(one.into_iter().chain(other));
            pieces.push(Piece::Same(format!("</source>{}</hostdev>", junk[2])));
            let address = ScsiAddress { host: HostNo(host), channel, target, lun };
            (pieces, NewSource::ScsiDevice(address))
        })
        .boxed()
}

fn document() -> impl Strategy<Value = Document> {
    let devices = proptest::collection::vec(any::<bool>(), 1..5).prop_flat_map(|kinds| {
        let one = |(i, is_disk): (usize, bool)| if is_disk { disk(i) } else { hostdev(i) };
        kinds.into_iter().enumerate().map(one).collect::<Vec<_>>()
    });
    (devices, select(&JUNK[..]), select(&["", "\u{feff}", "<?xml version='1.0'?>\r\n"][..])).prop_map(
        |(devices, junk, start)| {
            let head = format!(
                "{start}<domain type='kvm'>\n  <name>web1</name>{junk}\n  <devices>{junk}<emulator>/q</emulator>"
            );
            let (mut pieces, mut news) = (vec![Piece::Same(head)], vec![]);
            for (device, new) in devices {
                pieces.extend(device);
                news.push(new);
            }
            pieces.push(Piece::Same(format!("</devices>{junk}</domain>\n<!-- end -->")));
            Document { pieces, news }
        },
    )
}

proptest! {
    #[test]
    fn one_source_is_replaced_and_every_other_byte_stays(
        document in document(),
        which in any::<Index>(),
    ) {
        let text = document.text(&[]);
        let domain = Domain::parse("generated.xml", &text)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(domain.faults(), []);
        prop_assert_eq!(domain.devices().len(), document.news.len());
        prop_assert_eq!(domain.edit().finish(), text.as_str());

        let at = which.index(document.news.len());
        let mut edit = domain.edit();
        edit.source(at, &document.news[at]).unwrap();
        let changed = edit.finish();
        prop_assert_eq!(&changed, &document.text(&[at]));

        let again = Domain::parse("changed.xml", &changed).unwrap();
        for (i, (before, after)) in domain.devices().iter().zip(again.devices()).enumerate() {
            let wanted = match (&document.news[i], i == at) {
                (_, false) => before.source.clone(),
                (NewSource::Block(dev), true) => DeviceSource::Block { dev: dev.clone() },
                (NewSource::ScsiDevice(address), true) => DeviceSource::ScsiDevice(*address),
                (other, _) => panic!("{other:?}"),
            };
            prop_assert_eq!(&after.source, &wanted);
        }
    }

    #[test]
    fn all_sources_are_replaced_in_any_order(
        (document, order) in document().prop_flat_map(|document| {
            let all: Vec<usize> = (0..document.news.len()).collect();
            (Just(document), Just(all).prop_shuffle())
        }),
    ) {
        let text = document.text(&[]);
        let domain = Domain::parse("generated.xml", &text).unwrap();
        let mut edit = domain.edit();
        for &at in &order {
            edit.source(at, &document.news[at]).unwrap();
            prop_assert!(edit.source(at, &document.news[at]).is_err(), "only once");
        }
        prop_assert_eq!(edit.finish(), document.text(&order));
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_nothing_else_changes(
        document in document(),
        keys in proptest::collection::btree_set("[a-z:0-9<&' ]{1,8}", 0..4),
        metadata in select(&[
            "",
            "<metadata/>",
            "<metadata\n/>",
            "<metadata></metadata>",
            "<metadata>\n    <a:b xmlns:a='urn:a'>x</a:b>\n  </metadata >",
            "<metadata><n:guest xmlns:n='urn:npivot:guest:1'><n:lun of='x' wwid='naa.5000c500a1b2c3d4'/></n:guest>t</metadata>",
        ][..]),
    ) {
        let text = document.text(&[]).replacen("</name>", &format!("</name>{metadata}"), 1);
        let domain = Domain::parse("generated.xml", &text).unwrap();
        let id = |n: usize| format!("naa.5000c500a1b2c3{n:02}").parse().unwrap();
        let records = keys.iter().enumerate().map(|(n, key)| (key.clone(), id(n))).collect();
        let written = domain.edit().records(&records).finish();
        let again = Domain::parse("written.xml", &written).unwrap();
        prop_assert_eq!(again.faults(), []);
        prop_assert_eq!(again.records(), &records, "{}", written);
        prop_assert_eq!(again.edit().records(&records).finish(), written.as_str(), "one pass settles");
        let before_metadata = text.find("</name>").unwrap() + "</name>".len();
        prop_assert_eq!(&written[..before_metadata], &text[..before_metadata]);
        let after = &text[before_metadata + metadata.len()..];
        prop_assert!(written.ends_with(after), "{}", written);
        if metadata.contains("a:b") {
            prop_assert!(written.contains("<a:b xmlns:a='urn:a'>x</a:b>"));
        }
    }
}
