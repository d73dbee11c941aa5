/** The optical side of a virtual meter, asked by the optical link's machine, in time that jumps. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode, place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import {
  decodeResponse,
  encodeRequest,
  type TableRequest,
  type TableResponse,
} from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import { OpticalLink } from "@meterport/protocol/optical/optical-link";
import type { Millis } from "@meterport/protocol/ports";
import { BT74, ET51 } from "@meterport/protocol/tables/index";
import fc from "fast-check";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import type { MeterPort } from "../meter-port.ts";
import { advancedKey, openMeter, transmitted } from "../testing/conversation.ts";

const configuration: AnyTable = ET51;
const master = new Uint8Array(20).fill(3);
const provisioning = new Uint8Array(20).fill(4);
const readOnly = new Uint8Array(20).fill(5);
const opticalKeys = {
  unique: new Secret(master),
  provisioning: new Secret(provisioning),
  readOnly: new Secret(readOnly),
};
const open = (firmware: readonly [number, number] = [3, 70]): VirtualMeter =>
  openMeter({ profile: { family: "meter", firmware }, opticalKeys });

type Answer = TableResponse | { readonly kind: string };

/** As the client logs on. */
const userId = 7;

/** A client under an optical head. */
class Head {
  readonly #port: MeterPort;
  readonly #link: OpticalLink;
  readonly failures: string[] = [];
  #answer: Answer | undefined;
  #id = 0;
  now: Millis;

  constructor(port: MeterPort, password?: Uint8Array, now: Millis = 0) {
    this.#port = port;
    const key = password === undefined ? {} : { password };
    this.#link = new OpticalLink({ ...key, userId, timing: { holdTime: 1000 } });
    this.now = now;
  }

  ask(request: TableRequest): Answer {
    this.#answer = undefined;
    this.#send(this.#link.handle({ type: "request", id: ++this.#id, apdu: encodeRequest(request) }, this.now), request);
    for (let steps = 0; this.#link.load > 0; steps++) {
      assert.ok(steps < 10_000, "the link ends");
      this.#pass(request);
    }
    return this.#answer ?? { kind: "none" };
  }

  /** Ends the session as the link does on its own. */
  leave(): void {
    const end = this.now + 20_000;
    while (this.now < end && this.#link.wakeAt() !== undefined) this.#pass({ kind: "read", table: 0, count: 1 });
  }

  #pass(request: TableRequest): void {
    const [mine, its] = [this.#link.wakeAt() ?? Infinity, this.#port.wakeAt() ?? Infinity];
    this.now = Math.max(this.now, Math.min(mine, its));
    this.#hear(this.#port.handle("tick", this.now), request);
    this.#send(this.#link.handle({ type: "tick" }, this.now), request);
  }

  #send(outputs: ReturnType<OpticalLink["handle"]>, request: TableRequest): void {
    for (const output of outputs) {
      if (output.type === "transmit") this.#hear(this.#port.handle(output.bytes, this.now), request);
      else if (output.type === "response") this.#answer = decodeResponse(output.apdu, request.kind);
      else if (output.type === "failed") this.failures.push(output.failure);
    }
  }

  #hear(outputs: ReturnType<MeterPort["handle"]>, request: TableRequest): void {
    for (const bytes of transmitted(outputs))
      this.#send(this.#link.handle({ type: "received", bytes }, this.now), request);
  }
}

const read = (table: number, count = 4): TableRequest => ({ kind: "read-at", table, offset: 0, count });
const write = (table: number, ...data: number[]): TableRequest => ({
  kind: "write-at",
  table,
  offset: 0,
  data: Uint8Array.from(data),
});
const refused = { kind: "error", code: 3 };
const bt07 = (...bytes: number[]): TableRequest => ({ kind: "write", table: 7, data: Uint8Array.from(bytes) });
const bytesOf = (answer: Answer): Uint8Array => {
  assert.ok(answer.kind === "data" && "data" in answer, JSON.stringify(answer));
  return answer.data;
};

