/** Digest and decoding on one core, compared with the shortest code that does the same without a declaration. */

import { annotate } from "@meterport/protocol/layout/annotate";
import { decode, leaves, parseProfile } from "@meterport/protocol/layout/index";
import { Digest, DigestKey } from "@meterport/protocol/mep/security/digest";
import { BT28, defaultDimensions, ET55 } from "@meterport/protocol/tables/index";
import { measure, report, say } from "./measure.ts";

const env = defaultDimensions(parseProfile("meter:3.70"));
const bt28 = new Uint8Array(220).map((_, i) => i);
const et55 = new Uint8Array(214);
let sink = 0;

export const benchCodec = (): void => {
  say("Digest and decoding");
  const key = new DigestKey(new Uint8Array(16).fill(1));
  const message = new Uint8Array(476).map((_, i) => 7 * i);
  const out = new Uint8Array(8);
  report(
    measure("digest of a full message, 476 bytes", 476 * 100, () => {
      for (let i = 0; i < 100; i++) new Digest(key).update(message, 0, message.length).writeTo(out, 0);
      sink += out[0] as number;
    }),
    "bytes/s",
  );
  const byHand = measure("BT28 by hand: 55 integers from a DataView", 100, () => {
    for (let i = 0; i < 100; i++) {
      const view = new DataView(bt28.buffer);
      const values: number[] = [];
      for (let at = 0; at < 220; at += 4) values.push(view.getInt32(at, true));
      sink += values.length;
    }
  });
  const declared = measure("BT28 by its declaration, 220 bytes", 100, () => {
    for (let i = 0; i < 100; i++) sink += decode(BT28, bt28, env).presentValues.length;
  });
  report(byHand, "tables/s");
  report(declared, "tables/s", { figure: byHand, what: "by hand" });
  const fields = leaves(ET55, env).length;
  report(
    measure(`ET55 by its declaration, 214 bytes, ${fields} fields`, 100, () => {
      for (let i = 0; i < 100; i++) sink += decode(ET55, et55, env).energyRegisterUnit === 0 ? 1 : 0;
    }),
    "tables/s",
  );
  report(
    measure("ET55 with every byte named", 100, () => {
      for (let i = 0; i < 100; i++) sink += annotate(ET55, et55, env).spans.length;
    }),
    "tables/s",
  );
  if (sink < 0) say("");
};

if (import.meta.main) benchCodec();
