//! What a look finds, in which order it is told, and what messages tell by themselves.

use npivot_hal::{Event, HostNo, PortState, VportState};
use npivot_sysfs::events::Message;

use crate::bytes::{fc_event, uevent};
use crate::fake::{Bed, Shown, address, identity, wwpn};

fn adapter(no: u32, state: PortState) -> Event {
    Event::Adapter { no: HostNo(no), state }
}

fn vport(n: u8, state: Option<VportState>) -> Event {
    Event::Vport { parent: HostNo(0), wwpn: wwpn(n), state }
}

fn remote(no: u32, n: u8, state: PortState) -> Event {
    Event::RemotePort { adapter: HostNo(no), wwpn: Some(wwpn(n)), state }
}

fn lun(adapter: u32, lun: u64, present: bool) -> Event {
    Event::Lun { address: address(adapter, lun), present }
}

#[tokio::test(start_paused = true)]
async fn what_is_there_is_not_told() {
    let mut bed = Bed::new(|host, _| {
        host.change(0, |shown| {
            shown.luns.insert(0, Some(identity(1)));
        });
    });
    bed.kernel.uevent(0, "change");
    assert_eq!(bed.soon().await, []);
    assert_eq!(bed.host().looks_at(0), 3, "at first, after the message, and once more in vain");
}

#[tokio::test(start_paused = true)]
async fn what_comes_and_goes_is_told_in_order() {
    let mut bed = Bed::new(|_, _| ());
    bed.host().change(0, |shown| {
        shown.vports.insert(wwpn(9), VportState::Active);
    });
    bed.host().change(2, |shown| {
        shown.remotes.insert(1, (wwpn(7), PortState::Online));
        shown.luns.insert(3, Some(identity(1)));
        shown.luns.insert(4, Some(identity(2)));
    });
    let add = uevent("add", "/devices/pci0/host0/vport-0:0-0/host2", &[]);
    bed.kernel.send(&Message::Uevent(add));
    let came = [
        adapter(2, PortState::Online),
        vport(9, Some(VportState::Active)),
        remote(2, 7, PortState::Online),
        lun(2, 3, true),
        lun(2, 4, true),
    ];
    assert_eq!(bed.soon().await, came);

    bed.host().shown.lock().unwrap().remove(&HostNo(2));
    bed.host().change(0, |shown| shown.vports.clear());
    bed.host().change(1, |shown| shown.state = Some(PortState::Linkdown));
    bed.kernel.uevent(0, "remove");
    let went = [
        lun(2, 3, false),
        lun(2, 4, false),
        remote(2, 7, PortState::NotPresent),
        vport(9, None),
        adapter(2, PortState::NotPresent),
        adapter(1, PortState::Linkdown),
    ];
    assert_eq!(bed.soon().await, went);
}

#[tokio::test(start_paused = true)]
async fn the_last_adapter_goes() {
    let mut bed = Bed::new(|_, _| ());
    bed.host().shown.lock().unwrap().clear();
    bed.kernel.uevent(0, "remove");
    let gone = [adapter(0, PortState::NotPresent), adapter(1, PortState::NotPresent)];
    assert_eq!(bed.soon().await, gone);
}

#[tokio::test(start_paused = true)]
async fn another_volume_at_the_same_address_is_another_device() {
    let mut bed = Bed::new(|host, _| {
        host.change(0, |shown| {
            shown.luns.insert(0, Some(identity(1)));
            shown.luns.insert(1, Some(identity(2)));
        });
    });
    bed.host().change(0, |shown| {
        shown.luns.insert(0, Some(identity(3)));
        shown.luns.insert(1, None);
    });
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.soon().await, [lun(0, 0, false), lun(0, 0, true)]);
    bed.host().change(0, |shown| {
        shown.luns.insert(1, Some(identity(4)));
    });
    bed.kernel.uevent(0, "add");
    let told = bed.soon().await;
    assert_eq!(told, [lun(0, 1, false), lun(0, 1, true)], "what was unreadable is not forgotten");
}