describe("the optical port: what its keys permit", () => {
  test("without a key BT00, BT01 and ET03 are read, and nothing else", () => {
    const head = new Head(open().optical);
    for (const table of [0, 1, 0x0803]) assert.equal(head.ask(read(table)).kind, "data");
    assert.deepEqual(head.ask(read(23)), refused);
    assert.deepEqual(head.ask(write(15, 1)), refused);
  });

  test("RK reads all but what the guide keeps from it, and sets the clock unless ET04 forbids it", () => {
    const meter = open();
    const head = new Head(meter.optical, readOnly);
    assert.equal(head.ask(read(23)).kind, "data");
    for (const table of [4, 0x0815, 0x0833, 0x0802]) assert.deepEqual(head.ask(read(table)), refused, `table ${table}`);
    assert.deepEqual(head.ask(write(15, 1)), refused);
    assert.deepEqual(head.ask(bt07(17, 8, 5, 0, 0, 0)), refused, "EP17");
    assert.equal(head.ask(bt07(10, 0, 6)).kind, "done", "BP10");
    meter.memory.patch(0x0804, 71, Uint8Array.of(1));
    assert.deepEqual(head.ask(bt07(10, 0, 7)), refused);
  });

  test("MK and PK write, PK only where ET04 lets it; what nobody may write stays refused", () => {
    const meter = open();
    for (const key of [master, provisioning]) {
      const head = new Head(meter.optical, key);
      assert.equal(head.ask(read(0x0833, 10)).kind, "data");
      assert.equal(head.ask(write(0x0833, 0)).kind, "done");
      assert.deepEqual(head.ask(write(23, 1)), head.ask(write(23, 1)));
      assert.deepEqual(head.ask(write(0x0834, 1)), refused, "ET52 is MEP's");
      head.leave();
    }
    meter.memory.patch(0x0804, 52, Uint8Array.of(1));
    const head = new Head(meter.optical, provisioning);
    assert.equal(head.ask(read(23)).kind, "none");
    assert.notDeepEqual(head.failures, []);
  });

  test("a wrong password is noted in BT03 and in the event log, and from 4.30 on locks the port as ET55 says", () => {
    const meter = open([4, 30]);
    meter.memory.patch(0x0837, 22, Uint8Array.of(2, 3));
    const wrong = new Uint8Array(20).fill(9);
    const [first, second] = [new Head(meter.optical, wrong), new Head(meter.optical, wrong, 60_000)];
    assert.equal(first.ask(read(23)).kind, "none");
    assert.equal((meter.memory.read(3, 5, 1)?.[0] ?? 0) & 1, 1);
    assert.equal(meter.history.eventsUntil(meter.time).at(-1)?.event, 2048 | 72);
    second.ask(read(23));
    const right = new Head(meter.optical, master, 100_000);
    assert.equal(right.ask(read(23)).kind, "none", "locked");
    assert.equal(new Head(meter.optical, master, 400_000).ask(read(23)).kind, "data");
  });
});

describe("the optical port: messages", () => {
  test("fills zeros past the end, and answers a full read in several packets", () => {
    const head = new Head(open().optical, master);
    const whole = bytesOf(head.ask({ kind: "read", table: 23, count: 65_000 }));
    assert.equal(whole.length, 220);
    assert.deepEqual(
      bytesOf(head.ask({ kind: "read-at", table: 21, offset: 8, count: 6 })).slice(2),
      new Uint8Array(4),
    );
    assert.deepEqual(head.ask(read(2046)), { kind: "error", code: 5 });
  });

  test("procedures are answered in BT08, whatever ET50 says for MEP", () => {
    const meter = open();
    meter.memory.patch(0x0832, 30, Uint8Array.of(0x02));
    const head = new Head(meter.optical, master);
    assert.equal(head.ask(bt07(17, 8, 5, 0, 0xe7, 3)).kind, "done");
    assert.deepEqual(bytesOf(head.ask(read(8))), Uint8Array.of(17, 8, 5, 3));
  });
});

