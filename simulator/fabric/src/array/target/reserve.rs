//! PERSISTENT RESERVE IN and OUT on the wire (SPC-5, 6.16 and 6.17).

use super::{Call, Handled, Refused, Reply};
use crate::array::Array;
use crate::array::attention::Nexus;
use crate::array::reservation::{Action, Kind, Order, Registry};
use crate::array::scsi::{Check, Sense};

/// The parameter list of PERSISTENT RESERVE OUT, without TransportIDs, which are not taken.
const LIST_BYTES: u32 = 24;
/// No list is longer than this, TransportIDs included.
const LONGEST_LIST: u32 = 4096;
/// PTPL_C: what is registered can be made to outlive a loss of power.
const CAPABILITIES: u8 = 0x01;
/// TMV: the mask that follows is valid.
const MASK_VALID: u8 = 0x80;
/// All six types.
const TYPES: [u8; 2] = [0xea, 0x01];

/// PERSISTENT RESERVE IN.
pub(super) fn read(array: &mut Array, call: &Call<'_>) -> Handled {
    let registry = &array.volume(call.unit()?).registry;
    let data = match call.cdb.action() {
        0 => listed(registry, registry.registrations().flat_map(|(_, key)| key.to_be_bytes())),
        1 => listed(registry, reservation(registry)),
        2 => {
            let active = u8::from(registry.persists());
            vec![0, 8, CAPABILITIES, MASK_VALID | active, TYPES[0], TYPES[1], 0, 0]
        }
        _ => listed(registry, full_status(registry)),
    };
    Ok(Reply::data(data, call.cdb.u16(7).into()))
}

/// Generation, length, list.
fn listed(registry: &Registry, list: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let list: Vec<u8> = list.into_iter().collect();
    let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
    [&registry.generation().to_be_bytes()[..], &length.to_be_bytes(), &list].concat()
}

fn reservation(registry: &Registry) -> Vec<u8> {
    let Some((kind, key)) = registry.reservation() else { return vec![] };
    // Four obsolete bytes, a reserved one, scope (the logical unit) and type, two obsolete bytes.
    [&key.to_be_bytes()[..], &[0, 0, 0, 0, 0, kind.code(), 0, 0]].concat()
}

fn full_status(registry: &Registry) -> Vec<u8> {
    let kind = registry.reservation().map_or(0, |(kind, _)| kind.code());
    let one = |(nexus, key): (Nexus, u64)| {
        let holds = registry.holds(nexus);
        let mut one = key.to_be_bytes().to_vec();
        one.extend([0; 4]);
        one.extend([u8::from(holds), if holds { kind } else { 0 }, 0, 0, 0, 0]);
        one.extend(Array::relative_port(nexus.port).to_be_bytes());
        one.extend([0, 0, 0, 24]);
        // TransportID of Fibre Channel (SPC-5, 7.6.4.2).
        one.extend([0; 8]);
        one.extend(nexus.initiator.get().to_be_bytes());
        one.extend([0; 8]);
        one
    };
    registry.registrations().flat_map(one).collect()
}

/// PERSISTENT RESERVE OUT, before its data is there.
pub(super) fn needs(_: &mut Array, call: &Call<'_>) -> Result<u64, Refused> {
    if !matches!(call.cdb.action(), 0 | 3 | 6) {
        scope_and_type(call)?;
    }
    match call.cdb.u32(5) {
        length @ LIST_BYTES..=LONGEST_LIST => Ok(length.into()),
        _ => Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into()),
    }
}

/// PERSISTENT RESERVE OUT.
pub(super) fn change(array: &mut Array, call: &Call<'_>) -> Handled {
    let unit = call.unit()?;
    let length = needs(array, call)?;
    let order = order(call, length)?;
    let notices = array.volume_mut(unit).registry.obey(call.nexus, order)?;
    for (nexus, condition) in notices {
        array.attentions.owe(nexus, unit, condition);
    }
    Ok(Reply::took(length))
}

fn order(call: &Call<'_>, length: u64) -> Result<Order, Refused> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let list = call.data.get(..length).ok_or(Sense::PARAMETER_LIST_LENGTH_ERROR)?;
    let list = list.first_chunk::<24>().ok_or(Sense::PARAMETER_LIST_LENGTH_ERROR)?;
    let key = |at: usize| {
        let mut key = [0; 8];
        key.copy_from_slice(&list[at..at + 8]);
        u64::from_be_bytes(key)
    };
    let flags = list[20];
    let registers = matches!(call.cdb.action(), 0 | 6);
    // SPEC_I_PT, then ALL_TG_PT: a registration is of the nexus that it comes from, and of no other.
    for bit in [3, 2] {
        if registers && flags >> bit & 1 != 0 {
            return Err(Check::list(20, Some(bit)).into());
        }
    }
    if length != list.len() {
        return Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into());
    }
    let persist = flags & 0x01 != 0;
    let action = match call.cdb.action() {
        0 => Action::Register { ignoring: false, persist },
        6 => Action::Register { ignoring: true, persist },
        1 => Action::Reserve(scope_and_type(call)?),
        2 => Action::Release(scope_and_type(call)?),
        3 => Action::Clear,
        // Nothing is ever under way that could be aborted: both preempt alike.
        _ => Action::Preempt(scope_and_type(call)?),
    };
    Ok(Order { action, key: key(0), service_key: key(8) })
}

/// The scope must be the logical unit, the type one of the six.
fn scope_and_type(call: &Call<'_>) -> Result<Kind, Refused> {
    call.cdb.must_be_zero(2, 0xf0, 7)?;
    Kind::of(call.cdb.byte(2) & 0x0f).ok_or_else(|| Check::cdb(2, Some(3)).into())
}
