/** What the forms of the setup make and say is what the gateway takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { priceSources } from "@meterport/gateway/prices/sources/list";
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/mep/security/key";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import fc from "fast-check";
import { keyForm } from "../packages/dashboard/src/state/key-form.ts";
import { EMPTY_LINK, isOptical, linkOf, PROTOCOLS } from "../packages/dashboard/src/views/start/link-form.ts";
import { PRICE_AREAS } from "../packages/dashboard/src/views/start/point-body.ts";

/** The protocol's reading of a key; undefined if it is none. */
const parsed = (text: string): "ascii" | "hex" | undefined => {
  try {
    return parseKey(text).encoding;
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return undefined;
  }
};

test("the page reads a key as the protocol does", () => {
  const sign = fc.constantFrom(..."0123456789abcdefABCDEFghXYZ:-, äx0");
  const body = fc.oneof(
    ...[14, 16, 17, 20, 32, 33, 40, 47].map((length) =>
      fc.oneof(
        fc.string({ unit: sign, minLength: length, maxLength: length }),
        fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length }),
      ),
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.constantFrom("", "ascii:", "hex:", "HEX:"), body, (prefix, text) => {
      const plain = `${prefix}${text}`.trim();
      const form = keyForm(plain);
      assert.equal(form.ok ? form.form : undefined, parsed(plain), JSON.stringify(plain));
    }),
    { numRuns: 2000 },
  );
});

test("each link that the form makes is one, and leads to the port that was meant", () => {
  const bridge = { ...EMPTY_LINK, kind: "bridge", host: "192.168.1.20", fingerprint: "ab".repeat(32) } as const;
  const links = [
    ...PROTOCOLS.flatMap((protocol) => [
      { ...bridge, protocol },
      { ...bridge, protocol, host: "fe80::1" },
      { ...bridge, protocol, kind: "optical", head: "bridge" } as const,
    ]),
    ...["/dev/ttyUSB0", "COM3", "usb://0403:6001:A50285BI"].flatMap((port) => [
      { ...EMPTY_LINK, kind: "serial", port } as const,
      { ...EMPTY_LINK, kind: "optical", port } as const,
    ]),
  ];
  for (const fields of links) {
    const link = linkOf(fields) ?? assert.fail(JSON.stringify(fields));
    const { optical, link: way } = portLinkOf(link);
    assert.doesNotThrow(() => parseMeterLink(way), link);
    assert.deepEqual([optical, isOptical(link)], [fields.kind === "optical", fields.kind === "optical"], link);
  }
});

test("each price area that the page offers needs no account, and its source has it", () => {
  for (const { source, area, currency } of Object.values(PRICE_AREAS)) {
    const found = Object.values(priceSources).find(({ name }) => name === source) ?? assert.fail(source);
    assert.equal(found.needsToken, false);
    assert.ok(found.areas.includes(area), `${source} has ${area}`);
    assert.ok(currency === undefined || found.currencies.includes(currency), `${source} has ${currency}`);
  }
});
