//! Which adapter carries a pool's vHBA, and what is said when none can.

use npivot::libvirt::{FcHostAdapter, ParentChoice, PoolDefinition};
use npivot::pool::{self, StartOptions};
use npivot::vhba::choose_parent;
use npivot_fabric::world::Command;
use npivot_hal::{Host, HostNo, Npiv, WwnPair};

use crate::{alpha_on, pool};

async fn refusal(changes: &[(&str, &str)], parent: &str) -> String {
    let (_san, alpha) = alpha_on(changes);
    let error = pool::start(&*alpha, &pool(parent), &StartOptions::default()).await.unwrap_err();
    assert_eq!(alpha.adapters().await.unwrap().len(), 2, "nothing is left behind");
    error.to_string()
}

const HBA_A: &str = r#"{ wwpn = "21:00:00:1b:32:a9:da:01", port = "a1/0" }"#;
const NOT_CAPABLE: &str = r#"{ wwpn = "21:00:00:1b:32:a9:da:01", port = "a1/0", npiv = false }"#;

/// The vHBA of a definition.
fn vhba(definition: &mut PoolDefinition) -> &mut FcHostAdapter {
    definition.adapter.fc_host_mut().expect("it is on a vHBA")
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_is_not_vport_capable_is_refused_by_name_and_by_wwn() {
    let changes = [(HBA_A, NOT_CAPABLE)];
    insta::assert_snapshot!(refusal(&changes, "parent='scsi_host0'").await, @"pool web1-a: host alpha has no parent for the vHBA: wanted parent scsi_host0; host0 (2100001b32a9da01) is not vport-capable");
    let by_wwn = "parent_wwnn='2000001b32a9da01' parent_wwpn='2100001b32a9da01'";
    insta::assert_snapshot!(refusal(&changes, by_wwn).await, @"pool web1-a: host alpha has no parent for the vHBA: wanted parent 2100001b32a9da01 of node 2000001b32a9da01; host0 (2100001b32a9da01) is not vport-capable");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_parent_is_refused_with_what_there_is() {
    insta::assert_snapshot!(refusal(&[], "parent='scsi_host7'").await, @"pool web1-a: host alpha has no parent for the vHBA: wanted parent scsi_host7; host0 (2100001b32a9da01) not the one asked for; host1 (2101001b32a9da01) not the one asked for");
    insta::assert_snapshot!(refusal(&[], "parent_fabric_wwn='1000000000000001'").await, @"pool web1-a: host alpha has no parent for the vHBA: wanted a parent on fabric 1000000000000001; host0 (2100001b32a9da01) is on fabric 100000504e500001; host1 (2101001b32a9da01) is on fabric 100000504e500102");
}

#[tokio::test(start_paused = true)]
async fn a_full_adapter_is_not_taken() {
    // 2 of 2 in use: a comparison as text would call that free.
    let limited = HBA_A.replace(" }", ", vports = 2 }");
    let (_san, alpha) = alpha_on(&[(HBA_A, &limited)]);
    for n in 1..=2_u64 {
        let wwpn = npivot_hal::Wwpn::new(0x5001_a4a0_0000_00f0 + n).unwrap();
        let wwnn = npivot_hal::Wwnn::new(0x5001_a4a0_0000_01f0 + n).unwrap();
        let _ = alpha.create_vport(HostNo(0), WwnPair::new(wwpn, wwnn)).await.unwrap();
    }
    let error = pool::start(&*alpha, &pool("parent='scsi_host0'"), &StartOptions::default()).await;
    insta::assert_snapshot!(error.unwrap_err(), @"pool web1-a: host alpha has no parent for the vHBA: wanted parent scsi_host0; host0 (2100001b32a9da01) all its 2 vports are in use");
}

#[tokio::test(start_paused = true)]
async fn an_automatic_parent_is_one_that_is_online() {
    let (san, alpha) = alpha_on(&[]);
    let port = san.with(|world| world.san().switches[0].port(0).unwrap());
    san.apply(Command::Light { port, on: false }).unwrap();
    let parent =
        npivot::vhba::choose_parent(&*alpha, &vhba(&mut pool("")).parent_choice(), &[]).await;
    assert_eq!(parent.unwrap().no, HostNo(1));
}

#[tokio::test(start_paused = true)]
async fn the_names_of_a_physical_adapter_are_refused() {
    let (_san, alpha) = alpha_on(&[]);
    let mut definition = pool("");
    vhba(&mut definition).wwns = alpha.adapters().await.unwrap()[0].names;
    let error = pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @"pool web1-a: port name 2100001b32a9da01 is that of the physical adapter host0 of host alpha; a vHBA needs names of its own");
}

#[tokio::test(start_paused = true)]
async fn the_same_port_name_with_another_node_name_is_a_duplicate() {
    let (_san, alpha) = alpha_on(&[]);
    let mut definition = pool("");
    pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap();
    vhba(&mut definition).wwns.wwnn = "5001a4a0000001ff".parse().unwrap();
    let error = pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @"pool web1-a: host alpha has a vHBA 5001a4a000000001:5001a4a000000101 already; 5001a4a000000001:5001a4a0000001ff shares a name with it");
}

/// A host may have hundreds of vHBAs, none of which anybody meant; half a pair is said to be that.
#[tokio::test(start_paused = true)]
async fn a_refusal_names_adapters_that_might_have_been_meant() {
    let (_san, alpha) = alpha_on(&[]);
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    assert_eq!(alpha.adapters().await.unwrap().len(), 3);
    let choose = async |choice| choose_parent(&*alpha, &choice, &[]).await.unwrap_err().to_string();
    let fabric = ParentChoice::ByFabric("10000000c9000001".parse().unwrap());
    let refused = choose(fabric).await;
    assert!(refused.contains("host1") && !refused.contains("host2"), "{refused}");
    let itself = choose(ParentChoice::ByName(format!("scsi_{}", up.vhbas[0].adapter))).await;
    assert!(itself.contains("is a vHBA itself"), "{itself}");
    let adapters = alpha.adapters().await.unwrap();
    let half = WwnPair::new(adapters[1].names.wwpn, adapters[0].names.wwnn);
    let refused = choose(ParentChoice::ByWwn(half)).await;
    assert!(refused.contains("host0 (2100001b32a9da01) has one of the two names"), "{refused}");
    assert!(refused.contains("host1 (2101001b32a9da01) has one of the two names"), "{refused}");
}
