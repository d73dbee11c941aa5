import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import type { Transport } from "@meterport/protocol/ports";
import { BT52 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { connect } from "../connect.ts";
import { connectTo, endpointLine, testKey } from "../testing/endpoint-line.test-kit.ts";
import { rc4 } from "./security.ts";
import { Session } from "./session.ts";

/** Never answers, never ends. */
const silent = (more: Partial<Transport> = {}): Transport => ({
  name: "test line",
  write: async () => {},
  chunks: { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
  close: async () => {},
  ...more,
});
const sessionOn = (transport: Transport, clock: VirtualClock): Session =>
  new Session(transport, { seal: rc4Authentication({ key: testKey, sequence: 1 }), clock });
const readBt01 = Uint8Array.of(0x30, 0, 1, 0, 24);

describe("a session on a transport that misbehaves", () => {
  const broken: readonly (readonly [string, Partial<Transport>, string])[] = [
    [
      "write throws",
      {
        write: () => {
          throw new TypeError("not open");
        },
      },
      "not open",
    ],
    ["write rejects without a reason", { write: () => Promise.reject(undefined) }, "the transport broke"],
    [
      "its chunks cannot be read",
      {
        chunks: {
          [Symbol.asyncIterator]: () => {
            throw new Error("read twice");
          },
        },
      },
      "read twice",
    ],
  ];
  for (const [name, transport, detail] of broken) {
    test(`${name}: the request fails as closed, and no timer is left`, async () => {
      const clock = new VirtualClock();
      const session = sessionOn(silent(transport), clock);
      await assert.rejects(clock.run(session.request(readBt01, { label: "read BT01" })), (error: unknown) => {
        assert.ok(error instanceof LinkError, String(error));
        assert.deepEqual([error.code, error.message], ["closed", `read BT01: ${detail}`]);
        return true;
      });
      assert.equal(session.closed, true);
      assert.equal(clock.pending, 0);
    });
  }

  test("a transport that fails to close does not hide why no meter was found", async () => {
    const clock = new VirtualClock();
    const transport = silent({ close: () => Promise.reject(new Error("busy")) });
    const security = rc4({ key: new Secret(testKey), entropy: (length) => new Uint8Array(length) });
    await assert.rejects(clock.run(connect(transport, { security, clock })), { name: "LinkError", code: "no-answer" });
  });

  test("a listener that throws ends neither the session nor the other listeners, and its error is reported", () => {
    const code = `
      import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
      import { endpointLine, testKey } from "../testing/endpoint-line.test-kit.ts";
      import { Secret } from "@meterport/protocol/mep/security/key";
      import { rc4 } from "./security.ts";
      import { Session } from "./session.ts";
      process.on("unhandledRejection", (error) => console.log(error.message));
      const clock = new VirtualClock();
      const line = endpointLine(clock, [[52, new Uint8Array(7)]]);
      const { seal } = rc4({ key: new Secret(testKey), entropy: (length) => new Uint8Array(length).fill(7) });
      const session = new Session(line.transport, { seal, clock, timing: { requestSpacing: 0 } });
      session.listen(() => { throw new Error("of the listener"); });
      session.listen(({ type }) => console.log(type));
      await clock.run(session.request(Uint8Array.of(0x30, 0, 52, 0, 7), { label: "read BT52" }));
      console.log(session.closed);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
    assert.deepEqual([stdout.trim().split("\n"), stderr], [["resync", "of the listener", "false"], ""]);
  });
});

describe("a key", () => {
  const entropy = (length: number): Uint8Array => new Uint8Array(length);
  test("may have 20 bytes, of which the first 16 count", () => {
    const long = new Secret(Uint8Array.from({ length: 20 }, (_, i) => i));
    const short = new Secret(Uint8Array.from({ length: 16 }, (_, i) => i));
    const packet = (key: Secret) => rc4({ key, entropy }).seal.seal(readBt01).packet;
    assert.deepEqual(packet(long), packet(short));
  });
  for (const length of [0, 15, 21])
    test(`of ${length} bytes is refused`, () => {
      assert.throws(() => rc4({ key: new Secret(new Uint8Array(length)), entropy }), {
        name: "UsageError",
        code: "key",
      });
    });
});

describe("connect", () => {
  test("takes any clock, also one that starts below zero", async () => {
    for (const now of [-1e12, 0, 1.8e12]) {
      const clock = new VirtualClock({ now });
      const line = endpointLine(clock, [[BT52.number, new Uint8Array(7)]]);
      const meter = await clock.run(connectTo(line, clock, { profile: parseProfile("meter:3.70") }));
      await clock.run(meter.read(BT52));
      assert.ok(clock.now() - now < 1000);
      await meter.close();
    }
  });
});

describe("a transport that says how slow it is", () => {
  test("gets a longer timeout, unless the caller sets one", async () => {
    const failedAfter = async (transport: Transport, timing = {}): Promise<number> => {
      const clock = new VirtualClock();
      const seal = rc4Authentication({ key: testKey, sequence: 1 });
      const session = new Session(transport, { seal, clock, timing: { attempts: 1, byteTime: 0, ...timing } });
      await assert.rejects(clock.run(session.request(readBt01, { label: "read BT01" })), { code: "no-answer" });
      return clock.now();
    };
    assert.equal(await failedAfter(silent()), 500);
    assert.equal(await failedAfter(silent({ timing: { delay: 200 } })), 700);
    assert.equal(await failedAfter(silent({ timing: { delay: 200 } }), { bridgeDelay: 50 }), 550);
  });
});
