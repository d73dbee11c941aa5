/** Tables that stand in for others on older firmware. */
import type { AnyTable } from "../layout/index.ts";
import { BT20 } from "./basic/bt20-dimension-register.ts";
import { BT70 } from "./basic/bt70-dimension-log.ts";

/**
 * What is read in place of a table that older firmware does not have: there the most that is possible is what is
 * (optical guide 1.1, pp. 21, 24, 51).
 */
export const substituteTables: Readonly<Record<string, AnyTable>> = { BT21: BT20, BT71: BT70 };
