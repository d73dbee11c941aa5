import assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, toHex } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import type { Entropy } from "../../../ports.ts";
import { TlsClient, type TlsClientOptions } from "./client.ts";
import { contentType } from "./codes.ts";
import type { TlsConnection } from "./connection.ts";
import { type DirectionKey, masterSecret, premasterSecret, sessionKeys } from "./key-schedule.ts";
import { Cipher, keyLifetime, sealRecord } from "./records.ts";
import { TlsServer, type TlsServerOptions } from "./server.ts";

const key = Uint8Array.from({ length: 16 }, (_, i) => i);
const identity = Uint8Array.of(0, 0, 0);
const counting = (start: number): Entropy => {
  let next = start;
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) & 0xff));
};
const ends = (client: Partial<TlsClientOptions> = {}, server: Partial<TlsServerOptions> = {}) => ({
  client: new TlsClient({ identity, key, entropy: counting(1), ...client }),
  server: new TlsServer({
    keyOf: (name) => (toHex(name) === toHex(identity) ? key : undefined),
    entropy: counting(2),
    ...server,
  }),
});

interface Seen {
  readonly toServer: Uint8Array[];
  readonly toClient: Uint8Array[];
}

/** Lets both talk until neither has anything to say; `bend` may change what crosses. */
const talk = (
  client: TlsClient,
  server: TlsServer,
  bend: (bytes: Uint8Array, to: "server" | "client") => Uint8Array = (b) => b,
): Seen => {
  const seen: Seen = { toServer: [], toClient: [] };
  let bytes = client.start();
  for (let turn = 0; bytes.length > 0; turn++) {
    assert.ok(turn < 12, "the talk ends");
    const to = turn % 2 === 0 ? "server" : "client";
    (to === "server" ? seen.toServer : seen.toClient).push(bytes);
    bytes = (to === "server" ? server : client).receive(bend(bytes, to)).reply;
  }
  return seen;
};

const open = (client: Partial<TlsClientOptions> = {}, server: Partial<TlsServerOptions> = {}) => {
  const both = ends(client, server);
  talk(both.client, both.server);
  assert.deepEqual([both.client.state, both.server.state], ["open", "open"]);
  return both;
};

const send = (from: TlsConnection, to: TlsConnection, data: Uint8Array): Uint8Array => to.receive(from.send(data)).data;

