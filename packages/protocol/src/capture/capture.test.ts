import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideExchanges } from "../../vectors/guide.ts";
import { fromHex, toHex } from "../bytes.ts";
import { type CaptureEntry, captureHead, captureLine, parseCapture } from "./capture.ts";
import { piecesOf } from "./pieces.ts";

const head = captureHead({ started: "2026-01-31T12:00:00.000Z", link: "tcp" });
const entry: fc.Arbitrary<CaptureEntry> = fc.oneof(
  fc.record({
    t: fc.nat(),
    dir: fc.constantFrom("tx" as const, "rx" as const),
    bytes: fc.uint8Array({ maxLength: 40 }),
  }),
  fc.record({ t: fc.nat(), event: fc.constantFrom("opened" as const, "closed" as const, "broken" as const) }),
);

describe("a capture", () => {
  test("comes back as it was written", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const plain = entries.map((entry) => ({ ...entry }));
        assert.deepEqual(parseCapture(head + plain.map(captureLine).join("")).entries, plain);
      }),
    );
    assert.deepEqual(parseCapture(head).header, {
      format: "meterport-capture",
      version: 1,
      started: "2026-01-31T12:00:00.000Z",
      link: "tcp",
    });
  });

  test("names the line that is malformed", () => {
    const bad: Readonly<Record<string, RegExp>> = {
      "": /^line 1: the file is empty/,
      '{"format":"har"}': /^line 1: it is not a capture/,
      '{"format":"meterport-capture","version":9}': /^line 1: version 9 is not known/,
      [`${head}{"t":-1,"event":"opened"}`]: /^line 2: t is not a time/,
      [`${head}{"t":1e999,"event":"opened"}`]: /^line 2: t is not a time/,
      [`${head}\n{"t":1,"dir":"up","hex":""}`]: /^line 3: dir is neither/,
      [`${head}{"t":1,"dir":"tx","hex":"0"}`]: /^line 2: hex holds no bytes/,
      [`${head}[1]`]: /^line 2: it is not a JSON object/,
      [`${head}{"t":1,"dir":"tx","hex":"${"00".repeat(40_000)}"}`]: /^line 2: it has 80\d\d\d characters/,
    };
    for (const [text, message] of Object.entries(bad))
      assert.throws(() => parseCapture(text), { code: "capture", message }, text.slice(0, 60));
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseCapture(head + text);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "capture");
        }
      }),
    );
  });

  test("shows an answer that noise seems to swallow, and the late reply that came after it before anybody sent", () => {
    const rx = (t: number, hex: string): CaptureEntry => ({ t, dir: "rx", bytes: fromHex(hex) as Uint8Array });
    const entries = [
      // 0x0123 bytes would follow.
      rx(1, "01232328"),
      rx(2, "001b0000101feed40270ab91006f12"),
      rx(3, "62001f544f00ea2d86f60efcf1e5"),
      rx(60, "000d0c9ac18e47a5"),
      rx(61, "a149f8559c1439"),
      rx(62, "0009"),
    ];
    const { pieces } = piecesOf(parseCapture(head + entries.map(captureLine).join("")));
    assert.deepEqual(
      pieces.map(({ kind, t, start, end }) => [kind, t, start, end]),
      [
        ["noise", 3, 0, 4],
        ["frame", 3, 4, 33],
        ["frame", 61, 33, 48],
        ["cut", 62, 48, 50],
      ],
    );
  });

  test("is read up to its last whole line, from whatever editor, and says when it is empty", () => {
    const whole = head + captureLine({ t: 1, event: "opened" });
    const torn = whole + captureLine({ t: 2, dir: "rx", bytes: Uint8Array.of(1, 2, 3) });
    for (let length = whole.length; length < torn.length - 1; length++)
      assert.equal(parseCapture(torn.slice(0, length)).entries.length, 1, torn.slice(0, length));
    assert.equal(parseCapture(torn.slice(0, -1)).entries.length, 2);
    assert.equal(parseCapture(`\ufeff${torn.replaceAll("\n", "\r\n")}`).entries.length, 2);
    // In the middle, or if it is not a line of a capture at all, it is damage.
    assert.throws(
      () => parseCapture(`${torn.slice(0, -5)}\n${captureLine({ t: 3, event: "closed" })}`),
      /line 3: it is not a JSON/,
    );
    assert.throws(() => parseCapture(`${whole}hello`), /line 3: it is not a JSON/);
    assert.throws(() => parseCapture("\n"), /line 1: the file is empty/);
  });

  test("falls into its frames, however the bytes are cut, with alerts between them", () => {
    const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
    for (const size of [1, 7, 1000]) {
      let text = head;
      for (const { request, response } of guideExchanges) {
        text += captureLine({ t: 1, dir: "tx", bytes: bytes(request) });
        const wire = bytes(`0000${response}`);
        for (let at = 0; at < wire.length; at += size)
          text += captureLine({ t: 2, dir: "rx", bytes: wire.subarray(at, at + size) });
      }
      const { streams, pieces } = piecesOf(parseCapture(text));
      assert.deepEqual(
        pieces.map(({ dir, kind, start, end }) => [dir, kind, toHex(streams[dir].subarray(start, end))]),
        guideExchanges.flatMap(({ request, response }) => [
          ["tx", "frame", request],
          ["rx", "alert", "0000"],
          ["rx", "frame", response],
        ]),
      );
    }
  });

  test("falls into pieces that hold every byte, in order, of whatever bytes", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const { streams, pieces } = piecesOf({ header: parseCapture(head).header, entries });
        for (const dir of ["tx", "rx"] as const) {
          let at = 0;
          for (const piece of pieces.filter((each) => each.dir === dir)) {
            assert.equal(piece.start, at);
            at = piece.end;
          }
          assert.equal(at, streams[dir].length);
        }
      }),
    );
  });
});
