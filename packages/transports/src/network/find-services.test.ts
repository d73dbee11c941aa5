import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dnsQuery, dnsRecords } from "./dns-message.ts";
import { findServices, type OpenSearchPorts } from "./find-services.ts";

const text = new TextEncoder();
const name = (...labels: string[]): number[] => [
  ...labels.flatMap((label) => [text.encode(label).length, ...text.encode(label)]),
  0,
];
const record = (owner: number[], type: number, data: number[]): number[] => [
  ...[...owner, 0, type, 0x80, 1, 0, 0, 0, 10],
  ...[data.length >> 8, data.length & 255, ...data],
];
const answer = (...records: number[][]): Uint8Array =>
  Uint8Array.from([0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0, ...records.flat()]);
const type = ["_telnet", "_tcp", "local"];
const bridge = (label: string, address: number[], port: number, host = ["esp", "local"]): number[][] => [
  record(name(...type), 12, name(label, ...type)),
  record(name(label, ...type), 33, [0, 0, 0, 0, port >> 8, port & 255, ...name(...host)]),
  record(name(...host), 1, address),
  record(name(label, ...type), 16, [3, 97, 61, 98]),
];

/** A network whose answers come as soon as something is asked. */
const network = (answers: (query: Uint8Array, n: number) => readonly Uint8Array[]) => {
  const asked: Uint8Array[] = [];
  let closed = 0;
  const open: OpenSearchPorts = async (heard) => [
    {
      send: (query) => {
        asked.push(query);
        for (const each of answers(query, asked.length)) heard(each, "192.168.1.9");
      },
      close: () => {
        closed++;
      },
    },
  ];
  let now = 0;
  const clock = {
    ...{ now: () => now, wall: () => now },
    at: (time: number, task: () => void) => {
      now = Math.max(now, time);
      queueMicrotask(task);
      return () => {};
    },
  };
  return { asked, closed: () => closed, find: () => findServices(["_telnet._tcp", "_iostream._tcp"], { clock, open }) };
};

describe("a search for services", () => {
  test("gives name, address, port and texts of what answers, and asks again where nothing says where it is", async () => {
    const [pointer, ...place] = bridge("Meter. cellar", [192, 168, 1, 20], 2001);
    const { find, asked, closed } = network((_query, n) => [n === 1 ? answer(pointer as number[]) : answer(...place)]);
    assert.deepEqual(await find(), [
      { type: "_telnet._tcp", name: "Meter. cellar", address: "192.168.1.20", port: 2001, texts: ["a=b"] },
    ]);
    assert.equal(asked.length, 2);
    assert.deepEqual([...(asked[1] ?? [])].slice(4, 6), [0, 3], "both types, and the place of the one that is known");
    assert.equal(closed(), 1);
  });

  test("takes the address from which a device answers if it says none", async () => {
    const [pointer, place] = bridge("a", [0, 0, 0, 0], 23);
    const { find } = network(() => [answer(pointer as number[], place as number[])]);
    assert.deepEqual(
      (await find()).map(({ address }) => address),
      ["192.168.1.9"],
    );
  });

  test("leaves out other types, port 0 and addresses outside of local networks", async () => {
    const { find } = network(() => [
      answer(...bridge("far", [8, 8, 8, 8], 23, ["far", "local"])),
      answer(...bridge("zero", [192, 168, 1, 3], 0)),
      answer(record(name("_http", "_tcp", "local"), 12, name("web", "_http", "_tcp", "local"))),
      answer(record(name(...type), 12, name("elsewhere", "_http", "_tcp", "local"))),
    ]);
    assert.deepEqual(await find(), []);
  });

  test("keeps a bounded number of whatever comes", async () => {
    const { find } = network(() =>
      Array.from({ length: 2_000 }, (_, n) =>
        answer(...bridge(`b${n}`, [10, 0, n >> 8, n & 255], 23, [`h${n}`, "local"])),
      ),
    );
    const found = await find();
    assert.ok(found.length > 0 && found.length <= 64, `${found.length}`);
  });

  test("hears a real responder over sockets", async () => {
    // A socket of its own on the loopback stands for the network: no multicast is needed.
    const responder = createSocket("udp4");
    await new Promise<void>((resolve) => responder.bind(0, "127.0.0.1", resolve));
    responder.on("message", (_query, { port, address }) => {
      responder.send(answer(...bridge("real", [127, 0, 0, 1], 2217)), port, address);
    });
    const client = createSocket("udp4");
    await new Promise<void>((resolve) => client.bind(0, "127.0.0.1", resolve));
    const open: OpenSearchPorts = async (heard) => {
      client.on("message", (bytes, { address }) => heard(bytes, address));
      return [
        { send: (bytes) => client.send(bytes, responder.address().port, "127.0.0.1"), close: () => client.close() },
      ];
    };
    const clock = {
      ...{ now: () => performance.now(), wall: Date.now },
      at: (time: number, task: () => void) => {
        const timer = setTimeout(task, time - performance.now());
        return () => clearTimeout(timer);
      },
    };
    const found = await findServices(["_telnet._tcp"], { clock, open, time: 300 });
    responder.close();
    assert.deepEqual(
      found.map(({ name: label, port }) => [label, port]),
      [["real", 2217]],
    );
  });
});

describe("messages of DNS", () => {
  test("no bytes make them throw or loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        dnsRecords(bytes);
        const likely = Uint8Array.from([0, 0, 0x84, 0, 0, 1, 0, 9, 0, 9, 0, 9, ...bytes]);
        assert.ok((dnsRecords(likely)?.length ?? 0) <= 128);
      }),
      { seed: 20_261_130, numRuns: 500 },
    );
    const loop = answer([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
    assert.deepEqual(dnsRecords(loop), []);
    assert.equal(dnsRecords(dnsQuery([{ name: "_telnet._tcp.local", type: "ptr" }])), undefined, "a question");
  });

  test("a pointer back gives the same name", () => {
    const records = dnsRecords(answer(record(name(...type), 12, [1, 97, 0xc0, 12])));
    assert.deepEqual(records, [{ type: "ptr", name: "_telnet._tcp.local", target: "a._telnet._tcp.local" }]);
  });
});
