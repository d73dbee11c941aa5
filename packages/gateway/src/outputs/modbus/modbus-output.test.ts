import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { openLink } from "@meterport/transports/open";
import { openPty } from "@meterport/transports/serial/pty";
import { freePort } from "../../../../../test/support/free-port.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { FaceWorld, household, mutated, seededNumbers, settled, sunny } from "../lines/face-world.test-kit.ts";
import type { OpenLink } from "../output-kind.ts";
import { until } from "../output-world.test-kit.ts";
import { rtuFramer } from "./frames.ts";
import { openModbus } from "./modbus-output.ts";
import type { ModbusSettings } from "./modbus-settings.ts";

const mbpoll = peer("mbpoll");
const socat = peer("socat");
const run = promisify(execFile);

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const settingsOf = (more: Partial<ModbusSettings>): ModbusSettings =>
  ({ enabled: undefined, points: undefined, ...more }) as ModbusSettings;

interface Ports {
  readonly tcp: number;
  readonly rtu: number;
}

const within = async (
  work: (world: FaceWorld, ports: Ports) => Promise<void>,
  more: Partial<ModbusSettings> = {},
  open: OpenLink = openLink,
): Promise<void> => {
  const [tcp, rtu] = [await freePort(), await freePort()];
  const world = new FaceWorld();
  if (more.units !== undefined) world.views = [world.home, world.shed];
  try {
    await world.start(openModbus(settingsOf({ port: tcp, rtu_port: rtu, ...more }), open));
    assert.equal((await world.status()).state, "up", (await world.status()).problem ?? "");
    world.read();
    await work(world, { tcp, rtu });
  } finally {
    await world.done();
  }
};

