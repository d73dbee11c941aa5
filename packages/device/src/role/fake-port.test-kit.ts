/** A meter's tables as a device role sees them, answered at once: a test is a list of inputs beside a list of lines. */
import { toHex } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";
import { decodePost, type PostForms, type PostMessage } from "@meterport/protocol/procedures/post-messages";
import type { Answer, Ask, FileStep, RoleAction, RoleInput, RoleOptions, Step, StepFailure } from "./actions.ts";
import { DeviceRole } from "./device-role.ts";
import { type DeviceEvent, deviceEventText } from "./events.ts";

/** Made-up numbers: no public document has them. */
export const testForms: PostForms = {
  "scheduled-read": { type: 1, fields: ["length16", "data"] },
  "scheduled-read-and-alarms": { type: 2, fields: ["alarms", "length16", "data"] },
  "on-demand": { type: 3, fields: ["success", "transaction", "handle", "length16", "data"] },
  "clear-mbus-alert": { type: 4, fields: [] },
  "clear-delta-alert": { type: 12, fields: [] },
};

export const own = Uint8Array.from({ length: 30 }, (_, i) => (i === 0 ? 0x81 : i));
export const other = Uint8Array.from({ length: 30 }, (_, i) => (i === 0 ? 0x91 : 2 * i));
export const wall = Date.UTC(2026, 0, 1);

interface QueueEntry {
  transactionNbr: number;
  deviceHandleOrGroupMask: number;
  requestType: number;
  result: number;
}
const noEntry = (): QueueEntry => ({ transactionNbr: 0, deviceHandleOrGroupMask: 0, requestType: 0, result: 0 });

/** Tables and what happens to them. */
class FakePort {
  readonly slot: 4 | 5;
  readonly index: 0 | 1;
  identification: Uint8Array = new Uint8Array(30);
  flags = {
    mepDeviceRegistered: false,
    et59Response: false,
    mbusAlerts: false,
    deltaDataAlerts: false,
  };
  handle = 0;
  status = 0;
  /** What a registration gets; 0: never any. */
  nextHandle: number;
  settings = { monitorMepHealth: true, healthTimeout: 60, onDemandTimeout: 30 };
  alertByte = 0;
  queue = { readPointer: 0, writePointer: 0, requestQueue: Array.from({ length: 5 }, noEntry) };
  messages = Array.from({ length: 5 }, () => ({ writeDataLength: 0, writeData: new Uint8Array(24) }));
  multicast = { length: 0, data: new Uint8Array(64) };
  downlink = new Uint8Array(57);
  securityMode: number | StepFailure = 0;
  readonly posted: PostMessage[] = [];
  /** Files: what the sink holds. */
  readonly file = new Map<number, Uint8Array>();
  completed: { length: number; verified: boolean } | undefined;
  mac: Uint8Array | undefined;
  saved: unknown;
  /** Failures of coming steps, by their type. */
  readonly failing: { type: Step["type"]; failure: StepFailure; lost?: boolean }[] = [];
  /** Called with each step before it is done. */
  before: (step: Step) => void = () => {};

  constructor(port: 1 | 2) {
    this.slot = port === 2 ? 5 : 4;
    this.index = port === 2 ? 1 : 0;
    this.nextHandle = 1000 * port;
  }

  /** Puts a request into the queue, as the head-end does. */
  request(transaction: number, type: number, handle: number, data?: Uint8Array): number {
    const at = this.queue.writePointer;
    this.queue.requestQueue[at] = {
      transactionNbr: transaction,
      deviceHandleOrGroupMask: handle,
      requestType: type,
      result: 0,
    };
    if (data !== undefined) {
      const writeData = new Uint8Array(24);
      writeData.set(data.subarray(0, 24));
      this.messages[at] = { writeDataLength: data.length, writeData };
    }
    this.queue.writePointer = (at + 1) % 5;
    this.alertByte |= 2;
    return at;
  }

  /** Puts a code packet into the multicast area and its request into the queue. */
  packet(transaction: number, number: number, code: Uint8Array, length = code.length + 2): void {
    const data = new Uint8Array(64);
    data.set([number & 0xff, number >> 8]);
    data.set(code, 2);
    this.multicast = { length, data };
    this.request(transaction, 8, this.handle);
  }

  do(step: Step): unknown {
    switch (step.type) {
      case "read":
        return step.paths.map((path) => this.#value(step.table.id, path));
      case "read-byte":
        return this.alertByte;
      case "write":
        for (const { path, value } of step.fields) this.#write(path, value);
        return undefined;
      case "remove-device":
        if (step.handle === this.handle) this.remove();
        return {};
      case "post":
        this.#post(decodePost(testForms, step.parameters));
        return { result: 0 };
      case "remember":
        this.saved = JSON.parse(JSON.stringify(step.memory));
        return undefined;
      case "file":
        return this.#file(step.file);
    }
  }

  /** As EP17 does. */
  remove(): void {
    this.handle = 0;
    this.status = 0;
    this.flags.mepDeviceRegistered = false;
    for (const entry of this.queue.requestQueue) if (entry.result === 0) Object.assign(entry, noEntry());
  }

  #value(table: string, path: readonly (string | number)[]): unknown {
    const field = path.at(-1) as string;
    if (table === "ET51") return this.settings[field as keyof typeof this.settings];
    if (table === "ET50") return field === "identification" ? this.identification : this.flags[field as "mbusAlerts"];
    if (table === "ET14") return field === "deviceHandle" ? this.handle : this.status;
    if (table === "ET13") return this.downlink;
    if (table === "ET04") return this.securityMode;
    if (field === "multicastDataLength") return this.multicast.length;
    if (field === "multicastDataMessage") return this.multicast.data;
    if (path[0] === "writeMessages") return this.messages[path[1] as number];
    return structuredClone(this.queue[field as "readPointer"]);
  }

