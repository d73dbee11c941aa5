import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { describe, test } from "node:test";
import { allowedNetworks } from "../allowed-networks.ts";
import { until } from "../output-world.test-kit.ts";
import { limitConnections } from "./connection-limits.ts";
import { deviceIdOf } from "./device-id.ts";
import { isHomeName } from "./home-names.ts";
import { listenHttp, silence } from "./http-server.ts";
import { hostOf } from "./listening-settings.ts";
import { controlAge, MeterOnShow } from "./meter-on-show.ts";
import { exchange, rawRequest } from "./raw-http.test-kit.ts";
import { allOf, live, phaseApparent, rounded, signedCurrent, sumOf } from "./values.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

describe("the connections of a face", () => {
  test("an address outside of the allowed networks gets no byte, and the log names it once", async () => {
    const lines: string[] = [];
    const server = createServer((socket) => socket.end("hello"));
    limitConnections(server, () => false, { ...quiet, warn: (line) => void lines.push(line) });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    for (let n = 0; n < 3; n++) assert.equal(await exchange(port, Buffer.from("x")), "");
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /127\.0\.0\.1 was refused: add its network to allow/);
    server.close();
  });

  test("too many of one address close the oldest of them; too many in all close one of the address that has most", async (t) => {
    const server = createServer((socket) => socket.on("error", () => {}));
    const open = { count: 0 };
    server.on("connection", (socket) => {
      open.count++;
      socket.once("close", () => open.count--);
    });
    const dropAll = limitConnections(server, () => true, quiet, { inAll: 6, perAddress: 4 });
    t.after(() => {
      dropAll();
      server.close();
    });
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const from = (localAddress: string) => connect({ port, host: "127.0.0.1", localAddress });
    const crowd = Array.from({ length: 9 }, () => from("127.0.0.2").on("error", () => {}));
    await until("four are open", () => open.count === 4 && crowd.filter(({ destroyed }) => destroyed).length === 5);
    assert.ok(
      crowd.slice(0, 5).every(({ destroyed }) => destroyed),
      "the oldest were closed",
    );
    const others = ["127.0.0.3", "127.0.0.4", "127.0.0.5"].map((address) => from(address).on("error", () => {}));
    await until("six are open", () => open.count === 6 && others.every(({ readyState }) => readyState === "open"));
    await until("one of the crowd made room", () => crowd.filter(({ destroyed }) => destroyed).length === 6);
    dropAll();
    await until("none is open", () => open.count === 0);
    server.close();
  });

  test("it is bound to this machine alone until others are allowed", () => {
    assert.equal(hostOf({}), "127.0.0.1");
    assert.equal(hostOf({ allow: [] }), "127.0.0.1");
    assert.equal(hostOf({ allow: ["192.168.1.0/24"] }), "0.0.0.0");
    assert.equal(hostOf({ host: "192.168.1.2", allow: ["192.168.1.0/24"] }), "192.168.1.2");
  });

  test("names of the public network are refused, because a page may have pointed them here", () => {
    for (const host of ["example.com", "local.example.com", "notlocal", "a.b.c", "a b", "", "user@home", "x:99999999"])
      assert.equal(isHomeName(host), host === "notlocal", host);
    for (const host of [
      undefined,
      "10.0.0.1",
      "10.0.0.1:80",
      "[fe80::1]:80",
      "meter.local:80",
      "METER.LAN",
      "pi.home.arpa",
    ])
      assert.equal(isHomeName(host), true, host);
  });
});

