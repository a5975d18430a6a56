//! The name server.

use npivot_hal::{FcId, Wwnn, Wwpn};
use npivot_wire::List;
use npivot_wire::ct::directory::{
    Answer, ByFcType, ByPortType, ClassesOf, Command, Fc4Types, FeaturesOf, Next, NodeNameEntry,
    NodeNameOf, PortIdEntry, PortNameEntry, PortNameOf, PortType, PortTypeOf, Query,
    ServiceClasses, SymbolicName, TypesOf,
};
use npivot_wire::ct::{self, Context, Outcome, Reason, Service};
use npivot_wire::fc2::FcType;
use proptest::prelude::*;

use crate::values::{any_of, bytes_to, some_of};

fn context() -> impl Strategy<Value = Context> {
    (any::<u8>(), any_of::<FcId>(), any::<u8>()).prop_map(|(revision, in_id, options)| Context {
        revision,
        in_id,
        options,
    })
}

/// A request comes back, alone and as a whole message.
fn query(context: Context, query: Query<'_>) -> usize {
    let request = ct::Request { context, max_words: 77, query: ct::Query::Directory(query) };
    let length = round_trip!(request, ct::Request::decode);
    round_trip!(query, |bytes| Query::decode(query.command(), bytes));
    length
}

/// An answer comes back likewise.
fn answer(request: Command, answer: Answer<'_>) -> usize {
    round_trip!(answer, |bytes| Answer::decode(request, bytes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn questions(
        context in context(),
        id in any_of::<FcId>(),
        wwpn in any_of::<Option<Wwpn>>(),
        wwnn in any_of::<Option<Wwnn>>(),
        fc_type in any_of::<ByFcType>(),
        port_type in any_of::<ByPortType>(),
    ) {
        for by_id in [
            Query::GaNxt(id),
            Query::GpnId(id),
            Query::GnnId(id),
            Query::GcsId(id),
            Query::GftId(id),
            Query::GspnId(id),
            Query::GptId(id),
            Query::GffId(id),
            Query::DaId(id),
            Query::GidFt(fc_type),
            Query::GpnFt(fc_type),
            Query::GnnFt(fc_type),
            Query::GidPt(port_type),
        ] {
            prop_assert_eq!(query(context, by_id), 16 + 4);
        }
        for by_name in [Query::GidPn(wwpn), Query::GidNn(wwnn), Query::GsnnNn(wwnn)] {
            prop_assert_eq!(query(context, by_name), 16 + 8);
        }
    }

    #[test]
    fn registrations(
        context in context(),
        port_name in any_of::<PortNameOf>(),
        node_name in any_of::<NodeNameOf>(),
        classes in any_of::<ClassesOf>(),
        types in any_of::<TypesOf>(),
        port_type in any_of::<PortTypeOf>(),
        features in any_of::<FeaturesOf>(),
        symbol in bytes_to(255),
    ) {
        let symbol = SymbolicName::new(&symbol).unwrap();
        prop_assert_eq!(query(context, Query::RpnId(port_name)), 16 + 12);
        prop_assert_eq!(query(context, Query::RnnId(node_name)), 16 + 12);
        prop_assert_eq!(query(context, Query::RcsId(classes)), 16 + 8);
        prop_assert_eq!(query(context, Query::RftId(types)), 16 + 36);
        prop_assert_eq!(query(context, Query::RptId(port_type)), 16 + 8);
        prop_assert_eq!(query(context, Query::RffId(features)), 16 + 8);
        let length = symbol.bytes().len();
        prop_assert_eq!(query(context, Query::RspnId(types.id, symbol)), 16 + 5 + length);
        prop_assert_eq!(query(context, Query::RsnnNn(node_name.wwnn, symbol)), 16 + 9 + length);
    }

    #[test]
    fn others(context in context(), body in bytes_to(64)) {
        query(context, Query::Other(Command(0x01ff), &body));
        let service = Service { kind: 0xf8, subtype: 1 };
        let query = ct::Query::Other { service, command: 0x100, body: &body };
        round_trip!(ct::Request { context, max_words: 0, query }, ct::Request::decode);
        answer(Command(0x01ff), Answer::Other(&body));
    }

    #[test]
    fn lists(
        ids in some_of::<PortIdEntry>(),
        ports in some_of::<PortNameEntry>(),
        nodes in some_of::<NodeNameEntry>(),
    ) {
        for request in [Command::GID_FT, Command::GID_PT, Command::GID_NN] {
            let list = Answer::PortIds(List::new(&ids));
            prop_assert_eq!(answer(request, list), 4 * ids.len());
        }
        let list = Answer::PortNames(List::new(&ports));
        prop_assert_eq!(answer(Command::GPN_FT, list), 16 * ports.len());
        let list = Answer::NodeNames(List::new(&nodes));
        prop_assert_eq!(answer(Command::GNN_FT, list), 16 * nodes.len());
    }

    #[test]
    fn objects(
        id in any_of::<FcId>(),
        wwpn in any_of::<Option<Wwpn>>(),
        wwnn in any_of::<Option<Wwnn>>(),
        classes in any_of::<ServiceClasses>(),
        types in any_of::<Fc4Types>(),
        port_type in any_of::<PortType>(),
        symbol in bytes_to(255),
        features in proptest::collection::vec(any::<u8>(), 128),
    ) {
        let symbol = SymbolicName::new(&symbol).unwrap();
        prop_assert_eq!(answer(Command::GID_PN, Answer::PortId(id)), 4);
        prop_assert_eq!(answer(Command::GPN_ID, Answer::PortName(wwpn)), 8);
        prop_assert_eq!(answer(Command::GNN_ID, Answer::NodeName(wwnn)), 8);
        prop_assert_eq!(answer(Command::GCS_ID, Answer::Classes(classes)), 4);
        prop_assert_eq!(answer(Command::GFT_ID, Answer::Types(types)), 32);
        prop_assert_eq!(answer(Command::GPT_ID, Answer::PortType(port_type)), 4);
        prop_assert_eq!(answer(Command::GFF_ID, Answer::Features(&features)), 128);
        answer(Command::GSPN_ID, Answer::SymbolicName(symbol));
        answer(Command::GSNN_NN, Answer::SymbolicName(symbol));
        let next = Next {
            port_type,
            id,
            wwpn,
            port_symbol: symbol,
            wwnn,
            node_symbol: SymbolicName::default(),
            associator: [1; 8],
            node_ip: [2; 16],
            classes,
            types,
            port_ip: [3; 16],
            fabric_port: wwpn,
            hard_address: id,
        };
        prop_assert_eq!(answer(Command::GA_NXT, Answer::Next(next)), 620);
    }

    #[test]
    fn replies(context in context(), reason: u8, explanation: u8, vendor: u8, words: u16) {
        let reject = ct::Reject { reason: Reason(reason), explanation, vendor };
        let mut reply = ct::Reply::new(context, Service::DIRECTORY, Outcome::Reject(reject));
        reply.residual_words = words;
        prop_assert_eq!(round_trip!(reply, ct::Reply::decode), 16);
        reply.outcome = Outcome::Accept(&[1, 2, 3, 4][..]);
        prop_assert_eq!(round_trip!(reply, ct::Reply::decode), 20);
    }

    #[test]
    fn sets_of_types(types in any_of::<Fc4Types>(), number: u8) {
        let with = types.with(FcType(number));
        prop_assert!(with.has(FcType(number)));
        let all = |types: Fc4Types| (0..=u8::MAX).filter(move |&n| types.has(FcType(n)));
        let others = all(with).filter(|&n| n != number);
        prop_assert!(others.eq(all(types).filter(|&n| n != number)));
    }
}

#[test]
fn registrations_are_accepted_with_no_more() {
    for request in [Command::RPN_ID, Command::RFT_ID, Command::RSNN_NN, Command::DA_ID] {
        assert_eq!(answer(request, Answer::Done), 0);
    }
}

#[test]
fn a_symbolic_name_has_at_most_255_bytes() {
    assert_eq!(SymbolicName::new(&[b'x'; 256]), None);
    assert_eq!(SymbolicName::new(b"npivot").unwrap().to_string(), "npivot");
}