  #write(path: readonly (string | number)[], value: unknown): void {
    const field = path.at(-1) as string;
    if (field === "identification") this.identification = value as Uint8Array;
    else this.flags[field as "mbusAlerts"] = value as boolean;
    if (field !== "mepDeviceRegistered" || value !== true || this.handle !== 0 || this.nextHandle === 0) return;
    this.handle = this.nextHandle++;
    this.status = 3;
  }

  #post(message: PostMessage): void {
    this.posted.push(message);
    if (message.kind !== "on-demand") {
      this.alertByte &= message.kind === "clear-mbus-alert" ? ~8 : message.kind === "clear-delta-alert" ? ~16 : ~1;
      return;
    }
    const { requestQueue, readPointer } = this.queue;
    const at = Array.from({ length: 5 }, (_, i) => (readPointer + i) % 5).find((index) => {
      const { requestType, result } = requestQueue[index] as QueueEntry;
      return requestType !== 0 && result === 0;
    });
    const entry = requestQueue[at ?? 0] as QueueEntry;
    if (at === undefined || entry.transactionNbr !== message.transaction) return;
    entry.result = message.success ? 1 : 3;
    this.queue.readPointer = (at + 1) % 5;
    if (!requestQueue.some(({ requestType, result }) => requestType !== 0 && result === 0)) this.alertByte &= ~2;
  }

  #file(step: FileStep): unknown {
    if (step.do === "begin" || step.do === "drop") this.file.clear();
    if (step.do === "write") this.file.set(step.offset, step.bytes);
    if (step.do === "complete") this.completed = { length: step.length, verified: step.verified };
    return step.do === "verify" ? this.mac !== undefined && toHex(this.mac) === toHex(step.mac) : undefined;
  }
}

const stepText = (step: Step): string => {
  if (step.type === "read") return `read ${step.table.id}`;
  if (step.type === "read-byte") return "read flags";
  if (step.type === "write") return `write ${step.fields.map(({ path }) => path.at(-1)).join(" ")}`;
  if (step.type === "remove-device") return `remove ${step.handle}`;
  if (step.type === "file") return `file ${step.file.do}`;
  return step.type;
};

/** A role at a fake port, in virtual time. */
export const setting = (options: Partial<RoleOptions> = {}, port = new FakePort(options.port ?? 1)) => {
  const roleOptions = { port: 1, identification: own, forms: testForms, ...options } as const;
  let role = new DeviceRole(roleOptions);
  const lines: string[] = [];
  const events: DeviceEvent[] = [];
  const asks = new Map<number, Ask>();
  let now = 0;
  const fails = (step: Step): StepFailure | undefined => {
    const at = port.failing.findIndex(({ type }) => type === step.type);
    if (at < 0) return undefined;
    const [failing] = port.failing.splice(at, 1);
    // The meter did it, and only its answer was lost.
    if (failing?.lost === true) port.do(step);
    return failing?.failure;
  };
  const run = (actions: readonly RoleAction[]): void => {
    for (const action of actions) {
      if (action.type === "event") {
        events.push(action.event);
        lines.push(`! ${deviceEventText(action.event)}`);
      } else if (action.type === "ask") {
        asks.set(action.ask, action.request);
        lines.push(`? ${action.request.kind}`);
      } else if (action.type === "withdraw") {
        asks.delete(action.ask);
        lines.push("? withdrawn");
      }
    }
    for (const action of actions) {
      if (action.type !== "step") continue;
      const { id, step } = action;
      lines.push(stepText(step));
      port.before(step);
      const failure = fails(step);
      give(failure === undefined ? { type: "done", id, value: port.do(step) } : { type: "failed", id, failure });
    }
  };
  const give = (input: RoleInput): void => run(role.handle(input, now));
  const start = (memory: unknown = port.saved, meter = "12345678"): void =>
    give({ type: "started", wall: wall + now, meter, memory });
  return {
    port,
    events,
    asks,
    give,
    start,
    get role() {
      return role;
    },
    get now() {
      return now;
    },
    /** The lines since the last call. */
    lines: () => lines.splice(0),
    /** Lets time pass, with ticks when they are due; `each` is called before every tick. */
    pass(time: Millis, traffic = false, each: (now: Millis) => void = () => {}): void {
      const until = now + time;
      for (let at = role.wakeAt(); at !== undefined && at <= until; at = role.wakeAt()) {
        now = Math.max(now, at);
        each(now);
        give({ type: "tick", traffic });
      }
      now = until;
    },
    /** Answers the oldest ask. */
    answer(answer: Answer | string): void {
      const [ask] = asks.keys();
      if (ask === undefined) throw new Error("nothing was asked");
      asks.delete(ask);
      give(typeof answer === "string" ? { type: "refusal", ask, reason: answer } : { type: "answer", ask, answer });
    },
    /** The program ends, and starts again with what was saved. */
    restart(): void {
      role = new DeviceRole(roleOptions);
      asks.clear();
      start();
    },
  };
};

/** A role that is registered already; its lines begin afterwards. */
export const registered = (options: Partial<RoleOptions> = {}) => {
  const set = setting(options);
  set.start();
  // An alert comes a second after the last frame at the earliest.
  set.pass(3_000);
  set.lines();
  set.events.length = 0;
  return set;
};

/** Alerts the role, as the meter does while a flag is set. */
export const alert = (set: ReturnType<typeof setting>): void => set.give({ type: "alert" });