/** What mbpoll prints, values by reference; or its complaint. */
const poll = async (port: number, ...options: readonly string[]): Promise<string> => {
  const args = ["-0", "-1", "-B", "-m", "tcp", "-p", String(port), "-o", "2", ...options, "127.0.0.1"];
  return run("mbpoll", args, { timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
  );
};

const values = (text: string): readonly number[] =>
  [...text.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map(([, value]) => Number(value));

class Client {
  received = Buffer.alloc(0);
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
    this.socket.on("data", (piece: Buffer) => {
      this.received = Buffer.concat([this.received, piece]);
    });
  }

  async ask(request: string, length: number): Promise<string> {
    this.received = Buffer.alloc(0);
    this.socket.write(bytes(request));
    await until(`an answer to ${request}`, () => this.received.length >= length);
    return this.received.toString("hex");
  }
}

describe("the output modbus", () => {
  test("is read by mbpoll as SDM630, by functions 3 and 4", { skip: mbpoll.skip }, () =>
    within(
      async (world, { tcp }) => {
        world.read(sunny);
        for (const table of ["3:float", "4:float"]) {
          const seen = values(await poll(tcp, "-t", table, "-r", "0", "-c", "10"));
          assert.deepEqual(
            seen.map((value) => Math.round(value * 100) / 100),
            [231.4, 230.9, 232, 2.11, 1.7, 1.58, -700, -700, -600, 488.25],
          );
        }
        assert.deepEqual(values(await poll(tcp, "-t", "3:float", "-r", "52", "-c", "1")), [-2_000]);
        assert.deepEqual(values(await poll(tcp, "-t", "3:float", "-r", "72", "-c", "2")), [13_779.3, 412.007]);
      },
      { map: "sdm630" },
    ),
  );

  test("is read by mbpoll as SunSpec, and refuses in words that it knows", { skip: mbpoll.skip }, () =>
    within(
      async (world, { tcp }) => {
        assert.match(await poll(tcp, "-t", "4:hex", "-r", "40000", "-c", "4"), /0x5375\n.*0x6E53\n.*0x0001\n.*0x0042/);
        assert.match(await poll(tcp, "-t", "4", "-r", "40070", "-c", "109"), /\[40088\]:\s+1234\n/);
        assert.match(await poll(tcp, "-t", "4", "-r", "40100", "-c", "125"), /Illegal data address/);
        assert.match(await poll(tcp, "-t", "4", "-r", "5", "-c", "1"), /Illegal data address/);
        assert.match(await poll(tcp, "-t", "0", "-r", "0", "-c", "1"), /Illegal function/);
        assert.match(
          await poll(tcp, "-a", "9", "-t", "4", "-r", "40000", "-c", "1"),
          /Target device failed to respond/,
        );
        world.home.goStale();
        assert.match(await poll(tcp, "-t", "4", "-r", "40088", "-c", "1"), /Target device failed to respond/);
        assert.match(await poll(tcp, "-t", "4:hex", "-r", "40000", "-c", "2"), /0x5375/);
      },
      { map: "sunspec_203" },
    ),
  );

  test("is read by mbpoll over a serial line, and says there who it is", {
    skip: mbpoll.skip || socat.skip,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-modbus-"));
    const path = join(folder, "bus");
    // socat's inner side is ours; mbpoll opens the terminal as its serial port.
    const pty = await openPty(path);
    try {
      await within(
        async (world) => {
          world.read();
          const options = ["-0", "-1", "-B", "-m", "rtu", "-b", "9600", "-P", "none", "-o", "2", "-a", "7"];
          const { stdout } = await run("mbpoll", [...options, "-t", "3:float", "-r", "52", "-c", "1", path]);
          assert.deepEqual(values(stdout), [1_234]);
          const id = await run("mbpoll", [...options, "-u", path]);
          assert.match(id.stdout, /Status\s*: On\nData\s*: Eastron SDM630\n/);
        },
        { map: "sdm630", serial: path, unit: 7 },
        async () => pty,
      );
    } finally {
      await pty.close();
      rmSync(folder, { recursive: true });
    }
  });

  test("opens its serial port at the speed of the link, or at 9600 baud", async () => {
    const speeds: (number | undefined)[] = [];
    for (const serial of ["/dev/ttyUSB9", "serial:///dev/ttyUSB9?baud=19200"]) {
      const world = new FaceWorld();
      const absent: OpenLink = async (_, __, speed) => {
        speeds.push(speed);
        throw new Error("there is no such port");
      };
      await world.start(openModbus(settingsOf({ serial, port: await freePort() }), absent));
      assert.equal((await world.status()).problem, "there is no such port");
      await world.done();
    }
    assert.deepEqual(speeds, [9_600, undefined]);
  });

  test("answers several clients, in any pieces, several requests at once in their order", () =>
    within(
      async (_, { tcp }) => {
        const clients = Array.from({ length: 8 }, () => new Client(tcp));
        const request = bytes("0001 0000 0006 01 03 9c40 0002 0002 0000 0006 01 04 9c98 0001");
        for (const { socket } of clients) socket.setNoDelay();
        for (const byte of request) {
          for (const { socket } of clients) socket.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await until("all have both", () => clients.every(({ received }) => received.length >= 13 + 11));
        for (const { received, socket } of clients) {
          assert.equal(received.toString("hex"), "0001000000070103045375" + "6e53" + "00020000000501040204d2");
          socket.destroy();
        }
      },
      { map: "sunspec_203" },
    ));

  test("answers for unit 0 and 255 over TCP if there is one meter, and on a serial line for its own id alone", () =>
    within(
      async (_, { tcp, rtu }) => {
        const client = new Client(tcp);
        for (const unit of ["05", "00", "ff"])
          assert.match(
            await client.ask(`0001 0000 0006 ${unit} 03 9c40 0001`, 11),
            new RegExp(`^000100000005${unit}03025375$`),
          );
        assert.equal(await client.ask("0001 0000 0006 06 03 9c40 0001", 9), "00010000000306830b");
        const line = new Client(rtu);
        const { frame } = rtuFramer();
        const framed = (unit: number): string =>
          Buffer.from(frame({ unit, transaction: 0, pdu: new Uint8Array() }, bytes("03 9c40 0001"))).toString("hex");
        line.socket.write(bytes(framed(6)));
        line.socket.write(bytes(framed(0)));
        assert.match(await line.ask(framed(5), 7), /^0503025375/);
        for (const { socket } of [client, line]) socket.destroy();
      },
      { unit: 5 },
    ));

  test("says stale as a gateway over TCP, and as a failed device on a line", () =>
    within(async (world, { tcp, rtu }) => {
      world.home.goStale();
      const client = new Client(tcp);
      assert.equal(await client.ask("0001 0000 0006 01 03 9ca2 0002", 9), "00010000000301830b");
      const line = new Client(rtu);
      const request = rtuFramer().frame({ unit: 1, transaction: 0, pdu: new Uint8Array() }, bytes("03 9ca2 0002"));
      assert.match(await line.ask(Buffer.from(request).toString("hex"), 5), /^018304/);
      assert.match(
        (await world.outputs.test("face"))?.text ?? "",
        /no value can be given now: .*unit 1 is home \(stale\)/,
      );
      for (const { socket } of [client, line]) socket.destroy();
    }));

  test("refuses values that are older than it may give, although they are not stale yet", () =>
    within(async (world, { tcp }) => {
      const client = new Client(tcp);
      const request = "0001 0000 0006 01 03 9ca2 0002";
      await world.pass(9_000);
      assert.match(await client.ask(request, 13), /^000100000007010304/);
      await world.pass(1_500);
      assert.equal(await client.ask(request, 9), "00010000000301830b");
      world.read();
      assert.match(await client.ask(request, 13), /^000100000007010304/);
      client.socket.destroy();
    }));

  test("shows each meter at its unit id with its own map", () =>
    within(
      async (world, { tcp }) => {
        world.read({ ...household, power_w: 77 }, world.shed);
        const client = new Client(tcp);
        assert.equal(await client.ask("0001 0000 0006 02 04 0034 0002", 13), "000100000007020404429a0000");
        assert.equal(await client.ask("0001 0000 0006 01 03 9c40 0001", 11), "00010000000501030253" + "75");
        assert.equal(await client.ask("0001 0000 0006 ff 03 9c40 0001", 9), "000100000003ff830b");
        client.socket.destroy();
      },
      {
        units: [
          { point: "home", unit: 1 },
          { point: "shed", unit: 2, map: "sdm630" },
        ],
      },
    ));

  test("says which key to set if it sees several meters without unit ids", async () => {
    const world = new FaceWorld();
    world.views = [world.home, world.shed];
    await world.start(openModbus(settingsOf({ port: await freePort() }), openLink));
    assert.match((await world.status()).problem ?? "", /outputs\.modbus\.units: \[home=1, shed=2\]/);
    await world.done();
  });

  test("stays up under 10,000 mutated requests, and answers the next good one", () =>
    within(async (world, { tcp, rtu }) => {
      const seed = 20_261_129;
      const chance = seededNumbers(seed);
      const good = [
        bytes("0001 0000 0006 01 03 9c40 0010"),
        bytes("0002 0000 0006 01 04 9ca2 0002"),
        bytes("0003 0000 0005 01 2b0e0100"),
        bytes("0004 0000 0002 01 11"),
      ];
      const { frame } = rtuFramer();
      const line = bytes("03 9ca2 0002");
      const rtuGood = frame({ unit: 1, transaction: 0, pdu: new Uint8Array() }, line);
      const clients = [new Client(tcp), new Client(rtu)];
      for (let n = 0; n < 10_000; n++) {
        const isLine = n % 2 === 1;
        const at = isLine ? 1 : 0;
        if (clients[at]?.closed === true) clients[at] = new Client(isLine ? rtu : tcp);
        const request = isLine ? rtuGood : (good[n % good.length] as Uint8Array);
        clients[at]?.socket.write(mutated(request, chance));
        if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await settled();
      const again = new Client(tcp);
      assert.match(await again.ask("0009 0000 0006 01 03 9ca2 0002", 13), /^000900000007010304/, `seed ${seed}`);
      const lineAgain = new Client(rtu);
      assert.match(await lineAgain.ask(Buffer.from(rtuGood).toString("hex"), 9), /^010304/, `seed ${seed}`);
      for (const { socket } of [...clients, again, lineAgain]) socket.destroy();
      const { state, failures } = await world.status();
      assert.deepEqual([state, failures], ["up", 0]);
    }));

  test("leaves a client that asks without reading", () =>
    within(async (world, { tcp }) => {
      const socket = connect(tcp, "127.0.0.1");
      socket.on("error", () => {});
      let closed = false;
      socket.on("close", () => {
        closed = true;
      });
      socket.pause();
      const request = Buffer.concat(Array.from({ length: 1_000 }, () => bytes("0001 0000 0006 01 03 9c40 007d")));
      for (let n = 0; n < 100; n++) socket.write(request);
      await world.pass(1_000);
      for (let n = 0; n < 30; n++) await world.pass(1_000);
      socket.resume();
      await until("it is left", () => closed);
      const client = new Client(tcp);
      assert.match(await client.ask("0009 0000 0006 01 03 9c40 0001", 11), /^00090000000501030253/);
      client.socket.destroy();
    }));
});
