/** What every face that listens must do, whatever it speaks. One suite, many faces. */
import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import type { Output } from "@meterport/engine/ports/output";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock } from "@meterport/protocol/ports";
import { systemClock } from "@meterport/transports/clock";
import { freePort } from "../../../../../test/support/free-port.ts";
import { stopwatch } from "../../../../../test/support/stopwatch.ts";
import { OutputWorld, until } from "../output-world.test-kit.ts";
import { chances, type Dial, exchange, fuzzHttp, plainly } from "./raw-http.test-kit.ts";

export interface FaceUnderTest {
  readonly open: (port: number) => Output;
  /** The power as a consumer reads it; undefined if the face says nothing. */
  readonly power: (port: number) => Promise<number | undefined>;
  /** Whether something regulates to it, so that it must be silent after 10 s without a new value. */
  readonly control: boolean;
  /** Requests of consumers, as bytes. */
  readonly samples: readonly string[];
  /** The live values of which it makes the power, if not `power_w` alone. */
  readonly powerOf?: ((power: number | null) => Partial<LiveReading>) | undefined;
  /** How its clients connect, if not by plain TCP. */
  readonly dial?: Dial | undefined;
  /** True if it shows all meters that it sees. */
  readonly several?: true | undefined;
}

/** A household in the evening, with one phase that exports. */
export const evening: Partial<LiveReading> = {
  ...{ power_w: 1_234, power_import_w: 1_234, power_export_w: 0 },
  ...{ power_l1_w: 1_488, power_l2_w: 390.5, power_l3_w: -644.5 },
  ...{ voltage_l1_v: 231.4, voltage_l2_v: 230.9, voltage_l3_v: 232 },
  ...{ current_l1_a: 6.432, current_l2_a: 1.7, current_l3_a: 2.78, frequency_hz: 49.98 },
  ...{ power_factor_l1: 1, power_factor_l2: 0.995, power_factor_l3: 0.999, apparent_power_va: 2_530 },
  ...{ reactive_power_import_var: 0, reactive_power_export_var: 120 },
  ...{ energy_import_wh: 13_779_338, energy_export_wh: 412_007 },
  ...{ reactive_energy_import_varh: 210_500, reactive_energy_export_varh: 90_001 },
};

/** A clock that a test can move on. */
export class MovedClock implements Clock {
  ahead = 0;
  readonly now = (): number => systemClock.now() + this.ahead;
  readonly wall = (): number => systemClock.wall() + this.ahead;
  readonly at: Clock["at"] = (time, task) => systemClock.at(time - this.ahead, task);
}

/** One meter, and a face of it on a free port. */
export class FaceWorld extends OutputWorld {
  readonly clock: MovedClock;

  constructor(clock = new MovedClock()) {
    super({}, clock);
    this.clock = clock;
    this.views.splice(1);
  }

  /** A reading that came just now. */
  read(values: Partial<LiveReading> = evening): void {
    this.home.read(this.clock.wall(), values);
  }
}

/** The moment that golden files show. */
export const shownMoment = Date.UTC(2026, 7, 1, 10, 15);

/** Runs a face of one meter that has just been read. @param time of the reading by its own account; now if omitted */
export const withFace = async (
  open: (port: number) => Output,
  work: (port: number, world: FaceWorld) => Promise<void>,
  time?: number,
): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  try {
    world.start(open(port));
    await world.is("up");
    world.home.read(time ?? world.clock.wall(), evening);
    await work(port, world);
  } finally {
    await world.done();
  }
};

const occupy = (port: number): Promise<() => Promise<void>> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(() => new Promise<void>((done) => void server.close(() => done()))));
  });

/** The bench sends 100,000 to each face; a handshake of TLS costs as much as twenty requests. */
const fuzzed = { plain: 3_000, other: 500 } as const;

