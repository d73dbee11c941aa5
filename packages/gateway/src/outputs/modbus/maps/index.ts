/** Every map there is: a new one is a file beside this one and a line here. */
import type { RegisterMap } from "../register-map.ts";
import { abbB23 } from "./abb.ts";
import { dtsu666 } from "./chint.ts";
import { sdm630 } from "./eastron.ts";
import { fronius, sunspec203, sunspec213 } from "./sunspec.ts";

export const mapNames = ["sunspec_213", "sunspec_203", "fronius", "sdm630", "dtsu666", "abb_b23"] as const;

export type MapName = (typeof mapNames)[number];

export const maps: { readonly [N in MapName]: RegisterMap } = {
  sunspec_213: sunspec213,
  sunspec_203: sunspec203,
  fronius,
  sdm630,
  dtsu666,
  abb_b23: abbB23,
};
