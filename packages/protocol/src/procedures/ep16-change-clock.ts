import { at, procedure, rest, struct } from "../layout/index.ts";

/**
 * Moves the meter's clock by a difference, ET55.4 seconds a minute. MEP guide 1.1, pp. 19, 145 and 268 name it without a
 * layout, and ANSI C12.19 has no such procedure: its parameters are bytes here. The guide counts it among the
 * procedures that must not be called twice (p. 49).
 */
export const EP16 = procedure(
  "EP16",
  0x0810,
  "Change System Clock By Delta",
  { call: "basic" },
  {
    request: struct({ parameters: at(3, rest(), "Not described in either guide", { vci: "H" }) }, { from: 3 }),
    response: struct({ data: at(4, rest(), "Not described in either guide", { vci: "M" }) }, { from: 4 }),
  },
);
