import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock } from "@meterport/transports/clock";
import { makeCertificate } from "../../../../../test/support/certificate.ts";
import { startNats } from "../../../../../test/support/nats.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { changePayload } from "../change-payload.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { OutputWorld, until } from "../output-world.test-kit.ts";
import { sampleChanges } from "../sample-changes.test-kit.ts";
import { connectNats } from "./nats-connection.ts";
import { ackProblem, openNats } from "./nats-output.ts";
import { publication, ServerReader, subjectPart } from "./nats-protocol.ts";
import type { NatsSettings } from "./nats-settings.ts";

const server = peer("nats-server");
const openssl = peer("openssl");
const settings = (port: number, more: object = {}): NatsSettings =>
  ({ url: `nats://127.0.0.1:${port}`, ...more }) as NatsSettings;
const secret = (text: string): Secret => new Secret(new TextEncoder().encode(text));

describe("the NATS protocol", () => {
  const said =
    "INFO {\"headers\":true}\r\n+OK\r\nPING\r\nMSG a.b 1 5\r\nh\r\nlo\r\nHMSG x 1 r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n-ERR 'no'\r\n";

  test("a server is understood whatever pieces its words come in", () => {
    const whole = new ServerReader().take(Buffer.from(said));
    assert.deepEqual(whole, [
      { verb: "INFO", info: { headers: true } },
      { verb: "OK" },
      { verb: "PING" },
      { verb: "MSG", subject: "a.b", headers: "", payload: "h\r\nlo" },
      { verb: "MSG", subject: "x", headers: "NATS/1.0\r\n\r\n", payload: "hi" },
      { verb: "ERR", reason: "no" },
    ]);
    for (let size = 1; size < 20; size++) {
      const reader = new ServerReader();
      const words = [];
      for (let at = 0; at < said.length; at += size) words.push(...reader.take(Buffer.from(said.slice(at, at + size))));
      assert.deepEqual(words, whole, `pieces of ${size}`);
    }
  });

  test("rubbish, and what has no end, is told once and costs no memory", () => {
    for (const text of [
      "HTTP/1.1 400\r\n",
      "MSG a 1 99999999\r\n",
      "MSG a\r\n",
      "HMSG a 1 9 5\r\n",
      "INFO {\r\n",
      "MSG a 1 1\r\nabcd",
    ])
      assert.deepEqual(new ServerReader().take(Buffer.from(text)).at(-1), { verb: "rubbish" }, text);
    const reader = new ServerReader();
    let words = 0;
    for (let n = 0; n < 100; n++) words += reader.take(Buffer.alloc(100_000, 0x61)).length;
    assert.equal(words, 1);
  });

  test("lengths count bytes, and no id divides a subject", () => {
    assert.equal(publication({ subject: "a", payload: "é" }), "PUB a 2\r\né\r\n");
    assert.equal(
      publication({ subject: "a", payload: "é", reply: "r", id: "m-1" }),
      "HPUB a r 30 32\r\nNATS/1.0\r\nNats-Msg-Id: m-1\r\n\r\né\r\n",
    );
    assert.equal(subjectPart("home.12345678> *"), "home_12345678___");
  });

  test("messages match their golden file", () => {
    matchesGolden(
      new URL("golden/messages.json", import.meta.url),
      sampleChanges.map((entry) => ({
        subject: `meterport.${entry.point}.${entry.kind}`,
        body: changePayload(entry).body,
      })),
    );
  });

  test("an answer that is not that of a stream is told", () => {
    assert.equal(ackProblem("", '{"stream":"S","seq":7}', "m"), undefined);
    assert.match(ackProblem("NATS/1.0 503\r\n\r\n", "", "m") ?? "", /no stream takes these subjects: create one/);
    assert.match(
      ackProblem("", '{"error":{"code":503,"description":"insufficient storage"}}', "m") ?? "",
      /insufficient storage/,
    );
    assert.match(ackProblem("", "hello", "m") ?? "", /not a stream of JetStream/);
  });
});

describe("the output nats", { skip: server.skip }, () => {
  const within = async (more: readonly string[], work: (world: OutputWorld, port: number) => Promise<void>) => {
    const nats = await startNats(server.path, more);
    const world = new OutputWorld();
    try {
      await work(world, nats.port);
      assert.doesNotMatch(world.lines.join(), /canary/);
    } finally {
      await world.done();
      await nats.stop();
    }
  };

  /** Asks the server's own API. */
  const ask = async (port: number, subject: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const answers: string[] = [];
    const heard = ({ payload }: { readonly payload: string }): void => void answers.push(payload);
    const options = { settings: settings(port), clock: systemClock, version: "0", heard };
    const connection = await connectNats(options, new StopSignal());
    connection.subscribe("answer");
    connection.publish([{ subject, payload: JSON.stringify(body), reply: "answer" }]);
    await until("an answer", () => answers.length > 0);
    connection.close();
    return JSON.parse(answers[0] ?? "{}") as Readonly<Record<string, unknown>>;
  };

  test("with JetStream a change is delivered when a stream has stored it, once though it comes twice", () =>
    within([], async (world, port) => {
      const output = {
        name: "nats",
        begins: "oldest" as const,
        open: openNats(settings(port, { jetstream: true, live_values: false })),
      };
      world.start(output);
      await world.is("up");
      await world.change(5);
      await until("no stream", async () => /no stream takes these subjects/.test((await world.status()).problem ?? ""));
      assert.equal((await world.status()).delivered, 0);
      await ask(port, "$JS.API.STREAM.CREATE.METERS", { name: "METERS", subjects: ["meterport.>"] });
      await world.delivered();
      await world.change(600);
      await world.delivered();
      await world.outputs.stop();
      await world.store.setCursor("output:nats", 0);
      world.start(output);
      await world.delivered();
      const { state } = await ask(port, "$JS.API.STREAM.INFO.METERS", {});
      assert.equal((state as { readonly messages: number }).messages, 605);
    }));

  test("a login that is refused is told without the password", () =>
    within(["--auth", "right"], async (world, port) => {
      world.start({ name: "nats", open: openNats(settings(port, { token: secret("canary") })) });
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /cannot be used: it refuses the login: check user, password/);
      await world.outputs.stop();
      world.start({ name: "nats", open: openNats(settings(port, { token: secret("right") })) });
      await world.is("up");
      assert.match(
        (await world.outputs.test("nats"))?.text ?? "",
        /the server took a message on meterport\._gateway\.test/,
      );
    }));

  test("TLS checks the certificate, and says what to do about one that it does not trust", {
    skip: openssl.skip,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-nats-tls-"));
    const { files } = makeCertificate(folder, openssl.path, "IP:127.0.0.1");
    try {
      await within(["--tls", "--tlscert", files.cert, "--tlskey", files.key], async (world, port) => {
        world.start({ name: "nats", open: openNats(settings(port, { url: `tls://127.0.0.1:${port}` })) });
        await world.is("failing");
        assert.match(
          (await world.status()).problem ?? "",
          /certificate is not trusted \(\w+\): name its authority in ca/,
        );
        await world.outputs.stop();
        world.start({
          name: "nats",
          open: openNats(settings(port, { url: `tls://127.0.0.1:${port}`, ca: files.cert })),
        });
        await world.is("up");
        await world.change(3);
        await world.delivered();
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("what is no NATS server is told", () =>
    within([], async (world) => {
      const { createServer } = await import("node:net");
      const other = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const address = other.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      world.start({ name: "nats", open: openNats(settings(port)) });
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /what answers there is not a NATS server/);
      await world.outputs.stop();
      await new Promise((resolve) => other.close(resolve));
    }));
});
