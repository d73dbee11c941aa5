/** `meterport explain` on the traffic of an optical port: captured packets with their authors' values, whole sessions, and secrets. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { decodeRequest, encodeRequest, encodeResponse } from "@meterport/protocol/mep/frame/apdu";
import { packetsOf } from "@meterport/protocol/optical/message";
import { encodePacket } from "@meterport/protocol/optical/packet";
import fc from "fast-check";
import { runCli } from "../packages/cli/src/testing/run-cli.ts";
import {
  bt00Answer,
  bt28Answer,
  bt28Stated,
  identificationAnswer,
  logonRequest,
  negotiateRequest,
  securityRequest,
  terminateAnswer,
} from "../packages/protocol/src/optical/optical-captures.vectors.ts";
import { OpticalPair, testKeys } from "../packages/protocol/src/optical/optical-pair.test-kit.ts";

interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  readonly meaning?: string;
}
interface Range {
  readonly start: number;
  readonly end: number;
}
interface Document {
  readonly kind: string;
  readonly items: readonly {
    readonly type: string;
    readonly by: string | null;
    readonly t?: number;
    readonly hex: string;
    readonly fields: readonly Field[];
    readonly unknown: readonly Range[];
    readonly message?: number;
    readonly repeated?: boolean;
  }[];
  readonly messages: readonly {
    readonly by: string;
    readonly service: string | null;
    readonly what: string;
    readonly hex: string;
    readonly fields: readonly Field[];
    readonly unknownInMessage: readonly Range[];
    readonly notes: readonly string[];
    readonly table?: string;
    readonly offset?: number;
    readonly value?: Record<string, unknown>;
    readonly spans?: readonly {
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly value: unknown;
      readonly unit?: string;
      readonly meaning?: string;
    }[];
    readonly unknown?: readonly Range[];
  }[];
}

const explain = async (args: readonly string[], stdin?: string) => {
  const { code, out, err } = await runCli(["explain", "--json", ...args], stdin === undefined ? {} : { stdin });
  return { code, err, document: JSON.parse(out) as Document };
};
const covered = (fields: readonly Range[], length: number): boolean => {
  const seen = new Set<number>();
  for (const { start, end } of fields) for (let at = start; at < end; at++) seen.add(at);
  return seen.size === length && Math.max(...seen) === length - 1;
};
const values = (fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

describe("explain names every byte of the captured packets of optical ports", () => {
  const stated: readonly (readonly [string, readonly string[], Record<string, unknown>])[] = [
    ["oc-1", [identificationAnswer.hex], { code: 0, standard: 0, version: 2, revision: 0 }],
    ["oc-2", [terminateAnswer.hex], { code: 0 }],
    ["oc-3", ["--table", "BT00", bt00Answer.map(({ hex }) => hex).join("")], { code: 0, count: 79, checksum: 0xcd }],
    ["oc-4", ["--table", "BT28", bt28Answer.hex], { code: bt28Stated.code, count: 40 }],
    ["oc-5", [securityRequest.hex], { code: 0x51, password: "[secret]" }],
    ["oc-6", [logonRequest.hex], { code: 0x50, userId: 1, user: "0000" }],
    ["oc-7", [negotiateRequest.hex], { code: 0x61, packetSize: 64, packets: 2, rate: 6 }],
  ];
  for (const [id, args, expected] of stated)
    test(`${id}: with the values that its author states`, async () => {
      const { document } = await explain(args);
      assert.equal(document.kind, "optical");
      for (const { type, hex, fields, unknown } of document.items) {
        assert.equal(type, "packet");
        assert.deepEqual(unknown, []);
        assert.ok(covered(fields, hex.length / 2), hex);
        assert.equal(fields.at(-1)?.meaning, "valid");
      }
      const [message, ...more] = document.messages;
      assert.equal(more.length, 0);
      assert.ok(message !== undefined);
      assert.deepEqual(message.unknownInMessage, []);
      assert.ok(covered(message.fields, message.hex.length / 2));
      const said = values(message.fields);
      for (const [name, value] of Object.entries(expected)) assert.equal(said[name], value, name);
    });

  test("oc-4: power, current and voltage as their author states them", async () => {
    const { code, document } = await explain(["--table", "BT28", bt28Answer.hex]);
    assert.equal(code, 0);
    const [message] = document.messages;
    const spans = message?.spans ?? [];
    assert.ok(covered(spans, 40));
    const { powerImport, powerExport, reactiveImport, reactiveExport, currents, voltages } = bt28Stated;
    assert.deepEqual(
      spans.map(({ value, unit }) => `${value} ${unit}`),
      [
        `${powerImport} W`,
        `${powerExport} W`,
        `${reactiveImport} var`,
        `${reactiveExport} var`,
        ...currents.map((ampere) => `${Math.round(1000 * ampere)} mA`),
        ...voltages.map((volt) => `${Math.round(1000 * volt)} mV`),
      ],
    );
  });

  test("oc-3: all 79 bytes of BT00", async () => {
    const { code, document } = await explain(["--table", "BT00", ...bt00Answer.map(({ hex }) => hex)]);
    assert.equal(code, 0);
    const [message] = document.messages;
    assert.equal(message?.table, "BT00");
    assert.deepEqual(message?.unknown, []);
    assert.ok(covered(message?.spans ?? [], 79));
    const manufacturer = message?.spans?.find(({ path }) => path === "manufacturer");
    assert.equal(manufacturer?.value, "ELON");
  });

  test("for people too, with the requested table", async () => {
    const request = toHex(encodePacket({ ...single, data: bytes("3f001c0000000028") }));
    const { code, out } = await runCli(["explain", request, "--reply", `06${bt28Answer.hex}`]);
    assert.equal(code, 0);
    assert.match(out, /request: read 40 bytes of BT28 Present Register Data from byte 0/);
    assert.match(out, /ACK: the packet arrived/);
    assert.match(out, /reply: ok, 40 bytes of BT28/);
    assert.match(out, /presentValues\.7 +234599 +mV +RMS Voltage L1/);
  });

  test("and recognises a repetition", async () => {
    const { code, document } = await explain([`${securityRequest.hex}06${securityRequest.hex}`]);
    assert.equal(code, 0);
    assert.deepEqual(
      document.items.map(({ repeated, unknown }) => [repeated, unknown.length]),
      [
        [false, 0],
        [undefined, 0],
        [true, 0],
      ],
    );
    assert.equal(document.messages.length, 1);
  });

  test("says what is missing if the table is not given", async () => {
    const { code, document } = await explain([bt28Answer.hex]);
    assert.equal(code, 1);
    const [message] = document.messages;
    assert.ok(message?.notes.some((note) => note.includes("--table")));
    assert.deepEqual(message?.unknownInMessage, [{ start: 3, end: 43 }]);
  });

  test("also single bytes, wake-ups and damaged packets", async () => {
    for (const [hex, type, code] of [
      ["06", "acknowledge", 0],
      ["15", "refuse", 0],
      [`ee00000000050006020000a25a`, "damaged", 1],
      [identificationAnswer.hex.slice(0, 20), "cut", 1],
    ] as const) {
      const found = await explain([hex]);
      assert.deepEqual([found.document.items.map((item) => item.type), found.code], [[type], code], hex);
    }
  });
});

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const single = { multi: false, first: false, toggle: false, sequence: 0 };

/** A session from both ends, as lines. */
const session = (): string => {
  const pair = new OpticalPair({
    link: { userId: 7, timing: { wakeBytes: 4 } },
    endpoint: {
      serve: (apdu) =>
        decodeRequest(apdu).kind === "write"
          ? encodeResponse({ kind: "done" })
          : encodeResponse({ kind: "data", data: bytes("0402100f3b3711") }),
    },
  });
  pair.request({ id: 1, apdu: encodeRequest({ kind: "read", table: 52, count: 7 }) });
  pair.settle();
  pair.leave();
  pair.run(2_000);
  return pair.sent.map(({ by, bytes: said, at }) => `${(at / 1000).toFixed(3)} ${by} ${toHex(said, " ")}`).join("\n");
};
const passwordHex = toHex(testKeys.readOnly);

