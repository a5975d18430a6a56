//! What is told without being asked.

use std::collections::BTreeSet;

use npivot_hal::{Event, HostNo, PortState, VportState};

use crate::Ability::{Bench, Events, Guest, Host, Links, Luns, Npiv, SpareNames, Zoning};
use crate::bed::{Bed, Problem, Verdict, ensure, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], a_creation_is_told,
        "Event::Vport: a vport was made: its parent and its port name"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], a_login_is_told,
        "Event::Vport: changed its state"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], states_are_told_in_order,
        "Event::Vport: its state at the time: Initializing before Active"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], a_deletion_is_told_last,
        "Event::Vport: state is None when it was deleted"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], a_told_vport_can_be_read,
        "Event: it never comes before the state that it tells of can be read (vports)"),
    case!(Events, Changes, [Host, Events, Npiv, Guest], a_told_remote_port_can_be_read,
        "Event: it never comes before the state that it tells of can be read (remote ports)"),
    case!(Events, Changes, [Host, Events, Npiv, Luns, Guest], a_told_path_can_be_read,
        "Event: it never comes before the state that it tells of can be read (paths)"),
    case!(Events, Changes, [Host, Events, Npiv, Luns, Guest], every_path_is_told,
        "Event::Lun: a SCSI device came"),
    case!(Events, Changes, [Host, Events, Npiv, Luns, Guest], a_removed_path_is_told,
        "Event::Lun: a SCSI device went"),
    case!(Events, Changes, [Host, Events, Npiv, Guest], every_target_is_told,
        "Event::RemotePort: a remote port came"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], subscribe_then_read_misses_nothing,
        "Events::subscribe: subscribe first, then read the state: nothing is missed in between"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], nothing_is_told_of_the_past,
        "Events::subscribe: events from now on"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], every_subscriber_is_told,
        "Events::subscribe: a stream of one's own, that takes nothing from others"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], who_listens_no_more_disturbs_nothing,
        "EventStream: it ends when the backend does, or its reader"),
    case!(Events, Changes, [Host, Events, Npiv, SpareNames], a_slow_reader_knows_what_it_missed,
        "EventStream: a slow reader gets Lost in place of what it missed").within(LONG),
    case!(Events, Disturbs, [Host, Events, Links], a_reset_is_told,
        "Event::Adapter: an adapter's port changed its state (login, logout)"),
    case!(Events, Disturbs, [Host, Events, Bench, Npiv, Guest], a_lost_link_is_told,
        "Event::Adapter: link down, link up"),
    case!(Events, Disturbs, [Host, Events, Bench, Npiv, Guest], a_lost_port_is_told,
        "Event::RemotePort: a remote port changed its state"),
    case!(Events, Changes, [Host, Events, Zoning, Npiv, SpareNames, Guest], a_zoning_change_is_told,
        "Event::Rscn: the fabric said that something changed"),
];

const LONG: std::time::Duration = std::time::Duration::from_hours(1);

async fn a_creation_is_told(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let mut events = bed.listen()?;
    let _ = bed.create(hba.no, names).await?;
    let told = |event: &Event| {
        matches!(event, Event::Vport { parent, wwpn, state: Some(_) }
            if *parent == hba.no && *wwpn == names.wwpn)
    };
    events.until(bed, "the vport was made", told).await?;
    Ok(())
}

fn active(event: &Event) -> bool {
    matches!(event, Event::Vport { state: Some(VportState::Active), .. })
}

async fn a_login_is_told(bed: &Bed) -> Verdict {
    let mut events = bed.listen()?;
    bed.active(0).await?;
    events.until(bed, "the vport is Active", active).await?;
    Ok(())
}

async fn states_are_told_in_order(bed: &Bed) -> Verdict {
    let mut events = bed.listen()?;
    let (_, vport) = bed.active(0).await?;
    let told = events.until_quiet(bed).await?;
    let states = told.iter().filter_map(|event| match event {
        Event::Vport { wwpn, state: Some(state), .. } if *wwpn == vport.names.wwpn => Some(*state),
        _ => None,
    });
    let states: Vec<VportState> = states.collect();
    let (last, before) = states.split_last().map_or((None, &[][..]), |(l, b)| (Some(*l), b));
    same("the last state told", &last, &Some(VportState::Active))?;
    let early = before.contains(&VportState::Active);
    ensure!(!early, "Active was told, and then something else: {states:?}");
    Ok(())
}

async fn a_deletion_is_told_last(bed: &Bed) -> Verdict {
    let (hba, vport) = bed.active(0).await?;
    let mut events = bed.listen()?;
    let _ = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
    let gone = |event: &Event| matches!(event, Event::Vport { state: None, .. });
    let told = events.until(bed, "the vport went", gone).await?;
    let wanted = Event::Vport { parent: hba.no, wwpn: vport.names.wwpn, state: None };
    same("the event", &told.last(), &Some(&wanted))?;
    let later = events.until_quiet(bed).await?;
    let own =
        |event: &&Event| matches!(event, Event::Vport { wwpn, .. } if *wwpn == vport.names.wwpn);
    let after = later.iter().find(own);
    ensure!(after.is_none(), "after its deletion the vport is told of: {after:?}");
    Ok(())
}

