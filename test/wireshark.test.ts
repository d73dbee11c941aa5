/** The dissector in tshark: every field of a recorded run has the value that our own decoder gives it. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { type Capture, type CaptureEntry, parseCapture } from "@meterport/protocol/capture/capture";
import { pcapOf } from "@meterport/protocol/capture/pcap/pcap-writer";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { annotate } from "@meterport/protocol/layout/annotate";
import { type AnyTable, parseProfile } from "@meterport/protocol/layout/index";
import { decodeRequest, decodeResponse, type TableRequest } from "@meterport/protocol/mep/frame/apdu";
import { type Dimensions, defaultDimensions, tablesByNumber } from "@meterport/protocol/tables/index";
import { isNumberList, numbersText } from "../packages/cli/src/format/value.ts";
import { runCli, type World, withMeter } from "../packages/cli/src/testing/run-cli.ts";
import { peer } from "./support/peers.ts";
import { captureOf, cutAnew, cutPackets, frame, header, withAlerts } from "./support/shaped-captures.ts";
import { type ShownMessage, shownMessages, tshark } from "./support/tshark.ts";

const { path, skip } = peer("tshark");
const link = ["--link", "/dev/meter", "--yes", "--record", "r"];

/** What crosses the line while a command runs. */
const recorded = async (world: World, ...argv: string[]): Promise<Capture> => {
  const written = new Map<string, string>();
  const ran = await runCli([...argv, ...link.filter((word) => word !== "--yes" || argv.includes("--yes"))], {
    ...world,
    written,
  });
  assert.notEqual(ran.code, 2, ran.err);
  return parseCapture(written.get("r") ?? "");
};
const dumps = new Map<string, Promise<Capture>>();
const dumped = (profile: string): Promise<Capture> => {
  const dump =
    dumps.get(profile) ??
    recorded(withMeter({ profile: parseProfile(profile) }), "dump", "--output", "d.json", "--security", "rc4");
  dumps.set(profile, dump);
  return dump;
};
const dissectorOf = async (...argv: string[]): Promise<string> => {
  const { code, out, err } = await runCli(["wireshark", ...argv]);
  assert.deepEqual([code, err], [0, ""]);
  return out;
};

const digestLength = 8;
const trailer = 4 + digestLength;
type Leaf = readonly [name: string, value: string];