describe("explain reads a whole optical session", () => {
  test("from lines with a direction, a line for each message", async () => {
    const { code, out } = await runCli(["explain", "-"], { stdin: `# what passed\n\n${session()}\n` });
    assert.equal(code, 0);
    const told = out.split("\n").map((line) =>
      line
        .replace(/ +/g, " ")
        .replace(/^ ?[\d.]+ /, "")
        .trim(),
    );
    assert.deepEqual(told.slice(0, 4), [
      "> 0x55: wakes a head or a meter",
      "> Identification",
      "< ok, version 2.0",
      "> Negotiate: packets of 512 bytes, 8 of them",
    ]);
    for (const line of [
      "> Logon as user 7",
      "> Security: the password",
      "> read BT52 UTC Clock",
      "< ok, 7 bytes of BT52 UTC Clock",
      "> Logoff",
      "> Terminate",
    ])
      assert.ok(
        told.some((each) => each.startsWith(line)),
        `${line} in\n${out}`,
      );
    assert.match(out, /14 messages, 14 packets, 0 repetitions, 0 NAKs, 0 damaged or cut packets/);
  });

  test("with --full and in JSON every byte, with times, and tables by the request beside them", async () => {
    const { document, code } = await explain(["-"], session());
    assert.equal(code, 0);
    const read = document.messages.find(({ by, table }) => by === "meter" && table === "BT52");
    assert.deepEqual([read?.service, read?.unknown], ["read", []]);
    assert.deepEqual(read?.spans?.[0]?.path, "clock");
    assert.ok(document.items.every(({ t }) => typeof t === "number"));
    assert.ok(document.items.every(({ fields, hex }) => covered(fields, hex.length / 2)));
    const { out } = await runCli(["explain", "--full", "-"], { stdin: session() });
    assert.match(out, /BT52 UTC Clock, all 7 bytes/);
  });

  test("from JSON with frames, and from a capture of the link", async () => {
    const lines = session()
      .split("\n")
      .map((line) => line.split(/ (?=[<>])|(?<=[<>]) /));
    const frames = lines.map(([time, dir, hex = ""]) => ({ dir, hex: hex.replace(/ /g, ""), t: 1000 * Number(time) }));
    const json = await explain(["-"], JSON.stringify({ about: "a test", frames }, null, 1));
    const capture = [
      { format: "meterport-capture", version: 1, started: "2026-01-01T00:00:00.000Z", link: "tcp" },
      ...frames.map(({ dir, hex, t }) => ({ t, dir: dir === ">" ? "tx" : "rx", hex })),
    ];
    const captured = await explain(["-"], capture.map((line) => JSON.stringify(line)).join("\n"));
    for (const { document } of [json, captured])
      assert.deepEqual(
        document.messages.map(({ what }) => what),
        (await explain(["-"], session())).document.messages.map(({ what }) => what),
      );
  });

  test("and says which line is wrong", async () => {
    for (const [stdin, sentence] of [
      ["> 06\n06\n", /line 2 does not begin with < \(from the meter\) or >/],
      ["> 06\n< 0g\n", /line 2: "g" is not a hex digit/],
      ['{"frames":[{"dir":"x","hex":"06"}]}', /frame 1 is not of the form/],
    ] as const) {
      const { code, err } = await runCli(["explain", "-"], { stdin });
      assert.equal(code, 2, stdin);
      assert.match(err, sentence);
    }
  });
});

