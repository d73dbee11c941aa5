import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, fromHex, toHex } from "../bytes.ts";
import { encodeResponse } from "../mep/frame/apdu.ts";
import { type OpticalAccess, OpticalEndpoint, type OpticalEndpointOptions, passwordCheck } from "./optical-endpoint.ts";
import { testKeys } from "./optical-pair.test-kit.ts";
import { encodePacket, PacketReader } from "./packet.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

/** A client that sends one packet at a time and acknowledges what it gets. */
const talker = (options: Partial<OpticalEndpointOptions> = {}) => {
  const endpoint = new OpticalEndpoint({
    serve: () => encodeResponse({ kind: "data", data: Uint8Array.of(7) }),
    check: passwordCheck(testKeys),
    ...options,
  });
  const events: string[] = [];
  const accesses: OpticalAccess[] = [];
  let toggle = false;
  let now = 0;
  const feed = (data: Uint8Array): Uint8Array => {
    const sent: Uint8Array[] = [];
    for (const output of endpoint.handle({ type: "received", bytes: data }, now)) {
      if (output.type === "transmit") sent.push(output.bytes);
      else if (output.type === "served") accesses.push(output.access);
      else events.push("reason" in output ? `${output.type} ${output.reason}` : output.type);
    }
    return concat(...sent);
  };
  /** The message that answers; its packets are acknowledged. */
  const say = (hex: string): string => {
    toggle = !toggle;
    const reader = new PacketReader(256);
    let answer = "";
    let heard = feed(encodePacket({ multi: false, first: false, toggle, sequence: 0, data: bytes(hex) }));
    while (heard.length > 0) {
      let more = false;
      for (const event of reader.push(heard)) {
        if (event.type !== "packet") continue;
        answer += toHex(event.packet.data);
        more = true;
      }
      heard = more ? feed(bytes("06")) : new Uint8Array();
    }
    return answer;
  };
  const wait = (time: number): void => {
    now += time;
    for (const output of endpoint.handle({ type: "tick" }, now))
      if (output.type !== "transmit") events.push("reason" in output ? `${output.type} ${output.reason}` : output.type);
  };
  return { endpoint, say, feed, wait, events, accesses };
};
const logon = `50000a${"20".repeat(10)}`;
const password = (key: Uint8Array): string => `51${toHex(key)}`;

describe("OpticalEndpoint", () => {
  test("takes each service in its state only", () => {
    const { say, events } = talker();
    for (const hex of ["60008004", logon, password(testKeys.unique), "52", "701e", "300000", "21"])
      assert.equal(say(hex), "0a", `${hex} in the base state`);
    assert.equal(say("20"), "0000020000");
    for (const hex of [password(testKeys.unique), "52", "300000", "20"])
      assert.equal(say(hex), "0a", `${hex} identified`);
    assert.equal(say("60008004"), "0000800400");
    assert.equal(say(logon), "00");
    for (const hex of [logon, "60008004", "20"]) assert.equal(say(hex), "0a", `${hex} logged on`);
    assert.equal(say("300000"), "00000107f9");
    assert.equal(say("52"), "00");
    assert.equal(say("300000"), "0a");
    assert.equal(say("21"), "00");
    assert.deepEqual(
      events.filter((event) => event !== "rejected state"),
      ["opened", "closed terminated"],
    );
  });

  test("says what it does not understand", () => {
    const { say } = talker();
    say("20");
    say(logon);
    assert.deepEqual(
      [say("99"), say("310000"), say("51aa"), say("4000070001aa00"), say("3000")],
      ["02", "02", "01", "01", "01"],
    );
  });

  test("tells the key and the user of each request", () => {
    const { say, accesses } = talker();
    say("20");
    say(logon);
    say("300000");
    for (const key of Object.values(testKeys)) {
      assert.equal(say(password(key)), "00");
      say("300000");
    }
    say("52");
    say(logon);
    say("300000");
    const room = { userId: 10, readLimit: 52 };
    assert.deepEqual(
      accesses,
      ["none", "unique", "provisioning", "read-only", "none"].map((level) => ({ level, ...room })),
    );
  });

  test("answers 0x04 where the answer is longer than a message", () => {
    let size = 52;
    const { say } = talker({ serve: () => encodeResponse({ kind: "data", data: new Uint8Array(size) }) });
    say("20");
    say(logon);
    assert.equal(say("300000").length, 2 * 56);
    size = 53;
    assert.equal(say("300000"), "04");
  });

  test("locks the port after wrong passwords", () => {
    const { say, wait, events } = talker({ lockOut: () => ({ attempts: 2, time: 5_000 }) });
    say("20");
    say(logon);
    const wrong = password(new Uint8Array(20));
    assert.deepEqual([say(wrong), say(wrong), say(password(testKeys.unique))], ["03", "03", "03"]);
    wait(5_000);
    assert.equal(say(password(testKeys.unique)), "00");
    assert.deepEqual(events, ["opened", "rejected password", "rejected password", "rejected locked"]);
  });

  test("ends a session in silence, a Wait later", () => {
    const { say, wait, endpoint, events } = talker();
    say("20");
    say(logon);
    wait(5_999);
    assert.ok(endpoint.active);
    assert.equal(say("701e"), "00");
    wait(29_999);
    assert.ok(endpoint.active);
    wait(1);
    assert.ok(!endpoint.active);
    assert.deepEqual(events, ["opened", "closed silence"]);
  });

  test("ends a session that is too long, and is deaf for a while", () => {
    const { say, wait, events } = talker({ sessionLimit: () => ({ longest: 10_000, holdOff: 3_000 }) });
    say("20");
    for (let i = 0; i < 4; i++) {
      wait(2_500);
      say("701e");
    }
    assert.deepEqual(events, ["opened", "closed limit"]);
    assert.equal(say("20"), "");
    wait(3_000);
    assert.equal(say("20"), "0000020000");
  });

  test("waits for nothing while it is deaf, though a packet had begun", () => {
    const { say, wait, feed, endpoint } = talker({ sessionLimit: () => ({ longest: 5_000, holdOff: 300_000 }) });
    say("20");
    wait(4_990);
    feed(bytes("ee00"));
    wait(10);
    assert.deepEqual([endpoint.active, endpoint.rests(5_000), endpoint.wakeAt()], [false, true, undefined]);
  });

  test("repeats what is not acknowledged, and gives up", () => {
    const { feed, wait, endpoint } = talker();
    const packet = encodePacket({ multi: false, first: false, toggle: true, sequence: 0, data: bytes("20") });
    const answer = "ee00000000050000020000a25a";
    assert.ok(toHex(feed(packet)).startsWith(`06${answer}`));
    assert.equal(toHex(feed(packet)), "06");
    assert.ok(toHex(feed(bytes("15"))).startsWith(answer));
    wait(30_000);
    assert.ok(!endpoint.active);
  });

  test("knows a password that is shorter than 20 bytes with zeros after it", () => {
    const check = passwordCheck({ readOnly: new Uint8Array(16).fill(1) });
    assert.equal(check(concat(new Uint8Array(16).fill(1), new Uint8Array(4))), "read-only");
    assert.equal(check(new Uint8Array(20).fill(1)), undefined);
    assert.equal(passwordCheck({})(new Uint8Array(20)), undefined);
  });
});
