//! A Linux kernel as judge. The capture has what Linux 6.1 sent, and what another forwarder, which it
//! worked with, answered. The same frames are given to ours, in front of the same SAN, and its answers are
//! compared with the captured ones, field by field. What differs is in `differences`, each with its reason;
//! a difference that is not there fails, and one that is there and does not occur any more.
//!
//! | file | what |
//! |---|---|
//! | `scene` | the SAN of the capture |
//! | `capture` | its frames, and which answers which |
//! | `feed` | what the kernel sent, with our addresses |
//! | `describe` | a frame as named fields |
//! | `differences` | where the two may differ, and why |

mod capture;
mod describe;
mod differences;
mod feed;
mod scene;

use std::collections::{BTreeMap, BTreeSet};

use describe::Described;

/// A field in which an answer differs from the captured one: request, answer, field.
type Difference = (String, String, String);

/// What differs between two answers to the same request.
fn compare(request: &str, ours: &[Described], theirs: &[Described]) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    let mut note = |answer: &str, field: &str| {
        found.insert((request.to_owned(), answer.to_owned(), field.to_owned()));
    };
    let kinds = |all: &[Described]| all.iter().map(|one| one.kind.clone()).collect::<Vec<_>>();
    if kinds(ours) != kinds(theirs) {
        note(&kinds(theirs).join(", "), &format!("is {}", kinds(ours).join(", ")));
        return found;
    }
    for (one, other) in ours.iter().zip(theirs) {
        for name in one.fields.keys().chain(other.fields.keys()) {
            if one.fields.get(name) != other.fields.get(name) {
                note(&one.kind, name);
            }
        }
    }
    found
}

#[test]
fn the_kernel_is_answered_as_it_was() {
    let frames = capture::frames();
    let mut scene = scene::build();
    let ours = feed::run(&mut scene, &frames);
    let theirs = capture::answers(&frames);
    let mut found = BTreeMap::<Difference, Vec<usize>>::new();
    let mut alike = 0;
    for (number, answers) in &ours.answers {
        let none = vec![];
        let request = describe::request(&frames[number - 1], describe::Names::Captured);
        let expected = theirs.get(number).unwrap_or(&none);
        let expected: Vec<Described> = expected
            .iter()
            .map(|&n| describe::frame(&frames[n - 1].bytes, describe::Names::Captured, &request))
            .collect();
        let got: Vec<Described> = answers
            .iter()
            .map(|bytes| describe::frame(bytes, describe::Names::Ours, &request))
            .collect();
        let differ = compare(&request.name, &got, &expected);
        alike += usize::from(differ.is_empty());
        for difference in differ {
            found.entry(difference).or_default().push(*number);
        }
    }
    differences::check(&found);
    assert_eq!((ours.answers.len(), alike), differences::FED_AND_ALIKE);
}

#[test]
fn the_kernel_is_told_of_changes_and_advertised_to() {
    let frames = capture::frames();
    let mut scene = scene::build();
    let ours = feed::run(&mut scene, &frames);
    let told: Vec<String> = ours
        .unasked
        .iter()
        .map(|bytes| {
            describe::frame(bytes, describe::Names::Ours, &describe::Request::NONE).summary()
        })
        .collect();
    assert_eq!(told, differences::UNASKED);
}
