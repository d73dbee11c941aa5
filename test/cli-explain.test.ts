import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { rc4Encryption } from "@meterport/protocol/mep/security/rc4/encryption";
import fc from "fast-check";
import { runCli } from "../packages/cli/src/testing/run-cli.ts";
import captures from "../packages/protocol/vectors/captures.json" with { type: "json" };
import { computedEncryption, guideExchanges, guideKey } from "../packages/protocol/vectors/guide.ts";

interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  readonly unit?: string;
  readonly meaning?: string;
}
interface Document {
  readonly kind: string;
  readonly table?: string;
  readonly profile?: string;
  readonly value?: unknown;
  readonly spans: readonly Span[];
  readonly unknown: readonly { readonly start: number; readonly end: number }[];
  readonly request: Record<string, unknown>;
  readonly response: Record<string, unknown> | null;
  readonly digests: { readonly request: string; readonly response: string };
}

const explain = async (...args: string[]) => {
  const { code, out, err } = await runCli(["explain", "--json", ...args]);
  return { code, err, document: JSON.parse(out) as Document & { readonly error?: { readonly code: string } } };
};
const plainName = (stated: string): string =>
  stated.replace(/ ?\((mA|mV|mHz|1\/1000)\)/, "").replace(/^VA L1L2L3$/, "VA Power L1L2L3");

/** Every byte from 0 to `length` lies in a span. */
const assertCovered = (spans: readonly Span[], length: number): void => {
  const seen = new Set<number>();
  for (const { start, end } of spans) for (let at = start; at < end; at++) seen.add(at);
  assert.equal(seen.size, length);
};

describe("real captures", () => {
  for (const { id, table, request, response, stated } of captures.captures) {
    test(`${id}: every byte is named, with the values that the source states`, async () => {
      const { code, document } = await explain(request, "--reply", response);
      assert.equal(code, 0);
      assert.equal(document.kind, "exchange");
      assert.equal(document.table, table);
      assert.equal(document.profile, "meter:3.70");
      assert.deepEqual(document.unknown, []);
      assert.deepEqual(document.digests, { request: "unchecked", response: "unchecked" });
      const count = (document.response as { readonly data: string }).data.length / 2;
      assertCovered(document.spans, count);
      for (const [name, value] of Object.entries(stated)) {
        const span = document.spans.find(({ meaning }) => meaning === plainName(name));
        assert.equal(span?.value, value, name);
      }
    });
  }

  test("units and sources stand beside the values", async () => {
    const { document } = await explain(
      captures.captures[0]?.request ?? "",
      "--reply",
      captures.captures[0]?.response ?? "",
    );
    assert.deepEqual(document.spans[4], {
      path: "presentValues.4",
      start: 16,
      end: 20,
      value: 1978,
      unit: "mA",
      meaning: "RMS Current L1",
    });
    assert.deepEqual((document.value as { presentValues: number[] }).presentValues.slice(0, 4), [432, 0, 0, 545]);
  });
});

