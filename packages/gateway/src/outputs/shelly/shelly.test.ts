import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { describe, test } from "node:test";
import type { Output } from "@meterport/engine/ports/output";
import { WebSocket } from "ws";
import { freePort } from "../../../../../test/support/free-port.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, FaceWorld, faceContract, getJson, withFace } from "../listening/face-contract.test-kit.ts";
import { chances, exchange, mutated, rawRequest } from "../listening/raw-http.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import type { ShellySettings } from "./shelly-settings.ts";

const open = (settings: ShellySettings): Output => outputKinds.shelly.create(settings as never);

type Json = Readonly<Record<string, unknown>>;

const frame = (method: string, more: object = {}): string =>
  JSON.stringify({ id: 1, src: "test", method, params: { id: 0 }, ...more });

faceContract("shelly", {
  open: (port) => open({ port }),
  power: async (port) => (await getJson(port, "/rpc/EM.GetStatus?id=0"))?.total_act_power as number | undefined,
  control: true,
  samples: [
    rawRequest("GET", "/shelly"),
    rawRequest("GET", "/rpc/EM.GetStatus?id=0"),
    rawRequest("POST", "/rpc/EMData.GetStatus", '{"id":0,"src":"evcc","method":"EMData.GetStatus"}'),
    rawRequest("POST", "/rpc", frame("Shelly.GetStatus")),
    "POST /rpc HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\n{}",
    "GET /rpc HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
  ],
});

/** A request by UDP; undefined if there is no answer. */
const ask = (port: number, text: string | Uint8Array, patience = 300): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket("udp4");
    const done = (answer: string | undefined): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => done(undefined), patience);
    socket.on("message", (bytes) => done(bytes.toString()));
    socket.send(text, port, "127.0.0.1");
  });

