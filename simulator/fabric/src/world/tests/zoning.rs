//! A zoning transaction whose owner is silent ends by itself.

use npivot_hal::{ZoneEdit, ZoneTransaction};

use super::{campus, run};
use crate::san::ids::FabricIx;
use crate::world::{Answer, Command, Reply, World, ZoningCommand};

const A: FabricIx = FabricIx(0);

fn ask(world: &mut World, command: ZoningCommand) -> Answer {
    world.apply(Command::Zoning(A, command))
}

fn open(answer: Answer) -> ZoneTransaction {
    match answer {
        Ok(Reply::Transaction(open, _)) => open,
        other => panic!("{other:?}"),
    }
}

fn edit(world: &mut World, at: &ZoneTransaction, edit: ZoneEdit) -> ZoneTransaction {
    open(ask(world, ZoningCommand::Edit { token: at.token, checksum: at.checksum, edit }))
}

fn is_open(world: &World) -> bool {
    world.san.fabrics[0].zoning.open_transaction().is_some()
}

#[test]
fn after_thirty_seconds_of_silence_the_lock_is_free() {
    let mut world = campus(0);
    let first = open(ask(&mut world, ZoningCommand::Begin));
    assert!(ask(&mut world, ZoningCommand::Begin).is_err(), "somebody has it");
    run(&mut world, 29_999);
    assert!(is_open(&world));
    run(&mut world, 1);
    assert!(!is_open(&world));
    let late = ZoningCommand::Commit { token: first.token, checksum: first.checksum, enable: None };
    assert!(ask(&mut world, late).unwrap_err().to_string().contains("is not open"));
    let second = open(ask(&mut world, ZoningCommand::Begin));
    assert!(second.token > first.token);
}

#[test]
fn each_edit_gives_thirty_seconds_more() {
    let mut world = campus(0);
    let began = open(ask(&mut world, ZoningCommand::Begin));
    run(&mut world, 20_000);
    let made = edit(&mut world, &began, ZoneEdit::CreateZoneSet("night".into()));
    run(&mut world, 5_000);
    // Back to the content that it had at first, and with it to the checksum.
    let back = edit(&mut world, &made, ZoneEdit::DeleteZoneSet("night".into()));
    assert_eq!(back.checksum, began.checksum);
    run(&mut world, 20_000);
    // An edit that changes nothing is a sign of life too; one that is refused is none.
    let same = edit(&mut world, &back, ZoneEdit::DeleteZoneSet("none".into()));
    run(&mut world, 20_000);
    let (token, edit) = (same.token, ZoneEdit::CreateZoneSet("x".into()));
    assert!(ask(&mut world, ZoningCommand::Edit { token, checksum: 1, edit }).is_err());
    run(&mut world, 9_999);
    assert!(is_open(&world));
    run(&mut world, 1);
    assert!(!is_open(&world));
}

#[test]
fn one_that_is_ended_leaves_nothing_behind() {
    let mut world = campus(0);
    let first = open(ask(&mut world, ZoningCommand::Begin));
    ask(&mut world, ZoningCommand::Abort { token: first.token }).unwrap();
    assert_eq!(world.next_due(), None);
    run(&mut world, 10_000);
    // The clock of the first does not end the second.
    open(ask(&mut world, ZoningCommand::Begin));
    run(&mut world, 29_000);
    assert!(is_open(&world));
}