async fn a_told_vport_can_be_read(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let mut events = bed.listen()?;
    let _ = bed.create(hba.no, names).await?;
    loop {
        let told = events.until(
            bed,
            "the vport changes its state",
            |e| matches!(e, Event::Vport { wwpn, .. } if *wwpn == names.wwpn),
        );
        let told = told.await?.pop();
        let Some(Event::Vport { state: Some(told), .. }) = told else {
            return Err(Problem::failed(format!("the vport went by itself: {told:?}")));
        };
        let now = bed.vport(hba.no, names).await?;
        let now = now.ok_or_else(|| Problem::failed(format!("told {told}, and not listed")))?;
        // It may have moved on since, but not be behind.
        let behind = told == VportState::Active && now.state == VportState::Initializing;
        ensure!(!behind, "told as {told}, and listed as {}", now.state);
        if told == VportState::Active {
            ensure!(now.port_id.is_some(), "told as Active, and without address");
            return Ok(());
        }
        if told.is_refusal() {
            bed.logged_in(hba.no, names).await?;
        }
    }
}

/// Seats a guest while somebody looks at each event as soon as it comes.
async fn told_while_seated(
    bed: &Bed,
    mut look: impl AsyncFnMut(&Event) -> Verdict,
) -> Verdict<(HostNo, Vec<Event>)> {
    let mut events = bed.listen()?;
    let mut told = vec![];
    let watch = async {
        while let Some(event) = events.next_within(bed, crate::bed::QUIET).await? {
            look(&event).await?;
            told.push(event);
        }
        Ok(())
    };
    let (seat, watched): (_, Verdict) = tokio::join!(bed.seat(), watch);
    let seat = seat?;
    watched?;
    Ok((seat.no, told))
}

async fn a_told_remote_port_can_be_read(bed: &Bed) -> Verdict {
    told_while_seated(bed, async |event| {
        let Event::RemotePort { adapter, wwpn: Some(wwpn), state: PortState::Online } = event
        else {
            return Ok(());
        };
        let ports = bed.host()?.remote_ports(*adapter).await?;
        let listed = ports.iter().any(|port| port.wwpn == Some(*wwpn));
        ensure!(listed, "{wwpn} was told as Online on {adapter}, and is not listed");
        Ok(())
    })
    .await?;
    Ok(())
}

async fn a_told_path_can_be_read(bed: &Bed) -> Verdict {
    told_while_seated(bed, async |event| {
        let Event::Lun { address, present: true } = event else {
            return Ok(());
        };
        let paths = bed.luns()?.paths(address.host).await?;
        let listed = paths.iter().any(|path| path.address == *address);
        ensure!(listed, "{address} was told, and is not listed");
        Ok(())
    })
    .await?;
    Ok(())
}

async fn every_path_is_told(bed: &Bed) -> Verdict {
    let (no, told) = told_while_seated(bed, async |_| Ok(())).await?;
    let told = told.iter().filter_map(|event| match event {
        Event::Lun { address, present: true } if address.host == no => Some(*address),
        _ => None,
    });
    let told: BTreeSet<_> = told.collect();
    let listed: BTreeSet<_> =
        bed.luns()?.paths(no).await?.iter().map(|path| path.address).collect();
    same("paths that were told", &told, &listed)
}

async fn every_target_is_told(bed: &Bed) -> Verdict {
    let (no, told) = told_while_seated(bed, async |_| Ok(())).await?;
    for unit in &bed.guest()?.units {
        let found = told.iter().any(|event| {
            matches!(event, Event::RemotePort { adapter, wwpn, state: PortState::Online }
                if *adapter == no && *wwpn == Some(unit.target))
        });
        ensure!(found, "{} came online on {no}, and was not told: {told:?}", unit.target);
    }
    Ok(())
}

async fn a_removed_path_is_told(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let address = seat.path(bed).await?.address;
    let mut events = bed.listen()?;
    let _ = bed.luns()?.remove(address).await?;
    let gone = Event::Lun { address, present: false };
    events.until(bed, "the path went", |event| *event == gone).await?;
    Ok(())
}

async fn subscribe_then_read_misses_nothing(bed: &Bed) -> Verdict {
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let mut events = bed.listen()?;
    let _ = bed.create(hba.no, names).await?;
    let read = bed.vport(hba.no, names).await?;
    let mut known = read.map(|vport| vport.state);
    // What was read, brought up to date with what is told, is what is so in the end.
    bed.logged_in(hba.no, names).await?;
    for event in events.until_quiet(bed).await? {
        match event {
            Event::Vport { wwpn, state, .. } if wwpn == names.wwpn => known = state,
            _ => {}
        }
    }
    let now = bed.vport(hba.no, names).await?.map(|vport| vport.state);
    same("the state read, then brought up to date", &known, &now)
}

