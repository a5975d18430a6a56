//! What the typed fields say.

use npivot::libvirt::{FcHostAdapter, ParentChoice, PoolDefinition, Uuid};
use npivot_hal::{FabricName, WwnPair, Wwnn, Wwpn};

fn adapter(attributes: &str) -> FcHostAdapter {
    let xml = format!(
        "<pool type='scsi'><name>p</name><source><adapter type='fc_host' \
         wwnn='20000000c9831b4b' wwpn='10000000c9831b4b' {attributes}/></source></pool>"
    );
    let pool = PoolDefinition::parse("pool.xml", &xml);
    let pool = pool.unwrap_or_else(|error| panic!("{error}"));
    pool.adapter.fc_host().cloned().unwrap()
}

fn pair(wwpn: u64, wwnn: u64) -> WwnPair {
    WwnPair::new(Wwpn::new(wwpn).unwrap(), Wwnn::new(wwnn).unwrap())
}

#[test]
fn the_parent_is_the_name_else_the_pair_else_the_fabric_else_any() {
    let by_name = "parent='scsi_host5'";
    let by_wwn = "parent_wwnn='0x2000001B32A9DA01' parent_wwpn='21:00:00:1b:32:a9:da:01'";
    let by_fabric = "parent_fabric_wwn='100000051e0ab3c1'";
    let name = ParentChoice::ByName("scsi_host5".into());
    let wwn = ParentChoice::ByWwn(pair(0x2100_001b_32a9_da01, 0x2000_001b_32a9_da01));
    let fabric = ParentChoice::ByFabric(FabricName::new(0x1000_0005_1e0a_b3c1).unwrap());
    for (attributes, choice) in [
        (String::new(), ParentChoice::Automatic),
        (by_fabric.into(), fabric),
        (by_wwn.into(), wwn.clone()),
        (format!("{by_fabric} {by_wwn}"), wwn),
        (format!("{by_wwn} {by_name}"), name.clone()),
        (format!("{by_fabric} {by_name} {by_wwn}"), name),
    ] {
        assert_eq!(adapter(&attributes).parent_choice(), choice, "{attributes}");
    }
}

#[test]
fn managed_is_yes_no_or_not_said() {
    assert_eq!(adapter("managed='yes'").managed, Some(true));
    assert_eq!(adapter("managed='no'").managed, Some(false));
    assert_eq!(adapter("").managed, None);
}

#[test]
fn a_definition_can_be_made_without_xml() {
    let wwns = pair(0x5001_a4a0_0000_0001, 0x5001_a4a0_0000_0101);
    let mut pool = PoolDefinition::new("web1".parse().unwrap(), FcHostAdapter::new(wwns));
    assert_eq!(pool.target_path, PoolDefinition::DEFAULT_TARGET_PATH);
    pool.uuid = Some(Uuid([0xab; 16]));
    pool.adapter.fc_host_mut().unwrap().parent = Some("scsi_host3".into());
    let read = PoolDefinition::parse("web1.xml", &pool.to_xml());
    assert!(read == Ok(pool));
}

#[test]
fn what_xml_cannot_hold_is_left_out_and_what_it_would_change_is_escaped() {
    let wwns = pair(1, 2);
    let mut pool = PoolDefinition::new("web1".parse().unwrap(), FcHostAdapter::new(wwns));
    pool.adapter.fc_host_mut().unwrap().parent = Some("a\u{1}'<b>\u{ffff}&\"".into());
    let xml = pool.to_xml();
    assert!(xml.contains(" parent='a&apos;&lt;b&gt;&amp;&quot;' "), "{xml}");
    assert!(PoolDefinition::parse("web1.xml", &xml).is_ok());
}

#[test]
fn an_empty_uuid_is_none_as_for_libvirt() {
    let xml = "<pool type='scsi'><name>p</name><uuid/><source>\
               <adapter type='fc_host' wwnn='1000000000000001' wwpn='1000000000000002'/></source></pool>";
    assert_eq!(PoolDefinition::parse("p.xml", xml).unwrap().uuid, None);
}

#[test]
fn a_declaration_that_stands_twice_is_written_once() {
    let own = "urn:npivot:pool:1";
    let xml = format!(
        "<pool type='scsi'><name>p</name><source><adapter type='fc_host' wwnn='20000000c9831b4b' \
         wwpn='10000000c9831b4b'/></source><x:pool xmlns:x='{own}'><s:new xmlns:s='urn:s' xmlns:npivot='{own}'/>\
         <x:ready xmlns:npivot='{own}' quiet_ms='5'/></x:pool></pool>"
    );
    let pool = PoolDefinition::parse("pool.xml", &xml).unwrap();
    let once = pool.to_xml();
    assert!(
        once.contains("<s:new xmlns:s='urn:s'/>") && once.contains("<npivot:ready quiet_ms='5'/>"),
        "{once}"
    );
    let again = PoolDefinition::parse("pool.xml", &once).unwrap();
    assert_eq!(again.to_xml(), once);
    assert!(again == pool, "{once}");
}

#[test]
fn the_documented_pool_is_one() {
    let page = include_str!("../../docs/pools.md");
    let (_, rest) = page.split_once("```xml\n").unwrap();
    let (xml, _) = rest.split_once("```").unwrap();
    let pool = PoolDefinition::parse("pools.md", xml).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(pool.to_xml(), xml);
    assert_eq!((pool.vhbas().count(), pool.extension.expected.len()), (2, 1));
}

#[test]
fn a_pool_that_is_up_tells_its_size() {
    let xml = "<pool type='scsi'><name>a</name><capacity unit='KiB'>1</capacity><source>\
               <adapter type='scsi_host' name='scsi_host1'/></source></pool>";
    let pool = PoolDefinition::parse("a.xml", xml).unwrap();
    let up = pool.with_volumes_of(120 << 30).to_xml();
    let figures = "  <name>a</name>
  <capacity unit='bytes'>128849018880</capacity>
  <allocation unit='bytes'>128849018880</allocation>
  <available unit='bytes'>0</available>
  <source>
";
    assert!(up.contains(figures), "{up}");
    let again = PoolDefinition::parse("up.xml", &up).unwrap();
    assert_eq!(again.to_xml(), up);
    assert!(again.with_volumes_of(0).to_xml().contains("<capacity unit='bytes'>0</capacity>"));
}
