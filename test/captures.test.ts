/** Recording and replaying: a capture of a bad line gives what the line gave. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, openLive, rc4 } from "@meterport/client";
import { recordTransport } from "@meterport/client/recording/recording";
import { tls } from "@meterport/client/session/tls";
import { toHex } from "@meterport/protocol/bytes";
import { type Capture, captureHead, captureText, parseCapture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { redactCapture, throwAwayKey } from "@meterport/protocol/capture/redaction/redact";
import { readTls, type TlsFrame } from "@meterport/protocol/capture/tls/reading";
import { verifiedFrames } from "@meterport/protocol/capture/verified";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy } from "@meterport/protocol/ports";
import { ET04, ET16 } from "@meterport/protocol/tables/index";
import { everyFault, memoryLine, modelledLine, ReplayedMeter, VirtualMeter } from "@meterport/simulator";
import { runCli, withMeter } from "../packages/cli/src/testing/run-cli.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(Uint8Array.from({ length: 16 }, (_, i) => 13 * i + 3));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(3);
const suites = {
  rc4: (of: Secret) => rc4({ key: of, entropy }),
  "rc4-encrypted": (of: Secret) => rc4({ key: of, encrypt: true, entropy }),
  tls: (of: Secret, random: Entropy = entropy) => tls({ key: of, level: "basic", clientId: 100, entropy: random }),
};
type Suite = keyof typeof suites;

/** What arrived from a meter on a line with every fault, and the readings from it. */
const faultyRun = async (seed: number, suite: Suite) => {
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(suite === "tls" ? "meter:4.30" : "meter:3.70"),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed,
    start: clock.wall(),
    ...(suite === "tls" ? { tls: ["required"] as const } : {}),
  });
  const line = modelledLine({ meter: device, clock, baud: 9600, seed, ...everyFault(0.03) });
  let text = captureHead({ started: "", link: "line" });
  const write = (written: string): void => {
    text += written;
  };
  const recorded = recordTransport(line, { elapsed: clock.now, write });
  // Inside TLS an attempt is three exchanges, each of which the line may spoil.
  const timing = { attempts: suite === "tls" ? 200 : 20 };
  const meter = await clock.run(connect(recorded, { security: suites[suite](key), clock, timing }));
  const system = await clock.run(meter.read(ET04));
  const devices = await clock.run(meter.read(ET16));
  const live = await clock.run(openLive(meter));
  const seen: unknown[] = [];
  for (let i = 0; i < 10; i++) {
    await clock.advance(2000);
    seen.push(await clock.run(live.read()));
  }
  assert.ok(meter.session.counters.discarded > 0, "the line was bad");
  assert.ok(!text.includes(toHex(key.reveal())), "no key in it");
  return { clock, suite, text, identity: meter.identity, system, devices, seen };
};

type Run = Awaited<ReturnType<typeof faultyRun>>;

/** The capture gives the same readings once more. */
const replays = async ({ clock, seen, suite }: Run, capture: Capture, under: Secret) => {
  const replayed = new ReplayedMeter(capture, { key: under, entropy });
  const again = await clock.run(
    connect(memoryLine({ meter: replayed, clock }), { security: suites[suite](under), clock }),
  );
  const system = await clock.run(again.read(ET04));
  const devices = await clock.run(again.read(ET16));
  const reader = await clock.run(openLive(again));
  for (const reading of seen) {
    const { time: _time, ...values } = (await clock.run(reader.read())) as Record<string, unknown>;
    const { time: _then, ...then } = reading as Record<string, unknown>;
    assert.deepEqual(values, then);
  }
  return { identity: again.identity, system, devices };
};

/** Every form in which a number of digits may be encoded in bytes, as hexadecimal; written here a second time. */
const written = (digits: string): string[] => {
  const number = Number(digits).toString(16).padStart(8, "0");
  const turned = (hex: string): string => (hex.match(/../g) ?? []).reverse().join("");
  const text = toHex(Uint8Array.from(digits, (digit) => digit.charCodeAt(0)));
  const forms = [text, digits, number, toHex(Uint8Array.from(digits, (digit) => Number(digit)))];
  return [...forms, ...forms.map(turned)];
};

const streamsOf = (capture: Capture): string => {
  const bytes = (dir: "tx" | "rx") =>
    capture.entries.map((entry) => ("bytes" in entry && entry.dir === dir ? toHex(entry.bytes) : "")).join("");
  return `${bytes("tx")} ${bytes("rx")}`;
};

/** Frames of handshakes that verify, and alerts. */
const handshakes = (capture: Capture, under: Uint8Array): number => {
  const counts = (frame: TlsFrame): boolean => {
    if (frame.kind === "repeat") return counts(frame.of);
    return frame.kind === "handshake" ? frame.handshake.session !== undefined : frame.kind === "alert";
  };
  return [...readTls(piecesOf(capture), under).frames.values()].filter(counts).length;
};