describe("handshake", () => {
  test("with and without extended master secret, by the word of both", () => {
    for (const [c, s] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      const { client, server } = open({ extendedMasterSecret: c }, { extendedMasterSecret: s });
      assert.deepEqual([client.extendedMasterSecret, server.extendedMasterSecret], [c && s, c && s]);
      assert.deepEqual(send(client, server, identity), identity);
    }
  });

  test("identities of any bytes; a hint, which the client can tell", () => {
    for (const name of [[], [0], [0, 0, 0], [0x64, 0, 1], [0xff, 0xff, 1], Array(128).fill(0)]) {
      const named = Uint8Array.from(name);
      let asked: Uint8Array | undefined;
      const keyOf = (given: Uint8Array) => {
        asked = given;
        return key;
      };
      const { client, server } = open({ identity: named }, { keyOf, hint: Uint8Array.of(9, 0) });
      assert.deepEqual([asked, server.identity, client.hint], [named, named, Uint8Array.of(9, 0)]);
    }
  });

  test("in any pieces, byte by byte as well", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const { client, server } = ends();
        let bytes = client.start();
        let size = 0;
        for (let turn = 0; bytes.length > 0; turn++) {
          const to = turn % 2 === 0 ? server : client;
          const replies: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; ) {
            const length = sizes[size++ % sizes.length] as number;
            replies.push(to.receive(bytes.subarray(at, at + length)).reply);
            at += length;
          }
          bytes = concat(...replies);
        }
        assert.deepEqual([client.state, server.state], ["open", "open"]);
      }),
      { numRuns: 60 },
    );
  });

  test("messages cut into many records, and several messages in one", () => {
    const { client, server } = ends();
    const hello = client.start();
    const body = hello.subarray(5);
    const cut = concat(
      ...Array.from(body, (byte) => sealRecord(contentType.handshake, Uint8Array.of(byte), undefined)),
    );
    const flight = server.receive(cut).reply;
    const first = 5 + ((flight[3] as number) << 8) + (flight[4] as number);
    const joined = sealRecord(
      contentType.handshake,
      concat(flight.subarray(5, first), flight.subarray(first + 5)),
      undefined,
    );
    const last = server.receive(client.receive(joined).reply);
    assert.equal(last.opened, true);
    assert.equal(client.receive(last.reply).opened, true);
  });

  test("another key, another identity: one clear end on both sides", () => {
    const other = ends({ key: new Uint8Array(16) });
    talk(other.client, other.server);
    assert.deepEqual([other.server.failure?.code, other.client.failure?.code], ["wrong-key", "wrong-key"]);
    const stranger = ends({ identity: Uint8Array.of(1) });
    talk(stranger.client, stranger.server);
    assert.deepEqual(
      [stranger.server.failure?.code, stranger.client.failure?.code],
      ["unknown-identity", "unknown-identity"],
    );
    assert.ok(stranger.client.failure instanceof TlsError);
    assert.equal(stranger.client.state, "closed");
  });

  test("whatever byte is changed on the way, neither end is deceived", () => {
    const seen = talk(ends().client, ends().server);
    const lengths = { server: seen.toServer.map((b) => b.length), client: seen.toClient.map((b) => b.length) };
    let tried = 0;
    for (const to of ["server", "client"] as const)
      for (const [message, length] of lengths[to].entries())
        for (let at = 0; at < length; at++)
          for (const flip of [0x01, 0x10, 0x80]) {
            const { client, server } = ends();
            let count = 0;
            talk(client, server, (bytes, whom) => {
              if (whom !== to || count++ !== message) return bytes;
              const bent = bytes.slice();
              bent[at] = (bent[at] as number) ^ flip;
              return bent;
            });
            tried++;
            // The minor version of the first record is neither protected nor used (RFC 5246, appendix E.1).
            if (to === "server" && message === 0 && at === 2) continue;
            // The last message is the server's: the server is open by then and cannot know that it did not arrive.
            const last = to === "client" && message === lengths.client.length - 1;
            assert.notEqual(client.state, "open", `${to} ${message} byte ${at}`);
            if (!last) assert.notEqual(server.state, "open", `${to} ${message} byte ${at}`);
          }
    assert.ok(tried > 500);
  });

  test("messages out of their order end it", () => {
    const { client, server } = ends();
    const { toServer, toClient } = talk(client, server);
    const early = (to: TlsConnection, bytes: Uint8Array | undefined): string | undefined =>
      to.receive(bytes as Uint8Array).failure?.code;
    assert.equal(early(ends().server, toServer[1]), "protocol");
    const change = sealRecord(contentType.changeCipherSpec, Uint8Array.of(1), undefined);
    assert.equal(early(ends().server, change), "protocol");
    const fresh = ends();
    fresh.client.start();
    assert.equal(early(fresh.client, change), "protocol");
    const greeted = ends();
    greeted.client.start();
    greeted.client.receive(toClient[0] as Uint8Array);
    // Finished in the clear, in place of ChangeCipherSpec.
    const clear = sealRecord(contentType.handshake, Uint8Array.of(20, 0, 0, 12, ...new Uint8Array(12)), undefined);
    assert.equal(early(greeted.client, clear), "protocol");
    const data = sealRecord(contentType.applicationData, Uint8Array.of(1), undefined);
    assert.equal(early(ends().server, data), "protocol");
  });

  test("a second ChangeCipherSpec is refused, even an authentic one", () => {
    const { client, server } = ends({ extendedMasterSecret: false });
    client.receive(server.receive(client.start()).reply);
    const randoms = { client: counting(1)(32), server: counting(2)(32) };
    const keys = sessionKeys(masterSecret(premasterSecret(key), randoms, undefined), randoms);
    const change = Uint8Array.of(1);
    client.receive(sealRecord(contentType.changeCipherSpec, change, undefined));
    const again = client.receive(sealRecord(contentType.changeCipherSpec, change, new Cipher(keys.server)));
    assert.deepEqual(
      [again.failure?.code, again.failure?.message],
      ["protocol", "ChangeCipherSpec at the wrong moment"],
    );
  });

  test("what was not offered is not taken: suites, versions, extensions, compression", () => {
    const bend = (change: (hello: Uint8Array) => Uint8Array, to: "server" | "client"): [TlsClient, TlsServer] => {
      const { client, server } = ends({ extendedMasterSecret: false }, { sessionIdLength: 0 });
      let first = true;
      talk(client, server, (bytes, whom) => {
        if (whom !== to || !first) return bytes;
        first = false;
        return change(bytes.slice());
      });
      return [client, server];
    };
    const set =
      (at: number, ...values: number[]) =>
      (bytes: Uint8Array): Uint8Array => {
        bytes.set(values, at);
        return bytes;
      };
    // ClientHello: version at 9, suites at 46; ServerHello: suite at 44, compression at 46, extensions from 47.
    assert.match(bend(set(46, 0x00, 0xa8), "server")[1].failure?.message ?? "", /does not offer TLS_PSK_WITH_AES_256/);
    assert.match(bend(set(9, 3, 2), "server")[1].failure?.message ?? "", /does not speak TLS 1\.2/);
    assert.match(bend(set(44, 0x00, 0xa8), "client")[0].failure?.message ?? "", /a suite that was not offered/);
    assert.match(bend(set(46, 1), "client")[0].failure?.message ?? "", /compression/);
    assert.match(bend(set(9, 3, 1), "client")[0].failure?.message ?? "", /does not speak TLS 1\.2/);
    assert.match(bend(set(49, 0x00, 0x17), "client")[0].failure?.message ?? "", /extension 23, which was not offered/);
    assert.match(bend(set(53, 1), "client")[0].failure?.message ?? "", /claims to renegotiate/);
  });
});

