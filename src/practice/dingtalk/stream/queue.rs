//! Events that wait: each goes to one connection, and again without a good acknowledgement.

use super::super::super::Practice;
use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::super::world::World;
use super::super::events::Event;
use super::frames::{self, Heard};
use super::{HISTORY, PARCEL_LIMIT, Parcel, Streams};
use crate::base::clock::Seconds;

/// Without an acknowledgement an event comes again after so long; DingTalk does not say when.
const PATIENCE: i64 = 60;
/// An event that was wanted later comes again after so long.
const LATER: i64 = 10;

/// An event waits for an application.
pub(in crate::practice::dingtalk) fn enqueue(practice: &Practice, world: &mut World, client_id: &str, event: &Event) {
    let twice = world.is_on(Platform::Dingtalk, Switch::DuplicateEvents);
    let lost = world.is_on(Platform::Dingtalk, Switch::StreamForgets);
    let streams = &mut world.dingtalk.streams;
    if lost && !streams.lines.iter().any(|line| line.client_id == client_id) {
        return;
    }
    streams.counter += 1;
    let message_id = format!("m{:08}", streams.counter);
    // A duplicate bears the same ids: that is how it is known to be one.
    for _ in 0..if twice { 2 } else { 1 } {
        if streams.parcels.len() >= PARCEL_LIMIT {
            streams.parcels.pop_front();
        }
        streams.parcels.push_back(Parcel {
            message_id: message_id.clone(),
            client_id: client_id.to_owned(),
            event: event.clone(),
            sent: None,
            not_before: practice.now(),
            deliveries: 0,
        });
    }
    pump(practice, world);
}

/// Sends what may go.
pub(super) fn pump(practice: &Practice, world: &mut World) {
    if world.is_on(Platform::Dingtalk, Switch::HoldEvents) {
        return;
    }
    let now = practice.now();
    let Streams { lines, parcels, .. } = &mut world.dingtalk.streams;
    for parcel in parcels.iter_mut() {
        let lost =
            |(line, at): &(String, Seconds)| now >= at + PATIENCE || !lines.iter().any(|known| known.id == *line);
        let due = parcel.sent.as_ref().is_none_or(lost) && now >= parcel.not_before;
        if !due {
            continue;
        }
        let mine: Vec<_> = lines.iter().filter(|line| line.client_id == parcel.client_id).collect();
        // In turns: each message goes to one connection, a repeated one to the next.
        let number: u64 = parcel.message_id.trim_start_matches('m').parse().unwrap_or_default();
        let turn = usize::try_from(number + u64::from(parcel.deliveries)).unwrap_or_default();
        let Some(line) = mine.get(turn % mine.len().max(1)) else { continue };
        if line.door.try_send(frames::event(parcel, &line.id, now)).is_ok() {
            parcel.sent = Some((line.id.clone(), now));
            parcel.deliveries += 1;
        }
    }
}

/// An application answered.
pub(super) fn acknowledge(practice: &Practice, world: &mut World, heard: Heard) {
    let now = practice.now();
    let streams = &mut world.dingtalk.streams;
    let Some(at) = streams.parcels.iter().position(|it| it.message_id == heard.message_id && it.sent.is_some()) else {
        return;
    };
    let good = heard.code == 200 && heard.status.as_deref() != Some("LATER");
    if good {
        streams.parcels.remove(at);
    } else if let Some(parcel) = streams.parcels.get_mut(at) {
        parcel.sent = None;
        parcel.not_before = now + LATER;
    }
    let status = heard.status.unwrap_or_else(|| heard.code.to_string());
    streams.acknowledged.push_back((heard.message_id, status));
    if streams.acknowledged.len() > HISTORY {
        streams.acknowledged.pop_front();
    }
}

/// Lets held events go, the last one first where `backwards`.
pub(in crate::practice::dingtalk) fn release(practice: &Practice, world: &mut World, backwards: bool) {
    if backwards {
        world.dingtalk.streams.parcels.make_contiguous().reverse();
    }
    let mut switches = world.switches(Platform::Dingtalk);
    switches.on.remove(&Switch::HoldEvents);
    world.set_switches(Platform::Dingtalk, switches);
    pump(practice, world);
}