describe("pending tables", () => {
  const pendingOverride = 4096 + 2048 + 47;
  const override = 2048 + 47;

  test("are written with a descriptor, shown in BT04, and take effect at their time", () => {
    const meter = open();
    const head = new Head(meter.optical, master);
    // In one minute, from byte 3 on: the offset does not count the descriptor.
    const later = [1, 0, 0, 0, 1, 0];
    const data = Uint8Array.of(...later, 0x11, 0x22);
    assert.equal(head.ask({ kind: "write-at", table: pendingOverride, offset: 3, data }).kind, "done");
    const back = head.ask({ kind: "read-at", table: pendingOverride, offset: 3, count: 8 });
    assert.deepEqual(bytesOf(back), data);
    const status = bytesOf(head.ask({ kind: "read", table: 4, count: 500 }));
    const entry = status.subarray(-24, -16);
    assert.deepEqual([...entry], [...later, override & 0xff, (override >> 8) | 0x10]);
    assert.equal(status.at(-25), 1);
    assert.notEqual(bytesOf(head.ask(read(override, 5)))[3], 0x11);
    head.now += 61_000;
    assert.deepEqual(bytesOf(head.ask(read(override, 5))).slice(3), Uint8Array.of(0x11, 0x22));
    assert.equal(bytesOf(head.ask({ kind: "read", table: 4, count: 500 })).at(-25), 0);
  });

  test("stay as they are behind the hardware lock, and without a descriptor", () => {
    const locked = openMeter({
      profile: { family: "meter", firmware: [3, 70] },
      opticalKeys,
      locked: [pendingOverride],
    });
    const data = Uint8Array.of(2, 0, 0, 0, 0, 7, 0x41);
    const head = new Head(locked.optical, master);
    assert.deepEqual(head.ask({ kind: "write-at", table: pendingOverride, offset: 0, data }), refused);
    assert.deepEqual(head.ask(read(pendingOverride, 10)), refused);
    const unlocked = new Head(open().optical, master);
    assert.deepEqual(unlocked.ask(write(pendingOverride, 2, 0, 0)), { kind: "error", code: 4 });
  });

  test("do not exist if their descriptor has no date, whatever its flags say", () => {
    const head = new Head(open().optical, master);
    assert.equal(head.ask(write(pendingOverride, 0x30, 0, 0, 0, 0, 0, 9)).kind, "done");
    assert.equal(bytesOf(head.ask({ kind: "read", table: 4, count: 500 })).at(-25), 0);
  });

  test("are put into effect and dropped by procedures", () => {
    const head = new Head(open().optical, master);
    const never = [2, 0, 0, 0, 0, 7];
    const put = (first: number): void => {
      const data = Uint8Array.of(...never, first);
      assert.equal(head.ask({ kind: "write-at", table: pendingOverride, offset: 0, data }).kind, "done");
    };
    const result = (): number | undefined => bytesOf(head.ask(read(8)))[3];
    put(0x41);
    head.ask(bt07(13, 0, 5, 2, 0, 0, 0, 0, 8));
    assert.equal(result(), 1, "no table has this descriptor");
    head.ask(bt07(13, 0, 6, ...never));
    assert.equal(result(), 0);
    assert.equal(bytesOf(head.ask(read(override)))[0], 0x41);
    put(0x42);
    head.ask(bt07(14, 0, 7));
    head.ask(bt07(12, 0, 8));
    assert.equal(bytesOf(head.ask(read(override)))[0], 0x41, "dropped before");
  });
});

describe("the event log", () => {
  test("says who put pending tables into effect or dropped them, and that nobody did where their time came", () => {
    const meter = open();
    const head = new Head(meter.optical, master);
    const put = (...descriptor: number[]): void => {
      const data = Uint8Array.of(...descriptor, 0x41);
      assert.equal(head.ask({ kind: "write-at", table: 4096 + 2048 + 47, offset: 0, data }).kind, "done");
    };
    const logged = () => {
      head.now += 2_000;
      head.ask(read(BT74.number));
      const bytes = meter.memory.get(BT74.number) ?? new Uint8Array();
      const { historyRecords, lastEntryElement, validEntries } = decode(BT74, bytes, meter.dimensions);
      const newest = historyRecords[lastEntryElement];
      const { event, userId, argument } = newest ?? {};
      return { validEntries, event, userId, argument: [...(argument ?? [])] };
    };
    const { validEntries: before } = logged();
    // BT6191 is the pending table of ET47; the write and the call are events of their own.
    const argument = [6191 & 0xff, 6191 >> 8];
    put(2, 0, 0, 0, 0, 7);
    head.ask(bt07(12, 0, 5));
    assert.deepEqual(logged(), { validEntries: before + 3, event: 28, userId, argument });
    put(2, 0, 0, 0, 0, 7);
    head.ask(bt07(14, 0, 6));
    assert.deepEqual(logged(), { validEntries: before + 6, event: 29, userId, argument });
    put(1, 0, 0, 0, 0, 5);
    head.now += 6_000;
    assert.deepEqual(logged(), { validEntries: before + 8, event: 28, userId: 0xffff, argument });
  });
});