#[tokio::test(start_paused = true)]
async fn states_of_remote_ports() {
    let show = |state| {
        move |shown: &mut Shown| {
            shown.remotes.insert(4, (wwpn(7), state));
        }
    };
    let mut bed = Bed::new(|host, _| host.change(1, show(PortState::Online)));
    for state in [PortState::Blocked, PortState::NotPresent, PortState::Online] {
        bed.host().change(1, show(state));
        bed.kernel.send(&Message::Fc(fc_event(1, 1, 0x103, [0; 4])));
        assert_eq!(bed.soon().await, [remote(1, 7, state)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_bounced_between_two_looks() {
    let mut bed = Bed::new(|host, _| {
        host.change(1, |shown| {
            shown.remotes.insert(4, (wwpn(7), PortState::Online));
        });
    });
    // Down and up again: nothing differs, and it happened all the same.
    bed.kernel.send(&Message::Fc(fc_event(1, 1, 3, [0; 4])));
    bed.kernel.send(&Message::Fc(fc_event(1, 2, 2, [0; 4])));
    let told = bed.soon().await;
    let down = Event::Adapter { no: HostNo(1), state: PortState::Linkdown };
    assert!(matches!(&told[..], [first, Event::Adapter { .. }] if *first == down), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn rscns_and_unit_attentions_are_told_as_they_come() {
    let mut bed = Bed::new(|host, _| {
        host.change(0, |shown| shown.driver = Some("lpfc".into()));
        host.change(1, |shown| shown.driver = Some("qla2xxx".into()));
    });
    bed.kernel.send(&Message::Fc(fc_event(0, 1, 5, 0x0001_0800_u32.to_be_bytes())));
    bed.kernel.send(&Message::Fc(fc_event(1, 2, 5, 0x0001_0800_u32.to_ne_bytes())));
    let path = "/devices/pci0/host1/rport-1:0-1/target1:0:0/1:0:0:16640";
    let said = |action, value| {
        let keys = [("SUBSYSTEM", "scsi"), ("SDEV_UA", value)];
        Message::Uevent(uevent(action, path, &keys))
    };
    bed.kernel.send(&said("change", "REPORTED_LUNS_DATA_HAS_CHANGED"));
    bed.kernel.send(&said("change", "CAPACITY_DATA_HAS_CHANGED"));
    bed.kernel.send(&said("add", "REPORTED_LUNS_DATA_HAS_CHANGED"));
    let port_id = "0x010800".parse().unwrap();
    assert_eq!(
        bed.soon().await,
        [
            Event::Rscn { adapter: HostNo(0), port_id },
            Event::Rscn { adapter: HostNo(1), port_id },
            Event::LunsChanged { address: address(1, 16_640) },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn many_messages_make_one_look_at_whom_they_concern() {
    let mut bed = Bed::new(|_, _| ());
    bed.host().change(0, |shown| {
        shown.luns = (0..64).map(|n| (n, Some(identity(1)))).collect();
    });
    for _ in 0..500 {
        bed.kernel.uevent(0, "add");
        bed.kernel.send(&Message::Uevent(uevent("add", "/devices/virtual/net/lo", &[])));
        bed.kernel.send(&Message::Uevent(uevent("add", "/devices/hostile/host/hostx1", &[])));
    }
    assert_eq!(bed.soon().await.len(), 64);
    assert_eq!((bed.host().looks_at(0), bed.host().looks_at(1)), (2, 1));
    assert_eq!(bed.host().lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn more_adapters_than_any_host_has_are_all() {
    let mut bed = Bed::new(|_, _| ());
    for n in 0..5_000 {
        bed.kernel.uevent(1_000_000 + n, "add");
    }
    bed.soon().await;
    assert_eq!(bed.host().looks_at(1), 3, "whom nobody named is looked at as well");
}

#[tokio::test(start_paused = true)]
async fn wild_messages_only_make_it_look() {
    let mut bed = Bed::new(|_, _| ());
    bed.host().change(1, |shown| shown.state = Some(PortState::Linkdown));
    bed.kernel.send(&Message::Uevent(vec![0xff; 10]));
    bed.kernel.send(&Message::Fc(vec![0xff; 10]));
    for n in 0..10_000 {
        bed.kernel.uevent(1_000_000 + n, "add");
    }
    assert_eq!(bed.soon().await, [adapter(1, PortState::Linkdown)]);
}