describe("an open session", () => {
  test("carries 0 to 16384 bytes in a record, more in several", () => {
    const { client, server } = open();
    for (const length of [0, 1, 15, 16, 17, 443, 446, 16383, 16384, 16385, 40000]) {
      const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
      const records = client.send(data);
      assert.equal(records.length, length + 29 * Math.max(1, Math.ceil(length / 16384)));
      assert.deepEqual(server.receive(records).data, data);
      assert.deepEqual(client.openMessage(server.send(data)), { type: "data", bytes: data });
    }
  });

  test("its records are what Node's AES-256-GCM opens", () => {
    const direction = { key: Uint8Array.from({ length: 32 }, (_, i) => i), fixed: Uint8Array.of(1, 2, 3, 4) };
    const cipher = new Cipher({ key: direction.key.slice(), fixed: direction.fixed });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
        const sequence = cipher.sequence;
        const body = cipher.encrypt(contentType.applicationData, plain);
        const node = createDecipheriv("aes-256-gcm", direction.key, concat(direction.fixed, body.subarray(0, 8)));
        const number = new Uint8Array(8);
        new DataView(number.buffer).setBigUint64(0, BigInt(sequence));
        node.setAAD(concat(number, Uint8Array.of(23, 3, 3, plain.length >> 8, plain.length & 0xff)));
        node.setAuthTag(body.subarray(body.length - 16));
        assert.deepEqual(new Uint8Array(concat(node.update(body.subarray(8, -16)), node.final())), plain);
      }),
      { numRuns: 30 },
    );
  });

  test("whatever byte of a record is changed: openMessage rejects it unharmed, receive ends the session", () => {
    const { client, server } = open();
    const record = server.send(Uint8Array.of(1, 2, 3));
    for (let at = 0; at < record.length; at++) {
      const bent = record.slice();
      bent[at] = (bent[at] as number) ^ 0x10;
      assert.equal(client.openMessage(bent).type, "rejected", `byte ${at}`);
    }
    assert.equal(client.openMessage(record.subarray(0, -1)).type, "rejected");
    assert.equal(client.openMessage(concat(record, record)).type, "rejected");
    assert.equal(client.openMessage(new Uint8Array(0)).type, "rejected");
    assert.equal(client.openMessage(record).type, "data");
    assert.equal(client.openMessage(record).type, "rejected", "the same record does not count twice");
    const next = server.send(Uint8Array.of(4));
    const strict = open();
    const bent = strict.server.send(Uint8Array.of(1));
    bent[20] = (bent[20] as number) ^ 1;
    const ended = strict.client.receive(bent);
    assert.deepEqual([ended.failure?.code, ended.closed, ended.data.length], ["bad-record", true, 0]);
    const heard = strict.server.receive(ended.reply);
    assert.deepEqual([heard.failure?.code, heard.closed], ["wrong-key", true]);
    assert.equal(client.openMessage(next).type, "data");
  });

  test("ends in order on close_notify, and sends nothing afterwards", () => {
    const { client, server } = open();
    const ended = server.receive(client.close());
    assert.deepEqual([ended.closed, ended.failure], [true, undefined]);
    assert.equal(client.close().length, 0);
    assert.throws(() => client.send(identity), { name: "TlsError", code: "not-open" });
    assert.deepEqual(server.receive(identity), {
      reply: new Uint8Array(0),
      data: new Uint8Array(0),
      opened: false,
      failure: undefined,
      closed: true,
    });
    const other = open();
    assert.deepEqual(other.client.openMessage(other.server.close()), {
      type: "alert",
      level: 1,
      description: 0,
      name: "close_notify",
    });
    assert.equal(other.client.state, "closed");
  });

  test("does not renegotiate: requests are declined, many of them end it", () => {
    const { client, server } = open({ extendedMasterSecret: false });
    const randoms = { client: counting(1)(32), server: counting(2)(32) };
    const keys = sessionKeys(masterSecret(premasterSecret(key), randoms, undefined), randoms);
    const speak = (direction: DirectionKey) => {
      const cipher = new Cipher(direction);
      // Finished was its first record.
      cipher.advance(1);
      return (message: Uint8Array) => sealRecord(contentType.handshake, message, cipher);
    };
    const [asServer, asClient] = [speak(keys.server), speak(keys.client)];
    const declined = client.receive(asServer(Uint8Array.of(0, 0, 0, 0)));
    assert.deepEqual([declined.closed, declined.reply.length], [false, 2 + 29]);
    const hello = ends().client.start().subarray(5);
    assert.equal(server.receive(asClient(hello)).closed, false);
    for (let i = 0; i < 40; i++) {
      client.receive(asServer(Uint8Array.of(0, 0, 0, 0)));
      server.receive(asClient(hello));
    }
    assert.deepEqual([client.failure?.code, server.failure?.code], ["protocol", "protocol"]);
  });

  test("a key serves for a limited number of records", () => {
    const cipher = new Cipher({ key: new Uint8Array(32), fixed: new Uint8Array(4) });
    cipher.advance(keyLifetime - 1);
    cipher.encrypt(23, identity);
    assert.throws(() => cipher.encrypt(23, identity), { message: /records were sent under one key/ });
  });
});