export const faceContract = (name: string, face: FaceUnderTest): void => {
  const { dial = plainly } = face;
  const requests = Number(process.env.METERPORT_TEST_RUNS ?? (dial === plainly ? fuzzed.plain : fuzzed.other));
  /** The evening with another power. */
  const withPower = (power_w: number | null): Partial<LiveReading> => ({
    ...{ ...evening, power_w, ...face.powerOf?.(power_w) },
  });
  const within = async (work: (world: FaceWorld, port: number) => Promise<void>): Promise<void> => {
    const world = new FaceWorld();
    try {
      await work(world, await freePort());
    } finally {
      await world.done();
    }
  };
  const started = (work: (world: FaceWorld, port: number) => Promise<void>): Promise<void> =>
    within(async (world, port) => {
      world.start(face.open(port));
      await world.is("up");
      world.read();
      await work(world, port);
    });

  describe(`the contract of faces: ${name}`, () => {
    test("gives the newest power, counts it, and a test says that it works", () =>
      started(async (world, port) => {
        assert.equal(await face.power(port), 1_234);
        world.read(withPower(-77));
        assert.equal(await face.power(port), -77);
        assert.ok((await world.status()).sent >= 2);
        const seen = await world.outputs.test((await world.status()).name);
        assert.equal(seen?.ok, true, seen?.text);
        assert.match(seen?.text ?? "", /newest value of home is \d\.\d s old/);
      }));

    test("tells in one sentence that its port is taken, and opens it once it is free", () =>
      within(async (world, port) => {
        const leave = await occupy(port);
        world.start(face.open(port));
        await world.is("failing");
        assert.match((await world.status()).problem ?? "", /^[^\n]*port \d+ of 127\.0\.0\.1 is in use[^\n]*$/);
        await leave();
        await world.is("up");
        world.read();
        assert.equal(await face.power(port), 1_234);
      }));

    test("says nothing once values are stale, and speaks again with the next one", () =>
      started(async (world, port) => {
        assert.equal(await face.power(port), 1_234);
        world.home.goStale();
        assert.equal(await face.power(port), undefined);
        const seen = await world.outputs.test((await world.status()).name);
        assert.equal(seen?.ok, false);
        assert.match(seen?.text ?? "", /gives no new values/);
        world.read();
        assert.equal(await face.power(port), 1_234);
      }));

    test("never says 0 for a power that is unknown", () =>
      started(async (world, port) => {
        world.read(withPower(null));
        assert.equal(await face.power(port), undefined);
      }));

    if (face.control)
      test("says nothing after 10 s without a new value, although the gateway still shows it", () =>
        started(async (world, port) => {
          world.clock.ahead += 9_000;
          assert.equal(await face.power(port), 1_234);
          world.clock.ahead += 1_100;
          assert.equal(await face.power(port), undefined);
          world.read(withPower(5));
          assert.equal(await face.power(port), 5);
        }));

    test("says nothing about a meter that is removed, and follows a new name", () =>
      started(async (world, port) => {
        world.home.name = "Our house";
        world.outputs.pointsChanged();
        assert.equal(await face.power(port), 1_234);
        world.views.splice(0);
        world.outputs.pointsChanged();
        assert.equal(await face.power(port), undefined);
        world.views.push(world.home);
        world.outputs.pointsChanged();
        world.read();
        assert.equal(await face.power(port), 1_234);
      }));

    test(
      "asks which meter is meant if it sees several, and shows the one that is named",
      {
        skip: face.several === true && "it shows all of them",
      },
      () =>
        within(async (world, port) => {
          world.views.push(world.shed);
          world.start(face.open(port));
          await world.is("failing");
          assert.match((await world.status()).problem ?? "", /points: \[home\] or \[shed\]/);
          await world.outputs.stop();
          world.start(face.open(port), ["shed"]);
          await world.is("up");
          world.shed.read(world.clock.wall(), withPower(3));
          assert.equal(await face.power(port), 3);
        }),
    );

    test("answers although a crowd holds connections and says nothing", () =>
      started(async (world, port) => {
        const crowd: Socket[] = [];
        for (let n = 0; n < 200; n++) {
          const socket = connect(port, "127.0.0.1");
          socket.on("error", () => {});
          if (n % 2 === 0) socket.write("GET / HT");
          crowd.push(socket);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
        world.read();
        assert.equal(await face.power(port), 1_234);
        for (const socket of crowd) socket.destroy();
      }));

    test("drops a client that sends and never reads, and keeps no backlog for it", () =>
      started(async (world, port) => {
        const socket = dial(port);
        socket.on("error", () => {});
        socket.pause();
        const request = face.samples[0] ?? "";
        const before = process.memoryUsage().rss;
        for (let n = 0; n < 200; n++) {
          if (!socket.write(request.repeat(100))) await new Promise((resolve) => setTimeout(resolve, 5));
          if (socket.destroyed) break;
        }
        assert.ok(process.memoryUsage().rss - before < 120e6, "answers pile up");
        // On a busy machine it takes a while to be through with them, and a value is silent after 10 s.
        await until("it answers another client", async () => {
          world.read();
          return (await face.power(port)) === 1_234;
        });
        socket.destroy();
      }));

    test("stops within seconds and leaves its port although clients hold connections", () =>
      started(async (world, port) => {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => {});
        await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
        const untilStopped = stopwatch();
        await world.outputs.stop();
        const took = untilStopped();
        assert.ok(took < 3_000, `${took} ms`);
        assert.equal(await face.power(port), undefined);
        socket.destroy();
      }));

    test(`survives ${requests} mutated requests without an error of its own`, () =>
      started(async (world, port) => {
        const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e9);
        const chance = chances(seed);
        for (let n = 0; n < 20; n++)
          await exchange(port, Buffer.from(Array.from({ length: 400 }, () => chance(256))), 500, dial);
        const seen = await fuzzHttp(port, face.samples, requests, seed, { dial });
        const said = JSON.stringify([...seen]);
        assert.ok(![...seen.keys()].some((status) => status.startsWith("5")), `seed ${seed}: ${said}`);
        assert.equal(
          world.lines.filter((line) => line.includes("could not be answered")).join("\n"),
          "",
          `seed ${seed}`,
        );
        world.read();
        assert.equal(await face.power(port), 1_234, `seed ${seed}: ${said}`);
        await until("it is up", async () => (await world.status()).state === "up");
        assert.equal((await world.status()).failures, 0);
      }));
  });
};

/** JSON from a face; undefined if it says nothing. */
export const getJson = async (port: number, path: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};
