//! What libvirt gets wrong with node devices, and npivot does not.

use npivot::hba::{DeviceForm, Hba};
use npivot::libvirt::{NodeDevice, VportOps};
use npivot_hal::HostNo;

use crate::records::Bed;

/// libvirt prints both numbers, and parses neither: 254 in, 0 out.
#[test]
fn fault_3_the_numbers_of_vports_survive_their_xml() {
    let xml = include_str!("inputs/dumped-hba.xml");
    let device = NodeDevice::parse("scsi_host5.xml", xml).unwrap();
    assert_eq!(device.vport_ops, Some(VportOps { max_vports: Some(254), vports: Some(1) }));
    assert_eq!(device.to_xml(), xml);
    for numbers in ["<max_vports>0</max_vports>", "<max_vports>4294967295</max_vports>"] {
        let xml = xml.replace("<max_vports>254</max_vports>", numbers);
        assert_eq!(NodeDevice::parse("scsi_host5.xml", &xml).unwrap().to_xml(), xml);
    }
}

/// The same, from a host to its XML and back, in every form.
#[tokio::test(start_paused = true)]
async fn fault_3_the_numbers_of_a_host_survive_their_xml() {
    let bed = Bed::with_vports(2).await;
    let hba = Hba::find(&*bed.alpha, HostNo(0)).await.unwrap().unwrap();
    let npiv = hba.adapter.npiv().unwrap();
    assert!(npiv.max > 2 && npiv.in_use == 2, "{npiv:?}");
    let wanted = VportOps { max_vports: Some(npiv.max), vports: Some(2) };
    for form in [DeviceForm::Schema, DeviceForm::Libvirt, DeviceForm::VirtualFunctions] {
        let xml = hba.to_device(form).to_xml();
        let read = NodeDevice::parse("scsi_host0.xml", &xml).unwrap();
        assert_eq!(read.vport_ops, Some(wanted), "{xml}");
    }
}

/// One name in any notation is one name.
#[test]
fn fault_4_a_name_is_the_same_in_any_notation() {
    let xml = include_str!("inputs/create-by-fabric.xml");
    let one = NodeDevice::parse("web1.xml", xml).unwrap();
    for (wwnn, wwpn, fabric) in [
        ("5001A4A000000101", "5001A4A000000001", "10000000C9000001"),
        ("0x5001a4a000000101", "0X5001A4A000000001", "0x10000000c9000001"),
        ("50:01:a4:a0:00:00:01:01", "naa.5001a4a000000001", "10-00-00-00-c9-00-00-01"),
    ] {
        let xml = xml.replace("5001a4a000000101", wwnn).replace("5001a4a000000001", wwpn);
        let xml = xml.replace("10000000c9000001", fabric);
        assert!(NodeDevice::parse("web1.xml", &xml).unwrap() == one, "{xml}");
    }
}
