//! What a simulated host's HBAs are as XML, JSON and a tree.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot::hba::{DeviceForm, Hba, Tree, size};
use npivot::libvirt::NodeDevice;
use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;
use npivot_fabric::host::Kind;
use npivot_fabric::world::Command;
use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, Host, HostCapabilities, HostNo, LunPath, Luns, Npiv,
    NpivUse, PciAddress, PortState, RemotePort, Result, Vport, VportState, WwnPair,
};
use serde_json::json;

const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");

/// The example's host alpha.
pub(crate) struct Bed {
    san: Simulation,
    pub(crate) alpha: Arc<SimHost>,
}

impl Bed {
    /// With so many vHBAs on its first HBA, logged in; the example's arrays know the first.
    pub(crate) async fn with_vports(count: u32) -> Self {
        let san = Simulation::of_topology("two-fabrics.toml", TOPOLOGY).unwrap();
        let alpha = san.host("alpha").unwrap();
        for n in 1..=count {
            let _ = alpha.npiv().unwrap().create_vport(HostNo(0), vhba(n)).await.unwrap();
        }
        assert!(san.settled(Duration::from_secs(10)).await);
        Self { san, alpha }
    }

    async fn hba(&self, no: u32) -> Hba {
        Hba::find(&*self.alpha, HostNo(no)).await.unwrap().expect("it is there")
    }

    /// Takes the light from an HBA.
    async fn cut(&self, hba: usize) {
        let port =
            self.san.with(|world| match world.adapter(world.hosts()[0].hbas[hba]).unwrap().kind {
                Kind::Physical { port, .. } => port,
                Kind::Virtual { .. } => unreachable!("an HBA is physical"),
            });
        self.san.apply(Command::Light { port, on: false }).unwrap();
        assert!(self.san.settled(Duration::from_mins(1)).await);
    }
}

fn vhba(n: u32) -> WwnPair {
    let name = |kind: u32| format!("5001a4a000000{kind}{n:02}");
    WwnPair::new(name(0).parse().unwrap(), name(1).parse().unwrap())
}

/// What was written can be read, and is written alike.
fn xml(hba: &Hba, form: DeviceForm) -> String {
    let device = hba.to_device(form);
    let xml = device.to_xml();
    let read = NodeDevice::parse("written.xml", &xml).unwrap_or_else(|error| panic!("{error}"));
    assert!(read == device, "{xml}");
    assert_eq!(read.to_xml(), xml);
    xml
}

#[tokio::test(start_paused = true)]
async fn an_hba_lists_its_vhbas() {
    let bed = Bed::with_vports(2).await;
    insta::assert_snapshot!(xml(&bed.hba(0).await, DeviceForm::Libvirt));
}

#[tokio::test(start_paused = true)]
async fn a_vhba_says_as_much() {
    let bed = Bed::with_vports(1).await;
    insta::assert_snapshot!(xml(&bed.hba(2).await, DeviceForm::Libvirt));
}