describe("shelly", () => {
  const within = (settings: ShellySettings, work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> =>
    withFace((port) => open({ device_id: "aabbccddeeff", ...settings, port }), work);
  const post = async (port: number, path: string, body: string): Promise<Json> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });
    return { ...((await response.json()) as Json), status: response.status };
  };

  test("says what a Shelly Pro 3EM says", () =>
    within({}, async (port) => {
      const said: Record<string, unknown> = { "/shelly": await getJson(port, "/shelly") };
      for (const method of [
        "EM.GetStatus",
        "EMData.GetStatus",
        "EM.GetConfig",
        "Shelly.ListMethods",
        "Shelly.GetConfig",
      ])
        said[method] = await getJson(port, `/rpc/${method}?id=0`);
      const status = (await getJson(port, "/rpc/Shelly.GetStatus")) as Json;
      said["Shelly.GetStatus"] = { ...status, sys: Object.keys(status.sys as object) };
      matchesGolden(new URL("golden/answers.json", import.meta.url), said);
      const text = await exchange(port, Buffer.from(rawRequest("GET", "/rpc/EM.GetStatus")), 500);
      matchesGolden(new URL("golden/em-status.txt", import.meta.url), `${text.split("\r\n\r\n")[1]}\n`);
    }));

  test("has every key that Home Assistant's library reads from a Pro 3EM", () =>
    within({}, async (port) => {
      // From the fixture of the device in aioshelly: status.em:0, status.emdata:0 and shelly.
      const em = `a_act_power a_aprt_power a_current a_freq a_pf a_voltage b_act_power b_aprt_power b_current b_freq b_pf
        b_voltage c_act_power c_aprt_power c_current c_freq c_pf c_voltage id n_current total_act_power total_aprt_power
        total_current user_calibrated_phase`;
      const data = `a_total_act_energy a_total_act_ret_energy b_total_act_energy b_total_act_ret_energy c_total_act_energy
        c_total_act_ret_energy id total_act total_act_ret`;
      const shelly = "app auth_domain auth_en fw_id gen id mac model name profile slot ver";
      const status = (await getJson(port, "/rpc/Shelly.GetStatus")) as Readonly<Record<string, Json>>;
      const keys = (value: object | undefined): readonly string[] => Object.keys(value ?? {}).sort();
      const words = (text: string): readonly string[] => text.split(/\s+/).sort();
      assert.deepEqual(keys(status["em:0"]), words(em));
      assert.deepEqual(keys(status["emdata:0"]), words(data));
      assert.deepEqual(keys(await getJson(port, "/shelly")), words(shelly));
    }));

  test("serves the sequence of evcc", () =>
    within({}, async (port) => {
      // meter/shelly: GET /shelly, then each method by POST with the frame as body; the result itself comes back.
      assert.equal((await getJson(port, "/shelly"))?.gen, 2);
      const call = (method: string): Promise<Json> =>
        post(port, `/rpc/${method}`, JSON.stringify({ id: 0, src: "evcc", method }));
      const { methods } = (await call("Shelly.ListMethods")) as { readonly methods: readonly string[] } & Json;
      assert.ok(methods.includes("EM.GetStatus"));
      for (const other of ["EM1.GetStatus", "PM1.GetStatus", "Switch.GetStatus", "ProOutputAddon.GetPeripherals"])
        assert.ok(!methods.includes(other), `${other} would make it another device`);
      const status = await call("EM.GetStatus");
      assert.deepEqual(
        [status.total_act_power, status.a_current, status.b_voltage, status.c_act_power],
        [1_234, 6.432, 230.9, -644.5],
      );
      const data = await call("EMData.GetStatus");
      assert.deepEqual([data.total_act, data.total_act_ret], [13_779_338, 412_007]);
    }));

  test("every measured number has a decimal point, which some batteries need", () =>
    within({ single_phase: true }, async (port) => {
      for (const method of ["EM.GetStatus", "EMData.GetStatus"]) {
        const text =
          (await exchange(port, Buffer.from(rawRequest("GET", `/rpc/${method}`)), 500)).split("\r\n\r\n")[1] ?? "";
        const numbers = [...text.matchAll(/"(\w+)":(-?\d[\d.]*)/g)].filter(([, key]) => key !== "id");
        assert.ok(numbers.length > (method === "EM.GetStatus" ? 15 : 1));
        for (const [, key, number] of numbers) assert.match(number ?? "", /^-?\d+\.\d+$/, `${key} ${number}`);
      }
    }));

  test("answers frames on /rpc with the id and the name of the client, and errors as the device does", () =>
    within({}, async (port) => {
      const answer = await post(port, "/rpc", frame("EM.GetStatus", { id: "abc" }));
      assert.deepEqual(
        [answer.id, answer.src, answer.dst, (answer.result as Json).total_act_power],
        ["abc", "shellypro3em-aabbccddeeff", "test", 1_234],
      );
      const unknown = await post(port, "/rpc", frame("Switch.Set"));
      assert.deepEqual(unknown.error, { code: 404, message: "No handler for Switch.Set" });
      assert.deepEqual(await post(port, "/rpc/Switch.Set", "{}"), {
        ...{ code: 404, message: "No handler for Switch.Set", status: 404 },
      });
      assert.equal((await post(port, "/rpc/EM.GetStatus", '{"id":3}')).code, -105);
      assert.equal((await post(port, "/rpc", "[]")).status, 400);
      assert.equal((await post(port, "/rpc/Sys.GetStatus", "{")).status, 400);
      assert.equal((await post(port, "/rpc/WIFI.getstatus", "")).status, 200, "clients write names in both ways");
    }));

  test("with single_phase all power is on phase A", () =>
    within({ single_phase: true }, async (port) => {
      const status = await getJson(port, "/rpc/EM.GetStatus");
      assert.deepEqual(
        [status?.a_act_power, status?.b_act_power, status?.c_act_power, status?.total_act_power],
        [1_234, 0, 0, 1_234],
      );
    }));

  test("phases that the meter does not measure are null, and energy without import register is not told", () =>
    within({}, async (port, world) => {
      world.read({ power_w: 300 });
      const status = await getJson(port, "/rpc/EM.GetStatus");
      assert.deepEqual([status?.total_act_power, status?.a_act_power, status?.total_current], [300, null, null]);
      assert.equal(await getJson(port, "/rpc/EMData.GetStatus"), undefined);
      const all = await getJson(port, "/rpc/Shelly.GetStatus");
      assert.ok(all !== undefined && "em:0" in all && !("emdata:0" in all));
    }));

  describe("by WebSocket", () => {
    const connected = async (port: number) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
      const messages: Json[] = [];
      const state = { closed: false };
      socket.on("message", (data) => void messages.push(JSON.parse(String(data)) as Json));
      socket.on("close", () => {
        state.closed = true;
      });
      socket.on("error", () => {});
      await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
      let id = 0;
      const call = async (method: string, params: object | undefined = undefined): Promise<Json> => {
        const own = ++id;
        socket.send(JSON.stringify({ id: own, method, src: "aios-1", params }));
        await until(method, () => messages.some((message) => message.id === own));
        return messages.find((message) => message.id === own)?.result as Json;
      };
      return { socket, messages, state, call };
    };

    test("serves the calls of Home Assistant's library and tells each new value", () =>
      within({}, async (port, world) => {
        const { messages, call, socket } = await connected(port);
        world.read({ ...evening, power_w: 1 });
        const info = await call("Shelly.GetDeviceInfo");
        assert.equal(info.mac, "AABBCCDDEEFF");
        assert.ok(
          messages.every(({ method }) => method === undefined),
          "nothing is told before a client has a name",
        );
        const [config, status, components] = await Promise.all([
          call("Shelly.GetConfig"),
          call("Shelly.GetStatus"),
          call("Shelly.GetComponents", { dynamic_only: true }),
        ]);
        for (const key of ["em:0", "emdata:0", "sys", "wifi", "cloud", "ble", "ws"]) assert.ok(key in config, key);
        assert.equal((status["em:0"] as Json).total_act_power, 1);
        assert.deepEqual([components.total, components.components], [0, []]);
        assert.deepEqual((await call("Script.List")).scripts, []);
        world.read({ ...evening, power_w: 2_222 });
        await until("it is told", () => messages.some(({ method }) => method === "NotifyStatus"));
        const { params, dst } = messages.find(({ method }) => method === "NotifyStatus") as Json;
        assert.equal(dst, "aios-1");
        assert.equal(((params as Json)["em:0"] as Json).total_act_power, 2_222);
        socket.close();
      }));

    test("the connection ends once values are stale", () =>
      within({}, async (port, world) => {
        const { state, call } = await connected(port);
        await call("EM.GetStatus");
        world.home.goStale();
        await until("closed", () => state.closed);
      }));

    test("the connection ends within a second or two after 10 s without a value", () =>
      within({}, async (port, world) => {
        const { state, call } = await connected(port);
        await call("EM.GetStatus");
        world.clock.ahead += 10_100;
        await until("closed", () => state.closed);
      }));

    test("a page of another origin is refused, and any other path", () =>
      within({}, async (port) => {
        const refused = (path: string, headers: Readonly<Record<string, string>>): Promise<boolean> =>
          new Promise((resolve) => {
            const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
            socket.once("open", () => resolve(false));
            socket.once("error", () => resolve(true));
          });
        assert.equal(await refused("/rpc", { origin: "http://evil.example" }), true);
        assert.equal(await refused("/other", {}), true);
        assert.equal(await refused("/rpc", { origin: `http://127.0.0.1:${port}` }), false);
      }));

    test("a client that never reads is dropped", () =>
      within({}, async (port, world) => {
        const { socket, call } = await connected(port);
        await call("EM.GetStatus");
        socket.pause();
        let time = world.clock.wall();
        for (let n = 0; n < 40_000; n++) {
          world.home.read(++time, { ...evening, power_w: n });
          if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        const before = (await world.status()).sent;
        assert.ok(before > 100, `${before} were sent`);
        for (let n = 0; n < 10; n++) world.home.read(++time, { ...evening, power_w: n });
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.equal((await world.status()).sent, before, "nothing is sent to it any more");
        socket.terminate();
      }));
  });

  describe("by UDP", () => {
    const withUdp = async (
      settings: ShellySettings,
      work: (udp: number, world: FaceWorld, port: number) => Promise<void>,
    ): Promise<void> => {
      const udp = await freePort();
      await within({ ...settings, udp: [udp] }, (port, world) => work(udp, world, port));
    };
    /** What a battery of Marstek sends. */
    const request = '{"id":1,"method":"EM.GetStatus","params":{"id":0}}';

    test("answers a battery with numbers that have a decimal point, in 250 characters or more", () =>
      withUdp({ single_phase: true }, async (udp) => {
        const text = (await ask(udp, request)) ?? "";
        matchesGolden(new URL("golden/udp.txt", import.meta.url), `${text}\n`);
        assert.ok(text.length >= 250 && text.length < 1_200, `${text.length}`);
        for (const key of ["a_act_power", "b_act_power", "c_act_power", "total_act_power"])
          assert.match(text, new RegExp(`"${key}":-?\\d+\\.\\d`));
        const { result } = JSON.parse(text) as { readonly result: Json };
        assert.equal(result.total_act_power, 1_234);
      }));

    test("says nothing to what is no request, when values are old, and after 10 s", () =>
      withUdp({}, async (udp, world) => {
        assert.equal(await ask(udp, "hello", 100), undefined);
        assert.equal(await ask(udp, "[]", 100), undefined);
        world.clock.ahead += 10_100;
        assert.equal(await ask(udp, request, 100), undefined);
        world.read();
        assert.notEqual(await ask(udp, request), undefined);
        world.home.goStale();
        assert.equal(await ask(udp, request, 100), undefined);
      }));

    test("a port that is taken is named, and the port for HTTP is not held meanwhile", async () => {
      const taken = createSocket("udp4");
      const udp = await freePort();
      await new Promise<void>((resolve) => taken.bind({ port: udp, address: "127.0.0.1", exclusive: true }, resolve));
      const world = new FaceWorld();
      const port = await freePort();
      try {
        world.start(open({ port, udp: [udp] }));
        await world.is("failing");
        assert.match((await world.status()).problem ?? "", new RegExp(`UDP port ${udp} of 127.0.0.1 is in use`));
        taken.close();
        await world.is("up");
        world.read();
        assert.notEqual(await ask(udp, request), undefined);
      } finally {
        await world.done();
      }
    });

    test("survives 10,000 mutated datagrams, and a flood of them is not answered without limit", () =>
      withUdp({}, async (udp, world) => {
        const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e9);
        const chance = chances(seed);
        const socket = createSocket("udp4");
        let answers = 0;
        socket.on("message", () => answers++);
        const send = (bytes: Uint8Array): Promise<void> =>
          new Promise((resolve) => socket.send(bytes, udp, "127.0.0.1", () => resolve()));
        for (let n = 0; n < 10_000; n++) await send(mutated(request, chance));
        const before = answers;
        for (let n = 0; n < 2_000; n++) await send(Buffer.from(request));
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.ok(answers - before < 1_200, `${answers - before} answers to a flood`);
        socket.close();
        assert.equal(world.lines.filter((line) => line.includes("could not")).join("\n"), "", `seed ${seed}`);
        // What is left of the flood may take the answers of the next second too.
        await until(`it answers again, seed ${seed}`, async () => {
          world.clock.ahead += 1_000;
          world.read();
          return (await ask(udp, request)) !== undefined;
        });
      }));
  });
});
