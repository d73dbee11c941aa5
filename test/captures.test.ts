/** Recording and replaying: what a bad line brought is what the capture brings. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, openLive, rc4 } from "@meterport/client";
import { recordTransport } from "@meterport/client/recording";
import { captureHead, parseCapture } from "@meterport/protocol/capture/capture";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/security/key";
import { everyFault, memoryLine, modelledLine, ReplayedMeter, VirtualMeter } from "@meterport/simulator";
import { runCli, withMeter } from "../packages/cli/src/testing/run-cli.ts";
import { VirtualClock } from "./virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const security = () => rc4({ key, entropy: (length) => new Uint8Array(length).fill(3) });

describe("a capture of a faulty run", () => {
  for (const seed of [1, 2, 3])
    it(`replays to the same readings (seed ${seed})`, async () => {
      const clock = new VirtualClock();
      const device = new VirtualMeter({
        profile: parseProfile("meter:3.70"),
        keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
        scenario: "house",
        seed,
        start: clock.wall(),
      });
      const rates = everyFault(0.03);
      const line = modelledLine({
        meter: device,
        clock,
        baud: 9600,
        seed,
        ...rates,
      });
      let text = captureHead({ started: "", link: "line" });
      const recorded = recordTransport(line, {
        elapsed: clock.now,
        write: (written) => {
          text += written;
        },
      });
      const meter = await clock.run(connect(recorded, { security: security(), clock, timing: { attempts: 8 } }));
      const live = await clock.run(openLive(meter));
      const seen: unknown[] = [];
      for (let i = 0; i < 10; i++) {
        await clock.advance(2000);
        seen.push(await clock.run(live.read()));
      }
      assert.ok(meter.session.counters.discarded > 0, "the line was bad");
      assert.ok(!text.includes("01".repeat(16)), "no key in it");

      const replayed = new ReplayedMeter(parseCapture(text), key);
      const again = await clock.run(connect(memoryLine({ meter: replayed, clock }), { security: security(), clock }));
      assert.deepEqual(again.identity, meter.identity);
      const reader = await clock.run(openLive(again));
      for (const reading of seen) {
        const { time: _time, ...values } = (await clock.run(reader.read())) as Record<string, unknown>;
        const { time: _then, ...then } = reading as Record<string, unknown>;
        assert.deepEqual(values, then);
      }
    });
});

describe("the command", () => {
  it("records what it does, and replay answers it; what was not asked then is not there", async () => {
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
    const replayed = new ReplayedMeter(parseCapture(text), key);
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
    assert.match(none.err, /line 1: it is no JSON object/);
  });
});