#[tokio::test(start_paused = true)]
async fn hba_and_vhba_name_each_other_as_functions_do() {
    let bed = Bed::with_vports(2).await;
    let mut both = String::new();
    for no in [0, 2] {
        both += &xml(&bed.hba(no).await, DeviceForm::VirtualFunctions);
    }
    insta::assert_snapshot!(both);

    let parent = bed.hba(0).await.to_device(DeviceForm::VirtualFunctions).extension;
    let children = parent.virt_ports.unwrap().ports;
    for child in &children {
        let no = child.name.as_ref().unwrap().strip_prefix("scsi_host").unwrap();
        let device = bed.hba(no.parse().unwrap()).await.to_device(DeviceForm::VirtualFunctions);
        assert_eq!(device.wwns, Some(child.wwns), "the child that the parent names");
        let named = device.extension.phys_port.unwrap();
        assert_eq!(named.name.as_deref(), Some("scsi_host0"), "names the parent");
        assert_eq!(named.wwns, bed.hba(0).await.adapter.names);
    }
    assert_eq!(children.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_plain_form_has_nothing_of_ours() {
    let bed = Bed::with_vports(1).await;
    let all = Hba::all(&*bed.alpha).await.unwrap();
    let all: String = all.iter().map(|hba| xml(hba, DeviceForm::Schema)).collect();
    assert!(!all.contains("npivot"), "{all}");
    insta::assert_snapshot!(all);
}

#[tokio::test(start_paused = true)]
async fn light_gone_is_told() {
    let bed = Bed::with_vports(1).await;
    bed.cut(0).await;
    for no in [0, 2] {
        let hba = bed.hba(no).await;
        let extension = hba.to_device(DeviceForm::Libvirt).extension;
        assert!(!hba.is_online() && !extension.online, "{no}");
        assert_eq!(extension.state.as_deref(), Some("Linkdown"), "{no}");
        assert_eq!((hba.vendor(), hba.pci().is_some()), (Some("QLogic"), true), "{no}");
    }
    let ports = bed.hba(0).await.to_device(DeviceForm::Libvirt).extension.vports.unwrap().ports;
    assert_eq!(ports[0].state.as_deref(), Some("Linkdown"));
    assert!(bed.hba(1).await.is_online());
}

#[tokio::test(start_paused = true)]
async fn programs_get_json() {
    let bed = Bed::with_vports(1).await;
    let json = |hba: Hba| serde_json::to_string_pretty(&hba).unwrap();
    let both = [json(bed.hba(0).await), json(bed.hba(2).await)].join("\n");
    insta::assert_snapshot!(both);
}

#[tokio::test(start_paused = true)]
async fn people_get_a_tree() {
    let bed = Bed::with_vports(1).await;
    let tree = Tree::of(&*bed.alpha).await.unwrap();
    insta::assert_snapshot!(tree);
    // The same for programs: every path of the lines is in it.
    let value = json!(tree);
    let paths = &value[0]["vports"][0]["targets"][0]["paths"];
    let path = &paths[0];
    let [address, identity] = ["address", "identity"]
        .map(|key| path[key].as_str().unwrap_or_else(|| panic!("{value:#}")));
    let lines = tree.to_string();
    assert!(lines.lines().any(|line| line.contains(address) && line.ends_with(identity)));
}

/// A host that answers what a test says.
#[derive(Debug, Default)]
struct Told {
    adapters: Vec<Adapter>,
    vports: Vec<Vport>,
    error: Option<ErrorKind>,
}

impl Told {
    fn error(&self) -> Result<()> {
        let Some(kind) = self.error else { return Ok(()) };
        Err(Error::new(kind, "look", "host1", "for a test"))
    }
}

#[async_trait]
impl Host for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn capabilities(&self) -> HostCapabilities {
        HostCapabilities::default()
    }

    async fn adapters(&self) -> Result<Vec<Adapter>> {
        Ok(self.adapters.clone())
    }

    async fn remote_ports(&self, _: HostNo) -> Result<Vec<RemotePort>> {
        self.error().map(|()| vec![])
    }

    fn npiv(&self) -> Option<&dyn Npiv> {
        Some(self)
    }

    fn luns(&self) -> Option<&dyn Luns> {
        None
    }
}

#[async_trait]
impl Npiv for Told {
    async fn create_vport(&self, _: HostNo, _: WwnPair) -> Result<(Vport, npivot_hal::Outcome)> {
        unreachable!("nobody makes any")
    }

    async fn delete_vport(&self, _: HostNo, _: WwnPair) -> Result<npivot_hal::Outcome> {
        unreachable!("nobody deletes any")
    }

    async fn vports(&self, _: HostNo) -> Result<Vec<Vport>> {
        self.error().map(|()| self.vports.clone())
    }
}

fn physical(no: u32) -> Adapter {
    let npiv = Some(NpivUse { max: 255, in_use: 2 });
    let mut adapter = Adapter::new(HostNo(no), vhba(90), AdapterKind::Physical { npiv });
    adapter.driver = Some("lpfc".into());
    adapter.pci = Some(PciAddress { domain: 0, bus: 0x81, slot: 0, function: 1 });
    adapter
}

fn of_vport(no: u32, parent: u32) -> Adapter {
    let mut adapter =
        Adapter::new(HostNo(no), vhba(no), AdapterKind::Virtual { parent: HostNo(parent) });
    adapter.state = PortState::Online;
    adapter
}

#[tokio::test(start_paused = true)]
async fn a_vport_without_an_adapter_is_not_forgotten() {
    let told = Told {
        adapters: vec![physical(1), of_vport(4, 1)],
        // One is being made, one is known by its adapter only.
        vports: vec![Vport::new(HostNo(1), vhba(9), VportState::Initializing)],
        error: None,
    };
    let hba = Hba::find(&told, HostNo(1)).await.unwrap().unwrap();
    let known: Vec<_> = hba.vports.iter().map(|vport| (vport.no, vport.state)).collect();
    let wanted = [(Some(HostNo(4)), VportState::Active), (None, VportState::Initializing)];
    assert_eq!(known, wanted);
    let ports = hba.to_device(DeviceForm::Libvirt).extension.vports.unwrap();
    assert_eq!((ports.num, ports.max, ports.ports[1].name.as_deref()), (2, Some(255), None));
    let child = Hba::find(&told, HostNo(4)).await.unwrap().unwrap();
    assert_eq!((child.driver(), child.vendor()), (Some("lpfc"), Some("Emulex")));
    assert_eq!(child.pci(), physical(1).pci, "where its HBA is");

    let tree = Tree::of(&told).await.unwrap();
    insta::assert_snapshot!(tree);
    let value = json!(tree);
    assert_eq!(value[0]["vports_without_adapter"][0]["state"], "Initializing");
    xml(&hba, DeviceForm::Libvirt);
    xml(&hba, DeviceForm::VirtualFunctions);
}

#[tokio::test(start_paused = true)]
async fn what_goes_while_it_is_asked_has_nothing_and_other_errors_are_told() {
    let mut told = Told { adapters: vec![physical(1)], ..Told::default() };
    told.error = Some(ErrorKind::NotFound);
    assert_eq!(Hba::all(&told).await.unwrap()[0].vports, []);
    let tree = Tree::of(&told).await.unwrap();
    assert!(tree.to_string().contains("└─ unreadable: "), "{tree}");
    assert!(json!(tree)[0]["targets_error"].as_str().unwrap().contains("for a test"));
    told.error = Some(ErrorKind::PermissionDenied);
    assert_eq!(Hba::all(&told).await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert!(Hba::find(&told, HostNo(7)).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_vhba_that_lost_its_hba_is_shown_all_the_same() {
    let told = Told { adapters: vec![of_vport(4, 1)], ..Told::default() };
    let tree = Tree::of(&told).await.unwrap();
    assert_eq!(tree.branches.len(), 1);
    let hba = &tree.branches[0].hba;
    assert_eq!((hba.parent.is_none(), hba.vendor(), hba.pci()), (true, None, None));
    assert_eq!(hba.to_device(DeviceForm::Libvirt).parent.name.as_deref(), Some("computer"));
}

#[test]
fn sizes_are_whole() {
    let sizes = [20 << 30, 1 << 40, 1536, 3 << 10].map(size);
    assert_eq!(sizes, ["20 GiB", "1 TiB", "1536 B", "3 KiB"]);
}

/// Paths with an identity that cannot be read are shown with the reason.
#[test]
fn a_path_without_identity_says_why() {
    let address = "1:0:0:3".parse().unwrap();
    let error = Error::new(ErrorKind::Unreachable, "identify", "1:0:0:3", "no answer");
    let path = LunPath::new(address, Err(error), npivot_hal::PathState::Blocked);
    let json = json!(npivot::hba::json::PathJson::from(&path));
    assert_eq!((&json["identity"], &json["state"]), (&json!(null), &json!("blocked")));
    assert!(json["identity_error"].as_str().unwrap().contains("no answer"), "{json}");
}
