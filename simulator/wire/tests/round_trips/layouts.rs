//! Which bytes of each structure mean something and which are reserved, as the standards' tables have it.
//! A byte that is forgotten on both ways would pass a round trip of values.

use npivot_wire::ct::directory::{
    ByFcType, ByPortType, ClassesOf, FeaturesOf, NodeNameEntry, NodeNameOf, PortId, PortIdEntry,
    PortNameEntry, PortNameOf, PortTypeOf, TypesOf,
};
use npivot_wire::els::{
    ClassParameters, CommonParameters, Discovery, ExchangeName, ExchangeStatus, LinkErrors, Logo,
    Page, PortName, Scr, TimeOuts,
};
use npivot_wire::fc2::Header;
use npivot_wire::fcp::{Retransmission, TransferReady};
use npivot_wire::fip::{Fabric, KeepAlivePeriod, Vlan, VnPort};
use npivot_wire::{Field, bls};
use zerocopy::{FromBytes, IntoBytes};

/// A hyphen for a reserved byte, and a letter for each other.
fn layout<T: Field>() -> String {
    // Every bit is tried as one and as zero; neither pattern is one that names have for "not set".
    let survives = [0x5a, 0xa5].map(|pattern| {
        let bytes = vec![pattern; size_of::<T::Wire>()];
        let value = T::of(T::Wire::read_from_bytes(&bytes).unwrap());
        value.wire().as_bytes().iter().map(|&byte| byte & pattern).collect::<Vec<_>>()
    });
    let [one, other] = survives;
    one.iter()
        .zip(other)
        .map(|(a, b)| match a | b {
            0x00 => '-',
            0xff => 'x',
            _ => 'b', // some bits
        })
        .collect()
}

#[test]
fn frames() {
    assert_eq!(layout::<Header>(), "xxxxxxxxxxxxxxxxxxxxxxxx");
    assert_eq!(layout::<bls::Reject>(), "-xxx");
}

#[test]
fn fip() {
    assert_eq!(layout::<Fabric>(), "xx-xxxxxxxxxxx");
    assert_eq!(layout::<VnPort>(), "xxxxxx-xxxxxxxxxxx");
    assert_eq!(layout::<KeepAlivePeriod>(), "-bxxxx");
    assert_eq!(layout::<Vlan>(), "xx");
}

/// Without the command code, the first byte.
#[test]
fn link_services() {
    assert_eq!(layout::<CommonParameters>(), "xxxxxxxxxxxxxxxx");
    assert_eq!(layout::<ClassParameters>(), "xxxxxxxxxxxx-x--");
    assert_eq!(layout::<Page>(), "xxx-xxxxxxxxxxxx");
    assert_eq!(layout::<Scr>(), "------x");
    assert_eq!(layout::<Logo>(), "----xxxxxxxxxxx");
    assert_eq!(layout::<Discovery>(), "----xxxxxxxxxxxxxxxxxxx-xxx");
    assert_eq!(layout::<PortName>(), "----xxx");
    assert_eq!(layout::<LinkErrors>(), "---xxxxxxxxxxxxxxxxxxxxxxxx");
    assert_eq!(layout::<TimeOuts>(), "---xxxxxxxxxxxx");
    assert_eq!(layout::<ExchangeName>(), "----xxxxxxx");
    assert_eq!(layout::<ExchangeStatus>(), "---xxxx-xxx-xxxxxxxxxxx");
}

#[test]
fn name_server() {
    assert_eq!(layout::<PortId>(), "-xxx");
    assert_eq!(layout::<PortIdEntry>(), "xxxx");
    assert_eq!(layout::<PortNameEntry>(), "xxxx----xxxxxxxx");
    assert_eq!(layout::<NodeNameEntry>(), "xxxx----xxxxxxxx");
    assert_eq!(layout::<PortNameOf>(), "-xxxxxxxxxxx");
    assert_eq!(layout::<NodeNameOf>(), "-xxxxxxxxxxx");
    assert_eq!(layout::<ByFcType>(), "-xxx");
    assert_eq!(layout::<ByPortType>(), "xxx-");
    assert_eq!(layout::<TypesOf>(), "-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert_eq!(layout::<FeaturesOf>(), "-xxx--xx");
    assert_eq!(layout::<ClassesOf>(), "-xxxxxxx");
    assert_eq!(layout::<PortTypeOf>(), "-xxxx---");
}

#[test]
fn fcp() {
    assert_eq!(layout::<TransferReady>(), "xxxxxxxx----");
    assert_eq!(layout::<Retransmission>(), "---xxxxxxxxx---");
}
