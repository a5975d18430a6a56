//! FCP.

use npivot_hal::Lun;
use npivot_wire::fc2::RCtl;
use npivot_wire::fcp::{
    Attribute, Cdb, Command, Direction, Fcp, LinkService, Residual, Response, ResponseCode,
    Retransmission, TaskManagement, TransferReady,
};
use npivot_wire::{Encode, EncodeError};
use proptest::prelude::*;

use crate::values::{any_of, bytes_to, words_to};

fn residual() -> impl Strategy<Value = Residual> {
    prop_oneof![
        Just(Residual::None),
        any::<u32>().prop_map(Residual::Under),
        any::<u32>().prop_map(Residual::Over),
    ]
}

fn unit(unit: Fcp<'_>) -> usize {
    round_trip!(unit, |bytes| Fcp::decode(unit.r_ctl(), bytes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn commands(
        lun in any_of::<Lun>(),
        reference: u8,
        priority in 0_u8..16,
        attribute in 0_u8..8,
        task_management in any_of::<TaskManagement>(),
        direction in 0_u8..4,
        first: [u8; 16],
        additional in words_to(63),
        data_bytes: u32,
        read_bytes: u32,
    ) {
        let both = Direction::READ | Direction::WRITE;
        let direction = Direction(direction);
        let length = 32 + additional.len() + if direction == both { 4 } else { 0 };
        let command = Command {
            lun,
            reference,
            priority,
            attribute: Attribute(attribute),
            task_management,
            direction,
            cdb: Cdb { first, additional: &additional },
            data_bytes,
            bidirectional_read_bytes: (direction == both).then_some(read_bytes),
        };
        prop_assert_eq!(unit(Fcp::Command(command)), length);
    }

    #[test]
    fn responses(
        status: u8,
        retry_delay: u16,
        residual in residual(),
        read_residual in proptest::option::of(residual()),
        confirm: bool,
        code in proptest::option::of(any_of::<ResponseCode>()),
        sense in bytes_to(252),
    ) {
        let sense = &sense[..];
        let response =
            Response { status, retry_delay, residual, read_residual, confirm, code, sense };
        let length = 24
            + sense.len()
            + if code.is_some() { 8 } else { 0 }
            + if read_residual.is_some() { 4 } else { 0 };
        prop_assert_eq!(unit(Fcp::Response(response)), length);
    }

    #[test]
    fn others(
        data in bytes_to(300),
        ready in any_of::<TransferReady>(),
        retransmit in any_of::<Retransmission>(),
    ) {
        unit(Fcp::Data(&data));
        prop_assert_eq!(unit(Fcp::TransferReady(ready)), 12);
        prop_assert_eq!(unit(Fcp::Confirm), 0);
        unit(Fcp::Other(RCtl(0x04), &data));
        let retransmit = LinkService::Retransmit(retransmit);
        prop_assert_eq!(round_trip!(retransmit, LinkService::decode), 16);
        round_trip!(LinkService::Other(0x99, &data), LinkService::decode);
    }
}

#[test]
fn responses_of_early_implementations() {
    let short = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8];
    assert_eq!(Response::decode(&short), Ok(Response::new(8)));
    let four = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, // response information is valid …
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, // … and has four bytes
        0, 0, 0, 5,
    ];
    let failed = Response::of_task_management(ResponseCode::FAILED);
    assert_eq!(Response::decode(&four), Ok(failed));
}

#[test]
fn cdbs_have_whole_words() {
    assert_eq!(Cdb::new(&[0x12, 0, 0, 0, 36, 0]).unwrap().operation(), 0x12);
    assert_eq!(Cdb::new(&[0; 17]), None);
    let cdb = Cdb { first: [0; 16], additional: &[1, 2, 3] };
    let lun = Lun::from_number(0).unwrap();
    let error = Command::new(lun, cdb, Direction::NONE, 0).encode_to(&mut [0; 99]);
    assert!(matches!(error, Err(EncodeError::Length { found: 3, .. })), "{error:?}");
}
