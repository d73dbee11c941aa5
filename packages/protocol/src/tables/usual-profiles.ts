/** Devices that bytes may come from, if none is named. */
import { type Profile, parseProfile } from "../layout/index.ts";

/** The commonest first; each has tables that the one before it lays out differently. */
export const usualProfiles: readonly Profile[] = [
  ...["meter:3.70", "meter:3.10", "meter:3.30", "meter:3.40", "meter:3.50", "meter:4.00", "meter:4.10", "meter:4.30"],
  ...["module:1.11", "module:1.20"],
].map(parseProfile);
