import { at, reserved, type TableValue, table, u8 } from "../../layout/index.ts";

/**
 * MEP guide 1.1, pp. 179-180. Pages 29 and 267 call it read-only, page 179 lets the advanced key write. Older meters
 * and modules know the first 142 bytes only, which say nothing.
 */
export const ET70 = table(
  "ET70",
  0x0846,
  "RAM Only Status",
  { read: "basic", write: "advanced" },
  {
    reserved0: at(0, reserved(142), "Internal"),
    commChannelIndex: at(142, u8, "MEP port that this request came through", {
      names: { 1: "MEP client 1", 2: "MEP client 2" },
    }),
    reserved143: at(143, reserved(13), "Internal"),
  },
  { since: { meter: [4, 0] } },
);
export type ET70 = TableValue<typeof ET70>;
