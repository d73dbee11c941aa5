import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { freePort } from "../../../../../test/support/free-port.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { FaceWorld, household, mutated, seededNumbers, settled, sunny } from "../lines/face-world.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import { ctFrame } from "./ct-frames.ts";
import { openMarstekCt } from "./marstek-ct-output.ts";
import type { MarstekCtSettings } from "./marstek-ct-settings.ts";

const settings = (more: Partial<MarstekCtSettings> = {}): MarstekCtSettings =>
  ({ enabled: undefined, points: undefined, ...more }) as MarstekCtSettings;

class Battery {
  readonly answers: string[] = [];
  readonly socket: Socket = createSocket("udp4");
  readonly #port: number;
  readonly #mac: string;

  readonly #host: string;

  constructor(port: number, mac = "AABBCCDDEEFF", host = "127.0.0.1") {
    this.#port = port;
    this.#host = host;
    this.#mac = mac;
    this.socket.unref();
    this.socket.on("message", (bytes) => this.answers.push(bytes.toString("latin1")));
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes, this.#port, this.#host);
  }

  async ask(power = 0, sensor = "112233445566", type = "HME-4"): Promise<void> {
    const { length } = this.answers;
    this.send(ctFrame(["HMG-50", this.#mac, type, sensor, "A", power]));
    for (let n = 0; n < 10 && this.answers.length === length; n++) await settled();
  }

  /** The fields of the newest answer, without its length. */
  get fields(): readonly string[] {
    return (this.answers.at(-1) ?? "").slice(2, -3).split("|").slice(1);
  }
}

const within = async (
  work: (world: FaceWorld, port: number) => Promise<void>,
  more: Partial<MarstekCtSettings> = {},
): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  try {
    await world.start(openMarstekCt(settings({ port, ...more })));
    world.read();
    await work(world, port);
  } finally {
    await world.done();
  }
};

describe("the output marstek_ct", () => {
  test("answers a battery with the power of the house on one phase", () =>
    within(async (world, port) => {
      const battery = new Battery(port);
      world.read(sunny);
      await battery.ask(-100);
      assert.deepEqual(battery.fields.slice(4, 8), ["-2000", "0", "0", "-2000"]);
      matchesGolden(new URL("golden/answer.txt", import.meta.url), `${JSON.stringify(battery.answers[0])}\n`);
      battery.socket.close();
    }));

  test("answers as CT003 if it is told to, and then no longer as CT002", () =>
    within(
      async (_, port) => {
        const battery = new Battery(port);
        await battery.ask(0);
        assert.deepEqual(battery.answers, []);
        await battery.ask(0, "112233445566", "HME-3");
        assert.equal(battery.fields[0], "HME-3");
        assert.equal(battery.fields[7], "1234");
        battery.socket.close();
      },
      { sensor: "ct003" },
    ));

  test("gives all phases if it is told to, and nothing while one of them is unknown", () =>
    within(
      async (world, port) => {
        const battery = new Battery(port);
        await battery.ask();
        assert.deepEqual(battery.fields.slice(4, 8), ["488", "390", "356", "1234"]);
        await world.pass(1_000);
        world.read({ ...household, power_l3_w: null });
        await battery.ask();
        assert.equal(battery.answers.length, 1);
        battery.socket.close();
      },
      { phases: "each" },
    ));

  test("gives no battery a value twice: it waits up to 2 s for a new one, and then gets none", () =>
    within(async (world, port) => {
      const battery = new Battery(port);
      await battery.ask();
      await battery.ask();
      await battery.ask();
      assert.equal(battery.answers.length, 1);
      await world.pass(1_500);
      world.read(sunny);
      await until("the second", () => battery.answers.length === 2);
      assert.equal(battery.fields[7], "-2000");
      await battery.ask();
      await world.pass(2_500);
      world.read(household);
      await settled();
      assert.equal(battery.answers.length, 2);
      await battery.ask();
      assert.equal(battery.answers.length, 3);
      const indexes = battery.answers.map((answer) => answer.split("|")[14]);
      assert.equal(new Set(indexes).size, 3);
      battery.socket.close();
    }));

  test("tells each battery what the others do", () =>
    within(async (world, port) => {
      const [one, two] = [new Battery(port, "000000000001"), new Battery(port, "000000000002")];
      await one.ask(-300);
      await two.ask(150);
      await world.pass(1_000);
      world.read(sunny);
      await one.ask(-310);
      assert.deepEqual(one.fields.slice(8, 12), ["2", "0", "0", "0"]);
      assert.deepEqual([one.fields[15], one.fields[20]], ["-310", "150"]);
      for (const { socket } of [one, two]) socket.close();
    }));

  test("says nothing while values are stale, or older than 10 s", () =>
    within(async (world, port) => {
      const battery = new Battery(port);
      await world.pass(10_500);
      await battery.ask();
      await world.pass(2_500);
      world.read();
      world.home.goStale();
      await battery.ask();
      assert.deepEqual(battery.answers, []);
      assert.match((await world.outputs.test("face"))?.text ?? "", /gives no new values/);
      battery.socket.close();
    }));

  test("answers for its own MAC and for the one that means any", () =>
    within(
      async (world, port) => {
        const battery = new Battery(port);
        await battery.ask(0, "112233445566");
        assert.deepEqual(battery.answers, []);
        await battery.ask(0, "02A1B2C3D4E5");
        assert.equal(battery.fields[1], "02A1B2C3D4E5");
        await world.pass(1_000);
        world.read(sunny);
        await battery.ask(0, "000000000000");
        assert.equal(battery.fields[1], "02a1b2c3d4e5");
        battery.socket.close();
      },
      { mac: "02a1b2c3d4e5" },
    ));

  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

  test("answers only the networks that are allowed", { skip: own === undefined && "no network" }, async () => {
    for (const [allow, answers] of [
      [`${own}/32`, 1],
      ["203.0.113.0/24", 0],
    ] as const)
      await within(
        async (_, port) => {
          const battery = new Battery(port, "AABBCCDDEEFF", own);
          await battery.ask();
          assert.equal(battery.answers.length, answers, allow);
          battery.socket.close();
        },
        { allow: [allow] },
      );
  });

  test("stays up under 10,000 mutated requests, and answers no more than 50 a second", () =>
    within(async (world, port) => {
      const seed = 20_261_129;
      const chance = seededNumbers(seed);
      const battery = new Battery(port);
      for (let n = 0; n < 10_000; n++) {
        const good = ctFrame(["HMG-50", `B${n}`, "HME-4", "112233445566", "A", n % 500]);
        battery.send(n % 5 === 0 ? good : mutated(good, chance));
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await settled();
      assert.ok(battery.answers.length <= 50, `${battery.answers.length}`);
      await world.pass(6_000);
      world.read(sunny);
      const { length } = battery.answers;
      await battery.ask();
      assert.equal(battery.answers.length, length + 1, `seed ${seed}`);
      const { state, failures } = await world.status();
      assert.deepEqual([state, failures], ["up", 0]);
      battery.socket.close();
    }));

  test("tells in one sentence that its port is taken", () =>
    within(async (_, port) => {
      const world = new FaceWorld();
      await world.start(openMarstekCt(settings({ port })));
      assert.match((await world.status()).problem ?? "", /^UDP port \d+ of 127\.0\.0\.1 is in use by another program/);
      await world.done();
    }));
});