describe("the MEP port beside it", () => {
  const ask = (meter: VirtualMeter, now: Millis, port: MeterPort = meter): number => {
    const { packet } = rc4Authentication({ key: advancedKey, sequence: meter.sequence }).seal(encodeRequest(read(21)));
    // What the optical port makes of these bytes, a NAK or a packet of its own, is not an answer.
    const heard = [...transmitted(port.handle(packet, now)), ...transmitted(port.handle("tick", now + 200))];
    return heard.filter(([first]) => first === 0).length;
  };

  test("is dead during a session where both have one UART, and alive where they do not", () => {
    for (const [firmware, during] of [
      [[3, 70], 0],
      [[4, 30], 1],
    ] as const) {
      const meter = open(firmware);
      assert.equal(ask(meter, 0), 1);
      const head = new Head(meter.optical, master, 1000);
      assert.equal(head.ask(read(23)).kind, "data");
      assert.equal(ask(meter, head.now), during);
      head.leave();
      assert.equal(meter.optical.active, false);
      assert.equal(ask(meter, head.now + 1000), 1);
    }
  });

  test("shares one line with it: the first packet is lost and refused, then MEP is silent until the session ends", () => {
    const meter = open();
    const shared = meter.sharedPort();
    assert.equal(ask(meter, 0, shared), 1);
    const head = new Head(shared, master, 1000);
    assert.equal(head.ask(read(23)).kind, "data");
    assert.equal(ask(meter, head.now, shared), 0);
    head.leave();
    assert.equal(ask(meter, head.now + 7000, shared), 1);
    assert.throws(() => open([4, 30]).sharedPort(), /port of its own/);
  });

  test("what MEP says meanwhile has nothing repeated, whatever bytes are in it", () => {
    const meter = open();
    const shared = meter.sharedPort();
    const head = new Head(shared, master, 1000);
    assert.equal(head.ask(read(23)).kind, "data");
    // The length of this request, or a byte of its digest, looks like a NAK.
    const sent = transmitted(shared.handle(Uint8Array.of(0, 0x14, 0x3f, 0, 0x15, 0, 0, 0x15), head.now + 1000));
    assert.deepEqual(sent, []);
  });

  test("after any bytes in any pieces, MEP has it again when it is quiet", () => {
    const pieces = fc.array(
      fc.tuple(
        fc.oneof(
          fc.uint8Array({ maxLength: 30 }),
          fc.constantFrom(
            Uint8Array.of(0xee),
            Uint8Array.of(0xee, 0, 0, 0, 0, 1, 0x20, 0x13, 0x10),
            Uint8Array.of(0xee, 0, 0x20, 0, 0xff, 0xff),
            Uint8Array.of(6),
            Uint8Array.of(0, 0x14, 0x3f),
          ),
        ),
        fc.constantFrom(0, 1, 49, 51, 600, 2_100, 7_000),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(pieces, (sent) => {
        const meter = open();
        const shared = meter.sharedPort();
        let now = 1_000;
        for (const [bytes, pause] of sent) {
          shared.handle(bytes, now);
          now += pause;
        }
        for (let ticks = 0; ticks < 100; ticks++) {
          const due = shared.wakeAt();
          if (due === undefined || due > now + 60_000) break;
          assert.ok(ticks < 99, "it asks for ticks without end");
          now = Math.max(now, due);
          shared.handle("tick", now);
        }
        assert.equal(ask(meter, now + 10_000, shared), 1);
      }),
      { numRuns: 200 },
    );
  });

  test("an attempt while the optical port rests does not take the line from MEP", () => {
    const meter = open();
    const { offset } = place(configuration, ["clients", 0, "opticalSessionTimeout"], meter.dimensions);
    meter.memory.patch(ET51.number, 0, Uint8Array.of(1));
    meter.memory.patch(ET51.number, offset, Uint8Array.of(10, 0, 30, 0));
    const shared = meter.sharedPort();
    const head = new Head(shared, master, 1000);
    assert.equal(head.ask(read(23)).kind, "data");
    shared.handle("tick", 12_000);
    assert.equal(new Head(shared, master, 13_000).ask(read(23)).kind, "none", "it rests");
    const attempt = Uint8Array.of(0xee, 0, 0, 0, 0, 1, 0x20, 0x13, 0x10);
    assert.deepEqual(transmitted(shared.handle(attempt, 30_000)), []);
    assert.deepEqual(transmitted(shared.handle("tick", 30_100)), []);
    assert.equal(ask(meter, 30_200, shared), 1);
    assert.equal(new Head(shared, master, 60_000).ask(read(23)).kind, "data");
  });

  test("a packet that nobody repeats gives the line back", () => {
    const meter = open();
    const shared = meter.sharedPort();
    assert.deepEqual(transmitted(shared.handle(Uint8Array.of(0xee, 0, 0), 1000)), []);
    assert.equal(shared.wakeAt(), 1050);
    assert.deepEqual(transmitted(shared.handle("tick", 1050)), [Uint8Array.of(0x15)]);
    assert.equal(ask(meter, 2000, shared), 0);
    assert.equal(ask(meter, 9000, shared), 1);
  });

  test("sessions end after the time that ET51 says, and the port rests", () => {
    const meter = open();
    const { offset } = place(configuration, ["clients", 0, "opticalSessionTimeout"], meter.dimensions);
    meter.memory.patch(ET51.number, 0, Uint8Array.of(1));
    meter.memory.patch(ET51.number, offset, Uint8Array.of(10, 0, 30, 0));
    const head = new Head(meter.optical, master);
    assert.equal(head.ask(read(23)).kind, "data");
    meter.optical.handle("tick", 10_000);
    assert.equal(meter.optical.active, false);
    assert.equal(new Head(meter.optical, master, 11_000).ask(read(23)).kind, "none", "it rests");
    assert.equal(new Head(meter.optical, master, 60_000).ask(read(23)).kind, "data");
  });
});