describe("a capture of a faulty run", () => {
  for (const seed of [1, 2, 3, 17])
    for (const suite of Object.keys(suites) as Suite[])
      test(`replays to the same readings, redacted or not (seed ${seed}, ${suite})`, async () => {
        const run = await faultyRun(seed, suite);
        const capture = parseCapture(run.text);
        const plain = await replays(run, capture, key);
        assert.deepEqual(plain.identity, run.identity);
        assert.deepEqual([plain.system, plain.devices], [run.system, run.devices]);

        const {
          capture: redacted,
          sealed,
          scrambled,
        } = redactCapture(capture, {
          key: key.reveal(),
          seed: Uint8Array.of(seed, 77),
        });
        assert.ok(scrambled > 0, "some frames were bad");
        const verified = (of: Capture, under: Uint8Array) => verifiedFrames(piecesOf(of), under);
        assert.equal(verified(capture, key.reveal()).length + handshakes(capture, key.reveal()), sealed);
        assert.equal(verified(redacted, throwAwayKey).length + handshakes(redacted, throwAwayKey), sealed);
        assert.ok(handshakes(capture, key.reveal()) > 10 === (suite === "tls"), "sessions were lost");
        const text = captureText(redacted);
        const again = await replays(run, parseCapture(text), new Secret(throwAwayKey));
        const { serial, utilitySerial, ...rest } = run.identity ?? assert.fail();
        assert.deepEqual({ ...again.identity, serial, utilitySerial }, { ...rest, serial, utilitySerial });
        assert.match(again.identity?.serial ?? "", new RegExp(`^\\d{${serial?.length}}$`));
        const { transceiverId, subnetId, nodeId, reserved54: _54, ...system } = run.system;
        assert.deepEqual(
          { ...again.system, transceiverId, subnetId, nodeId, reserved54: undefined },
          {
            ...system,
            transceiverId,
            subnetId,
            nodeId,
            reserved54: undefined,
          },
        );

        const gas = run.devices.devices[0]?.response.variable?.serialNumber ?? assert.fail("a gas meter");
        const numbers = [serial, utilitySerial?.replace(/\D/g, ""), gas].map((number) => number ?? assert.fail());
        const secrets = [...numbers.flatMap(written), toHex(transceiverId), toHex(transceiverId.toReversed())];
        const clear = verified(redacted, throwAwayKey).map(({ request, response }) => toHex(response ?? request.apdu));
        const before = streamsOf(capture);
        if (suite === "rc4")
          assert.ok(secrets.filter((secret) => before.includes(secret)).length >= 4, "they were there");
        for (const place of [streamsOf(redacted), ...clear])
          for (const secret of secrets) assert.ok(!place.includes(secret), secret);
        for (const number of numbers) assert.ok(!text.includes(number));
      });
});

describe("the command", () => {
  test("records what it does, and replay answers it; requests that were not recorded are refused", async () => {
    const written = new Map<string, string>();
    const { clock = new VirtualClock(), ...rest } = withMeter();
    const world = { ...rest, clock, written };
    const link = ["--link", "tcp://meter:1"];
    const first = await runCli(["read", ...link, "BT21", "ET51", "--json", "--record", "day.ndjson"], world);
    assert.equal(first.code, 0, first.err);
    const text = written.get("day.ndjson") ?? "";
    assert.match(
      text,
      /^\{"format":"meterport-capture","version":1,"started":"2026-01-01T00:00:00.000Z","link":"tcp"\}\n/,
    );
    assert.ok(!text.includes("meter:1"));
    const replayed = new ReplayedMeter(parseCapture(text), { key: new Secret(new Uint8Array(16).fill(1)), entropy });
    const again = { ...world, openLink: async () => memoryLine({ meter: replayed, clock }) };
    const second = await runCli(["read", ...link, "BT21", "ET51", "--json"], again);
    assert.deepEqual([second.code, second.out], [0, first.out]);
    const other = await runCli(["read", ...link, "BT52", "--json", "--profile", "meter:3.70"], again);
    assert.equal(other.code, 1);
    const wrong = await runCli(
      ["replay", "day.ndjson", "--listen", "tcp://127.0.0.1:0", "--key", `hex:${"07".repeat(16)}`],
      {
        files: { "day.ndjson": text },
      },
    );
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /no exchange of the capture verifies under this key/);
    const none = await runCli(["replay", "x", "--listen", "tcp://127.0.0.1:0", "--key", "01".repeat(16)], {
      files: { x: "hello" },
    });
    assert.match(none.err, /line 1: it is not a JSON object/);
  });

  test("redacts a capture, and replays it without being given a key", async () => {
    const written = new Map<string, string>();
    const world = { ...withMeter(), written };
    const read = ["read", "--link", "tcp://meter:1", "BT01", "--json", "--record", "day.ndjson"];
    const first = await runCli(read, world);
    assert.equal(first.code, 0, first.err);
    const serial = /"serialNumber":"0*(\d+)"/.exec(first.out.replace(/\s/g, ""))?.[1] ?? assert.fail(first.out);
    const files = { "day.ndjson": written.get("day.ndjson") ?? "" };
    assert.ok(files["day.ndjson"].includes(serial));
    const redact = (...args: string[]) => runCli(["redact", "day.ndjson", ...args], { ...world, files });
    const done = await redact("--output", "given.ndjson");
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /\d+ frames redacted and re-sealed with the key hex:(01){16}/);
    const given = written.get("given.ndjson") ?? "";
    assert.ok(!given.includes(serial));
    assert.match(given, /^\{"format":"meterport-capture",.*"key":"(01){16}"\}\n/);
    assert.notEqual((await redact("--seed", "four words of mine")).out, given);
    assert.equal(
      (await redact("--seed", "four words of mine")).out,
      (await redact("--seed", "four words of mine")).out,
    );
    assert.match((await redact("--seed", "short")).err, /--seed has 5 characters/);
    assert.equal((await redact("--key", `hex:${"07".repeat(16)}`)).code, 2);
    // The replay is interrupted at once here; a wrong key would have been reported before.
    const replay = ["replay", "given.ndjson", "--listen", "tcp://127.0.0.1:0"];
    const replayed = await runCli(replay, { files: { "given.ndjson": given }, interrupted: AbortSignal.abort() });
    assert.deepEqual([replayed.code, replayed.out.startsWith("listening tcp://127.0.0.1:")], [0, true], replayed.err);
  });
});
