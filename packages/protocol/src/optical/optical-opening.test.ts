/** How real meters and heads take the first packet of a session, cut their packets short, and end sessions that last too long. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "../bytes.ts";
import { decodeRequest, encodeRequest, encodeResponse } from "../mep/frame/apdu.ts";
import { type Bend, OpticalPair, type PairOptions } from "./optical-pair.test-kit.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const identification = "ee0000000001201310";

const pairWith = (options: PairOptions = {}): OpticalPair =>
  new OpticalPair({
    ...options,
    endpoint: {
      serve: (apdu) => {
        const asked = decodeRequest(apdu);
        const table = asked.kind === "malformed" ? 0 : asked.table;
        return encodeResponse({ kind: "data", data: new Uint8Array(table + 1).fill(table) });
      },
      ...options.endpoint,
    },
  });
const ask = (pair: OpticalPair, id = 1): void =>
  pair.request({ id, apdu: encodeRequest({ kind: "read", table: id, count: 40 }) });
const ends = (pair: OpticalPair): string[] =>
  pair.outputs.flatMap((output) => {
    if (output.type === "response") return [`${output.id} ${toHex(output.apdu)}`];
    return output.type === "failed" ? [`${output.id} ${output.failure}: ${output.detail}`] : [];
  });
const sentBy = (pair: OpticalPair, by: ">" | "<"): string[] =>
  pair.sent.filter((each) => each.by === by).map((each) => toHex(each.bytes));
/** Codes of the services that the client asked for, in order. */
const services = (pair: OpticalPair): string =>
  pair.sent
    .flatMap((each) => (each.by === ">" && each.bytes.length > 1 ? [toHex(each.bytes.subarray(6, 7))] : []))
    .join(" ");

/** A meter that answers the first packets of a session in its own way: with what `strange` gives, as long as it gives any. */
const strangely = (pair: OpticalPair, strange: (nth: number) => string | undefined): void => {
  let nth = 0;
  const bend: Bend = (sent, towards) => {
    if (towards !== "meter" || toHex(sent) !== identification) return [sent];
    const answer = strange(nth++);
    if (answer === undefined) return [sent];
    if (answer !== "") pair.inject("client", bytes(answer));
    return [];
  };
  pair.bend = bend;
};

describe("the first packet of an optical session", () => {
  test("is repeated after each NAK, a little later, and for longer than other packets", () => {
    const pair = pairWith();
    strangely(pair, (nth) => (nth < 6 ? "15" : undefined));
    ask(pair);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101"]);
    assert.equal(sentBy(pair, ">").filter((hex) => hex === identification).length, 7);
    // A tenth of a second after each NAK, as a meter needs that changes over from its MEP port.
    assert.ok(pair.now > 600 && pair.now < 1_500, `${pair.now} ms`);
  });

  test("ends on a meter that says nothing but NAK, and says so", () => {
    const pair = pairWith();
    strangely(pair, () => "15");
    ask(pair);
    pair.settle();
    assert.match(ends(pair).join(), /^1 session: the meter refused each packet \(NAK\) in 10 attempts/);
    assert.ok(pair.now < 3_000, `${pair.now} ms`);
  });

  test("keeps all its tries for silence after a NAK", () => {
    const pair = pairWith();
    strangely(pair, (nth) => ["15", "", "", ""][nth]);
    ask(pair);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101"]);
  });

  test("is repeated soon after rubbish", () => {
    const pair = pairWith();
    strangely(pair, (nth) => (nth < 2 ? "f3 9a 01 c4" : undefined));
    ask(pair);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101"]);
    assert.ok(pair.now > 1_000 && pair.now < 1_500, `${pair.now} ms`);
  });

  test("ends on a line that says nothing but rubbish, in bounded time", () => {
    const pair = pairWith({ bend: () => [] });
    ask(pair);
    for (let time = 0; time < 60_000 && pair.link.load > 0; time += 90) {
      pair.inject("client", bytes("f39a"));
      pair.run(90);
    }
    assert.match(ends(pair).join(), /^1 garbage: /);
    assert.ok(pair.now < 12_000, `${pair.now} ms`);
  });

  test("takes 0x00 where ACK belongs for one: the answer is awaited, and proves it", () => {
    const pair = pairWith();
    let first = true;
    pair.bend = (sent, towards) => {
      if (towards !== "client" || !first || toHex(sent) !== "06") return [sent];
      first = false;
      return [bytes("00")];
    };
    ask(pair);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101"]);
    assert.equal(sentBy(pair, ">").filter((hex) => hex === identification).length, 1);
  });

  test("awaits the answer after such a byte for as long as after silence, and then repeats", () => {
    const pair = pairWith();
    strangely(pair, (nth) => (nth === 0 ? "00" : undefined));
    ask(pair);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101"]);
    const at = pair.sent.filter((each) => toHex(each.bytes) === identification).map((each) => each.at);
    assert.equal(at.length, 2);
    assert.ok((at[1] ?? 0) >= 2_000, `repeated after ${at[1]} ms`);
  });

  test("does not take 0x00 for ACK later: a write that it came for is repeated, and executed once", () => {
    let writes = 0;
    const pair = pairWith({
      endpoint: {
        serve: (apdu) => {
          if (decodeRequest(apdu).kind === "read") return encodeResponse({ kind: "data", data: bytes("0101") });
          writes++;
          return encodeResponse({ kind: "done" });
        },
      },
    });
    ask(pair);
    pair.settle();
    const before = sentBy(pair, ">").length;
    let lost = true;
    pair.bend = (sent, towards) => {
      if (towards !== "meter" || sent.length < 2 || !lost) return [sent];
      lost = false;
      pair.inject("client", bytes("00"));
      return [];
    };
    pair.request({ id: 2, apdu: encodeRequest({ kind: "write", table: 7, data: bytes("01") }), idempotent: false });
    pair.settle();
    assert.equal(ends(pair).at(-1), "2 00");
    assert.equal(writes, 1);
    const packets = sentBy(pair, ">")
      .slice(before)
      .filter((hex) => hex.length > 2);
    assert.deepEqual([packets.length, packets[0]], [2, packets[1]]);
  });
});

