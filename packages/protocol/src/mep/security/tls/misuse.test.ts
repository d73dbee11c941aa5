/** Peers that hold the right key and do not keep to the protocol, and records in any pieces. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat } from "../../../bytes.ts";
import type { Entropy } from "../../../ports.ts";
import { TlsClient } from "./client.ts";
import { contentType } from "./codes.ts";
import { masterSecret, premasterSecret, sessionKeys } from "./key-schedule.ts";
import { clientHello, clientKeyExchange } from "./messages.ts";
import { Cipher, sealRecord } from "./records.ts";
import { TlsServer } from "./server.ts";

const key = Uint8Array.from({ length: 16 }, (_, i) => i);
const identity = Uint8Array.of(0, 0, 1);
const counting = (start: number): Entropy => {
  let next = start;
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) & 0xff));
};
const serverOf = (): TlsServer => new TlsServer({ keyOf: () => key, entropy: counting(2) });
const clear = (type: number, ...bytes: number[]): Uint8Array => sealRecord(type, Uint8Array.from(bytes), undefined);
const handshake = (...messages: Uint8Array[]): Uint8Array =>
  sealRecord(contentType.handshake, concat(...messages), undefined);
const hello = (): Uint8Array => clientHello(counting(1)(32), false);

/** Both ends of an open session, and what either would encrypt with. */
const open = () => {
  const client = new TlsClient({ identity, key, entropy: counting(1), extendedMasterSecret: false });
  const server = serverOf();
  const last = server.receive(client.receive(server.receive(client.start()).reply).reply).reply;
  assert.ok(client.receive(last).opened);
  const randoms = { client: counting(1)(32), server: counting(2)(32) };
  const secrets = sessionKeys(masterSecret(premasterSecret(key), randoms, undefined), randoms);
  const [asClient, asServer] = [new Cipher(secrets.client), new Cipher(secrets.server)];
  // Finished was the first record of each.
  asClient.advance(1);
  asServer.advance(1);
  return { client, server, asClient, asServer };
};

