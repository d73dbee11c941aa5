/** Registers the device at its port, and finds out whether it still is. MEP guide 1.1, pp. 22-23, 28, 42, 91 and 130-133. */
import { equalBytes, toHex } from "@meterport/protocol/bytes";
import { ET14 } from "@meterport/protocol/tables/extended/et14-device-status";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { ET51 } from "@meterport/protocol/tables/extended/et51-mep-device-configuration";
import { type Duty, read, readIfThere, remember, type Steps, take } from "./duty.ts";
import { registrationAllowedAt, withRegistration } from "./memory.ts";

/** Handles of client 1 and client 2; page 91 ends the second range at 2099, pages 28 and 31 at 2999. */
const handleRanges = { 1: [1000, 1999], 2: [2000, 2999] } as const;
const deviceUp = 3;
const deviceDown = 4;
/** How long the meter may take to give a handle, and how often it is asked. */
const followFor = 60_000;
const followEvery = 2_000;
/** After that the registration is looked at again, without writing. */
const unconfirmedRest = 600_000;

interface Found {
  readonly identification: Uint8Array;
  readonly registered: boolean;
  readonly et59Response: boolean;
  readonly mbusAlerts: boolean;
  readonly deltaDataAlerts: boolean;
  readonly handle: number;
  readonly status: number;
}

const inRange = ({ options }: Duty, handle: number): boolean => {
  const [first, last] = handleRanges[options.port];
  return handle >= first && handle <= last;
};

function* status({ place }: Duty): Steps<{ readonly handle: number; readonly status: number }> {
  const entry = ["devices", place.slot] as const;
  const paths = [
    [...entry, "deviceHandle"],
    [...entry, "deviceStatus"],
  ];
  const [handle, status] = (yield* read(ET14, paths)) as [number, number];
  return { handle, status };
}

