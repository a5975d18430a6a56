//! Renderings are read back by parsers that are not ours.

use super::*;

fn report() -> Report {
    let case = |name: &str, result, message: &str| CaseReport {
        name: name.into(),
        group: Group::Npiv,
        result,
        time: Duration::from_millis(1_500),
        message: message.into(),
        residue: vec![],
    };
    let mut failed = case("b", CaseResult::Failed, "found <\"a\" & b>\nand \u{1} more");
    failed.residue = vec!["vport 1 on host2".into()];
    Report {
        backend: "toy & co".into(),
        cases: vec![
            case("a", CaseResult::Passed, ""),
            failed,
            case("c", CaseResult::Deviates, "known"),
            case("d", CaseResult::UnexpectedPass, "known"),
            case("e", CaseResult::NotApplicable, "needs Host::npiv"),
        ],
        errors: vec!["the deviation `x` names no case".into()],
    }
}

#[test]
fn the_table_says_it_all() {
    let text = report().text();
    assert_eq!(
        text,
        "toy & co

group  case  result              time  message
npiv   a     passed           1500 ms
npiv   b     FAILED           1500 ms  found <\"a\" & b> and \u{1} more; left behind: vport 1 on host2
npiv   c     deviates         1500 ms  known
npiv   d     UNEXPECTED PASS  1500 ms  known
npiv   e     not applicable         -  needs Host::npiv

error: the deviation `x` names no case
5 cases: 1 passed, 1 FAILED, 1 passed UNEXPECTEDLY, 1 deviate as known, 1 not applicable: toy & co DOES NOT CONFORM
"
    );
}

#[test]
fn json_is_read_back() {
    let report = report();
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["conforms"], false);
    assert_eq!(json["counts"]["not_applicable"], 1);
    assert_eq!(json["cases"][1]["result"], "failed");
    let back: Report = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(back, report);
}

#[test]
fn junit_is_xml_with_the_right_numbers() {
    let xml = report().junit();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let suite = document.root_element().first_element_child().unwrap();
    for total in ["name", "tests", "failures", "errors", "skipped", "time"] {
        let of_all = document.root_element().attribute(total);
        assert_eq!(of_all, suite.attribute(total), "{total}");
    }
    let number = |name| suite.attribute(name).unwrap();
    assert_eq!(number("name"), "toy & co");
    assert_eq!([number("tests"), number("failures"), number("errors")], ["6", "2", "1"]);
    assert_eq!([number("skipped"), number("time")], ["1", "7.500"]);
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 6);
    let failure = cases[1].first_element_child().unwrap();
    assert_eq!(failure.tag_name().name(), "failure");
    assert_eq!(
        failure.attribute("message").unwrap(),
        "found <\"a\" & b>\nand \u{fffd} more\nleft behind: vport 1 on host2"
    );
}

#[test]
fn who_proved_nothing_does_not_conform() {
    let mut report = report();
    report.errors.clear();
    report.cases.retain(|case| !case.result.is_bad());
    assert!(report.passed());
    report.cases[0].residue.push("vport 1 on host2".into());
    assert!(!report.passed(), "something was left behind");
    report.cases[0].residue.clear();
    report.cases.retain(|case| case.result == CaseResult::NotApplicable);
    assert!(!report.passed(), "nothing was applicable");
    report.cases.clear();
    assert!(!report.passed(), "nothing was selected");
}
