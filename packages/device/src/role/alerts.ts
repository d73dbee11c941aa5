/** Serves alerts: one byte of ET13 says what the meter wants. MEP guide 1.1, pp. 23, 57 and 88. */
import type { PostMessage } from "@meterport/protocol/procedures/post-messages";
import { ET13 } from "@meterport/protocol/tables/extended/et13-device-configuration";
import type { Ask } from "./actions.ts";
import { type AlertKind, alertKinds, type Duty, type Outcome, read, type Steps, take } from "./duty.ts";
import { serveOnDemand } from "./on-demand.ts";
import { post } from "./posting.ts";

const bits: Readonly<Record<AlertKind, number>> = {
  "scheduled-read": 0x01,
  "clear-mbus-alert": 0x08,
  "clear-delta-alert": 0x10,
};
const onDemandBit = 0x02;
/** Bits without a meaning; bit 2 is the meter's own. */
const unknownBits = 0xe0;

const asks: Readonly<Record<AlertKind, Ask>> = {
  "scheduled-read": { kind: "scheduled-read" },
  "clear-mbus-alert": { kind: "mbus-change" },
  "clear-delta-alert": { kind: "delta-data" },
};

const answerTime = 60_000;
/** The meter alerts once a second, so looking more often shows nothing new. */
const shortestGap = 1_000;
/** Where looking changes nothing, for bits that only time clears. */
const longestGap = 8_000;
/** An entry of the other client may stand before ours, and ours ages meanwhile. */
const longestGapOnDemand = 3_000;
/** The meter clears a flag when the write of the answer is complete. */
const clearingTime = 5_000;
const firstRest = 60_000;
const longestRest = 3_600_000;
const uncertainRest = 2_000;

/** Waits longer each time. */
const rest = (duty: Duty, kind: AlertKind): void => {
  const record = duty.alerts.kinds[kind];
  record.rest = Math.min(longestRest, Math.max(firstRest, 2 * record.rest));
  record.notBefore = duty.now + record.rest;
  record.posted = false;
};

/** One bit that asks for an answer of its own; gives whether something began. */
const serveBit = (duty: Duty, kind: AlertKind, isSet: boolean): boolean => {
  const record = duty.alerts.kinds[kind];
  if (!isSet) {
    Object.assign(record, { notBefore: 0, rest: 0, posted: false });
    return false;
  }
  if (duty.now < record.notBefore || duty.isAsked({ kind })) return false;
  if (record.posted) {
    duty.tell({ type: "alert-stays", kind });
    rest(duty, kind);
    return false;
  }
  duty.tell({ type: "asked", kind, transaction: null, requestType: null });
  duty.ask(asks[kind], { kind }, answerTime);
  return true;
};

/** Looks at the flags once, and begins what they ask for. */
export function* serveFlags(duty: Duty): Steps<void> {
  const { alerts, place } = duty;
  const path = ["devices", place.slot, "scheduledRead"];
  const flags = (yield* take({ type: "read-byte", table: ET13, path })) as number;
  let progress = flags !== alerts.flags;
  if ((flags & unknownBits) !== (alerts.flags & unknownBits))
    duty.tell({ type: "unknown-alerts", flags: flags & unknownBits });
  alerts.flags = flags;
  alerts.readAt = duty.now;
  for (const kind of alertKinds) progress = serveBit(duty, kind, (flags & bits[kind]) !== 0) || progress;
  const wanted = (flags & onDemandBit) !== 0;
  if (wanted) progress = (yield* serveOnDemand(duty)) || progress;
  const longest = wanted ? longestGapOnDemand : longestGap;
  alerts.gap = progress ? shortestGap : Math.min(longest, Math.max(shortestGap, 2 * alerts.gap));
  if (flags !== 0) duty.due("flags", duty.now + alerts.gap);
}

/** The earliest time to look again after an alert. */
export const nextLook = ({ alerts, now }: Duty): number => Math.max(now, alerts.readAt + alerts.gap);

const messageOf = (kind: AlertKind, outcome: Outcome & { readonly ok: true }): PostMessage => {
  if (kind !== "scheduled-read") return { kind };
  const { data = new Uint8Array(0), alarms } = outcome.answer;
  return alarms === undefined ? { kind, data } : { kind: "scheduled-read-and-alarms", data, alarms };
};

/** Posts the application's answer to an alert. */
export function* answerAlert(duty: Duty, kind: AlertKind, outcome: Outcome): Steps<void> {
  const record = duty.alerts.kinds[kind];
  if (!outcome.ok) {
    const { why, detail } = outcome;
    duty.tell({ type: "not-answered", kind, transaction: null, why, detail });
    rest(duty, kind);
    return;
  }
  const posted = yield* post(duty, messageOf(kind, outcome));
  if (posted === "posted") Object.assign(record, { posted: true, notBefore: duty.now + clearingTime });
  // Whether the meter has it, the flag will show.
  else if (posted === "uncertain") record.notBefore = duty.now + uncertainRest;
  else rest(duty, kind);
  if (posted === "refused") duty.due("look", duty.now);
  duty.due("flags", duty.now);
}

/** Data that may wait: ET13 from byte 9 of the own entry (MEP guide 1.1, p. 89). */
export function* readDownlink(duty: Duty): Steps<void> {
  const [data] = (yield* read(ET13, [["devices", duty.place.slot, "downlinkData"]])) as [Uint8Array];
  duty.tell({ type: "downlink-data", data });
  const { downlinkEvery } = duty.options;
  if (downlinkEvery !== undefined) duty.due("downlink", duty.now + downlinkEvery);
}