describe("a wake-up", () => {
  test("is four bytes 0x55, 50 ms apart, before each session and at no other time", () => {
    const pair = pairWith({ link: { timing: { wakeBytes: 4, holdTime: 0 } } });
    for (const id of [1, 2]) {
      ask(pair, id);
      pair.run(30_000);
    }
    assert.deepEqual(ends(pair), ["1 0000020101", "2 000003020202"]);
    const wakes = pair.sent.filter((each) => toHex(each.bytes) === "55").map((each) => each.at);
    assert.deepEqual(wakes, [0, 50, 100, 150, 30_000, 30_050, 30_100, 30_150]);
    const firsts = pair.sent.filter((each) => toHex(each.bytes).slice(12, 14) === "20" && each.by === ">");
    assert.deepEqual(
      firsts.map((each) => each.at),
      [200, 30_200],
    );
  });

  test("begins from its first byte again if nothing was asked meanwhile", () => {
    const pair = pairWith({ link: { timing: { wakeBytes: 4 } } });
    ask(pair);
    pair.run(60);
    pair.cancel(1);
    pair.run(1_000);
    ask(pair, 2);
    pair.settle();
    assert.equal(sentBy(pair, ">").filter((hex) => hex === "55").length, 2 + 4);
    assert.equal(ends(pair).at(-1), "2 000003020202");
  });

  test("is left out by default", () => {
    const pair = pairWith();
    ask(pair);
    pair.settle();
    assert.equal(sentBy(pair, ">")[0], identification);
  });
});

describe("a packet that is shorter than its length", () => {
  test("is refused after half a second of silence, and comes whole when it is repeated", () => {
    const pair = pairWith();
    ask(pair);
    pair.settle();
    const began = pair.now;
    let first = true;
    pair.bend = (sent, towards) => {
      if (towards !== "client" || sent.length < 12 || !first) return [sent];
      first = false;
      return [sent.subarray(0, sent.length - 5)];
    };
    ask(pair, 20);
    pair.settle();
    assert.equal(ends(pair).at(-1), `20 000015${"14".repeat(21)}`);
    assert.equal(sentBy(pair, ">").filter((hex) => hex === "15").length, 1);
    assert.ok(pair.now - began > 500 && pair.now - began < 700, `${pair.now - began} ms`);
  });

  test("costs the request and no more where it comes each time", () => {
    const pair = pairWith();
    ask(pair);
    pair.settle();
    const began = pair.now;
    pair.bend = (sent, towards) => (towards === "client" && sent.length > 12 ? [sent.subarray(0, 10)] : [sent]);
    ask(pair, 20);
    pair.settle();
    assert.match(ends(pair).at(-1) ?? "", /^20 half-reply: packets stopped before their end/);
    assert.ok(pair.now - began < 90_000, `${pair.now - began} ms`);
    pair.bend = (sent) => [sent];
    ask(pair, 2);
    pair.settle();
    assert.equal(ends(pair).at(-1), "2 000003020202");
  });
});

describe("an optical session that lasts", () => {
  const minute = 60_000;
  const pollFor = (pair: OpticalPair, time: number): void => {
    for (let id = 1; pair.now < time; id++) {
      ask(pair, 1 + (id % 20));
      pair.run(2_000);
    }
  };

  test("is ended after nine minutes and begun again, before the meter ends it and rests", () => {
    const pair = pairWith({ endpoint: { sessionLimit: () => ({ longest: 10 * minute, holdOff: 5 * minute }) } });
    pollFor(pair, 25 * minute);
    assert.ok(pair.outputs.every((output) => output.type !== "failed"));
    assert.deepEqual(
      pair.served.flatMap((output) => (output.type === "closed" ? [output.reason] : [])),
      ["terminated", "terminated"],
    );
    assert.match(services(pair), /30 52 21 20 60 50 51 30/);
  });

  test("would be ended by the meter otherwise, which then hears nothing for minutes", () => {
    const pair = pairWith({
      link: { timing: { sessionLimit: 20 * minute } },
      endpoint: { sessionLimit: () => ({ longest: 10 * minute, holdOff: 5 * minute }) },
    });
    pollFor(pair, 12 * minute);
    assert.ok(pair.outputs.some((output) => output.type === "failed"));
  });

  test("is not kept with Wait beyond that either", () => {
    const pair = pairWith({ link: { timing: { holdTime: 60 * minute } } });
    ask(pair);
    pair.run(9 * minute + 15_000);
    assert.ok(!pair.endpoint.active);
  });

  test("that brings no answer is not ended for its age: a limit that is too short does not prevent an answer", () => {
    const pair = pairWith({ link: { timing: { sessionLimit: 0 } } });
    ask(pair);
    ask(pair, 2);
    pair.settle();
    assert.deepEqual(ends(pair), ["1 0000020101", "2 000003020202"]);
  });
});