describe("frames that the guide prints", () => {
  for (const { name, page, request, response, keyKnown } of guideExchanges) {
    test(`${page} ${name}`, async () => {
      const { code, document, err } = await explain("--key", guideKey, request, response);
      assert.equal(code, 0);
      const verdict = keyKnown ? "valid" : "invalid";
      assert.deepEqual(document.digests, { request: verdict, response: verdict });
      assert.deepEqual(document.request.unknown, []);
      assert.deepEqual(document.response?.unknown, []);
      assert.ok(!err.includes(guideKey));
    });
  }
  const frames = (name: string) => {
    const found = guideExchanges.find((exchange) => exchange.name === name);
    assert.ok(found);
    return [found.request, found.response] as const;
  };

  test("reports a wrong sequence number", async () => {
    const { document } = await explain(...frames("resync, wrong number"));
    assert.equal(document.response?.code, 0x0c);
    assert.equal(document.response?.sequence, 0x77635b90);
    assert.equal(document.value, undefined);
  });

  test("a part of a table gives paths and values", async () => {
    const { document } = await explain(...frames("resync, right number"));
    assert.equal((document.value as Record<string, number>)["total.summations.10"], 6);
    assert.equal(document.spans[4]?.meaning, "Power Off Seconds");
  });

  test("a partial write names its bits", async () => {
    const { document } = await explain(...frames("registration"));
    assert.equal(document.table, "ET50");
    assert.equal((document.value as Record<string, unknown>)["clients.0.mepDeviceRegistered"], true);
    assertCovered(
      document.spans.map((span) => ({ ...span, start: span.start - 30, end: span.end - 30 })),
      1,
    );
  });

  test("lists the requests inside a transaction", async () => {
    const { document } = await explain(...frames("transaction, write ET52"));
    assertCovered(document.spans, 67);
    const message = document.spans.find(({ path }) => path === "records.1.message");
    assert.equal(message?.meaning, "read 10 bytes of BT20 Dimension Register from byte 0");
  });

  test("the parameters of a procedure are named", async () => {
    const { document } = await explain(...frames("EP17 remove device"));
    assertCovered(document.spans, 6);
    assert.equal(document.spans[0]?.meaning, "EP17 Remove MEP Device");
    assert.deepEqual(
      document.spans.slice(-2).map(({ path, value }) => [path, value]),
      [
        ["parameters.action", 0],
        ["parameters.deviceHandle", 0x03f8],
      ],
    );
  });
});

describe("encrypted packets", () => {
  test("the computed exchange of Appendix B", async () => {
    const { request, response } = computedEncryption;
    const { code, document } = await explain("--key", guideKey, request, response);
    assert.equal(code, 0);
    assert.deepEqual(document.digests, { request: "valid", response: "valid" });
    assert.equal(document.request.encrypted, true);
    assert.equal((document.value as Record<string, number>)["total.summations.4"], 8);
  });

  test("without a key nothing in it can be named", async () => {
    const { code, document } = await explain(computedEncryption.request);
    assert.equal(code, 1);
    assert.deepEqual(document.request.unknown, [{ start: 2, end: 22 }]);
    assert.match(String(document.request.notes), /may be encrypted: try --key/);
  });

  test("a refusal in the clear is understood", async () => {
    const sealed = rc4Encryption({ key: new Uint8Array(16).fill(3), sequence: 9 }).seal(
      Uint8Array.of(0x30, 0, 1, 0, 9),
    );
    const refusal = `0009 0b ${"00".repeat(8)}`;
    const { document } = await explain("--key", "03".repeat(16), toHex(sealed.packet), "--reply", refusal);
    assert.equal(document.request.encrypted, true);
    assert.equal(document.response?.code, 0x0b);
    assert.equal(document.digests.response, "unchecked");
  });
});

