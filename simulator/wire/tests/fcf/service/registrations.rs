//! What N_Ports register with the name server.

use npivot_wire::ct::directory::{
    Answer, ByFcType, ClassesOf, Command, Explanation, Fc4Types, Features, FeaturesOf, NodeNameOf,
    PortNameOf, PortType, PortTypeOf, Query, ServiceClasses, SymbolicName, TypesOf,
};
use npivot_wire::fc2::FcType;

use crate::bed::{Bed, Peer, VAULT, names};

const FCP: ByFcType = ByFcType { domain: 0, area: 0, fc_type: FcType::FCP };

fn pair() -> (Bed, Peer, Peer) {
    let mut bed = Bed::new();
    let one = Peer::logged_in(&mut bed, 1);
    let other = Peer::logged_in(&mut bed, 2);
    (bed, one, other)
}

fn done(peer: &mut Peer, bed: &mut Bed, query: Query<'_>) {
    let unit = peer.query(bed, query);
    assert_eq!(unit.answer(query.command()), Ok(Answer::Done), "{query:?}");
}

fn refused(peer: &mut Peer, bed: &mut Bed, query: Query<'_>, why: Explanation) {
    let unit = peer.query(bed, query);
    assert_eq!(unit.answer(query.command()), Err((9, why.0)), "{query:?}");
}

#[test]
fn an_object_is_seen_by_others_once_it_is_registered() {
    let (mut bed, mut one, mut other) = pair();
    let id = one.id;
    let seen = |bed: &mut Bed, other: &mut Peer| {
        let unit = other.query(bed, Query::GpnFt(FCP));
        match unit.answer(Command::GPN_FT) {
            Ok(Answer::PortNames(list)) => list.iter().any(|entry| entry.id == id),
            answer => panic!("{answer:?}"),
        }
    };
    assert!(!seen(&mut bed, &mut other));
    let types = Fc4Types::default().with(FcType::FCP).with(FcType::CT);
    done(&mut one, &mut bed, Query::RftId(TypesOf { id, types }));
    assert!(seen(&mut bed, &mut other));
    let unit = other.query(&mut bed, Query::GftId(id));
    assert_eq!(unit.answer(Command::GFT_ID), Ok(Answer::Types(types)));

    let features = Features::TARGET | Features::INITIATOR;
    done(&mut one, &mut bed, Query::RffId(FeaturesOf { id, features, fc_type: FcType::FCP }));
    let unit = other.query(&mut bed, Query::GffId(id));
    let Ok(Answer::Features(all)) = unit.answer(Command::GFF_ID) else { panic!() };
    assert_eq!(all[7], features.0);
    // Those of another FC-4 do not change FCP's.
    let nvme = FeaturesOf { id, features: Features::NONE, fc_type: FcType::NVME };
    done(&mut one, &mut bed, Query::RffId(nvme));
    let unit = other.query(&mut bed, Query::GffId(id));
    let Ok(Answer::Features(all)) = unit.answer(Command::GFF_ID) else { panic!() };
    assert_eq!(all[7], features.0);

    let port = SymbolicName::new(b"alpha's port").unwrap();
    let node = SymbolicName::new(b"alpha").unwrap();
    done(&mut one, &mut bed, Query::RspnId(id, port));
    let named = Query::RsnnNn(Some(one.names.wwnn), node);
    done(&mut one, &mut bed, named);
    let unit = other.query(&mut bed, Query::GspnId(id));
    assert_eq!(unit.answer(Command::GSPN_ID), Ok(Answer::SymbolicName(port)));
    let unit = other.query(&mut bed, Query::GsnnNn(Some(one.names.wwnn)));
    assert_eq!(unit.answer(Command::GSNN_NN), Ok(Answer::SymbolicName(node)));

    // DA_ID takes all of it back.
    done(&mut one, &mut bed, Query::DaId(id));
    assert!(!seen(&mut bed, &mut other));
    let unit = other.query(&mut bed, Query::GspnId(id));
    assert_eq!(unit.answer(Command::GSPN_ID), Err((9, Explanation::SYMBOLIC_PORT_NAME.0)));
}

#[test]
fn the_longest_symbolic_name() {
    let (mut bed, mut one, mut other) = pair();
    let name = [b'x'; 255];
    let name = SymbolicName::new(&name).unwrap();
    let named = Query::RspnId(one.id, name);
    done(&mut one, &mut bed, named);
    let unit = other.query(&mut bed, Query::GspnId(one.id));
    assert_eq!(unit.answer(Command::GSPN_ID), Ok(Answer::SymbolicName(name)));
    // GA_NXT has it, with the node's, in one answer.
    let unit = other.query(&mut bed, Query::GaNxt(crate::bed::id(0)));
    let Ok(Answer::Next(next)) = unit.answer(Command::GA_NXT) else { panic!() };
    assert_eq!((next.id, next.port_symbol, next.node_symbol.bytes()), (one.id, name, &[][..]));
}

#[test]
fn nobody_registers_for_somebody_else() {
    let (mut bed, mut one, other) = pair();
    let name = SymbolicName::new(b"mine now").unwrap();
    let types = Fc4Types::default().with(FcType::FCP);
    for id in [other.id, VAULT] {
        for query in [
            Query::RftId(TypesOf { id, types }),
            Query::RffId(FeaturesOf { id, features: Features::TARGET, fc_type: FcType::FCP }),
            Query::RspnId(id, name),
            Query::RcsId(ClassesOf { id, classes: ServiceClasses::CLASS_3 }),
            Query::RptId(PortTypeOf { id, port_type: PortType::N_PORT }),
            Query::RpnId(PortNameOf { id, wwpn: Some(one.names.wwpn) }),
            Query::RnnId(NodeNameOf { id, wwnn: Some(one.names.wwnn) }),
            Query::DaId(id),
        ] {
            refused(&mut one, &mut bed, query, Explanation::UNACCEPTABLE_PORT_ID);
        }
    }
    let theirs = Query::RsnnNn(Some(other.names.wwnn), name);
    refused(&mut one, &mut bed, theirs, Explanation::NODE_NAME);
}

#[test]
fn names_are_those_of_the_login() {
    let (mut bed, mut one, _) = pair();
    let id = one.id;
    let node = |n| Query::RnnId(NodeNameOf { id, wwnn: Some(names(n).wwnn) });
    let port = |n| Query::RpnId(PortNameOf { id, wwpn: Some(names(n).wwpn) });
    done(&mut one, &mut bed, node(1));
    done(&mut one, &mut bed, port(1));
    refused(&mut one, &mut bed, node(2), Explanation::NODE_NAME);
    refused(&mut one, &mut bed, port(2), Explanation::PORT_NAME);
}

#[test]
fn a_new_login_has_nothing_registered() {
    let (mut bed, mut one, mut other) = pair();
    one.register(&mut bed, false);
    one.flogi(&mut bed).unwrap();
    let unit = other.query(&mut bed, Query::GffId(one.id));
    let Ok(Answer::Features(all)) = unit.answer(Command::GFF_ID) else { panic!() };
    assert!(all.iter().all(|&byte| byte == 0));
}
