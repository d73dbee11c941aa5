import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { decodeRequest, encodeRequest, encodeResponse } from "../mep/frame/apdu.ts";
import { OpticalLink } from "./optical-link.ts";
import { OpticalPair, type PairOptions, testKeys } from "./optical-pair.test-kit.ts";
import { encodePacket } from "./packet.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const readBt00 = encodeRequest({ kind: "read", table: 0, count: 19 });

/** A meter whose table n has n + 1 bytes, each n; writes succeed and are counted. */
const meter = () => {
  let writes = 0;
  const serve = (apdu: Uint8Array): Uint8Array => {
    const asked = decodeRequest(apdu);
    if (asked.kind === "read")
      return encodeResponse({ kind: "data", data: new Uint8Array(asked.table + 1).fill(asked.table) });
    if (asked.kind === "read-at") {
      const data = new Uint8Array(asked.count ?? 0);
      data.fill(asked.table, 0, Math.max(0, asked.table + 1 - asked.offset));
      return encodeResponse({ kind: "data", data });
    }
    writes++;
    return encodeResponse({ kind: "done" });
  };
  return { serve, writes: () => writes };
};
const pairWith = (options: PairOptions = {}) => {
  const { serve, writes } = meter();
  return { pair: new OpticalPair({ ...options, endpoint: { serve, ...options.endpoint } }), writes };
};
const read = (table: number, count: number) => encodeRequest({ kind: "read", table, count });
const write = encodeRequest({ kind: "write", table: 7, data: bytes("0a0005") });
const responses = (pair: OpticalPair): string[] =>
  pair.outputs.flatMap((output) => (output.type === "response" ? [`${output.id} ${toHex(output.apdu)}`] : []));
const failures = (pair: OpticalPair): string[] =>
  pair.outputs.flatMap((output) =>
    output.type === "failed" ? [`${output.id} ${output.failure}: ${output.detail}`] : [],
  );
/** Codes of the messages that one side sent in single packets, in order. */
const codes = (pair: OpticalPair, by: ">" | "<" = ">"): string =>
  pair.sent
    .flatMap(({ by: who, bytes: sent }) => (who === by && sent.length > 1 ? [toHex(sent.subarray(6, 7))] : []))
    .join(" ");

