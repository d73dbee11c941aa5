/** The client's seal and the port message by message: late, cut, refused and repeated ones. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../../bytes.ts";
import type { Entropy } from "../../../ports.ts";
import { Link } from "../../link/link.ts";
import type { Opened, Received, Seal, Sealed } from "../seal.ts";
import { alertCode, contentType } from "../tls/codes.ts";
import { TlsServer } from "../tls/server.ts";
import { tlsSeal } from "./client-seal.ts";
import { portSecurity } from "./port-security.ts";

const key = new Uint8Array(16).fill(1);
const keys = { basic: key, advanced: new Uint8Array(16).fill(2) };
const counting = (start: number): Entropy => {
  let next = start;
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) & 0xff));
};
const read = Uint8Array.of(0x3f, 8, 0x46, 0, 0, 0x8e, 0, 1);
const value = Uint8Array.of(0, 0, 1, 9);

const sealOf = (): Seal => tlsSeal({ key, level: "basic", clientId: 7, entropy: counting(3) });
const serverOf = (): TlsServer => new TlsServer({ keyOf: () => key, entropy: counting(5) });
const prepared = (seal: Seal): Sealed => {
  const sealed = seal.prepare?.();
  assert.ok(sealed);
  return sealed;
};
/** Behind the length and the code. */
const recordsOf = (packet: Uint8Array): Uint8Array => packet.subarray(3);
const ok = (records: Uint8Array): Uint8Array => concat(Uint8Array.of(0), records);

/** A seal and a server between which a session stands. */
const open = (): { seal: Seal; server: TlsServer } => {
  const [seal, server] = [sealOf(), serverOf()];
  for (let step = 0; step < 2; step++) {
    const sealed = prepared(seal);
    assert.equal(sealed.open(ok(server.receive(recordsOf(sealed.packet)).reply)).type, "step");
  }
  assert.equal(seal.prepare?.(), undefined);
  return { seal, server };
};

describe("the client's seal", () => {
  test("opens the answer to its newest message only", () => {
    const { seal, server } = open();
    const first = seal.seal(read);
    server.receive(recordsOf(first.packet));
    const answer = ok(server.send(value));
    assert.equal(seal.prepare?.()?.packet[2], 0x58, "a message without an answer costs the session");
    for (const late of [answer, Uint8Array.of(0x0a), Uint8Array.of(0x01), Uint8Array.of(0x0b)])
      assert.equal(first.open(late).type, "forged");
  });

  test("an answer of an earlier session, or half an answer, does not disturb a handshake", () => {
    const { seal, server } = open();
    server.receive(recordsOf(seal.seal(read).packet));
    const late = ok(server.send(value));
    const hello = prepared(seal);
    const fresh = serverOf();
    const answer = ok(fresh.receive(recordsOf(hello.packet)).reply);
    assert.equal(hello.open(late).type, "forged");
    assert.equal(hello.open(answer).type, "step");
    const other = sealOf();
    const again = prepared(other);
    const whole = serverOf().receive(recordsOf(again.packet)).reply;
    const first = 5 + (whole[4] as number);
    assert.equal(again.open(ok(whole.subarray(0, first))).type, "forged");
    assert.equal(other.prepare?.()?.packet[2], 0x58, "it begins again");
  });

  test("several records in one message are one answer", () => {
    const { seal, server } = open();
    const sealed = seal.seal(read);
    server.receive(recordsOf(sealed.packet));
    const parts = concat(
      server.send(value.subarray(0, 2)),
      server.send(new Uint8Array(0)),
      server.send(value.subarray(2)),
    );
    assert.deepEqual(sealed.open(ok(parts)), { type: "apdu", apdu: value });
  });

  test("what the meter says of a session that it has lost is never a proof of what it did", () => {
    const lost = (body: (server: TlsServer) => Uint8Array): Opened => {
      const { seal, server } = open();
      const sealed = seal.seal(read);
      server.receive(recordsOf(sealed.packet));
      return sealed.open(body(server));
    };
    for (const code of [0x0a, 0x01, 0x03, 0x0b])
      assert.deepEqual(Object.keys(lost(() => Uint8Array.of(code))), ["type", "detail"], `0x0${code.toString(16)}`);
    assert.equal(lost((server) => ok(server.close())).type, "session-lost");
    assert.equal(lost((server) => concat(Uint8Array.of(1), server.close())).type, "session-lost");
    assert.equal(lost(() => Uint8Array.of(0x55)).type, "forged");
    assert.equal(lost(() => ok(new Uint8Array(0))).type, "forged");
  });

  test("a refusal may bring the alert of the meter's TLS along, and then the port has TLS", () => {
    const refused = (code: number, description: number): Opened => {
      const record = Uint8Array.of(contentType.alert, 3, 3, 0, 2, 2, description);
      return prepared(sealOf()).open(concat(Uint8Array.of(code), record));
    };
    const failure = (opened: Opened) => (opened.type === "refused" ? opened.failure : opened.type);
    assert.equal(failure(refused(0x03, alertCode.handshake_failure)), "wrong-key");
    assert.equal(failure(refused(0x01, alertCode.unknown_psk_identity)), "wrong-key");
    assert.equal(failure(refused(0x01, alertCode.handshake_failure)), "tls");
    assert.equal(failure(refused(0x55, alertCode.handshake_failure)), "forged");
    assert.equal(failure(prepared(sealOf()).open(Uint8Array.of(1))), "no-tls");
  });

  test("waits longer for a step of a handshake, in which the meter computes", () => {
    const link = new Link(sealOf(), { byteTime: 0, responseTimeout: 500, handshakeTimeout: 1000 });
    link.handle({ type: "request", id: 1, apdu: read }, 0);
    assert.equal(link.wakeAt(), 1000);
  });
});