describe("explain shows no password of an optical port", () => {
  /** Whether five bytes of it in a row are anywhere in the output, as hex or as text. */
  const leaks = (out: string, secret: Uint8Array): boolean => {
    const plain = out.replace(/(?<=[0-9a-f]{2}) (?=[0-9a-f]{2})/g, "");
    for (let at = 0; at + 5 <= secret.length; at++) {
      const piece = secret.subarray(at, at + 5);
      if (plain.includes(toHex(piece)) || out.includes(String.fromCharCode(...piece))) return true;
    }
    return false;
  };
  const secret = Uint8Array.from("0123456789abcdefghij", (character) => character.charCodeAt(0));
  const outputs = async (stdin: string): Promise<string> => {
    let all = "";
    for (const options of [["--json"], ["--full"], []]) {
      const { out, err } = await runCli(["explain", ...options, "-"], { stdin });
      all += out + err;
    }
    return all;
  };

  test("whole, repeated, echoed, cut, damaged, in several packets, or in part", async () => {
    const packet = securityRequest.hex;
    const small = packetsOf(bytes(`51${toHex(secret)}`), 16, true).map((each) => toHex(encodePacket(each)));
    for (const said of [
      `> ${packet}\n> ${packet}`,
      `> ${packet}\n< ${packet}`,
      `> ${packet.slice(0, 40)}`,
      `> ${packet.replace("5130", "0130")}`,
      `< ${packet.replace("5130", "0131")}`,
      `> ${small.join("\n> ")}`,
      `> ${small.slice(1).join("\n> ")}`,
      `> ${small[0]}`,
      `> ${packet.slice(16)}`,
      packet,
      `00${logonRequest.hex}06${packet.replace("5130", "0130")}`,
      `> ${toHex(encodePacket({ ...single, data: bytes(`51${toHex(secret.subarray(0, 16))}`) }))}`,
    ])
      assert.ok(!leaks(await outputs(said), secret), said);
  });

  test("in bytes that look like an answer, if the beginning is missing", async () => {
    const binary = Uint8Array.from({ length: 20 }, (_, at) => at);
    const pieces = packetsOf(bytes(`51${toHex(binary)}`), 16, true).map((each) => toHex(encodePacket(each)));
    for (const said of pieces.slice(1)) assert.ok(!leaks(await outputs(`> ${said}`), binary), said);
  });

  test("nor the key of a device in a table that is read or written", async () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => 0xa0 + at);
    const place = "080d00001e0020";
    const sum = toHex(Uint8Array.of(-key.reduce((all, byte) => all + byte, 0) & 0xff));
    const lines = [
      `> ${toHex(encodePacket({ ...single, data: bytes(`3f${place}`) }))}`,
      `< ${toHex(encodePacket({ ...single, data: bytes(`000020${toHex(key)}${sum}`) }))}`,
      `> ${toHex(encodePacket({ ...single, toggle: true, data: bytes(`4f${place}${toHex(key)}${sum}`) }))}`,
    ];
    const out = await outputs(lines.join("\n"));
    assert.match(out, /securityKey.*\[secret\]/);
    assert.ok(!leaks(out, key), out);
  });

  test("in a session, and shows that there is one", async () => {
    const out = await outputs(session());
    assert.ok(!out.includes(passwordHex.slice(0, 10)));
    assert.match(out, /\[secret\]/);
  });

  test("wherever bits are wrong", async () => {
    const stream = bytes(`${logonRequest.hex}06${securityRequest.hex}06`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: stream.length - 1 }), fc.nat({ max: 255 })), { maxLength: 3 }),
        fc.constantFrom("> ", "< "),
        async (faults, direction) => {
          const bent = stream.slice();
          for (const [at, value] of faults) bent[at] = value;
          const { out, err } = await runCli(["explain", "--json", "-"], { stdin: `${direction}${toHex(bent)}` });
          assert.ok(!leaks(out + err, secret), toHex(bent));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("and accepts any bytes after a direction without a crash", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 40 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (said) => {
          const stdin = said.map(([up, some]) => `${up ? ">" : "<"} ${toHex(some)}`).join("\n");
          const { code } = await runCli(["explain", "--full", "-"], { stdin });
          assert.equal(code, 0, stdin);
        },
      ),
      { numRuns: 100 },
    );
  });
});
