/**
 * Very many requests over a line on which everything goes wrong at 1 % (every-fault-line.ts), in virtual time. Each ends once,
 * none with a value that the meter did not have at that moment, and the client uses the line as well as it can be used.
 * `METERPORT_REQUESTS=1000000` for more.
 *
 * The bound (line-capacity.ts) is a client that knows at once which transmission was lost or damaged and sends the next one
 * without any hesitation. What it cannot avoid are the guide's times: 100 ms from one request to the next, 500 ms
 * until a request that nobody answers may be repeated, and the time of the bytes; besides what the other client takes of the
 * line, noise that the meter takes for a length, and the outages. It does not pay for noise that swallows an answer, nor for
 * finding out that an outage has begun or ended.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive } from "./support/driven-link.ts";
import { everyFaultCapacity, everyFaultLine } from "./support/every-fault-line.ts";

const requests = Number(process.env.METERPORT_REQUESTS ?? 200_000);
const seed = 20261125;
const rate = 0.01;
const share = 0.95;

const list = (counts: ReadonlyMap<string, number>): string => [...counts].map(([name, n]) => `${name} ${n}`).join(", ");

describe("a line with every fault at 1 %", () => {
  test(`${requests} requests: each ends once, no value is wrong, and the line is used`, (t) => {
    const began = performance.now();
    const outcome = drive({ requests, seed, ...everyFaultLine(rate) });
    const { answered, failed, values, wrong, surplus, transmissions, resyncs, discarded, seconds, line } = outcome;
    const failures = [...failed.values()].reduce((sum, n) => sum + n, 0);
    const perSecond = answered / seconds;
    const bound = everyFaultCapacity(rate, seed);
    const { toMeter, toClient } = line.faults;
    const took = (performance.now() - began) / 1000;
    t.diagnostic(`seed ${seed}: ${requests} requests, ${answered} answered, ${values} values, ${wrong.length} wrong`);
    t.diagnostic(`failed: ${list(failed)}; ${transmissions} transmissions, ${resyncs} resyncs`);
    t.diagnostic(`discarded: ${list(discarded)}`);
    t.diagnostic(`to the meter: ${list(toMeter.counts)}; to the client: ${list(toClient.counts)}`);
    t.diagnostic(
      `${perSecond.toFixed(3)} requests a second of ${bound.toFixed(3)} that the line allows: ${((100 * perSecond) / bound).toFixed(1)} %`,
    );
    t.diagnostic(`${(seconds / 3600).toFixed(0)} h of virtual time in ${took.toFixed(0)} s`);
    assert.deepEqual(wrong, []);
    assert.equal(surplus, 0);
    assert.equal(answered + failures, requests);
    assert.ok(values > 2 * answered);
    // Where the script takes the line away, requests fail, and nearly nowhere else.
    assert.ok(failures < 0.02 * requests, `${failures} failed`);
    for (const { counts } of [toMeter, toClient])
      for (const [name, times] of counts)
        assert.ok(times > 0.8 * rate * requests, `the line did ${name} ${times} times`);
    assert.ok(perSecond >= share * bound, `${perSecond} of ${bound} requests a second`);
  });
});
