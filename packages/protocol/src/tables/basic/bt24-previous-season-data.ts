import { type TableValue, table } from "../../layout/index.ts";
import { registerSnapshot } from "./register-snapshot.ts";

/**
 * MEP guide 1.1, pp. 217-218. Read-only on meters 3.7x and from 4.10 on, where EP64 resets it, and on modules 1.2x.
 */
export const BT24 = table(
  "BT24",
  0x0018,
  "Previous Season Data",
  { read: "basic", write: "advanced" },
  registerSnapshot(0),
  {
    readOnlyOn: {
      meter: [
        [
          [3, 70],
          [3, 80],
        ],
        [[4, 10]],
      ],
      module: [
        [
          [1, 20],
          [1, 30],
        ],
      ],
    },
  },
);
export type BT24 = TableValue<typeof BT24>;
