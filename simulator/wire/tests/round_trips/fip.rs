//! FIP messages.

use npivot_hal::Wwnn;
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::{self, FCtl, Header};
use npivot_wire::fip::{
    Advertisement, ClearVirtualLink, Fabric, Flags, KeepAlive, KeepAlivePeriod, LinkService,
    LinkServiceKind, Message, Operation, Several, Solicitation, Vlan, VlanNotification,
    VlanRequest, VnPort,
};
use proptest::prelude::*;

use crate::values::{any_of, some_of, words_to};

const KINDS: [LinkServiceKind; 4] =
    [LinkServiceKind::Flogi, LinkServiceKind::Fdisc, LinkServiceKind::Logo, LinkServiceKind::Elp];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn discovery(
        flags in any_of::<Flags>(),
        mac in any_of::<Mac>(),
        name in any_of::<Option<Wwnn>>(),
        max_bytes: u16,
        priority: u8,
        fabric in any_of::<Fabric>(),
        keep_alive in any_of::<KeepAlivePeriod>(),
    ) {
        let asks = Solicitation { flags, mac, name, max_bytes };
        prop_assert_eq!(round_trip!(Message::Solicitation(asks), Message::decode), 34);
        let answer = Advertisement { flags, priority, mac, name, fabric, keep_alive };
        prop_assert_eq!(round_trip!(Message::Advertisement(answer), Message::decode), 58);
    }

    #[test]
    fn link_services(
        flags in any_of::<Flags>(),
        reply: bool,
        kind in proptest::sample::select(&KINDS),
        header in any_of::<Header>(),
        payload in words_to(60),
        mac in proptest::option::of(any_of::<Mac>()),
    ) {
        let f_ctl = header.f_ctl.without(FCtl::FILL);
        let frame = fc2::Frame::new(Header { df_ctl: 0, f_ctl, ..header }, &payload[..]);
        let message = LinkService { flags, reply, kind, frame, mac };
        round_trip!(Message::LinkService(message), Message::decode);
    }

    #[test]
    fn control(
        flags in any_of::<Flags>(),
        mac in any_of::<Mac>(),
        name in any_of::<Option<Wwnn>>(),
        vn_port in proptest::option::of(any_of::<VnPort>()),
        vn_ports in some_of::<VnPort>(),
    ) {
        let alive = KeepAlive { flags, mac, vn_port };
        round_trip!(Message::KeepAlive(alive), Message::decode);
        let vn_ports = Several::new(&vn_ports);
        let clear = ClearVirtualLink { flags, mac, name, vn_ports };
        round_trip!(Message::ClearVirtualLink(clear), Message::decode);
    }

    #[test]
    fn vlan_discovery(
        flags in any_of::<Flags>(),
        mac in any_of::<Mac>(),
        name in any_of::<Option<Wwnn>>(),
        vlans in proptest::collection::vec(any_of::<Vlan>(), 1..8),
    ) {
        round_trip!(Message::VlanRequest(VlanRequest { flags, mac, name }), Message::decode);
        let vlans = Several::new(&vlans);
        let notification = VlanNotification { flags, mac, vlans };
        round_trip!(Message::VlanNotification(notification), Message::decode);
    }

    #[test]
    fn others(
        flags in any_of::<Flags>(),
        code in 5_u16..,
        subcode: u8,
        descriptors in words_to(20),
    ) {
        let operation = Operation::new(code, subcode);
        let message = Message::Other { operation, flags, descriptors: &descriptors };
        round_trip!(message, Message::decode);
    }
}
