import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { decodeRequest, encodeRequest, encodeResponse } from "../mep/frame/apdu.ts";
import { OpticalPair, type PairOptions } from "./optical-pair.test-kit.ts";

const contents = (table: number): Uint8Array => Uint8Array.from({ length: 200 }, (_, i) => table + i);
const serve = (apdu: Uint8Array): Uint8Array => {
  const asked = decodeRequest(apdu);
  return encodeResponse({ kind: "data", data: contents(asked.kind === "malformed" ? 0 : asked.table) });
};
const speeds = { initial: 9600, faster: [19_200, 57_600] };
const negotiates = 0x60;

const open = ({ link, endpoint, ...more }: PairOptions = {}): OpticalPair =>
  new OpticalPair({ link: { speeds, ...link }, endpoint: { rates: [19_200, 57_600], serve, ...endpoint }, ...more });

let lastId = 0;
/** Reads one table through a pair. */
const read = (pair: OpticalPair): void => {
  const id = ++lastId;
  pair.request({ id, apdu: encodeRequest({ kind: "read", table: id & 0xff, count: 300 }) });
  pair.settle();
  const end = pair.outputs.find((output) => "id" in output && output.id === id);
  assert.equal(end?.type, "response", JSON.stringify(end));
  const expected = encodeResponse({ kind: "data", data: contents(id & 0xff) });
  assert.equal(toHex((end as { apdu: Uint8Array }).apdu), toHex(expected));
};
const changes = (pair: OpticalPair) =>
  pair.outputs.flatMap((output) => (output.type === "speed" ? [[output.baudRate, output.last]] : []));
/** Codes of rates in each Negotiate that was sent. */
const offers = (pair: OpticalPair): string[] =>
  pair.sent
    .filter(({ by, bytes }) => by === ">" && ((bytes[6] ?? 0) & 0xf0) === negotiates)
    .map(({ bytes }) => toHex(bytes.subarray(10, -2)));

describe("the speed of an optical line", () => {
  test("is changed by both ends after the answer to Negotiate is acknowledged, and back with the channel", () => {
    const pair = open();
    read(pair);
    assert.deepEqual(offers(pair), ["0a08"], "the fastest first");
    assert.deepEqual(pair.speeds, { client: 57_600, meter: 57_600 });
    assert.deepEqual(changes(pair), [[57_600, false]]);
    pair.run(120_000);
    assert.equal(pair.endpoint.active, false);
    assert.deepEqual(pair.speeds, { client: 9600, meter: 9600 });
    read(pair);
    assert.deepEqual(offers(pair), ["0a08", "0a08"]);
    assert.deepEqual(pair.speeds, { client: 57_600, meter: 57_600 });
  });

  test("is the meter's choice, and stays where it chooses none", () => {
    const slower = open({ endpoint: { rates: [19_200] } });
    read(slower);
    assert.deepEqual(slower.speeds, { client: 19_200, meter: 19_200 });
    const same = open({ endpoint: { rates: [] } });
    read(same);
    assert.deepEqual(changes(same), []);
    const fixed = open({ link: { speeds: { initial: 9600, faster: [] } } });
    read(fixed);
    assert.deepEqual([offers(fixed), changes(fixed)], [[""], []]);
  });

  test("is left for good where the client's line does not follow, and is not asked for again", () => {
    const pair = open({ stuckAt: 9600 });
    read(pair);
    assert.ok(pair.now < 15_000, `${pair.now} ms`);
    assert.deepEqual(changes(pair), [
      [57_600, false],
      [9600, true],
    ]);
    assert.deepEqual(offers(pair), ["0a08", ""]);
    for (let i = 0; i < 3; i++) {
      pair.run(120_000);
      read(pair);
    }
    assert.deepEqual(offers(pair).slice(1), ["", "", "", ""]);
  });

  test("is the first one again after a restart of the meter, which is not announced", () => {
    const pair = open();
    read(pair);
    pair.endpoint.reset();
    pair.speeds.meter = 9600;
    read(pair);
    assert.deepEqual(pair.speeds, { client: 9600, meter: 9600 });
  });

  test("leaves no request without its answer, wherever one transmission is lost or bent", () => {
    fc.assert(
      fc.property(fc.nat({ max: 24 }), fc.nat({ max: 300 }), fc.boolean(), (which, at, lost) => {
        let count = 0;
        const pair = open({
          bend: (bytes) => {
            if (count++ !== which) return [bytes];
            return lost ? [] : [bytes.with(at % bytes.length, (bytes[at % bytes.length] as number) ^ 0x40)];
          },
        });
        read(pair);
        read(pair);
        assert.equal(pair.speeds.client, pair.speeds.meter);
      }),
      { numRuns: 100 },
    );
  });

  test("asks a meter that refuses a Negotiate with rates once more without them", () => {
    const pair = open({ bend: (bytes) => [bytes], refusesRates: true });
    read(pair);
    assert.deepEqual([offers(pair), changes(pair)], [["0a08", ""], []]);
    assert.ok(pair.link.readLimit > 64, "what else was agreed on counts");
  });
});