const two = (n: unknown): string => String(n).padStart(2, "0");
const dateText = (value: Readonly<Record<string, unknown>>): string => {
  const { year, month, day, hour, minute, second, offset, weekday, period, delta } = value;
  if (period !== undefined) return `month 15 period ${period} delta ${delta}`;
  if (offset !== undefined) return `month ${month} offset ${offset} weekday ${weekday} day ${day}`;
  if (weekday !== undefined) return `month ${month} weekday ${weekday}`;
  const time = [hour, minute, second]
    .filter((part) => part !== undefined)
    .map(two)
    .join(":");
  const date = year === undefined ? "" : `20${two(year)}-${two(month)}-${two(day)}`;
  return [date, time].filter((part) => part !== "").join(" ");
};
const textOf = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
const expectedValue = (value: unknown, path: string): string => {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return textOf(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (isNumberList(value) && /Used$|Writable$/.test(path)) return value.length === 0 ? "none" : numbersText(value);
  if (Array.isArray(value)) return value.map((nibble: number) => nibble.toString(16)).join("");
  if (typeof value === "object" && value !== null) return dateText(value as Readonly<Record<string, unknown>>);
  return String(value);
};

/** Pieces of a table that follow each other. */
interface Run {
  readonly table: AnyTable;
  readonly from: number;
  readonly bytes: number[];
  readonly parts: { readonly first: number; readonly end: number; readonly leaves: Leaf[] }[];
}

const fillLeaves = ({ table, from, bytes, parts }: Run, env: Dimensions): void => {
  for (const { path, start, end, value, bits } of annotate(table, Uint8Array.from(bytes), env, from).spans) {
    const first = bits === undefined ? start : start + Math.floor(bits[0] / 8);
    const last = bits === undefined ? end : start + Math.floor(bits[1] / 8) + 1;
    const part = parts.find((each) => first >= each.first && last <= each.end);
    part?.leaves.push([`mep.${table.id}.${path.replace(/\.\d+(?=\.|$)/g, "")}`, expectedValue(value, path)]);
  }
};

/** Our own decoder's view of the messages of a capture: the leaves of the table data of each. */
const expectedOf = (capture: Capture, profile: string): (readonly Leaf[])[] => {
  const env = defaultDimensions(parseProfile(profile));
  let asked: TableRequest | undefined;
  let run: Run | undefined;
  const runs = new Set<Run>();
  /** Leaves of a piece of a table, which are known at the end: pieces of a long table are decoded together, once. */
  const leavesOf = (number: number, data: Uint8Array, offset: number, whole: boolean): Leaf[] => {
    const table = tablesByNumber.get(number);
    if (table === undefined || data.length === 0) return [];
    const goesOn = !whole && run !== undefined && run.table === table && run.from + run.bytes.length === offset;
    const joined: Run = goesOn && run !== undefined ? run : { table, from: offset, bytes: [], parts: [] };
    const leaves: Leaf[] = [];
    joined.bytes.push(...data);
    joined.parts.push({ first: offset, end: offset + data.length, leaves });
    runs.add(joined);
    if (!whole) run = joined;
    return leaves;
  };
  const { streams, pieces } = piecesOf(capture);
  const expected = pieces.map(({ dir, kind, start, end }): readonly Leaf[] => {
    if (kind !== "frame") return [];
    const body = streams[dir].subarray(start + 2, end);
    if (dir === "tx") {
      const request = decodeRequest(body.subarray(0, body.length - trailer));
      assert.notEqual(request.kind, "malformed");
      asked = request as TableRequest;
      if (asked.kind === "write") return leavesOf(asked.table, asked.data, 0, true);
      return asked.kind === "write-at" ? leavesOf(asked.table, asked.data, asked.offset, false) : [];
    }
    assert.ok(asked !== undefined);
    const response = decodeResponse(body.subarray(0, body.length - digestLength), asked.kind);
    if (response.kind !== "data") return [];
    return leavesOf(asked.table, response.data, asked.kind === "read-at" ? asked.offset : 0, asked.kind === "read");
  });
  for (const each of runs) fillLeaves(each, env);
  return expected;
};

const isLeaf = (name: string): boolean => /^mep\.[BE]T\d+\./.test(name);
const byteType = /: (<MISSING>|[0-9a-f]{2,}…?)( |$)/;
const shownLeaves = ({ fields }: ShownMessage, expected: readonly Leaf[]): Leaf[] =>
  fields
    .filter(({ name }) => isLeaf(name))
    .map(({ name, show, hex, line }, i): Leaf => {
      const value = expected[i]?.[1];
      // Byte strings are shown with colons, booleans as words in some versions.
      if (byteType.test(line) && value === hex) return [name, hex];
      return [name, show === "True" ? "1" : show === "False" ? "0" : show];
    });

describe("the dissector", { skip }, () => {
  let dissector = "";
  before(async () => {
    dissector = await dissectorOf();
  });

  const messagesOf = (capture: Capture, ...options: string[]): Promise<ShownMessage[]> =>
    messagesIn([...pcapOf(capture)], ...options);
  const messagesIn = async (pcap: readonly Uint8Array[], ...options: string[]): Promise<ShownMessage[]> => {
    const { out, complaints } = await tshark(path, dissector, pcap, "-T", "pdml", ...options);
    assert.equal(complaints, "");
    assert.doesNotMatch(out, /Lua Error/);
    return shownMessages(out);
  };
  const check = async (capture: Capture, profile: string, ...options: string[]): Promise<number> => {
    const messages = await messagesOf(capture, ...options);
    const expected = expectedOf(capture, profile);
    assert.equal(messages.length, expected.length);
    let leaves = 0;
    for (const [i, message] of messages.entries()) {
      const wanted = expected[i] ?? [];
      assert.deepEqual(shownLeaves(message, wanted), wanted, message.line);
      leaves += wanted.length;
    }
    return leaves;
  };

  for (const profile of ["meter:3.70", "meter:4.30"])
    test(`names every field of a dump of ${profile} as our decoder does`, async () => {
      const capture = await dumped(profile);
      const leaves = await check(capture, profile);
      assert.ok(leaves > 5000, `${leaves} fields`);
    });

  test("finds messages in any pieces, in one pass and in two, and on unknown ports", async () => {
    const capture = await recorded(withMeter(), "read", "ET11", "BT21", "BT28", "ET13", "BT01.model", "ET13.devices.2");
    const leaves = await check(capture, "meter:3.70");
    assert.ok(leaves > 200, `${leaves} fields`);
    assert.equal(await check(cutAnew(capture, [1, 2, 3, 7, 50, 1, 200]), "meter:3.70"), leaves);
    assert.equal(await check(cutAnew(withAlerts(capture), [9, 200]), "meter:3.70", "-2"), leaves);
    assert.equal(await check(capture, "meter:3.70", "-o", "mep.ports:5555"), leaves);
  });

  test("names the fields of a write and the parameters of a procedure", async () => {
    const written = await recorded(withMeter(), "write", "ET51.clients.0.onDemandTimeout=40", "--yes");
    assert.ok((await check(written, "meter:3.70")) > 0);
    const called = await recorded(withMeter(), "call", "EP17", "action=0", "deviceHandle=1016", "--yes");
    const fields = (await messagesOf(called)).flatMap((message) => message.fields);
    const shown = (name: string) => fields.filter((field) => field.name === name).map(({ show }) => show);
    assert.deepEqual(shown("mep.BT07.procedure"), ["2065"]);
    assert.deepEqual(shown("mep.EP17.request.deviceHandle"), ["1016"]);
    // No such device is installed.
    assert.ok(shown("mep.ET59.result").includes("3") || shown("mep.BT08.result").includes("3"));
  });

  test("marks encrypted bytes, and passes TLS records on", async () => {
    const encrypted = await messagesOf(await recorded(withMeter(), "read", "ET11", "--security", "rc4-encrypted"));
    assert.ok(encrypted.length >= 4, `${encrypted.length} messages`);
    for (const { line, fields } of encrypted) {
      assert.match(line, /encrypted (request|response)$/);
      assert.ok(!fields.some(({ name }) => isLeaf(name)));
    }
    // Encrypted bytes may begin as anything else does.
    const begun = ["9a", "30", "58", "80", "4f"].map(
      (code) => ["tx", frame(`${code} 123456789012 ${sealed}`)] as const,
    );
    for (const { line } of await messagesOf(captureOf(...begun))) assert.match(line, /encrypted request$/);

    const world = withMeter({ profile: parseProfile("meter:4.30") });
    const inside = await recorded(world, "read", "ET11", "--security", "tls");
    const { out, complaints } = await tshark(path, dissector, [...pcapOf(inside)], "-T", "pdml");
    assert.equal(complaints, "");
    assert.match(shownMessages(out)[0]?.line ?? "", /TLS: first message of a handshake$/);
    assert.match(out, /name="tls.handshake.type"/);
    assert.ok(!shownMessages(out).some(({ fields }) => fields.some(({ name }) => name === "mep.malformed")));
  });

  const sealed = "77635b91 0102030405060708";
  const digest = "1112131415161718";

  test("shows alerts, refusals, sequence numbers, noise and responses without a request", async () => {
    const messages = await messagesOf(
      captureOf(
        ["rx", frame(`00 0001 2a ${digest}`)],
        ["tx", frame(`30 0001 0018 ${sealed}`)],
        ["rx", Uint8Array.of(0, 0, ...frame(`0c 00000007 ${digest}`))],
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["rx", Uint8Array.of(0xff, 0xfe, ...frame(`05 ${digest}`))],
        ["tx", frame(`9a 123456789012 ${sealed}`)],
        ["rx", frame(`77 3344 ${digest}`)],
        ["tx", frame(`30 0001 0018 ${sealed} 00`)],
      ),
    );
    assert.deepEqual(messages.map(lineOf), [
      "ok, 1 byte",
      "read BT01",
      "alert",
      "seq: 0x00000007 expected (read BT01)",
      "read BT28, 4 bytes at 16",
      "noise",
      "iar (read BT28, 4 bytes at 16)",
      "encrypted request",
      "encrypted response",
      "read BT01",
    ]);
    const experts = (i: number): string[] =>
      messages[i]?.fields.filter(({ name }) => /^mep\.(sur|un|re|amb|mal|noise)/.test(name)).map(({ name }) => name) ??
      [];
    assert.deepEqual([0, 3, 5, 6, 9].map(experts), [
      ["mep.response", "mep.unasked"],
      ["mep.response", "mep.response_to", "mep.resync"],
      ["mep.noise", "mep.noise.found"],
      ["mep.response", "mep.response_to", "mep.refused"],
      ["mep.request", "mep.surplus", "mep.malformed"],
    ]);
  });

  test("names nothing that it cannot know: other dimensions, or one of several requests", async () => {
    const [, wrong] = await messagesOf(
      captureOf(["tx", frame(`30 080d 0000 ${sealed}`)], ["rx", frame(`00 0064 ${"5a".repeat(100)} ${digest}`)]),
    );
    const names = wrong?.fields.map(({ name }) => name) ?? [];
    assert.deepEqual(names.filter(isLeaf), []);
    assert.ok(names.includes("mep.unknown") && names.includes("mep.stopped"), names.join());
    assert.match(wrong?.fields.find(({ name }) => name === "mep.stopped")?.show ?? "", /ET11 was not seen/);

    const answer = frame(`00 0002 0102 ${digest}`);
    const late = await messagesOf(
      captureOf(
        ["tx", frame(`3f 001c 000010 0002 ${sealed}`)],
        ["tx", frame(`3f 0001 000000 0002 ${sealed}`)],
        ["rx", answer],
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["tx", frame(`3f 0001 000000 0003 ${sealed}`)],
        ["rx", frame(`00 0004 01020304 ${digest}`)],
      ),
    );
    assert.ok(late[2]?.fields.some(({ name }) => name === "mep.ambiguous"));
    assert.ok(!late[2]?.fields.some(({ name }) => isLeaf(name)));
    // By its length it can only belong to the first one.
    assert.deepEqual(
      late[5]?.fields.filter(({ name }) => isLeaf(name)).map(({ show }) => show),
      [String(0x04030201)],
    );
  });

  const lineOf = ({ line }: ShownMessage): string => line.replace(/^.*?\(MEP\), /, "");

  test("continues after a reply that broke off, and after noise that looks like a length", async () => {
    const { entries } = await recorded(withMeter(), "read", "BT21", "BT28", "ET13", "ET13.devices.2");
    const chunks = entries.filter((entry) => "bytes" in entry);
    const bytesOf = (replies: (bytes: Uint8Array) => Uint8Array): Capture => ({
      header,
      entries: chunks.map((chunk) => (chunk.dir === "rx" ? { ...chunk, bytes: replies(chunk.bytes) } : chunk)),
    });
    const whole = await messagesOf(bytesOf((bytes) => bytes));
    const long = whole.findIndex(({ line }) => /ok, 220 bytes/.test(line));
    const sagging = bytesOf((bytes) => (bytes.length === 233 ? bytes.subarray(0, 117) : bytes));
    for (const [pieces, ...options] of [[[1000]], [[30], "-2", "-Y", "mep"], [[7, 1]]] as const) {
      const shown = await messagesOf(cutAnew(sagging, pieces), ...options);
      // That the reply has ended shows only when the next one arrives.
      const cut = long + 1;
      assert.equal(lineOf(shown[cut] as ShownMessage), "ok, 220 bytes (read BT28), cut after 115 of 231 bytes");
      assert.ok(shown[cut]?.fields.some(({ name }) => name === "mep.cut"));
      assert.deepEqual(shown.toSpliced(cut, 1).map(lineOf), whole.toSpliced(long, 1).map(lineOf));
      assert.deepEqual(
        shown.slice(cut + 1).map(({ fields }) => fields.filter(({ name }) => isLeaf(name))),
        whole.slice(long + 2).map(({ fields }) => fields.filter(({ name }) => isLeaf(name))),
      );
    }
    const noisy = await messagesOf(
      captureOf(
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["rx", Uint8Array.of(0x01, 0x80, 0x37)],
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["rx", frame(`00 0004 01020304 ${digest}`)],
      ),
    );
    const read = "read BT28, 4 bytes at 16";
    assert.deepEqual(noisy.map(lineOf), [read, read, "noise", `ok, 4 bytes (${read})`]);
    // A late piece from a bridge, after the request was repeated, does not begin a message.
    const held = frame(`00 0004 01020304 ${digest}`);
    const late = await messagesOf(
      captureOf(
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["rx", held.subarray(0, 8)],
        ["tx", frame(`3f 001c 000010 0004 ${sealed}`)],
        ["rx", held.subarray(8)],
      ),
    );
    assert.deepEqual(late.map(lineOf), [read, read, `ok, 4 bytes (${read})`]);
  });

  test("names the captured bytes of packets that were not captured whole", async () => {
    const capture = await recorded(withMeter(), "read", "ET13", "ET13.devices.2");
    const [whole, cut] = [await messagesOf(capture), await messagesIn(cutPackets([...pcapOf(capture)], 40 + 22), "-2")];
    const asked = (shown: readonly ShownMessage[]) => shown.map(lineOf).filter((line) => line.startsWith("read"));
    assert.deepEqual(asked(cut), asked(whole));
    const long = cut.find(({ line }) => /ok, 330 bytes \(read ET13\), cut after 20 of 341 bytes$/.test(line));
    const leaves = (shown: ShownMessage | undefined) => shown?.fields.filter(({ name }) => isLeaf(name)) ?? [];
    const same = leaves(whole.find(({ line }) => /ok, 330 bytes/.test(line))).slice(0, leaves(long).length);
    assert.ok(same.length > 5, `${same.length} fields`);
    assert.deepEqual(leaves(long), same);
  });

  test("leaves other protocols on the same port to their dissectors", async () => {
    const hello = `16 0301 002f 01 00002b 0303 ${"11".repeat(32)} 00 0004 00a800ff 0100`;
    for (const [stream, layers] of [
      [hello, "raw:ip:tcp:mep:tls"],
      ["0001 0010 0001 0007 60051122334455", "raw:ip:tcp:data"],
    ] as const) {
      const pcap = [...pcapOf(captureOf(["tx", Buffer.from(stream.replace(/ /g, ""), "hex")]))];
      const { out, complaints } = await tshark(
        path,
        dissector,
        pcap,
        "-T",
        "fields",
        "-e",
        "frame.protocols",
        "-2",
        "-Y",
        "tcp",
      );
      assert.equal(complaints, "");
      assert.equal(out.trim().split("\n").at(-1), layers);
    }
  });

  test("takes four hundred damaged exchanges without an error of its own", async (t) => {
    const seed = Date.now() % 1_000_000;
    t.diagnostic(`seed ${seed}`);
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const capture = await dumped("meter:3.70");
    const { streams, pieces } = piecesOf(capture);
    const frames = pieces.map(({ dir, start, end }) => ({ dir, bytes: streams[dir].slice(start, end) }));
    const entries: CaptureEntry[] = [];
    for (let i = 0; i < 400; i++) {
      const first = random(frames.length - 2);
      entries.push({ t: i, event: "opened" });
      for (const { dir, bytes } of frames.slice(first, first + 3)) {
        const damaged = bytes.slice(0, random(3) === 0 ? 1 + random(bytes.length) : bytes.length);
        for (let n = random(4); n > 0; n--) damaged[random(damaged.length)] = random(256);
        // A length that fits the rest, so that it is dissected.
        if (random(2) === 0 && damaged.length > 2)
          damaged.set([(damaged.length - 2) >> 8, (damaged.length - 2) & 0xff]);
        entries.push({ t: i, dir, bytes: damaged });
      }
      entries.push({ t: i, event: "closed" });
    }
    const pcap = [...pcapOf({ header, entries })];
    const messages = await messagesIn(pcap);
    assert.ok(messages.length > 400, `${messages.length} messages`);
    // Cut packets, and no reassembly of segments.
    assert.ok((await messagesIn(cutPackets(pcap, 41 + random(200)), "-2", "-Y", "mep")).length > 200);
    assert.ok((await messagesIn(pcap, "-o", "tcp.desegment_tcp_streams:false")).length > 200);
  });
});
