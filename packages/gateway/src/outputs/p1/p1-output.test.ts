import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { openLink } from "@meterport/transports/open";
import { openPty } from "@meterport/transports/serial/pty";
import { WebSocket } from "ws";
import { freePort } from "../../../../../test/support/free-port.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { FaceWorld, household, mutated, seededNumbers, settled, sunny } from "../lines/face-world.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import { openP1 } from "./p1-output.ts";
import type { P1Settings } from "./p1-settings.ts";
import { readP1 } from "./read-p1.test-kit.ts";

const socat = peer("socat");
const settings = (more: Partial<P1Settings> = {}): P1Settings =>
  ({ enabled: undefined, points: undefined, ...more }) as P1Settings;

class Client {
  text = "";
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
    this.socket.on("data", (text: string) => {
      this.text += text;
    });
  }

  get telegrams(): readonly string[] {
    return this.text.split(/(?<=![0-9A-F]{4}\r\n)/);
  }
}

const within = async (
  work: (world: FaceWorld, port: number) => Promise<void>,
  more: Partial<P1Settings> = {},
): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  try {
    await world.start(openP1(settings({ port, ...more }), openLink));
    await work(world, port);
  } finally {
    await world.done();
  }
};

describe("the output p1", () => {
  test("gives each of several clients a telegram at once, and then each second, with the newest values", () =>
    within(async (world, port) => {
      world.read();
      const clients = [new Client(port), new Client(port), new Client(port)];
      await until("all have the first", () => clients.every(({ text }) => text.includes("!")));
      world.read(sunny);
      await world.pass(1_000);
      for (let n = 0; n < 3; n++) await world.pass(1_000);
      for (const { telegrams, socket } of clients) {
        assert.ok(telegrams.length >= 4 && telegrams.length <= 6, `${telegrams.length} telegrams`);
        assert.equal(readP1(telegrams[0] ?? "").power(), 1_234);
        assert.equal(readP1(telegrams.at(-1) ?? "").power(), -2_000);
        socket.destroy();
      }
      assert.ok((await world.status()).sent >= 12);
    }));

  test("passes a new value on at once, but only about one each second", () =>
    within(async (world, port) => {
      world.read();
      const client = new Client(port);
      await until("the first", () => client.text.includes("!"));
      await world.pass(950);
      world.read(sunny);
      await settled();
      assert.equal(client.telegrams.length, 2);
      for (let n = 0; n < 8; n++) {
        world.read(household);
        await world.pass(100);
      }
      assert.equal(client.telegrams.length, 3);
      await world.pass(300);
      assert.equal(client.telegrams.length, 3);
      await world.pass(300);
      assert.equal(client.telegrams.length, 4);
      client.socket.destroy();
    }));

  test("sends nothing while values are stale, and goes on when they are fresh again", () =>
    within(async (world, port) => {
      const client = new Client(port);
      await world.pass(2_000);
      assert.equal(client.text, "");
      world.read();
      await until("fresh", () => client.text.includes("!"));
      world.home.goStale();
      const before = client.text;
      await world.pass(20_000);
      assert.equal(client.text, before);
      assert.equal(client.closed, false);
      assert.match((await world.outputs.test("face"))?.text ?? "", /gives no new values/);
      world.read();
      await world.pass(1_000);
      assert.ok(client.text.length > before.length);
      client.socket.destroy();
    }));

  test("stays up under 10,000 pieces of rubbish, and leaves the oldest of too many clients", () =>
    within(async (world, port) => {
      world.read();
      const seed = 20_260_801;
      const chance = seededNumbers(seed);
      const request = new TextEncoder().encode("/?!\r\nGET / HTTP/1.1\r\n\r\n");
      const client = new Client(port);
      for (let n = 0; n < 10_000; n++) {
        client.socket.write(mutated(request, chance));
        if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await world.pass(1_000);
      await until(`telegrams after seed ${seed}`, () => client.telegrams.length >= 2);
      const clients = Array.from({ length: 20 }, () => new Client(port));
      await until("the oldest ones are left", () => clients.filter(({ closed }) => closed).length >= 4);
      for (const { socket } of [client, ...clients]) socket.destroy();
      assert.equal((await world.status()).state, "up");
    }));

  test("gives the same telegrams by WebSocket at /ws, as text, and none while values are stale", async () => {
    const websocket = await freePort();
    await within(
      async (world) => {
        const messages: { readonly text: string; readonly binary: boolean }[] = [];
        const client = new WebSocket(`ws://127.0.0.1:${websocket}/ws`);
        client.on("message", (data, binary) => messages.push({ text: String(data), binary }));
        world.read();
        await until("the first", () => messages.length > 0);
        world.read(sunny);
        await world.pass(1_000);
        await until("the newest", () => messages.length > 1);
        for (const { text, binary } of messages) {
          assert.match(text, /^\/[\s\S]*![0-9A-F]{4}\r\n$/);
          assert.equal(binary, false);
        }
        assert.equal(readP1(messages.at(-1)?.text ?? "").power(), -2_000);
        assert.match((await world.outputs.test("face"))?.text ?? "", new RegExp(`1 client at port ${websocket}`));
        world.home.goStale();
        const before = messages.length;
        await world.pass(20_000);
        assert.equal(messages.length, before);
        assert.equal(client.readyState, WebSocket.OPEN);
        client.close();
        await until("it is gone", async () => {
          world.read();
          return /, 0 clients at port \d+$/.test((await world.outputs.test("face"))?.text ?? "");
        });
      },
      { websocket },
    );
  });

  test("by WebSocket: other paths, plain requests and pages of other sites get nothing, and it stays up", async () => {
    const websocket = await freePort();
    await within(
      async (world) => {
        world.read();
        const refused = (path: string, headers = {}): Promise<string> =>
          new Promise((resolve) => {
            const client = new WebSocket(`ws://127.0.0.1:${websocket}${path}`, { headers });
            client.on("error", (error) => resolve(error.message));
            client.on("open", () => resolve("open"));
          });
        assert.notEqual(await refused("/"), "open");
        assert.match(await refused("/ws", { origin: "http://example.com" }), /403/);
        assert.notEqual(await refused("/ws", { host: "meter.example.com" }), "open");
        assert.equal((await fetch(`http://127.0.0.1:${websocket}/ws`)).status, 404);
        const seed = 20_261_130;
        const chance = seededNumbers(seed);
        const upgrade = new TextEncoder().encode(
          "GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        );
        for (let n = 0; n < 300; n++) {
          const client = new Client(websocket);
          client.socket.write(mutated(upgrade, chance));
          if (n % 10 === 0) await settled();
          if (n % 3 === 0) client.socket.destroy();
        }
        assert.equal(await refused("/ws"), "open", `seed ${seed}`);
        assert.equal((await world.status()).state, "up");
      },
      { websocket },
    );
  });

  test("a client by WebSocket that takes nothing gets no telegram after the other, and is left", async () => {
    const websocket = await freePort();
    await within(
      async (world) => {
        world.read();
        const client = new WebSocket(`ws://127.0.0.1:${websocket}/ws`);
        await new Promise((resolve) => client.once("open", resolve));
        let closed = false;
        client.on("close", () => {
          closed = true;
        });
        client.pause();
        for (let n = 0; n < 20_000 && (await world.status()).skipped === 0; n += 100) await world.pass(100_000);
        assert.ok((await world.status()).skipped > 0);
        await world.pass(15_000);
        client.resume();
        await until("it is left", () => closed);
      },
      { websocket },
    );
  });

  test("asks which meter is meant if it sees several", async () => {
    const world = new FaceWorld();
    world.views = [world.home, world.shed];
    await world.start(openP1(settings({ port: await freePort() }), openLink));
    assert.match((await world.status()).problem ?? "", /name one, as in points: \[home\] or \[shed\]/);
    await world.done();
  });

  test("tells in one sentence that its port is taken", async () => {
    await within(async (_, port) => {
      const world = new FaceWorld();
      await world.start(openP1(settings({ port }), openLink));
      assert.match((await world.status()).problem ?? "", /^port \d+ of 127\.0\.0\.1 is in use by another program/);
      await world.done();
    });
  });

  test("writes the same telegrams to a serial port", { skip: socat.skip }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-p1-"));
    const path = join(folder, "p1");
    const far = await openPty(path);
    let text = "";
    const reading = (async () => {
      for await (const bytes of far.chunks) text += Buffer.from(bytes).toString("latin1");
    })();
    await within(
      async (world) => {
        world.read();
        await world.pass(1_000);
        await until("a telegram", async () => {
          await world.pass(1_000);
          return /![0-9A-F]{4}\r\n/.test(text);
        });
        assert.equal(readP1(text.slice(0, text.indexOf("!") + 7)).power(), 1_234);
        await far.close();
        await until("it tells", async () => (await world.status()).state !== "up");
      },
      { serial: path },
    );
    await reading;
    rmSync(folder, { recursive: true });
  });

  test("opens no TCP port for good if its serial port is absent", async () => {
    const world = new FaceWorld();
    const absent = async (): Promise<never> => {
      throw new LinkError("not-open", "/dev/ttyUSB9", "there is no such port");
    };
    await world.start(openP1(settings({ port: await freePort(), serial: "/dev/ttyUSB9" }), absent));
    assert.match((await world.status()).problem ?? "", /ttyUSB9.*no such port/);
    await world.done();
  });
});
