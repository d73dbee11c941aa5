/** How MEP clients write to the virtual head-end, unless it is told otherwise. */
import type { PostForms } from "@meterport/protocol/procedures/post-messages";

/**
 * Made up: the guides do not say how EP39 is written, so here every message has a form, and no real meter takes them.
 * Types from 201 on, except that of "clear delta data alert", which is printed (MEP guide 1.1, p. 41).
 */
export const virtualForms: PostForms = {
  "scheduled-read": { type: 201, fields: ["length16", "data"] },
  "scheduled-read-and-alarms": { type: 202, fields: ["alarms", "length16", "data"] },
  "on-demand": { type: 203, fields: ["transaction", "handle", "success", "length16", "data"] },
  "clear-mbus-alert": { type: 204, fields: [] },
  "clear-delta-alert": { type: 12, fields: [] },
};
