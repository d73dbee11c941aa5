/** What happened to a meter by itself, event by event: its power, its clock, its tariff, its visitors. */
import type { Millis } from "@meterport/protocol/ports";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay, midnights, monthBegins, seasonBegins } from "./calendar-days.ts";
import { deviceArgument, deviceStatus, eventNumber, list, nobody, powerLine, powerUpCause } from "./event-numbers.ts";
import { isSummer } from "./local-time.ts";
import type { Outage, Past } from "./past.ts";
import type { Reversal } from "./reverse-energy.ts";
import { demandResetsUntil } from "./snapshots.ts";
import { seasonAt, switchAfter, tierAt } from "./tariff.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** An event, before it has its number in the logs. */
export interface Happening {
  /** Of the meter's clock. */
  readonly time: Millis;
  readonly event: number;
  readonly userId: number;
  /** 0 for an event without one. */
  readonly argument: number;
  /** In ET79, else in BT74. */
  readonly alternate: boolean;
}

export interface HappeningOptions {
  readonly past: Past;
  /** Whether it has demand registers. */
  readonly demand: boolean;
  /** Whether there is a second log, which takes what happens each day. */
  readonly alternate: boolean;
  /** A number in [0, 1) for the outage of that index. */
  readonly chance: (outage: number) => number;
  readonly reversals: (time: Millis) => readonly Reversal[];
}

const happening = (time: Millis, event: number, argument = 0, userId = nobody): Happening => ({
  time,
  event,
  userId,
  argument,
  alternate: false,
});

/** One phase of three goes first in every third outage. */
const outage = ({ off, on }: Outage, chance: number): Happening[] => [
  ...(chance < 1 / 3 ? [happening(off - 2 * second, eventNumber.phaseLoss, 1 << Math.floor(chance * 9))] : []),
  happening(off, eventNumber.powerDown),
  happening(on, eventNumber.powerUp, powerUpCause.powerFailure),
];

/** The head-end sets the clock. */
const clockSet = ({ time, by }: Past["clockChange"]): Happening[] => [
  happening(time - by, eventNumber.procedureCalled, 10, powerLine),
  happening(time - by, eventNumber.timeChangedFrom, 0, powerLine),
  happening(time, eventNumber.timeChangedTo, 0, powerLine),
];

/** A fitter opened the terminals and connected the gas meter, on the third day of what is recorded. */
const visit = (origin: Millis): Happening[] => {
  const opened = beginOf(localDay(origin) + 2) + 10 * hour + 17 * minute + 21 * second;
  return [
    happening(opened, eventNumber.coverRemoved, 1),
    happening(opened + 11 * minute, eventNumber.mbusDiscoveryComplete),
    happening(
      opened + 11 * minute + 20 * second,
      eventNumber.deviceStatus,
      deviceArgument(0, deviceStatus.commissioned),
    ),
  ];
};

/** The head-end has read a list: since then nothing in it counts as read. */
const collected = (time: Millis, lists: readonly number[]): Happening[] =>
  lists.flatMap((read, i) => [
    happening(time + i * 4 * second, eventNumber.procedureCalled, 5, powerLine),
    happening(time + i * 4 * second, eventNumber.listPointersUpdated, read, powerLine),
  ]);

/** Each month, and last just before the start, from which the logs count unread entries. */
const collections = ({ origin, start }: Past): Happening[] => [
  ...monthBegins(origin, start - day).flatMap((time) => collected(time + 3 * hour + 7 * minute, [list.all])),
  ...collected(Math.floor((start - 5 * minute) / second) * second, [list.selfReads, list.loadProfile, list.eventLog]),
];

/** When the tariff changes: a switch to the tier already in effect does not count. */
const tierSwitches = (past: Past, time: Millis): Happening[] => {
  const found: Happening[] = [];
  for (let at = switchAfter(past.origin); at.time <= time; at = switchAfter(at.time))
    if (tierAt(at.time - 1) !== at.tier) found.push(happening(at.time, eventNumber.tierSwitch, at.tier));
  return found;
};

/** When summer time begins and ends: on the days whose ends lie on different sides of it. */
const summerTimeChanges = (past: Past, time: Millis): Happening[] =>
  midnights(past.origin, time).flatMap((midnight) => {
    const before = isSummer(midnight, denmark);
    const end = beginOf(localDay(midnight) + 1);
    if (before === isSummer(end, denmark)) return [];
    let at = midnight;
    while (isSummer(at, denmark) === before) at += hour;
    return at > time ? [] : [happening(at, before ? eventNumber.summerTimeOff : eventNumber.summerTimeOn)];
  });

/** All events from the origin of its past until `time`, oldest first. */
export const happenings = (options: HappeningOptions, time: Millis): readonly Happening[] => {
  const { past, demand, alternate, chance, reversals } = options;
  const withPower = ({ time: at }: Happening): boolean => !past.outages.some(({ off, on }) => at >= off && at < on);
  // With a second log that takes what happens each day; without one, reads are not logged: they would soon be all there is.
  const switches = tierSwitches(past, time).filter(withPower);
  const selfReads = alternate ? midnights(past.origin, time).map((at) => happening(at, eventNumber.selfRead)) : [];
  const daily = [...selfReads, ...switches].map((event) => ({ ...event, alternate }));
  const all = [
    ...past.outages.flatMap((dark, i) => outage(dark, chance(i))),
    ...clockSet(past.clockChange),
    ...[...visit(past.origin), ...collections(past)].filter(withPower),
    ...daily,
    ...seasonBegins(past.origin, time).map((at) => happening(at, eventNumber.seasonChange, seasonAt(at))),
    ...(demand ? demandResetsUntil(past, time).map((at) => happening(at, eventNumber.demandReset)) : []),
    ...reversals(time).map((found) => happening(found.time, eventNumber.reverseEnergy, found.phases)),
    ...summerTimeChanges(past, time),
  ];
  return all.sort((a, b) => a.time - b.time);
};