async fn nothing_is_told_of_the_past(bed: &Bed) -> Verdict {
    let (_, vport) = bed.active(0).await?;
    bed.quiet().await;
    let mut events = bed.listen()?;
    let told = events.until_quiet(bed).await?;
    let old = told
        .iter()
        .find(|event| matches!(event, Event::Vport { wwpn, .. } if *wwpn == vport.names.wwpn));
    ensure!(old.is_none(), "told although it was before the subscription: {old:?}");
    Ok(())
}

async fn every_subscriber_is_told(bed: &Bed) -> Verdict {
    let (mut a, mut b) = (bed.listen()?, bed.listen()?);
    bed.active(0).await?;
    let (a, b) = (a.until_quiet(bed).await?, b.until_quiet(bed).await?);
    ensure!(!a.is_empty(), "a vport logged in, and nothing was told");
    same("what the second subscriber was told", &b, &a)
}

async fn who_listens_no_more_disturbs_nothing(bed: &Bed) -> Verdict {
    let gone = bed.listen()?;
    let mut stays = bed.listen()?;
    drop(gone);
    bed.active(0).await?;
    stays.until(bed, "the vport is Active", active).await?;
    Ok(())
}

async fn a_slow_reader_knows_what_it_missed(bed: &Bed) -> Verdict {
    const ROUNDS: u32 = 5_000;
    bed.afford(2 * ROUNDS)?;
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let (mut prompt, mut slow) = (bed.listen()?, bed.listen()?);
    let mut told = 0;
    let _ = bed.create(hba.no, names).await?;
    for round in 0..ROUNDS {
        if round > 0 {
            let _ = bed.npiv()?.create_vport(hba.no, names).await?;
        }
        let _ = bed.npiv()?.delete_vport(hba.no, names).await?;
        told += prompt.drain().await.len();
    }
    let mut late = slow.drain().await;
    // The news of the loss may wait for the first event that there is room for again.
    let _ = bed.create(hba.no, names).await?;
    bed.logged_in(hba.no, names).await?;
    told += prompt.until_quiet(bed).await?.len();
    late.extend(slow.until_quiet(bed).await?);
    let lost = late.contains(&Event::Lost);
    let all = late.len() >= told;
    ensure!(lost || all, "{told} events were told, {} came late, and no Lost", late.len());
    Ok(())
}

async fn a_reset_is_told(bed: &Bed) -> Verdict {
    let hba = bed.hba().await?;
    let mut events = bed.listen()?;
    match bed.links()?.reset(hba.no).await {
        Err(error) if error.kind() == npivot_hal::ErrorKind::Unsupported => {
            return Err(Problem::Declined(format!("a driver that can reset ({error})")));
        }
        answer => answer?,
    }
    let up = Event::Adapter { no: hba.no, state: PortState::Online };
    let told = events.until(bed, "the adapter is Online again", |event| *event == up).await?;
    let down = |event: &Event| matches!(event, Event::Adapter { no, state } if *no == hba.no && *state != PortState::Online);
    ensure!(told.iter().any(down), "its logout was not told: {told:?}");
    Ok(())
}

async fn a_lost_link_is_told(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let mut events = bed.listen()?;
    bed.dark(seat.guest.parent).await?;
    let down = Event::Adapter { no: seat.parent.no, state: PortState::Linkdown };
    events.until(bed, "the link is down", |event| *event == down).await?;
    bed.light(seat.guest.parent, true).await?;
    let up = Event::Adapter { no: seat.parent.no, state: PortState::Online };
    events.until(bed, "the link is up", |event| *event == up).await?;
    Ok(())
}

async fn a_lost_port_is_told(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let mut events = bed.listen()?;
    let target = seat.guest.units[0].target;
    bed.dark(target).await?;
    let (adapter, state) = (seat.no, PortState::Blocked);
    let lost = Event::RemotePort { adapter, wwpn: Some(target), state };
    events.until(bed, "the remote port is lost", |event| *event == lost).await?;
    Ok(())
}

async fn a_zoning_change_is_told(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let set = zones.in_force().await?;
    let hba = bed.hba().await?;
    let mut events = bed.listen()?;
    let zone = format!("{}rscn", crate::bed::PREFIX);
    let member = npivot_hal::ZoneMember::Wwpn(bed.spare(0)?.wwpn);
    let edits = [
        npivot_hal::ZoneEdit::PutZone(zone.clone(), npivot_hal::Zone::of([member])),
        npivot_hal::ZoneEdit::AddToZoneSet { zone_set: set.clone(), zone },
    ];
    let _ = zones.change(edits, Some(&set)).await?;
    let told = |event: &Event| matches!(event, Event::Rscn { adapter, .. } if *adapter == hba.no);
    events.until(bed, "the fabric has changed", told).await?;
    Ok(())
}