describe("forms of input", () => {
  const [, second] = guideExchanges;
  const request = second?.request ?? "";
  const response = second?.response ?? "";
  const spaced = (hex: string): string => toHex(fromHex(hex) ?? new Uint8Array(), " ");
  const forms: Record<string, readonly string[]> = {
    "two words": [request, response],
    "one word": [request + response],
    "bytes that were not quoted": [...spaced(request).split(" "), ...spaced(response).split(" ")],
    "0x and colons": [`0x${spaced(request).replaceAll(" ", ":0x")}`, "--reply", spaced(response).replaceAll(" ", ":")],
    "without length fields": [request.slice(4), "--reply", response.slice(4)],
    "without length fields, two words": [request.slice(4), response.slice(4)],
    "alerts between the frames": [request, "0000", "0000", response],
  };
  for (const [name, words] of Object.entries(forms))
    test(name, async () => {
      const { code, document } = await explain("--key", guideKey, ...words);
      assert.equal(code, 0);
      assert.deepEqual(document.digests, { request: "valid", response: "valid" });
      assert.equal((document.value as Record<string, number>)["total.summations.5"], 3);
    });

  test("standard input, frames wrapped over several lines", async () => {
    const stdin = `${request.slice(0, 20)}\n${request.slice(20)}\n\n${response.slice(0, 32)}\r\n${response.slice(32)}\n`;
    const { code, out } = await runCli(["explain", "--json", "--key", guideKey, "-"], { stdin });
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as Document).digests.response, "valid");
  });

  test("a request alone", async () => {
    const { code, document } = await explain(request);
    assert.equal(code, 0);
    assert.equal(document.response, null);
    assert.equal(document.table, "BT23");
  });

  test("an old request without its count", async () => {
    const { code, document } = await explain(`000f 300017 77635b91 ${"00".repeat(8)}`);
    assert.equal(code, 0);
    assert.equal(document.request.count, undefined);
    assert.equal(document.request.sequence, 0x77635b91);
  });

  test("an alert", async () => {
    const { code, out } = await runCli(["explain", "0000"]);
    assert.deepEqual([code, out], [0, "an alert: the meter has something for its client\n"]);
  });

  const refused: Record<string, readonly [readonly string[], RegExp]> = {
    "a reply alone": [[response], /name its table with --table/],
    "half a byte": [["001"], /3 hex digits are not a whole number of bytes/],
    "no hex": [["00 1g"], /"g" is not a hex digit/],
    nothing: [["-"], /no bytes to explain/],
    "three frames": [[request, response, request], /3 frames/],
  };
  for (const [name, [words, message]] of Object.entries(refused))
    test(`${name} is wrong usage`, async () => {
      const { code, out, err } = await runCli(["explain", ...words]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
});

describe("table bodies", () => {
  test("a whole table", async () => {
    const { code, document } = await explain("--table", "BT52", "04 02 10 0f 3b 37 11");
    assert.equal(code, 0);
    assert.equal(document.kind, "table");
    assert.equal(document.table, "BT52");
    assertCovered(document.spans, 7);
    assert.equal(document.spans[0]?.path, "clock");
    assert.deepEqual(document.spans[0]?.value, { year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 });
  });

  test("the profile whose size fits is taken: 26 present values are firmware 3.10", async () => {
    const { document } = await explain("--table", "0x001c", "00".repeat(104));
    assert.equal(document.profile, "meter:3.10");
    const { document: newer } = await explain("--table", "BT28", "00".repeat(336));
    assert.equal(newer.profile, "meter:4.30");
  });

  test("the first bytes of a table, the last field cut: 13 bytes of BT23, as public clients ask for", async () => {
    const { code, document } = await explain("--table", "BT23", `${"00".repeat(12)}07`);
    assert.equal(code, 0);
    assert.equal(document.spans.at(-1)?.path, "total.summations.3");
    assert.equal(document.spans.at(-1)?.meaning, "Export Reactive VArh L1L2L3, only byte 0 of 4");
    assert.equal(document.spans.at(-1)?.value, "07");
  });

  test("a whole reply is split up, with a note that says so", async () => {
    const reply = guideExchanges.find(({ name }) => name.startsWith("Appendix A"))?.response ?? "";
    const { code, out, err } = await runCli(["explain", "--table", "BT52", "--json", reply]);
    assert.equal(code, 0);
    assert.match(err, /whole reply: explaining its 6 bytes of BT52/);
    assertCovered((JSON.parse(out) as Document).spans, 6);
  });

  test("bytes beyond the table are unknown: exit 1", async () => {
    const { code, document } = await explain("--table", "BT15", "--profile", "meter:3.70", "00".repeat(20));
    assert.equal(code, 1);
    assert.deepEqual(document.unknown, [{ start: 17, end: 20 }]);
  });

  test("a table without a declaration leaves all bytes unknown, with a sentence", async () => {
    const { code, out, err } = await runCli(["explain", "--table", "ET05", "--json", "0102"]);
    assert.equal(code, 1);
    assert.match(err, /ET05 Control Output Settings has no declaration/);
    assert.deepEqual((JSON.parse(out) as Document).unknown, [{ start: 0, end: 2 }]);
  });

  test("names the bytes left after a transaction", async () => {
    const { code, document } = await explain("--table", "ET53", "0700010100 0100 aabbcc");
    assert.equal(code, 0);
    assert.equal(document.spans.at(-1)?.meaning, "left from earlier transactions");
  });

  test("a frame whose length field is wrong says so", async () => {
    const { code, out } = await runCli(["explain", "0013 3f 0017 000000 000a 77635b91 13db85a135a0575e"]);
    assert.equal(code, 0, out);
    const longer = await runCli(["explain", "0011 3f 0017 000000 000a 77635b91 13db85a135a0575e", "--reply", "00"]);
    assert.equal(longer.code, 1);
    assert.match(longer.out, /^request \(its length field says 17, but 20 bytes follow\)$/m);
  });

  test("an unknown ID suggests the nearest one", async () => {
    const { code, err } = await runCli(["explain", "--table", "E54", "00"]);
    assert.equal(code, 2);
    assert.match(err, /unknown table "E54"; did you mean ET54/);
  });
});

test("the page for people", async () => {
  const { out } = await runCli([
    "explain",
    "00143f0017000000000a77635b9113db85a135a0575e",
    "0015 00 000a 08000000 fffffffe 0102 0000000000000000",
  ]);
  assert.equal(
    out,
    `request
   0  00 14                    length    20  20 bytes follow
   2  3f                       code          read a part of a table
   3  00 17                    table     23  BT23 Current Register Data
   5  00 00 00                 offset     0
   8  00 0a                    count     10
  10  77 63 5b 91              sequence      0x77635b91
  14  13 db 85 a1 35 a0 57 5e  digest        unchecked

reply
   0  00 15                        length  21  21 bytes follow
   2  00                           code        the meter did it
   3  00 0a                        count   10
   5  08 00 00 00 ff ff ff … (10)  data        10 bytes, see below
  15  00 00 00 00 00 00 00 00      digest      unchecked

BT23 Current Register Data, bytes 0 to 9, meter:3.70 fits (no --profile was given)
  names by the factory order of sources; a meter may have another order (BT22, BT27)
  0  08 00 00 00  total.summations.0          8  Wh  Fwd Active Wh L1L2L3
  4  ff ff ff fe  total.summations.1  -16777217  Wh  Rev Active Wh L1L2L3
  8  01 02        total.summations.2                 Import Reactive VArh L1L2L3, only byte 0 to 1 of 4
`,
  );
});

test("any bytes give a document and a documented exit code", async () => {
  const tables = fc.constantFrom("BT21", "BT23", "BT28", "ET13", "ET50", "ET52", "ET54", "ET55", "BT64");
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const frame = bytes.map((body) => Uint8Array.of(body.length >> 8, body.length, ...body));
  const input = fc.oneof(bytes, frame);
  await fc.assert(
    fc.asyncProperty(input, fc.option(tables), fc.option(input), fc.boolean(), async (hex, table, reply, withKey) => {
      const args = ["explain", "--json", toHex(hex)];
      if (table !== null) args.push("--table", table);
      else if (reply !== null) args.push("--reply", toHex(reply));
      if (withKey) args.push("--key", guideKey);
      const { code, out } = await runCli(args);
      const document = JSON.parse(out) as Document & { readonly error?: unknown };
      assert.equal(code === 2, document.error !== undefined);
      if (document.kind === "table") {
        const gaps = document.unknown.reduce((sum, { start, end }) => sum + end - start, 0);
        assert.equal(code, gaps > 0 ? 1 : 0);
      }
    }),
    { numRuns: 200 },
  );
});
