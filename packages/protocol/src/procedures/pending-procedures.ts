/**
 * BP12 to BP15, which put pending tables into effect or drop them. The optical guide has lost all their headings and all
 * text but that of BP15 (p. 14); names, numbers and the other three are those of ANSI C12.19-1997.
 */
import { at, type Layout, procedure, type StructOf, struct } from "../layout/index.ts";
import { pendingEventFields } from "../tables/basic/pending-event.ts";

const nothing = struct({}, { from: 4 });
const noParameters = struct({}, { from: 3 });
const event: Layout<{ event: StructOf<ReturnType<typeof pendingEventFields>> }> = struct(
  { event: at(3, struct(pendingEventFields("H")), "The descriptor that the pending tables were written with") },
  { from: 3 },
);

/** ANSI C12.19-1997, procedure 12. */
export const BP12 = procedure(
  "BP12",
  12,
  "Activate All Pending Tables",
  { call: "advanced" },
  { request: noParameters, response: nothing },
);

/** ANSI C12.19-1997, procedure 13. */
export const BP13 = procedure(
  "BP13",
  13,
  "Activate Specific Pending Tables",
  { call: "advanced" },
  { request: event, response: nothing },
);

/** ANSI C12.19-1997, procedure 14. */
export const BP14 = procedure(
  "BP14",
  14,
  "Clear All Pending Tables",
  { call: "advanced" },
  { request: noParameters, response: nothing },
);

/** Optical guide 1.1, p. 14, without its heading. What the tables hold is left as it is. */
export const BP15 = procedure(
  "BP15",
  15,
  "Clear Specific Pending Tables",
  { call: "advanced" },
  { request: event, response: nothing },
);
