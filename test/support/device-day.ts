/**
 * A scripted day of two devices at one meter, in virtual time: scheduled reads, on-demand requests, a file, power failures,
 * an exchange, restarts, storms of alerts, beside live readings. A test and a bench run it with different seeds and faults.
 */
import { connect, type Meter, openLive, rc4 } from "@meterport/client";
import type { Answer, Ask } from "@meterport/device";
import { toHex } from "@meterport/protocol/bytes";
import { decode, parseProfile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { decodePost } from "@meterport/protocol/procedures/post-messages";
import { numberOf } from "@meterport/protocol/tables/identifiers";
import { BT07 } from "@meterport/protocol/tables/index";
import { faultNames, type Line, type LineCondition, modelledLine, seeded, VirtualMeter } from "@meterport/simulator";
import { HeadEnd } from "@meterport/simulator/head-end/head-end";
import { type GridRequest, requestType } from "@meterport/simulator/head-end/received";
import { virtualForms } from "@meterport/simulator/head-end/virtual-forms";
import { deviceSetting, identificationOf, memorySink, testMac, testMacOf } from "./device-setting.ts";
import { keys } from "./gen4-setting.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface DayOptions {
  readonly seed: number;
  /** How long the day is. */
  readonly length: Millis;
  /** Time from one live reading to the next; none if omitted. */
  readonly livePeriod?: Millis | undefined;
  readonly fileBytes: number;
  readonly scheduledReads: number;
  readonly requests: number;
  /** What both lines are like all day. */
  readonly faults?: LineCondition | undefined;
}

/** When something was in the way of answers. */
interface Window {
  readonly from: Millis;
  readonly to: Millis;
}

export interface Day {
  /** Requests of types 2 and 4, and when they were asked. */
  readonly requests: readonly { readonly at: Millis; readonly request: GridRequest; readonly disturbed: boolean }[];
  readonly scheduled: { readonly asked: number; readonly received: number };
  /** What is wrong with the head-end's view; must be empty. */
  readonly wrong: readonly string[];
  /** How late each live reading was, milliseconds after it was due, outside of power failures. */
  readonly late: readonly Millis[];
  readonly file: string;
  readonly texts: readonly string[];
}

const second = 1_000;
const postMepData = numberOf("EP39");
/** Of ET13's billing frequency (MEP guide 1.1, p. 87). */
const never = 4;
const powerFailure: Millis = 30 * second;
/** After a power failure or an exchange requests may still fail: a client finds its meter again, or registers. */
const recovery: Millis = 180 * second;

/** An application whose answers are all different, and begin with its number. */
const application = (number: number, options: object = {}) => {
  const given: { readonly kind: Ask["kind"]; readonly transaction: number | undefined; readonly data: string }[] = [];
  let count = 0;
  const respond = (ask: Ask): Answer => {
    const data = Uint8Array.of(number, ++count & 0xff, count >> 8, 0xda);
    given.push({ kind: ask.kind, transaction: "transaction" in ask ? ask.transaction : undefined, data: toHex(data) });
    return { data };
  };
  return { number, given, app: deviceSetting({ number, forms: virtualForms, respond, ...options }) };
};

/** Each fault of a line for one message in a hundred. */
export const onePercent: LineCondition = Object.fromEntries(faultNames.map((name) => [name, 0.01]));

/** A day that is short enough to be run thousands of times. */
export const shortDay = (seed: number): DayOptions => ({
  seed,
  length: 1_200 * second,
  fileBytes: 500,
  scheduledReads: 6,
  requests: 14,
  faults: onePercent,
});