describe("OpticalLink", () => {
  test("signs on by itself, byte for byte", () => {
    const { pair } = pairWith({ link: { userId: 0x0102, user: "Meterport" } });
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    const single = (data: string, toggle: boolean) =>
      toHex(encodePacket({ multi: false, first: false, toggle, sequence: 0, data: bytes(data) }));
    assert.deepEqual(
      pair.sent.map(({ by, bytes: sent }) => `${by} ${toHex(sent)}`),
      [
        "> ee0000000001201310",
        "< 06",
        `< ${single("0000020000", false)}`,
        "> 06",
        `> ${single("60020008", true)}`,
        "< 06",
        `< ${single("0000800800", true)}`,
        "> 06",
        `> ${single("5001024d65746572706f727420", false)}`,
        "< 06",
        `< ${single("00", false)}`,
        "> 06",
        `> ${single(`51${"52".repeat(20)}`, true)}`,
        "< 06",
        `< ${single("00", true)}`,
        "> 06",
        `> ${single("300000", false)}`,
        "< 06",
        `< ${single("0000010000", false)}`,
        "> 06",
      ],
    );
    assert.deepEqual(responses(pair), ["1 00000100"]);
    assert.deepEqual([pair.link.readLimit, pair.link.writeLimit], [8 * 120 - 4, 8 * 120 - 9]);
  });

  test("asks without a password what is open to everybody", () => {
    const { pair } = pairWith();
    const open = new OpticalPair({ link: {}, endpoint: { serve: meter().serve } });
    assert.ok(pair.link.readLimit > 0);
    open.request({ id: 1, apdu: readBt00 });
    open.settle();
    assert.deepEqual(responses(open), ["1 00000100"]);
  });

  test("brings a long table in several packets, and no more of it than was asked", () => {
    const { pair } = pairWith({ endpoint: { limits: { packetSize: 64, packets: 16 } } });
    pair.request({ id: 1, apdu: read(200, 500) });
    pair.request({ id: 2, apdu: read(200, 3) });
    pair.settle();
    assert.deepEqual(responses(pair), [`1 0000c9${"c8".repeat(201)}`, "2 000003c8c8c8"]);
    assert.ok(pair.sent.some(({ by, bytes: sent }) => by === "<" && sent[2] === 0xc0 && sent[3] === 3));
  });

  test("asks for the beginning of a table that is longer than a message", () => {
    const { pair } = pairWith({ endpoint: { limits: { packetSize: 64, packets: 1 } } });
    pair.request({ id: 1, apdu: read(200, 52) });
    pair.settle();
    assert.deepEqual(responses(pair), [`1 000034${"c8".repeat(52)}`]);
    assert.match(codes(pair), / 30 3f$/);
  });

  test("goes on where the meter takes no Negotiate", () => {
    const { pair } = pairWith({ endpoint: { limits: { packetSize: 64, packets: 1 } } });
    const plain = new OpticalPair({ endpoint: { serve: meter().serve } });
    plain.bend = (sent, towards) =>
      // An older meter says 0x02 to it.
      towards === "client" && toHex(sent).includes("0000800800")
        ? [
            encodePacket({
              multi: false,
              first: false,
              toggle: (sent[2] as number) !== 0,
              sequence: 0,
              data: bytes("02"),
            }),
          ]
        : [sent];
    plain.request({ id: 1, apdu: readBt00 });
    plain.settle();
    assert.deepEqual(responses(plain), ["1 00000100"]);
    assert.equal(plain.link.readLimit, 52);
    assert.equal(pair.link.readLimit, 52);
  });

  test("repeats a first frame that came damaged, as on a shared port", () => {
    let first = true;
    const { pair } = pairWith({
      bend: (sent, towards) => {
        if (towards !== "meter" || !first) return [sent];
        first = false;
        return [sent.with(7, 0)];
      },
    });
    pair.inject("client", bytes("0000 0003 0c0102"));
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100"]);
    assert.ok(pair.now < 1_000, `${pair.now} ms`);
  });

  test("repeats after silence and says so in the end", () => {
    const { pair } = pairWith({ bend: () => [] });
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(failures(pair), ["1 no-answer: no answer after 4 attempts"]);
    assert.ok(pair.now > 8_000 && pair.now < 8_100, `${pair.now} ms`);
  });

  test("ends on a line that babbles what might begin a packet", () => {
    const { pair } = pairWith({ bend: () => [] });
    pair.request({ id: 1, apdu: readBt00 });
    for (let time = 0; time < 60_000 && pair.link.load > 0; time += 100) {
      pair.inject("client", bytes("ee"));
      pair.run(100);
    }
    assert.match(failures(pair).join(), /^1 /);
  });

  test("tells an echo from a meter", () => {
    const { pair } = pairWith({ bend: (sent, towards) => (towards === "meter" ? [] : [sent]) });
    pair.request({ id: 1, apdu: readBt00 });
    for (let i = 0; i < 4; i++) {
      pair.inject("client", (pair.sent.at(-1) as { bytes: Uint8Array }).bytes);
      pair.run(2_100);
    }
    assert.match(failures(pair).join(), /^1 echo: /);
  });

  test("works with an optical head that echoes", () => {
    const { pair } = pairWith();
    pair.bend = (sent, towards) => {
      if (towards === "meter") pair.inject("client", sent);
      return [sent];
    };
    for (const id of [1, 2, 3]) pair.request({ id, apdu: read(id, 20) });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 0000020101", "2 000003020202", "3 00000403030303"]);
  });

  test("does not show a refused password again", () => {
    const { pair } = pairWith({ link: { password: new Uint8Array(20).fill(9) } });
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.request({ id: 2, apdu: readBt00 });
    pair.settle();
    assert.match(failures(pair).join("\n"), /^1 wrong-key: .*\n2 wrong-key: /);
    assert.equal(
      codes(pair)
        .split(" ")
        .filter((code) => code === "51").length,
      1,
    );
    assert.ok(failures(pair).every((sentence) => !sentence.includes("09")));
    assert.deepEqual(
      pair.served.filter(({ type }) => type === "rejected"),
      [{ type: "rejected", reason: "password" }],
    );
  });

  test("keeps the channel with Wait, ends it in time, and signs on again", () => {
    const { pair } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.run(50_000);
    assert.ok(pair.endpoint.active);
    assert.match(codes(pair), /30( 70){4,8}$/);
    pair.run(50_000);
    assert.ok(!pair.endpoint.active);
    assert.match(codes(pair), /70 52 21$/);
    assert.deepEqual(pair.served.at(-1), { type: "closed", reason: "terminated" });
    assert.equal(pair.link.wakeAt(), undefined);
    pair.request({ id: 2, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100", "2 00000100"]);
  });

  test("signs on again where the meter has lost the session", () => {
    const { pair, writes } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.endpoint.reset();
    pair.request({ id: 2, apdu: write, idempotent: false });
    pair.settle();
    // 0x0A says that it was not done, so it is done now.
    assert.deepEqual(responses(pair), ["1 00000100", "2 00"]);
    assert.equal(writes(), 1);
  });

  test("starts over after a silence in which the meter must have ended the channel", () => {
    const { pair } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    // As where the program was suspended: nothing was due in time.
    pair.now += 20_000;
    pair.request({ id: 2, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100", "2 00000100"]);
    assert.match(codes(pair), /30 20 60 50 51 30$/);
  });

  test("ends what another client has left, before it signs on", () => {
    const { pair } = pairWith();
    const other = encodePacket({ multi: false, first: false, toggle: true, sequence: 0, data: bytes("20") });
    pair.endpoint.handle({ type: "received", bytes: other }, 0);
    pair.endpoint.handle({ type: "received", bytes: bytes("06") }, 0);
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100"]);
    assert.match(codes(pair), /^20 21 20 60/);
  });

  test("executes a write once, however often it is repeated", () => {
    let drop = 0;
    const { pair, writes } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    // Acknowledgement and answer are lost twice.
    pair.bend = (sent, towards) => (towards === "client" && drop++ < 4 ? [] : [sent]);
    pair.request({ id: 2, apdu: write, idempotent: false });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100", "2 00"]);
    assert.equal(writes(), 1);
  });

  test("says that an answer was lost where doing it again would do harm", () => {
    const { pair, writes } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.bend = (sent, towards) => (towards === "client" && sent.length > 1 ? [] : [sent]);
    pair.request({ id: 2, apdu: write, idempotent: false });
    pair.settle();
    assert.match(failures(pair).join(), /^2 reply-lost: /);
    assert.equal(writes(), 1);
    pair.bend = (sent) => [sent];
    pair.request({ id: 3, apdu: readBt00 });
    pair.settle();
    assert.equal(responses(pair).at(-1), "3 00000100");
  });

  test("does not believe that nothing was done where it has asked twice", () => {
    const { pair, writes } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.bend = (sent, towards) => (towards === "client" ? [] : [sent]);
    pair.request({ id: 2, apdu: write, idempotent: false });
    pair.run(1_000);
    // The meter has executed it, then forgets all: to the repetition it says 0x0A.
    assert.equal(writes(), 1);
    pair.endpoint.reset();
    pair.bend = (sent) => [sent];
    pair.settle();
    assert.match(failures(pair).join(), /^2 reply-lost: /);
    assert.equal(writes(), 1);
  });

  test("awaits the answer to what was given up, and gives it to nobody", () => {
    const { pair } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.request({ id: 2, apdu: read(2, 20) });
    pair.cancel(2);
    pair.request({ id: 3, apdu: read(3, 20) });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100", "3 00000403030303"]);
    assert.deepEqual(failures(pair), ["2 aborted: aborted while it was on its way"]);
  });

  test("asks again where the meter is busy, and hands on what it says in the end", () => {
    let busy = 2;
    const { serve } = meter();
    const { pair } = pairWith({ endpoint: { serve: (apdu) => (busy-- > 0 ? Uint8Array.of(6) : serve(apdu)) } });
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    busy = 100;
    pair.request({ id: 2, apdu: readBt00 });
    pair.settle();
    assert.deepEqual(responses(pair), ["1 00000100", "2 06"]);
  });

  test("leaves in order, and takes nothing afterwards", () => {
    const { pair } = pairWith();
    pair.request({ id: 1, apdu: readBt00 });
    pair.settle();
    pair.leave();
    pair.request({ id: 2, apdu: readBt00 });
    pair.run(1_000);
    assert.ok(!pair.link.busy);
    assert.ok(!pair.endpoint.active);
    assert.match(codes(pair), /30 52 21$/);
    assert.deepEqual(failures(pair), ["2 closed: the session was closed"]);
  });

  test("refuses a user or password that does not fit", () => {
    assert.throws(() => new OpticalLink({ password: new Uint8Array(21) }), UsageError);
    assert.throws(() => new OpticalLink({ userId: -1 }), UsageError);
    assert.throws(() => new OpticalLink({ user: "more than ten" }), UsageError);
    assert.doesNotThrow(() => new OpticalLink({ password: testKeys.unique, userId: 0xffff, user: "0123456789" }));
  });
});
