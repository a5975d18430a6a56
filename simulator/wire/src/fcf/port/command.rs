//! FCP_CMND: commands and task management to an array's port (FCP-4, 9.1).

use npivot_fabric::array::{self, Completion, TaskAnswer};
use npivot_fabric::world::Unit;
use npivot_hal::Lun;

use super::Asked;
use crate::fc2::{FCtl, Header, RCtl, UNASSIGNED};
use crate::fcf::counters::Event;
use crate::fcf::link::{Link, Write};
use crate::fcf::turn::Turn;
use crate::fcp::{
    Command, Direction, Residual, Response, ResponseCode, TaskManagement, TransferReady,
};

/// TASK SET FULL (SAM-5, 5.3): come again later.
const TASK_SET_FULL: u8 = 0x28;

impl Turn<'_> {
    /// A command or a task management function.
    pub(super) fn command(&mut self, link: &mut Link, asked: Asked, command: &Command<'_>) {
        // A command begins an exchange: the responder has not numbered it yet, whatever stands there.
        let asked = Asked { header: Header { rx_id: UNASSIGNED, ..asked.header }, ..asked };
        // A number that is used anew ends what was under way with it.
        link.end_write(asked.back.id, asked.header.d_id, asked.header.ox_id);
        if command.task_management != TaskManagement::NONE {
            self.task_management(link, asked, command.lun, command.task_management);
        } else if !command.cdb.additional.is_empty() || command.bidirectional_read_bytes.is_some() {
            self.invalid_command(link, asked);
        } else if command.direction.has(Direction::WRITE) && command.data_bytes > 0 {
            self.begin_write(link, asked, command);
        } else {
            let reads = command.direction.has(Direction::READ);
            let room = if reads { command.data_bytes } else { 0 };
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let done = self.world.serve(&asked.path, command.lun, &command.cdb.first, &[], room);
            self.complete(link, asked, &done, command.data_bytes);
        }
    }

    fn begin_write(&mut self, link: &mut Link, asked: Asked, command: &Command<'_>) {
        let Asked { back, header, path } = asked;
        let needed = match self.world.admit(&path, command.lun, &command.cdb.first) {
            Ok(needed) => needed,
            Err(done) => return self.complete(link, asked, &done, command.data_bytes),
        };
        // No more than the initiator has is asked for; the rest is a residual.
        let bytes = u32::try_from(needed).unwrap_or(u32::MAX).min(command.data_bytes);
        let wanted = usize::try_from(bytes).unwrap_or(usize::MAX);
        if bytes == 0 {
            let done = self.world.serve(&path, command.lun, &command.cdb.first, &[], 0);
            return self.complete(link, asked, &done, command.data_bytes);
        }
        if !link.has_room(back.id, wanted) {
            link.counters.count(Event::Full);
            return self.respond(link, asked, &Response::new(TASK_SET_FULL));
        }
        let rx_id = self.exchange_id();
        let mut write = Write {
            rx_id,
            lun: command.lun,
            unit: self.world.unit_at(&path, command.lun),
            cdb: command.cdb.first,
            offered: command.data_bytes,
            asked: wanted,
            granted: 0,
            data: Vec::new(),
            early: Vec::new(),
            broken: false,
            touched: self.world.now(),
        };
        let burst = write.next_burst();
        link.begin_write(back.id, header.d_id, header.ox_id, write);
        if let Some(burst) = burst {
            self.ask_for(link, asked, rx_id, burst);
        }
    }

    /// FCP_XFER_RDY.
    pub(super) fn ask_for(
        &mut self,
        link: &mut Link,
        Asked { back, header, .. }: Asked,
        rx_id: u16,
        burst: TransferReady,
    ) {
        let ready = header.answer(RCtl::DATA_DESCRIPTOR, FCtl::TRANSFER_READY, rx_id);
        let ready = Header { parameter: 0, ..ready };
        let unit = crate::fcp::Fcp::TransferReady(burst);
        self.send_fc(back.link, link, back.mac, ready, unit);
    }

    /// Sends a command's data and its response.
    pub(super) fn complete(
        &mut self,
        link: &mut Link,
        asked: Asked,
        done: &Completion,
        expected: u32,
    ) {
        let Asked { back, header, .. } = asked;
        // A write has its number already: from FCP_XFER_RDY on an exchange keeps it.
        let rx_id = if header.rx_id == UNASSIGNED { self.exchange_id() } else { header.rx_id };
        let header = Header { rx_id, ..header };
        if !done.data.is_empty() {
            let max = link.vn_ports[&back.id].peers.get(&header.d_id).map_or(256, |p| p.max_data);
            let f_ctl = FCtl::DATA_IN.with(FCtl::END_SEQUENCE);
            let data = header.answer(RCtl::DATA, f_ctl, rx_id);
            self.send_sequence(back.link, link, back.mac, data, &done.data, max);
        }
        let residual = match done.residual(expected) {
            array::Residual::None => Residual::None,
            array::Residual::Under(bytes) => Residual::Under(bytes),
            array::Residual::Over(bytes) => Residual::Over(bytes),
        };
        let response =
            Response { residual, sense: &done.sense, ..Response::new(done.status.code()) };
        self.respond(link, Asked { header, ..asked }, &response);
    }

    /// FCP_RSP.
    fn respond(&mut self, link: &mut Link, asked: Asked, response: &Response<'_>) {
        let Asked { back, header, .. } = asked;
        let rx_id = if header.rx_id == UNASSIGNED { self.exchange_id() } else { header.rx_id };
        let sequence = header.answer(RCtl::STATUS, FCtl::STATUS, rx_id);
        let sequence = Header { seq_id: 1, ..sequence };
        self.send_fc(back.link, link, back.mac, sequence, *response);
    }

    /// A command whose frame makes no sense (FCP-4, "FCP_CMND fields invalid").
    pub(super) fn invalid_command(&mut self, link: &mut Link, asked: Asked) {
        link.counters.count(Event::Rejected);
        let response = Response::of_task_management(ResponseCode::INVALID_COMMAND);
        self.respond(link, asked, &response);
    }

    fn task_management(
        &mut self,
        link: &mut Link,
        asked: Asked,
        lun: Lun,
        function: TaskManagement,
    ) {
        let Asked { back, header, path } = asked;
        let function = match function {
            TaskManagement::ABORT_TASK_SET => array::TaskManagement::AbortTaskSet,
            TaskManagement::CLEAR_TASK_SET => array::TaskManagement::ClearTaskSet,
            TaskManagement::LUN_RESET => array::TaskManagement::LogicalUnitReset,
            TaskManagement::TARGET_RESET => array::TaskManagement::TargetReset,
            TaskManagement::CLEAR_ACA => array::TaskManagement::ClearAca,
            _ => return self.invalid_command(link, asked),
        };
        let answer = self.world.manage(&path, lun, function);
        let unit = self.world.unit_at(&path, lun);
        match function {
            _ if answer != TaskAnswer::Complete => {}
            array::TaskManagement::AbortTaskSet => {
                let ours = |to, write: &Write| to == header.d_id && write.unit == unit;
                link.end_writes(back.id, ours);
            }
            array::TaskManagement::TargetReset => self.reset = Some(Unit { volume: None, ..unit }),
            _ => self.reset = Some(unit),
        }
        let response = Response::of_task_management(ResponseCode(answer.code()));
        self.respond(link, asked, &response);
    }
}
