//! multipathd with two paths to one volume: one is cut, and healed, while somebody writes.

use super::{content, rack, run, topology};

/// The writer writes its numbers one after the other, and `last` is the last that was acknowledged.
const SCRIPT: &str = r#"
printf 'defaults {\n find_multipaths no\n polling_interval 1\n max_polling_interval 1\n}\n' > /etc/multipath.conf
multipathd
active() { multipathd show paths format '%d %t %T' | grep -c 'active ready'; }
until_true '[ "$(active)" = 2 ]'
map=/dev/mapper/$(multipathd show maps format '%n' | tail -n 1 | tr -d ' ')
until_true '[ -b $map ]'
multipathd show maps format '%w %N' | tail -n 1

i=0
(
    while [ ! -e /tmp/stop ]; do
        i=$((i+1))
        printf '%-511s\n' "write $i" | dd of=$map bs=512 seek=$i oflag=direct conv=notrunc 2>/dev/null || break
        echo $i > /tmp/last.new && mv /tmp/last.new /tmp/last
    done
    echo ended > /tmp/ended
) &
until_true '[ -e /tmp/last ]'

san link-down a1/8
until_true '[ "$(active)" = 1 ]'
multipathd show paths format '%t %T' | grep -v active | tail -n 1
cut=$(cat /tmp/last)
until_true '[ $(cat /tmp/last) -gt $((cut+10)) ]'
echo "it goes on"

san link-up a1/8
until_true '[ "$(active)" = 2 ]'
healed=$(cat /tmp/last)
until_true '[ $(cat /tmp/last) -gt $((healed+10)) ]'
echo "both are back"
touch /tmp/stop
until_true '[ -e /tmp/ended ]'
cat /tmp/last
"#;

#[test]
fn a_path_is_cut_and_healed_and_no_write_is_lost() {
    let topology = topology();
    let mut rack = rack(&topology);
    let printed = run(&mut rack, SCRIPT);
    let lines: Vec<&str> = printed.lines().collect();
    let [map, failed, goes_on, back, last] = lines[..] else { panic!("{printed}") };
    assert!(map.starts_with(&format!("3{} 2", super::naa(&topology, "scratch"))), "{map}");
    assert!(failed.contains("failed") || failed.contains("faulty"), "{failed}");
    assert_eq!([goes_on, back], ["it goes on", "both are back"]);
    let last: u64 = last.parse().unwrap();
    assert!(last > 20, "{last}");
    for i in 1..=last {
        let block = content(&rack, "scratch", i * 512, 512);
        assert_eq!(block, format!("{:<511}\n", format!("write {i}")).as_bytes(), "block {i}");
    }
}