describe("the port", () => {
  const portOf = () => portSecurity({ keys, tls: "optional", entropy: counting(4) });
  const frame = (received: Received): string =>
    received.type === "direct" ? Buffer.from(received.frame).toString("hex") : received.type;
  const opened = (port = portOf()) => {
    const seal = sealOf();
    for (let step = 0; step < 2; step++) {
      const sealed = prepared(seal);
      const answer = port.open(sealed.packet.subarray(2));
      assert.ok(answer.type === "direct");
      assert.equal(sealed.open(answer.frame.subarray(2)).type, "step");
    }
    return { port, seal };
  };

  test("takes a flight whose records come in messages of their own", () => {
    const port = portOf();
    const seal = sealOf();
    const hello = prepared(seal);
    const greeting = port.open(hello.packet.subarray(2));
    assert.ok(greeting.type === "direct");
    hello.open(greeting.frame.subarray(2));
    const flight = recordsOf(prepared(seal).packet);
    const answers: string[] = [];
    for (let at = 0; at < flight.length; ) {
      const end = at + 5 + (flight[at + 4] as number);
      answers.push(frame(port.open(concat(Uint8Array.of(0x59), flight.subarray(at, end)))));
      at = end;
    }
    assert.deepEqual(answers.slice(0, 2), ["000100", "000100"]);
    assert.match(answers[2] ?? "", /^00340014030300010116/);
    assert.deepEqual(port.session, { clientId: 7, level: "basic" });
  });

  test("a handshake that goes on after its end, an end without a byte, a message of before: the session stays or goes", () => {
    const { port, seal } = opened();
    const request = seal.seal(read).packet.subarray(2);
    assert.equal(frame(port.open(concat(Uint8Array.of(0x59), request.subarray(1)))), "000101");
    assert.equal(frame(port.open(Uint8Array.of(0x57))), "00010a");
    assert.ok(port.session, "neither has ended it");
    assert.equal(port.open(request).type, "request");
    // Played again it does not verify, and ends the session.
    assert.equal(frame(port.open(request)), "000101");
    assert.equal(port.session, undefined);
    assert.equal(frame(port.open(request)), "00010a");
    const other = opened(port);
    assert.equal(frame(port.open(request)), "000101", "nor in another session");
    assert.equal(other.port.session, undefined);
  });

  test("a session that goes while its request is executed is not said to have done nothing", () => {
    const { port, seal } = opened();
    const request = port.open(seal.seal(read).packet.subarray(2));
    assert.ok(request.type === "request");
    port.dropSession();
    assert.deepEqual(request.reply(value), Uint8Array.of(0, 1, 1));
  });

  test("a new handshake in the middle of a session resets it", () => {
    const { port } = opened();
    const second = sealOf();
    port.open(prepared(second).packet.subarray(2));
    assert.equal(port.session, undefined);
  });
});
