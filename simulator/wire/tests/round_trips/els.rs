//! Extended link services.

use npivot_hal::{Wwnn, Wwpn};
use npivot_wire::els::{
    Accept, AffectedPort, ClassParameters, Command, CommonParameters, Discovery, Els, ExchangeName,
    ExchangeStatus, LinkErrors, Login, Logo, Page, PortName, Reject, Reply, Rscn, Scr, TimeOuts,
};
use npivot_wire::{DecodeError, Encode, EncodeError, Field, List};
use proptest::prelude::*;

use crate::values::{any_of, bytes_to, some_of};

fn login() -> impl Strategy<Value = Login<'static>> {
    let classes = proptest::array::uniform4(any_of::<ClassParameters>());
    let names = (any_of::<Option<Wwpn>>(), any_of::<Option<Wwnn>>());
    (any_of::<CommonParameters>(), names, classes, any::<[u8; 16]>()).prop_map(
        |(common, (wwpn, wwnn), classes, vendor_version)| Login {
            common,
            wwpn,
            wwnn,
            classes,
            vendor_version,
            extension: &[],
        },
    )
}

/// An accept comes back as that of its request, also by way of a reply.
fn accept(request: Command, accept: Accept<'_>) -> usize {
    round_trip!(accept, |bytes| accepted(request, bytes))
}

fn accepted(request: Command, payload: &[u8]) -> Result<Accept<'_>, DecodeError> {
    let reply = Reply::decode(payload)?;
    assert_eq!(reply, Reply::Accept(&payload[1..]));
    let read = reply.accept(request)?.expect("it is no reject");
    assert_eq!(Accept::decode(request, &payload[1..]), Ok(read));
    Ok(read)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn logins(login in login(), extension in bytes_to(140)) {
        for login in [login, Login { extension: &extension, ..login }] {
            let length = 116 + login.extension.len();
            prop_assert_eq!(round_trip!(Els::Flogi(login), Els::decode), length);
            prop_assert_eq!(round_trip!(Els::Fdisc(login), Els::decode), length);
            prop_assert_eq!(round_trip!(Els::Plogi(login), Els::decode), length);
            prop_assert_eq!(round_trip!(Els::Pdisc(login), Els::decode), length);
            for request in [Command::FLOGI, Command::FDISC, Command::PLOGI, Command::PDISC] {
                prop_assert_eq!(accept(request, Accept::Login(login)), length);
            }
        }
    }

    #[test]
    fn process_logins(pages in some_of::<Page>()) {
        let pages = List::new(&pages);
        let length = 4 + 16 * pages.len();
        prop_assert_eq!(round_trip!(Els::Prli(pages), Els::decode), length);
        prop_assert_eq!(round_trip!(Els::Prlo(pages), Els::decode), length);
        prop_assert_eq!(accept(Command::PRLI, Accept::Pages(pages)), length);
        prop_assert_eq!(accept(Command::PRLO, Accept::Pages(pages)), length);
    }

    #[test]
    fn notifications(scr in any_of::<Scr>(), affected in some_of::<AffectedPort>()) {
        prop_assert_eq!(round_trip!(Els::Scr(scr), Els::decode), 8);
        let affected = List::new(&affected);
        let length = 4 + 4 * affected.len();
        prop_assert_eq!(round_trip!(Els::Rscn(Rscn { affected }), Els::decode), length);
    }

    #[test]
    fn ports(
        logo in any_of::<Logo>(),
        who in any_of::<Discovery>(),
        time_outs in any_of::<TimeOuts>(),
        port in any_of::<PortName>(),
        errors in any_of::<LinkErrors>(),
    ) {
        prop_assert_eq!(round_trip!(Els::Logo(logo), Els::decode), 16);
        prop_assert_eq!(round_trip!(Els::Adisc(who), Els::decode), 28);
        prop_assert_eq!(accept(Command::ADISC, Accept::Discovery(who)), 28);
        prop_assert_eq!(round_trip!(Els::Rtv, Els::decode), 4);
        prop_assert_eq!(accept(Command::RTV, Accept::TimeOuts(time_outs)), 16);
        prop_assert_eq!(round_trip!(Els::Rls(port), Els::decode), 8);
        prop_assert_eq!(accept(Command::RLS, Accept::LinkErrors(errors)), 28);
    }

    #[test]
    fn exchanges(name in any_of::<ExchangeName>(), status in any_of::<ExchangeStatus>()) {
        prop_assert_eq!(round_trip!(Els::Rec(name), Els::decode), 12);
        prop_assert_eq!(round_trip!(Els::Rrq(name), Els::decode), 12);
        prop_assert_eq!(accept(Command::REC, Accept::Exchange(status)), 24);
    }

    #[test]
    fn echoes_and_others(data in bytes_to(200)) {
        round_trip!(Els::Echo(&data), Els::decode);
        accept(Command::ECHO, Accept::Echo(&data));
        round_trip!(Els::Other(Command::RNID, &data), Els::decode);
        accept(Command::RNID, Accept::Other(&data));
    }

    #[test]
    fn rejects(reason: u8, explanation: u8, vendor: u8) {
        let (reason, explanation) = (Field::of(reason), Field::of(explanation));
        let reject = Reject { reason, explanation, vendor };
        prop_assert_eq!(round_trip!(Reply::Reject(reject), Reply::decode), 8);
    }
}

#[test]
fn accepts_without_more() {
    for request in [Command::LOGO, Command::RSCN, Command::SCR, Command::RRQ] {
        assert_eq!(accept(request, Accept::Done), 4);
    }
}

#[test]
fn a_list_beyond_its_length_field_is_not_written() {
    let affected = vec![AffectedPort::of([0; 4]); 16_384];
    let rscn = Els::Rscn(Rscn { affected: List::new(&affected) });
    let error = rscn.encode_to(&mut vec![0; 70_000]);
    let (limit, found) = (65_535, 65_540);
    assert_eq!(error, Err(EncodeError::TooLong { what: "pages", limit, found }));
}
