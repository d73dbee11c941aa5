/** Everything that a meter holds when it is switched on for the first time, but for what is computed from its household. */
import type { Filling } from "../memory.ts";
import { generalTables } from "./general.ts";
import { mepTables } from "./mep.ts";
import { registerTables } from "./registers.ts";
import type { Setup } from "./setup.ts";
import { systemTables } from "./system.ts";

/** Table numbers with what fills them. */
export const contentsOf = (setup: Setup): readonly (readonly [number, Filling])[] => [
  ...generalTables(setup),
  ...registerTables(setup),
  ...mepTables(setup),
  ...systemTables(setup),
];
