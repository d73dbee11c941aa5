/** Two programs on one meter, over the modelled line in virtual time: the session reports the other one, and only if it exists. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4, type SessionEvent } from "@meterport/client";
import { MeterportError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT52 } from "@meterport/protocol/tables/index";
import { everyFault, type LineCondition, modelledLine, seeded, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));

/** Reads for that time, and returns the signs of the other client. */
const readOn = async (condition: LineCondition, seconds: number, seed: number) => {
  const clock = new VirtualClock({ wall: Date.UTC(2026, 5, 1) });
  const keys = { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) };
  const device = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
  });
  const line = modelledLine({ meter: device, clock, baud: 9600, seed, secondClientKey: key, ...condition });
  const random = seeded(seed);
  const entropy = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const seen: (SessionEvent & { type: "other-client" })[] = [];
  const work = async () => {
    const meter = await connect(line, { security: rc4({ key, entropy }), clock, profile: device.profile });
    meter.session.listen((event) => {
      if (event.type === "other-client") seen.push(event);
    });
    for (let second = 1; second <= seconds; second++) {
      await meter.read(BT52).catch((error: unknown) => {
        if (!(error instanceof MeterportError)) throw error;
      });
      const wait = second * 1000 - clock.now();
      if (wait > 0) await new Promise<void>((resolve) => clock.at(second * 1000, resolve));
    }
    const { counters } = meter.session;
    await meter.session.close();
    return counters;
  };
  const counters = await clock.run(work(), Number.POSITIVE_INFINITY);
  return { counters, seen, certain: seen.filter(({ certain }) => certain) };
};

describe("a second client", () => {
  for (const seed of [1, 2, 3])
    test(`that reads every second is detected with certainty within ten seconds, seed ${seed}`, async () => {
      const { certain, counters, seen } = await readOn({ secondClient: 1000 }, 10, seed);
      assert.ok(certain.length > 0, JSON.stringify(seen.map(({ sign }) => sign)));
      assert.equal(counters.otherClient, seen.length);
    });

  test("is not reported to a client that is alone", async () => {
    const { counters } = await readOn({}, 100, 1);
    assert.ok(counters.requests >= 100, `${counters.requests} requests`);
    assert.equal(counters.otherClient, 0);
  });

  for (const seed of [1, 2, 3])
    test(`is never reported as certain on a merely bad line, seed ${seed}`, async () => {
      const faults = everyFault(0.03);
      const { certain, counters } = await readOn({ toMeter: faults, toClient: faults, echo: 0.05 }, 300, seed);
      assert.ok(counters.retries > 50, `${counters.retries} retries`);
      assert.deepEqual(certain, []);
    });
});
