import type { TableValue } from "../../layout/index.ts";
import { BT54 } from "./bt54-calendar.ts";
import { pending } from "./pending.ts";

/** Optical guide 1.1, pp. 10-12. */
export const BT4150 = pending("BT4150", "Pending Calendar", BT54);
export type BT4150 = TableValue<typeof BT4150>;