function* found(duty: Duty): Steps<Found> {
  const fields = ["identification", "mepDeviceRegistered", "et59Response", "mbusAlerts", "deltaDataAlerts"];
  const paths = fields.map((field) => ["clients", duty.place.index, field]);
  const [identification, registered, et59Response, mbusAlerts, deltaDataAlerts] = (yield* read(ET50, paths)) as [
    Uint8Array,
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  return { identification, registered, et59Response, mbusAlerts, deltaDataAlerts, ...(yield* status(duty)) };
}

function* readSettings(duty: Duty): Steps<void> {
  const fields = ["monitorMepHealth", "healthTimeout", "onDemandTimeout"];
  const values = yield* readIfThere(
    ET51,
    fields.map((field) => ["clients", duty.place.index, field]),
  );
  if (values === undefined) return;
  const [monitored, health, onDemand] = values as [boolean, number, number];
  duty.settings = { monitored, healthTimeout: 1_000 * health, onDemandTimeout: 1_000 * onDemand };
}

/** Flags of the client in ET50; client 2 always reads ET85, so the choice of ET59 is not its own. */
const wantedFlags = ({ options, place }: Duty, now: Found) =>
  [
    ["mepDeviceRegistered", true, now.registered],
    ["et59Response", place.index === 0 ? true : now.et59Response, now.et59Response],
    ["mbusAlerts", options.mbusAlerts === true, now.mbusAlerts],
    ["deltaDataAlerts", options.deltaAlerts === true, now.deltaDataAlerts],
  ] as const;

/** False if nothing differs, and then nothing is written: writing wears the meter. */
function* writeFlags(duty: Duty, now: Found): Steps<boolean> {
  const flags = wantedFlags(duty, now);
  if (flags.every(([, wanted, present]) => wanted === present)) return false;
  // The meter rewrites all four bits at once, so they travel together.
  const fields = flags.map(([field, value]) => ({ path: ["clients", duty.place.index, field], value }));
  yield* take({ type: "write", table: ET50, fields });
  return true;
}

/** Whether the port is free for this device: another one is removed only if that was allowed. */
function* makeRoom(duty: Duty, now: Found): Steps<boolean> {
  const other = !equalBytes(now.identification, duty.options.identification);
  const occupied = now.registered || now.handle !== 0;
  if (!other || !occupied) return true;
  const removing = duty.options.replace === true;
  const handle = now.handle === 0 ? null : now.handle;
  duty.tellState({ type: "other-device", identification: toHex(now.identification), handle, removing });
  if (!removing) return false;
  if (handle === null) return true;
  yield* take({ type: "remove-device", handle });
  duty.tell({ type: "other-device-removed", handle });
  return true;
}

function* lost(duty: Duty): Steps<void> {
  const before = duty.memory.handle;
  duty.handle = null;
  if (before === null) return;
  duty.tellState({ type: "registration-lost", handle: before });
  yield* remember(duty, { ...duty.memory, handle: null });
}

/** Writes the registration, unless that happened too often. */
function* register(duty: Duty, now: Found): Steps<void> {
  const allowedAt = registrationAllowedAt(duty.memory, duty.wall);
  if (allowedAt > duty.wall) {
    duty.tellState({ type: "registration-waits", until: allowedAt });
    duty.due("look", duty.now + allowedAt - duty.wall);
    return;
  }
  // Counted before it is written: a write whose answer is lost counts too.
  yield* remember(duty, withRegistration(duty.memory, duty.wall));
  const { index } = duty.place;
  const { identification } = duty.options;
  // The flag comes second: the meter takes the identification when it is set.
  if (!equalBytes(now.identification, identification)) {
    const fields = [{ path: ["clients", index, "identification"], value: identification }];
    yield* take({ type: "write", table: ET50, fields });
  }
  const cleared = { ...now, registered: false };
  yield* writeFlags(duty, cleared);
  yield* confirm(duty, true);
}

/** Follows ET14 until the device has its handle; the state counts only where the meter watches (MEP guide 1.1, p. 91). */
function* confirm(duty: Duty, written: boolean): Steps<void> {
  const now = yield* status(duty);
  if (!inRange(duty, now.handle) || (duty.settings.monitored && now.status !== deviceUp)) {
    duty.due("follow", duty.now + followEvery);
    return;
  }
  yield* entered(duty, now.handle, written);
}

function* entered(duty: Duty, handle: number, written: boolean): Steps<void> {
  const known = duty.handle === handle;
  if (duty.memory.handle !== handle) yield* remember(duty, { ...duty.memory, handle });
  duty.handle = handle;
  if (known && !written) return;
  duty.tellState({ type: "registered", handle, written });
  duty.due("flags", duty.now);
  if (duty.options.downlinkEvery !== undefined) duty.due("downlink", duty.now);
}

/** Finds out whether the device is registered, and registers it where it is not. Gives whether the port is another's. */
export function* look(duty: Duty): Steps<{ readonly blocked: boolean }> {
  yield* readSettings(duty);
  const now = yield* found(duty);
  const own = equalBytes(now.identification, duty.options.identification);
  if (own && now.registered && inRange(duty, now.handle)) {
    yield* writeFlags(duty, now);
    if (now.status === deviceDown) duty.tellState({ type: "device-down", handle: now.handle });
    yield* entered(duty, now.handle, false);
    return { blocked: false };
  }
  // It announced itself, and the meter has not taken it up yet.
  if (own && now.registered && duty.memory.registrations.length > 0 && duty.memory.handle === null) {
    yield* confirm(duty, true);
    return { blocked: false };
  }
  yield* lost(duty);
  if (!(yield* makeRoom(duty, now))) {
    return { blocked: true };
  }
  yield* register(duty, now);
  return { blocked: false };
}

/** One more look at ET14, within `followFor` of the registration. */
export function* follow(duty: Duty, since: number): Steps<void> {
  if (duty.now - since <= followFor) return yield* confirm(duty, true);
  duty.tellState({ type: "registration-unconfirmed" });
  duty.due("look", duty.now + unconfirmedRest);
}