describe("a peer that breaks the rules", () => {
  const refused = (server: TlsServer, ...records: Uint8Array[]): string => {
    const { failure, reply } = server.receive(concat(...records));
    assert.equal(server.state, "closed");
    assert.equal(reply[reply.length - 7], contentType.alert, "it is told so");
    return failure?.message ?? "";
  };

  test("records of another kind inside a message, and records of nothing", () => {
    const part = handshake(hello().subarray(0, 9));
    assert.match(refused(serverOf(), part, clear(contentType.alert, 1, 90)), /another kind inside a handshake message/);
    for (const type of [contentType.handshake, contentType.alert, contentType.changeCipherSpec])
      assert.match(refused(serverOf(), clear(type)), /an empty record that carries no data/);
  });

  test("messages after the last one before a change of keys, and after Finished", () => {
    const greeted = (): TlsServer => {
      const server = serverOf();
      server.receive(handshake(hello()));
      return server;
    };
    const exchange = clientKeyExchange(identity);
    assert.match(refused(greeted(), handshake(exchange, Uint8Array.of(20, 0))), /in place of ChangeCipherSpec/);
    const client = new TlsClient({ identity, key, entropy: counting(1), extendedMasterSecret: false });
    const server = serverOf();
    const flight = client.receive(server.receive(client.start()).reply).reply;
    const randoms = { client: counting(1)(32), server: counting(2)(32) };
    const secrets = sessionKeys(masterSecret(premasterSecret(key), randoms, undefined), randoms);
    const before = flight.subarray(0, flight.length - 45);
    server.receive(before);
    const crowded = concat(Uint8Array.of(20, 0, 0, 12), new Uint8Array(12), Uint8Array.of(0));
    const record = sealRecord(contentType.handshake, crowded, new Cipher(secrets.client));
    assert.match(server.receive(record).failure?.message ?? "", /bytes of a message after Finished/);
  });

  test("a malformed ChangeCipherSpec", () => {
    const server = serverOf();
    server.receive(handshake(hello()));
    server.receive(handshake(clientKeyExchange(identity)));
    assert.match(refused(server, clear(contentType.changeCipherSpec, 2)), /a malformed ChangeCipherSpec/);
  });

  test("extensions twice, compression only, and an identity without end", () => {
    const twice = Uint8Array.of(0, 8, 0, 0x17, 0, 0, 0, 0x17, 0, 0);
    const plain = hello();
    const extended = concat(plain, twice);
    extended[3] = extended.length - 4;
    assert.match(refused(serverOf(), handshake(extended)), /extension 23 twice/);
    const compressed = hello();
    compressed[compressed.length - 1] = 1;
    assert.match(refused(serverOf(), handshake(compressed)), /insists on compression/);
    const server = serverOf();
    server.receive(handshake(hello()));
    assert.match(
      refused(server, handshake(clientKeyExchange(new Uint8Array(129)))),
      /an identity of 129 bytes is too long/,
    );
  });

  test("empty records and warnings without end", () => {
    const crowd = (record: (cipher: Cipher) => Uint8Array): (string | undefined)[] => {
      const { server, asClient } = open();
      return Array.from({ length: 20 }, () => server.receive(record(asClient)).failure?.message);
    };
    const empty = crowd((cipher) => sealRecord(contentType.applicationData, new Uint8Array(0), cipher));
    assert.deepEqual([empty[15], empty[16]], [undefined, "too many empty records"]);
    const warned = crowd((cipher) => sealRecord(contentType.alert, Uint8Array.of(1, 90), cipher));
    assert.deepEqual([warned[15], warned[16]], [undefined, "too many warnings"]);
  });

  test("a message takes nothing beside its data: half a record, or an alert before or after it", () => {
    const { client, asServer } = open();
    const data = (): Uint8Array => sealRecord(contentType.applicationData, Uint8Array.of(1), asServer);
    const alert = (): Uint8Array => sealRecord(contentType.alert, Uint8Array.of(2, 80), asServer);
    const [first, second] = [data(), alert()];
    assert.equal(client.openMessage(concat(first, Uint8Array.of(23))).type, "rejected");
    assert.equal(client.openMessage(concat(first, second)).type, "rejected");
    const other = open();
    const [bad, behind] = [sealRecord(contentType.alert, Uint8Array.of(2, 80), other.asServer), other.asServer];
    const both = concat(bad, sealRecord(contentType.applicationData, Uint8Array.of(1), behind));
    assert.equal(other.client.openMessage(both).type, "rejected");
    assert.deepEqual([client.state, other.client.state], ["open", "open"]);
    assert.equal(client.openMessage(first).type, "data");
  });
});

describe("records", () => {
  test("of an open session, in whatever pieces they come, are the data that were sent", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }),
        (messages, sizes) => {
          const { client, server } = open();
          const line = concat(...messages.map((message) => client.send(message)));
          const heard: Uint8Array[] = [];
          for (let at = 0, n = 0; at < line.length; n++) {
            const end = at + (sizes[n % sizes.length] as number);
            heard.push(server.receive(line.subarray(at, end)).data);
            at = end;
          }
          assert.deepEqual(concat(...heard), concat(...messages));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("never bear the same nonce, in either direction", () => {
    const { client, server } = open();
    for (const end of [client, server]) {
      const nonces = Array.from({ length: 40 }, (_, n) =>
        Buffer.from(end.send(new Uint8Array(n)).subarray(5, 13)).toString("hex"),
      );
      assert.equal(new Set(nonces).size, 40);
    }
  });

  test("are not counted beyond what a key may open", () => {
    const cipher = new Cipher({ key: new Uint8Array(32), fixed: new Uint8Array(4) }, 20);
    cipher.advance(20);
    assert.throws(() => cipher.advance(1), { message: /records were sent under one key/ });
  });

  test("leave no key in their cipher once it is forgotten", () => {
    const direction = { key: new Uint8Array(32).fill(7), fixed: new Uint8Array(4).fill(7) };
    new Cipher(direction).forget();
    assert.deepEqual([...direction.key, ...direction.fixed], Array(36).fill(0));
  });
});