describe("the server of a face", () => {
  type Options = Parameters<typeof listenHttp>[0];
  const within = async (
    answer: Options["answer"],
    work: (port: number) => Promise<void>,
    more: Partial<Options> = {},
  ) => {
    const lines: string[] = [];
    const log = { ...quiet, error: (line: string) => void lines.push(line) };
    const server = await listenHttp({ host: "127.0.0.1", port: 0, allows: allowedNetworks(), answer, log, ...more });
    try {
      await work(server.port);
    } finally {
      await server.close();
    }
    return lines;
  };
  test("gives the request whole, and HEAD no body", async () => {
    await within(
      ({ method, path, query, body }) => ({
        status: 200,
        type: "text/plain",
        body: `${method} ${path} ${query} ${body}`,
      }),
      async (port) => {
        const said = async (text: string) => (await exchange(port, Buffer.from(text))).split("\r\n\r\n")[1];
        assert.equal(await said(rawRequest("POST", "/a?id=1&id=2", '{"x":1}')), 'POST /a id=1&id=2 {"x":1}');
        assert.equal(await said(rawRequest("GET", "http://127.0.0.1/b?c")), "GET /b c= ");
        assert.equal(await said(rawRequest("HEAD", "/b")), "");
      },
    );
  });

  test("refuses what is too long with 4xx: a body, an address, headers", async () => {
    await within(
      () => ({ status: 200, type: "text/plain", body: "" }),
      async (port) => {
        const status = async (text: string) => (await exchange(port, Buffer.from(text))).slice(9, 12);
        assert.equal(await status(rawRequest("POST", "/", "x".repeat(4_097))), "413");
        assert.equal(await status(rawRequest("POST", "/", "x".repeat(4_096))), "200");
        assert.equal(await status(rawRequest("GET", `/${"x".repeat(1_100)}`)), "413");
        assert.equal(await status(rawRequest("GET", `/${"x".repeat(20_000)}`)), "431");
        assert.equal(await status("GET / HTTP/9.9\r\n\r\n"), "400");
      },
    );
  });

  test("a request that offers HTTP/2 is answered as if it did not, also where WebSockets are spoken", async () => {
    const offer = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";
    const begin = (method: string, more = "") => `${method} /x HTTP/1.1\r\nhost: 127.0.0.1\r\n${offer}${more}\r\n`;
    const answer: Options["answer"] = ({ method, body }) => ({
      status: 200,
      type: "text/plain",
      body: `${method} ${body}`,
    });
    for (const upgrade of [undefined, () => false])
      await within(
        answer,
        async (port) => {
          const said = async (text: string) => exchange(port, Buffer.from(text), 1_000);
          assert.match(await said(begin("GET")), /^HTTP\/1\.1 200 .*\r\n\r\nGET $/s);
          assert.match(
            await said(`${begin("POST", "content-length: 4\r\n")}{"a"more`),
            /^HTTP\/1\.1 200 .*POST \{"a"$/s,
          );
          const socket = connect(port, "127.0.0.1");
          socket.write(begin("POST", "content-length: 6\r\n"));
          await new Promise((resolve) => setTimeout(resolve, 50));
          socket.write("late");
          await new Promise((resolve) => setTimeout(resolve, 50));
          socket.write("r!");
          const [text] = await once(socket, "data");
          assert.match(String(text), /POST later!$/);
          socket.destroy();
          const long = `${begin("POST", "content-length: 5000\r\n")}${"x".repeat(5_000)}`;
          assert.match(await said(long), /^HTTP\/1\.1 413/);
          assert.equal(await said(`${begin("POST", "content-length: 9\r\n")}half`), "");
          assert.match(await said(begin("GET").replace("127.0.0.1", "example.com")), /^HTTP\/1\.1 421/);
          const handshake = begin("POST", "content-length: 4\r\n").replace("h2c", "websocket");
          assert.match(await said(`${handshake}body`), /^HTTP\/1\.1 200 .*POST body$/s, "a WebSocket has no body");
          const chunked = begin("POST", "transfer-encoding: chunked\r\n").replace("h2c", "websocket");
          assert.match(await said(`${chunked}4\r\nbody\r\n`), /^(HTTP\/1\.1 413.*)?$/s);
        },
        { upgrade },
      );
  });

  test("a fault of our own ends the connection and is told in the log; no client sees 500", async () => {
    const lines = await within(
      ({ path }) => {
        if (path === "/quiet") return silence;
        throw new Error("a fault");
      },
      async (port) => {
        assert.equal(await exchange(port, Buffer.from(rawRequest("GET", "/"))), "");
        assert.equal(await exchange(port, Buffer.from(rawRequest("GET", "/quiet"))), "");
      },
    );
    assert.deepEqual(lines, ["a request could not be answered: a fault"]);
  });
});

describe("values for consumers", () => {
  const shown = (values: object) => ({ point: {}, live: values }) as never;

  test("unknown stays unknown through every sum", () => {
    const known = { voltage_l1_v: 230, current_l1_a: 2, power_l1_w: -400, current_l2_a: null, current_l3_a: 1 };
    assert.equal(sumOf((phase) => live(`current_l${phase}_a`))(shown(known)), null);
    assert.equal(sumOf((phase) => live(`current_l${phase}_a`))(shown({ ...known, current_l2_a: 0.1 })), 3.1);
    assert.deepEqual(allOf({ a: signedCurrent(1), b: signedCurrent(2), c: phaseApparent(1) }, shown(known)), {
      ...{ a: -2, b: null, c: 460 },
    });
  });

  test("rounding leaves no dust and no negative zero", () => {
    assert.equal(rounded(0.1 + 0.2, 3), 0.3);
    assert.ok(Object.is(rounded(-0.0001, 3), 0));
  });

  test("the address of a device follows from the point, is nobody's, and can be given", () => {
    assert.match(deviceIdOf("home", undefined), /^06[0-9a-f]{10}$/);
    assert.notEqual(deviceIdOf("home", undefined), deviceIdOf("shed", undefined));
    assert.equal(deviceIdOf("home", "AABBCCDDEEFF"), "aabbccddeeff");
  });
});

test("a meter that is read too rarely for what regulates to it is named in the log", () => {
  const warned = (every: number, longest?: number): string => {
    const lines: string[] = [];
    const live = () => ({ time: null });
    const point = { id: "home", live, detail: () => ({ link: { poll_interval_ms: every } }) };
    const clock = { now: () => 0, wall: () => 0 };
    const log = { ...quiet, warn: (line: string) => void lines.push(line) };
    new MeterOnShow({ points: () => [point], clock, log, onSnapshot: () => () => {} } as never, longest);
    return lines.join("\n");
  };
  const set = ": set interval: 1s for this meter";
  assert.equal(warned(1_000, controlAge), "");
  assert.equal(warned(2_000, controlAge), "");
  assert.equal(
    warned(5_000, controlAge),
    `home is read every 5 s, and what regulates to values that slow swings${set}`,
  );
  for (const every of [10_000, 60_000])
    assert.equal(
      warned(every, controlAge),
      `home is read every ${every / 1_000} s, but a value is shown for 10 s${set}`,
    );
  assert.equal(warned(60_000), "", "nothing regulates to it");
});
