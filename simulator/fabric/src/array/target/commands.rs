//! Every command that is known, in one table: what the gates must know of it, what REPORT SUPPORTED
//! OPERATION CODES says of it, and who does it.

use super::cdb::Cdb;
use super::{Call, Handled, Refused, about, blocks, mode, reserve};
use crate::array::Array;
use crate::array::ports::Need;
use crate::array::reservation::Access;

/// Does a command.
type Run = fn(&mut Array, &Call<'_>) -> Handled;
/// Checks what can be checked of a command before its data is there, and says how much that is.
type Needs = fn(&mut Array, &Call<'_>) -> Result<u64, Refused>;

/// A command.
#[derive(Debug)]
pub(super) struct Spec {
    /// Its operation code.
    pub(super) code: u8,
    /// Its service action, if its operation code has them.
    pub(super) action: Option<u8>,
    /// CDB USAGE DATA: the bits of each byte that are looked at, the operation code first (SPC-5, 6.35).
    pub(super) usage: &'static [u8],
    /// Whether it is answered whatever else is the matter with nexus and LUN.
    pub(super) always: bool,
    /// What it is to a reservation.
    pub(super) access: Access,
    /// In which access states it is done.
    pub(super) need: Need,
    /// For a command that sends data.
    pub(super) needs: Option<Needs>,
    /// Does it.
    pub(super) run: Run,
}

/// What an operation code and a service action are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// A command.
    Command(&'static Spec),
    /// The operation code is known, this service action of it is not.
    NoAction,
    /// The operation code is not known.
    NoCode,
}

/// The command that this is.
pub(super) fn find(cdb: Cdb<'_>) -> Found {
    let mut same = COMMANDS.iter().filter(|spec| spec.code == cdb.code()).peekable();
    if same.peek().is_none() {
        return Found::NoCode;
    }
    let found = same.find(|spec| spec.action.is_none_or(|action| action == cdb.action()));
    found.map_or(Found::NoAction, Found::Command)
}

impl Spec {
    /// A question about the unit, which reservations and standby do not mind.
    const fn ask(code: u8, usage: &'static [u8], run: Run) -> Self {
        let (access, need) = (Access::Always, Need::Standby);
        Self { code, action: None, usage, always: false, access, need, needs: None, run }
    }

    /// What reads the medium.
    const fn read(code: u8, usage: &'static [u8], run: Run) -> Self {
        Self { access: Access::Read, need: Need::Active, ..Self::ask(code, usage, run) }
    }

    /// What changes the medium.
    const fn write(code: u8, usage: &'static [u8], run: Run) -> Self {
        Self { access: Access::Write, need: Need::Active, ..Self::ask(code, usage, run) }
    }

    /// What is answered in any case.
    const fn always(self) -> Self {
        Self { always: true, need: Need::Nothing, ..self }
    }

    const fn action(self, action: u8) -> Self {
        Self { action: Some(action), ..self }
    }

    const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    const fn need(self, need: Need) -> Self {
        Self { need, ..self }
    }

    const fn data(self, needs: Needs) -> Self {
        Self { needs: Some(needs), ..self }
    }
}

/// The bits of byte 1 of a read or write: protection, DPO, FUA.
const RW: u8 = 0xf8;
/// The same of VERIFY: protection, DPO, BYTCHK.
const VERIFY: u8 = 0xf6;
/// NACA is looked at, and refused.
const CONTROL: u8 = 0x04;
const GROUP: u8 = 0x3f;
const FF: u8 = 0xff;

#[rustfmt::skip]
const WRITE_16: &[u8] = &[0x8a, RW, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL];
#[rustfmt::skip]
const READ_16: &[u8] = &[0x88, RW, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL];
#[rustfmt::skip]
const VERIFY_16: &[u8] = &[0x8f, VERIFY, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL];
#[rustfmt::skip]
const COMPARE: &[u8] = &[0x89, RW, FF, FF, FF, FF, FF, FF, FF, FF, 0, 0, 0, FF, GROUP, CONTROL];
#[rustfmt::skip]
const SYNC_16: &[u8] = &[0x91, 0x06, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL];
#[rustfmt::skip]
const SAME_16: &[u8] = &[0x93, 0xf9, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL];
const CAPACITY_16: &[u8] = &[0x9e, 0x1f, 0, 0, 0, 0, 0, 0, 0, 0, FF, FF, FF, FF, 0, CONTROL];
const PORT_GROUPS: &[u8] = &[0xa3, 0xff, 0, 0, 0, 0, FF, FF, FF, FF, 0, CONTROL];
const CODES: &[u8] = &[0xa3, 0x1f, 0x87, FF, FF, FF, FF, FF, FF, FF, 0, CONTROL];
const FUNCTIONS: &[u8] = &[0xa3, 0x1f, 0x80, 0, 0, 0, FF, FF, FF, FF, 0, CONTROL];
const RESERVE_IN: &[u8] = &[0x5e, 0x1f, 0, 0, 0, 0, 0, FF, FF, CONTROL];
const RESERVE_OUT: &[u8] = &[0x5f, 0x1f, FF, 0, 0, FF, FF, FF, FF, CONTROL];

const fn reserve_in(action: u8) -> Spec {
    Spec::ask(0x5e, RESERVE_IN, reserve::read).action(action)
}

/// PERSISTENT RESERVE OUT decides about conflicts itself.
const fn reserve_out(action: u8) -> Spec {
    Spec::ask(0x5f, RESERVE_OUT, reserve::change).action(action).data(reserve::needs)
}

/// All of them, by operation code and service action. What a reservation lets through is SPC-5's and
/// SBC-4's table; standby lets through what SPC-5, 5.17.2.6 names, and READ CAPACITY, without which a
/// host cannot attach a disk by a path in standby.
#[rustfmt::skip]
pub(super) static COMMANDS: [Spec; 43] = [
    Spec::ask(0x00, &[0x00, 0, 0, 0, 0, CONTROL], about::ready).need(Need::Active),
    Spec::ask(0x03, &[0x03, 0x01, 0, 0, FF, CONTROL], about::sense).always(),
    Spec::read(0x08, &[0x08, 0x1f, FF, FF, FF, CONTROL], blocks::read),
    Spec::write(0x0a, &[0x0a, 0x1f, FF, FF, FF, CONTROL], blocks::write).data(blocks::write_needs),
    Spec::ask(0x12, &[0x12, 0x03, FF, FF, FF, CONTROL], about::inquiry).always(),
    Spec::ask(0x15, &[0x15, 0x11, 0, 0, FF, CONTROL], mode::select).access(Access::Write).data(mode::select_needs),
    Spec::ask(0x1a, &[0x1a, 0x08, FF, FF, FF, CONTROL], mode::sense).access(Access::Read),
    Spec::ask(0x1b, &[0x1b, 0x01, 0, 0x0f, 0xf7, CONTROL], about::start).need(Need::Active),
    Spec::ask(0x25, &[0x25, 0, 0, 0, 0, 0, 0, 0, 0, CONTROL], about::capacity_10),
    Spec::read(0x28, &[0x28, RW, FF, FF, FF, FF, GROUP, FF, FF, CONTROL], blocks::read),
    Spec::write(0x2a, &[0x2a, RW, FF, FF, FF, FF, GROUP, FF, FF, CONTROL], blocks::write).data(blocks::write_needs),
    Spec::read(0x2f, &[0x2f, VERIFY, FF, FF, FF, FF, GROUP, FF, FF, CONTROL], blocks::verify).data(blocks::verify_needs),
    Spec::write(0x35, &[0x35, 0x06, FF, FF, FF, FF, GROUP, FF, FF, CONTROL], blocks::synchronize),
    Spec::write(0x41, &[0x41, 0xf8, FF, FF, FF, FF, GROUP, FF, FF, CONTROL], blocks::same).data(blocks::same_needs),
    Spec::write(0x42, &[0x42, 0x01, 0, 0, 0, 0, GROUP, FF, FF, CONTROL], blocks::unmap).data(blocks::unmap_needs),
    Spec::ask(0x4d, &[0x4d, 0x03, FF, FF, 0, FF, FF, FF, FF, CONTROL], about::log),
    Spec::ask(0x55, &[0x55, 0x11, 0, 0, 0, 0, 0, FF, FF, CONTROL], mode::select).access(Access::Write).data(mode::select_needs),
    Spec::ask(0x5a, &[0x5a, 0x18, FF, FF, 0, 0, 0, FF, FF, CONTROL], mode::sense).access(Access::Read),
    reserve_in(0), reserve_in(1), reserve_in(2), reserve_in(3),
    reserve_out(0), reserve_out(1), reserve_out(2), reserve_out(3),
    reserve_out(4), reserve_out(5), reserve_out(6),
    Spec::read(0x88, READ_16, blocks::read),
    Spec::write(0x89, COMPARE, blocks::compare_and_write).data(blocks::compare_needs),
    Spec::write(0x8a, WRITE_16, blocks::write).data(blocks::write_needs),
    Spec::read(0x8f, VERIFY_16, blocks::verify).data(blocks::verify_needs),
    Spec::write(0x91, SYNC_16, blocks::synchronize),
    Spec::write(0x93, SAME_16, blocks::same).data(blocks::same_needs),
    Spec::ask(0x9e, CAPACITY_16, about::capacity_16).action(0x10),
    Spec::ask(0xa0, &[0xa0, 0, FF, 0, 0, 0, FF, FF, FF, FF, 0, CONTROL], about::luns).always(),
    Spec::ask(0xa3, PORT_GROUPS, about::port_groups).action(0x0a).need(Need::Nothing),
    Spec::ask(0xa3, CODES, about::operation_codes).action(0x0c).access(Access::Read),
    Spec::ask(0xa3, FUNCTIONS, about::task_functions).action(0x0d).access(Access::Read),
    Spec::read(0xa8, &[0xa8, RW, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL], blocks::read),
    Spec::write(0xaa, &[0xaa, RW, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL], blocks::write).data(blocks::write_needs),
    Spec::read(0xaf, &[0xaf, VERIFY, FF, FF, FF, FF, FF, FF, FF, FF, GROUP, CONTROL], blocks::verify).data(blocks::verify_needs),
];