describe("rubbish", () => {
  test("never makes it throw, hang or open", () => {
    const rubbish = fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 });
    fc.assert(
      fc.property(rubbish, fc.boolean(), (chunks, atClient) => {
        const { client, server } = ends();
        client.start();
        const to = atClient ? client : server;
        for (const chunk of chunks) to.receive(chunk);
        assert.notEqual(to.state, "open");
      }),
    );
  });

  test("records of rubbish: each content type, in each state", () => {
    const record = fc.tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fc.integer({ min: 0, max: 3 }), (records, state) => {
        const { client, server } = ends();
        let bytes = client.start();
        for (let turn = 0; turn < state; turn++) bytes = (turn % 2 === 0 ? server : client).receive(bytes).reply;
        const wasOpen = server.state === "open";
        for (const [type, fragment] of records) {
          server.receive(sealRecord(type, fragment, undefined));
          client.receive(sealRecord(type, fragment, undefined));
        }
        assert.notEqual(client.state, "open");
        if (!wasOpen) assert.notEqual(server.state, "open");
      }),
    );
  });

  test("impossible lengths are refused before their bytes are awaited", () => {
    const refused = (...bytes: number[]): string | undefined =>
      ends().server.receive(Uint8Array.from(bytes)).failure?.message;
    assert.match(refused(22, 3, 3, 0x40, 0x01) ?? "", /a record announces 16385 bytes/);
    assert.match(refused(22, 3, 3, 0, 4, 1, 0xff, 0xff, 0xff) ?? "", /a handshake message announces 16777215 bytes/);
    assert.match(refused(99) ?? "", /content type 99/);
    assert.match(refused(22, 2) ?? "none yet", /none yet/);
    assert.match(refused(22, 2, 0) ?? "", /version 2\.0/);
  });
});
