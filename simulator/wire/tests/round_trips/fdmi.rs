//! Fabric device management.

use npivot_hal::Wwpn;
use npivot_wire::List;
use npivot_wire::ct::fdmi::{
    Answer, Attribute, Attributes, Command, HbaAttribute, PortAttribute, Query,
};
use npivot_wire::ct::{self, Service};
use proptest::prelude::*;

use crate::values::{any_of, some_of, words_to};

fn values() -> impl Strategy<Value = Vec<(u16, Vec<u8>)>> {
    proptest::collection::vec((any::<u16>(), words_to(16)), 0..6)
}

fn block<K>(values: &[(u16, Vec<u8>)], kind: fn(u16) -> K) -> Vec<Attribute<'_, K>> {
    values.iter().map(|(number, value)| Attribute { kind: kind(*number), value }).collect()
}

fn query(query: Query<'_>) {
    let request = ct::Request::new(ct::Query::Fdmi(query));
    assert_eq!(request.query.service(), Service::FDMI);
    round_trip!(request, ct::Request::decode);
    round_trip!(query, |bytes| Query::decode(query.command(), bytes));
}

fn answer(request: Command, answer: Answer<'_>) {
    round_trip!(answer, |bytes| Answer::decode(request, bytes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn requests(
        hba in any_of::<Option<Wwpn>>(),
        port in any_of::<Option<Wwpn>>(),
        ports in some_of::<Option<Wwpn>>(),
        values in values(),
    ) {
        let hba_block = block(&values, HbaAttribute);
        let port_block = block(&values, PortAttribute);
        let (about_hba, about_port) = (Attributes::new(&hba_block), Attributes::new(&port_block));
        for request in [
            Query::HbaList,
            Query::HbaAttributes(hba),
            Query::PortList(hba),
            Query::PortAttributes(port),
            Query::RegisterHba(hba, List::new(&ports), about_hba),
            Query::RegisterHbaAttributes(hba, about_hba),
            Query::RegisterPort(hba, port, about_port),
            Query::RegisterPortAttributes(port, about_port),
            Query::ForgetHba(hba),
            Query::ForgetHbaAttributes(hba),
            Query::ForgetPort(port),
            Query::ForgetPortAttributes(port),
            Query::Other(Command(0x01aa), &[1, 2, 3]),
        ] {
            query(request);
        }
    }

    #[test]
    fn answers(ports in some_of::<Option<Wwpn>>(), values in values()) {
        let hba_block = block(&values, HbaAttribute);
        let port_block = block(&values, PortAttribute);
        let ports = List::new(&ports);
        answer(Command::GRHL, Answer::Names(ports));
        answer(Command::GRPL, Answer::Names(ports));
        answer(Command::GHAT, Answer::Hba(ports, Attributes::new(&hba_block)));
        answer(Command::GPAT, Answer::Port(Attributes::new(&port_block)));
        answer(Command::RHBA, Answer::Done);
        answer(Command(0x01aa), Answer::Other(&[1, 2, 3]));
    }
}

#[test]
fn a_registration_as_linux_sends_it() {
    // RPA with two attributes: a port name, then a type, a length that counts itself, a value.
    let bytes = [
        0x20, 0, 0x02, 0, 0, 0, 0, 0x0a, // the port
        0, 0, 0, 2, // two attributes
        0, 2, 0, 8, 0, 0, 0, 2, // supported speed
        0, 6, 0, 12, b'a', b'l', b'p', b'h', b'a', 0, 0, 0, // host name
    ];
    let Ok(Query::RegisterPortAttributes(port, attributes)) = Query::decode(Command::RPA, &bytes)
    else {
        panic!()
    };
    assert_eq!(port, Wwpn::new(0x2000_0200_0000_000a));
    let found: Vec<_> = attributes.iter().map(|one| (one.kind, one.value)).collect();
    let speed = (PortAttribute::SUPPORTED_SPEED, &[0, 0, 0, 2][..]);
    assert_eq!(found, [speed, (PortAttribute::HOST_NAME, b"alpha\0\0\0")]);
}
