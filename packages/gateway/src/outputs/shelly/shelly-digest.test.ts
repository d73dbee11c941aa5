import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { WebSocket } from "ws";
import { freePort } from "../../../../../test/support/free-port.ts";
import { outputKinds } from "../list.ts";
import { FaceWorld, MovedClock } from "../listening/face-contract.test-kit.ts";
import { exchange } from "../listening/raw-http.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import { digestHa1, digestResponse, ShellyDigest } from "./shelly-digest.ts";

const password = "canary-of-the-face";
const realm = "shellypro3em-aabbccddeeff";

/** The Authorization header of a client. */
const authorization = (method: string, uri: string, nonce: string, nc = "00000001", secret = password): string => {
  const parts = { ha1: digestHa1("admin", realm, secret), nonce, nc, cnonce: "c", method, uri };
  return `Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${uri}", cnonce="c", nc=${nc}, qop=auth, response="${digestResponse(parts)}", algorithm=SHA-256`;
};

/** The auth of a frame, as Home Assistant's library makes it. */
const frameAuth = (nonce: number, secret = password) => ({
  ...{ realm, username: "admin", nonce, cnonce: 17, algorithm: "SHA-256" },
  response: digestResponse({
    ...{ ha1: digestHa1("admin", realm, secret), nonce: String(nonce), nc: "1", cnonce: "17" },
    ...{ method: "dummy_method", uri: "dummy_uri" },
  }),
});

const nonceIn = (text: string): string => /nonce="(\d+)"/.exec(text)?.[1] ?? "";

describe("the digest of a Shelly", () => {
  let seed = 0;
  const fresh = () => {
    const clock = new MovedClock();
    const entropy = (length: number) => new Uint8Array(length).fill(++seed % 256);
    return { clock, digest: new ShellyDigest(realm, password, clock, entropy) };
  };

  test("is that of RFC 7616, section 3.9.1", () => {
    const ha1 = digestHa1("Mufasa", "http-auth@example.org", "Circle of Life");
    const response = digestResponse({
      ...{ ha1, nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc: "00000001", method: "GET" },
      ...{ cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", uri: "/dir/index.html" },
    });
    assert.equal(response, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  });

  test("allows each numbered request once, with our own nonce, for an hour", () => {
    const { clock, digest } = fresh();
    const nonce = nonceIn(digest.challenge());
    const asks = (nc: string, uri = "/rpc/EM.GetStatus", secret = password): boolean =>
      digest.allowsHttp("GET", "/rpc/EM.GetStatus", authorization("GET", uri, nonce, nc, secret));
    assert.equal(asks("00000001"), true);
    assert.equal(asks("00000001"), false, "heard and sent again");
    assert.equal(asks("00000002"), true);
    assert.equal(asks("00000003", "/rpc/Other"), false, "another address");
    assert.equal(asks("00000003", "/rpc/EM.GetStatus", "wrong"), false);
    assert.equal(asks("00000003"), true, "a wrong password used up nothing");
    assert.equal(digest.allowsHttp("GET", "/x", authorization("GET", "/x", "123")), false, "a nonce that is not ours");
    for (const header of [undefined, "", "Basic YTpi", "Digest ", `Digest ${"x".repeat(2_000)}`, 'Digest nonce="'])
      assert.equal(digest.allowsHttp("GET", "/x", header), false);
    clock.ahead += 3_600_001;
    assert.equal(asks("00000004"), false);
  });

  test("remembers a bounded number of nonces", () => {
    const { digest } = fresh();
    const first = nonceIn(digest.challenge());
    for (let n = 0; n < 64; n++) digest.challenge();
    assert.equal(digest.allowsHttp("GET", "/x", authorization("GET", "/x", first)), false);
  });

  test("survives any auth of a frame", () => {
    const { digest } = fresh();
    for (const auth of [
      undefined,
      null,
      1,
      "x",
      [],
      {},
      { nonce: {} },
      { nonce: 1, response: 7, username: "admin", realm },
    ])
      assert.equal(digest.allowsFrame(auth), false);
  });
});

describe("a Shelly with a password", () => {
  const within = async (work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> => {
    const world = new FaceWorld();
    const port = await freePort();
    try {
      const secret = new Secret(new TextEncoder().encode(password));
      world.start(outputKinds.shelly.create({ port, device_id: "aabbccddeeff", password: secret } as never));
      await world.is("up");
      world.read();
      await work(port, world);
      assert.ok(!world.lines.join("\n").includes(password), "the password is in the log");
    } finally {
      await world.done();
    }
  };

  test("serves evcc with user and password, and nobody without", () =>
    within(async (port) => {
      const path = "/rpc/EM.GetStatus";
      const ask = (header = ""): Promise<string> =>
        exchange(port, Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n${header}\r\n{}`));
      const refused = await ask();
      assert.match(refused, /^HTTP\/1\.1 401 /);
      assert.doesNotMatch(refused, /act_power/);
      const given = await ask(`authorization: ${authorization("POST", path, nonceIn(refused))}\r\n`);
      assert.match(given, /^HTTP\/1\.1 200 .*"total_act_power":1234\.000/s);
      const info = (await (await fetch(`http://127.0.0.1:${port}/shelly`)).json()) as Readonly<Record<string, unknown>>;
      assert.deepEqual([info.auth_en, info.auth_domain], [true, realm]);
    }));

  test("serves Home Assistant's library with the password, which tells it no value before", () =>
    within(async (port, world) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
      const messages: Readonly<Record<string, unknown>>[] = [];
      socket.on("message", (data) => void messages.push(JSON.parse(String(data))));
      await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
      const call = async (id: number, method: string, auth?: object) => {
        socket.send(JSON.stringify({ id, src: "aios", method, auth }));
        await until(method, () => messages.some((message) => message.id === id));
        return messages.find((message) => message.id === id) ?? {};
      };
      assert.ok("result" in (await call(1, "Shelly.GetDeviceInfo")));
      const guess = (await call(2, "EM.GetStatus", frameAuth(1_700_000_000))) as {
        readonly error: { readonly code: number; readonly message: string };
      };
      assert.equal(guess.error.code, 401);
      world.read();
      const { nonce } = JSON.parse(guess.error.message) as { readonly nonce: number };
      assert.ok("error" in (await call(3, "EM.GetStatus", frameAuth(nonce, "wrong"))));
      assert.ok(!messages.some(({ method }) => method === "NotifyStatus"));
      assert.ok("result" in (await call(4, "EM.GetStatus", frameAuth(nonce))));
      assert.ok("result" in (await call(5, "EM.GetStatus", frameAuth(nonce))), "more frames with the same");
      world.read();
      await until("it is told", () => messages.some(({ method }) => method === "NotifyStatus"));
      socket.terminate();
    }));
});