export const runDay = async (options: DayOptions): Promise<Day> => {
  const { seed, length, livePeriod, faults = {} } = options;
  const clock = new VirtualClock();
  const random = seeded(seed);
  const device = new VirtualMeter({
    profile: parseProfile("meter:4.30"),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  const headEnd = new HeadEnd({ meter: device });
  const join = async (port: 1 | 2): Promise<{ readonly meter: Meter; readonly line: Line }> => {
    const line = modelledLine({ meter: device.port(port), clock, seed: 2 * seed + port });
    const draw = seeded(seed + port);
    const entropy = (size: number) => Uint8Array.from({ length: size }, () => Math.floor(draw() * 256));
    const security = rc4({ key: keys.basic, entropy });
    const meter = await clock.run(connect(line, { security, clock, writable: true }));
    line.become(faults);
    return { meter, line };
  };
  const strayed = watchPosts(device, headEnd);
  const { sink, completed } = memorySink();
  const [first, second_] = [await join(1), await join(2)];
  const one = application(1, { files: { sink, mac: testMacOf } });
  const two = application(2);
  const three = application(3, { replace: true });
  one.app.start(first.meter);
  two.app.start(second_.meter);
  await clock.advance(60 * second);
  // Only what the script asks for.
  for (const slot of [4, 5]) headEnd.configure(slot, { billingFrequency: never });

  const began = clock.now();
  const windows: Window[] = [];
  const disturb = (time: Millis): void => {
    windows.push({ from: clock.now() - 40 * second, to: clock.now() + time + recovery });
  };
  const asked: { readonly at: Millis; readonly request: GridRequest }[] = [];
  let readsAsked = 0;
  const file = Uint8Array.from({ length: options.fileBytes }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
  const script: { readonly at: Millis; readonly act: () => void }[] = [];
  const at = (part: number, act: () => void): void => {
    script.push({ at: began + Math.floor(part * length), act });
  };
  for (let i = 0; i < options.scheduledReads; i++)
    at((i + random()) / options.scheduledReads, () => {
      for (const slot of [4, 5]) headEnd.readNow(slot);
      readsAsked += 2;
    });
  // Often several at the same moment, so that requests for both devices stand in one queue.
  let part = random();
  for (let i = 0; i < options.requests; i++) {
    if (random() < 0.5) part = random();
    const [slot, reads] = [random() < 0.5 ? 4 : 5, random() < 0.7];
    const what = reads
      ? { type: requestType.read }
      : { type: requestType.write, data: Uint8Array.of(i, 1, 2, 3).subarray(0, 1 + (i % 4)) };
    at(part, () => asked.push({ at: clock.now(), request: headEnd.ask({ device: slot, ...what }) }));
  }
  at(0.1 + 0.1 * random(), () => headEnd.sendFile({ device: 4, file, mac: testMac }));
  for (const part of [0.5 + 0.05 * random(), 0.75 + 0.05 * random()])
    at(part, () => {
      disturb(powerFailure);
      headEnd.failPower(powerFailure);
    });
  at(0.62 + 0.03 * random(), () => {
    disturb(0);
    two.app.device.stop();
    three.app.start(second_.meter);
  });
  // Programs end at any moment, and start again with what they remembered.
  for (let i = 0; i < 6; i++)
    at(0.6 * random(), () => {
      const [{ app }, { meter }] = random() < 0.5 ? [one, first] : [two, second_];
      app.device.stop();
      app.start(meter);
    });
  const storm = 0.85 + 0.02 * random();
  at(storm, () => {
    for (const { line } of [first, second_]) line.become({ ...faults, alerts: true });
  });
  at(storm + 0.05, () => {
    for (const { line } of [first, second_]) line.become(faults);
  });

  const due: { readonly at: Millis; doneAt: Millis | undefined }[] = [];
  const reader = livePeriod === undefined ? undefined : await clock.run(openLive(first.meter));
  const live = (): void => {
    if (reader === undefined || livePeriod === undefined || clock.now() >= began + length) return;
    const reading = { at: clock.now(), doneAt: undefined as Millis | undefined };
    due.push(reading);
    reader.read().then(
      () => {
        reading.doneAt = clock.now();
      },
      () => {},
    );
    clock.at(reading.at + livePeriod, live);
  };
  live();

  for (const { at, act } of script.sort((a, b) => a.at - b.at)) {
    await clock.advance(at - clock.now());
    // What is asked of a meter from outside has the time at which a port of it was served last.
    device.optical.handle("tick", clock.now());
    act();
  }
  await clock.advance(began + length - clock.now() + recovery);
  for (const { app } of [one, two, three]) app.device.stop();

  const isDisturbed = (time: Millis): boolean => windows.some(({ from, to }) => time >= from && time <= to);
  const apps = [one, two, three];
  return {
    requests: asked.map((each) => ({ ...each, disturbed: isDisturbed(each.at) })),
    scheduled: { asked: readsAsked, received: headEnd.received.filter(({ kind }) => kind === "scheduled").length },
    wrong: [...findWrong(headEnd, apps, completed, file), ...strayed],
    late: due.filter(({ at }) => !isDisturbed(at)).map(({ at, doneAt }) => (doneAt ?? Number.POSITIVE_INFINITY) - at),
    file: headEnd.files[0]?.state ?? "none",
    texts: apps.flatMap(({ app, number }) => app.texts().map((text) => `${number}: ${text}`)),
  };
};

/** Notes each answer that is posted for a request to another device, even if the meter refuses it. */
const watchPosts = (device: VirtualMeter, headEnd: HeadEnd): readonly string[] => {
  const strayed: string[] = [];
  device.use(({ request, port }) => {
    if (request.kind !== "write" || request.table !== BT07.number) return undefined;
    const { procedure, parameters } = decode(BT07, request.data, {});
    if (procedure !== postMepData) return undefined;
    const message = decodePost(virtualForms, parameters);
    if (message.kind !== "on-demand") return undefined;
    const asked = headEnd.requests.findLast(({ transaction }) => transaction === message.transaction);
    if (asked?.device !== 3 + port) strayed.push(`port ${port} answered ${message.transaction} of ${asked?.device}`);
    return undefined;
  });
  return strayed;
};

/** What the head-end has that no application gave, has twice, or has from the wrong device. */
const findWrong = (
  headEnd: HeadEnd,
  apps: readonly ReturnType<typeof application>[],
  completed: readonly Uint8Array[],
  file: Uint8Array,
): readonly string[] => {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const identified = (slot: number) => apps.filter(({ number }) => (slot === 4 ? number === 1 : number !== 1));
  for (const { kind, data, device, transaction } of headEnd.received) {
    const hex = toHex(data);
    // Starts, packets and switch-overs are answered without data.
    if (kind === "on-demand" && data.length === 0) continue;
    if (kind === "unsolicited") wrong.push(`${hex} from ${device} was posted although nobody asked`);
    if (seen.has(hex)) wrong.push(`${kind} ${transaction} from ${device}: ${hex} came twice`);
    seen.add(hex);
    const given = identified(device)
      .flatMap((app) => app.given)
      .find((each) => each.data === hex);
    if (given === undefined) wrong.push(`${kind} from ${device}: nobody gave ${hex}`);
    else if (kind === "on-demand" && given.transaction !== transaction)
      wrong.push(`${hex} was given for ${given.transaction} and came for ${transaction}`);
  }
  const answered = headEnd.requests.filter(({ outcome, type }) => outcome === "answered" && (type === 2 || type === 4));
  const received = headEnd.received.filter(({ kind, data }) => kind === "on-demand" && data.length > 0);
  if (answered.length !== received.length) wrong.push(`${answered.length} requests have ${received.length} answers`);
  for (const whole of completed)
    if (toHex(whole.subarray(0, file.length)) !== toHex(file)) wrong.push("the file differs");
  for (const { device, identification } of headEnd.devices.filter(({ device }) => device >= 4))
    if (toHex(identification) !== toHex(identificationOf(device === 4 ? 1 : 3)))
      wrong.push(`slot ${device} is another's`);
  return wrong;
};
