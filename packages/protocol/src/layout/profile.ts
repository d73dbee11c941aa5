/** Which device it is: product family and firmware decide which fields exist. */
import { twoDigits } from "../digits.ts";
import { UsageError } from "../errors.ts";

export type Version = readonly [major: number, minor: number];
/** `meter`: an OSGP meter; `module`: a Control Point / OSGP module (CPM), which does not measure itself. */
export type Family = "meter" | "module";
export interface Profile {
  readonly family: Family;
  readonly firmware: Version;
}
/** First firmware per family; a family that is not named never has it. */
export type Gate = { readonly [F in Family]?: Version };

/** Ranges of firmware per family, each from one version up to another that is not in it; open where there is none. */
export type Releases = { readonly [F in Family]?: readonly (readonly [from: Version, before?: Version])[] };

/**
 * Whether a profile has what came with a gate.
 *
 * @example
 * reaches(parseProfile("meter:3.70"), { meter: [3, 50] }) // true
 */
export const reaches = (profile: Profile, gate: Gate): boolean => {
  const from = gate[profile.family];
  if (from === undefined) return false;
  const [major, minor] = profile.firmware;
  return major > from[0] || (major === from[0] && minor >= from[1]);
};

/**
 * Whether a profile lies in one of the ranges.
 *
 * @example
 * isAmong(parseProfile("meter:4.01"), { meter: [[[4, 0], [4, 2]]] }) // true
 * isAmong(parseProfile("meter:4.02"), { meter: [[[4, 0], [4, 2]]] }) // false
 */
export const isAmong = (profile: Profile, releases: Releases): boolean => {
  const { family } = profile;
  const since = (version: Version): boolean => reaches(profile, { [family]: version });
  return (releases[family] ?? []).some(([from, before]) => since(from) && (before === undefined || !since(before)));
};

const written = ([major, minor]: Version): string => `${major}.${twoDigits(minor)}`;

/**
 * The name of a profile.
 *
 * @example
 * profileName({ family: "meter", firmware: [3, 70] }) // "meter:3.70"
 */
export const profileName = (profile: Profile): string => `${profile.family}:${written(profile.firmware)}`;

export const gateText = (gate: Gate): string =>
  (Object.entries(gate) as [Family, Version][]).map(([family, from]) => `${family} ${written(from)}`).join(", ");

export const releasesText = (releases: Releases): string =>
  (Object.entries(releases) as [Family, NonNullable<Releases[Family]>][])
    .flatMap(([family, ranges]) =>
      ranges.map(([from, before]) =>
        before === undefined
          ? `${family} ${written(from)} and later`
          : `${family} ${written(from)} up to ${written(before)}`,
      ),
    )
    .join(", ");

/** First numbers of firmware that exist: a 1 is that of a module, and tells it from a meter. */
const generations: Readonly<Record<Family, readonly number[]>> = { meter: [2, 3, 4], module: [1] };

/**
 * A profile from its name: family, colon, firmware of which the first two numbers count. One digit of the minor
 * number stands for tens ("3.7" is firmware 3.70), as the guides write it.
 *
 * @throws UsageError (`profile`) for another form, and for firmware that does not exist
 * @example
 * parseProfile("module:1.20") // { family: "module", firmware: [1, 20] }
 * parseProfile("meter:9.9") // throws UsageError
 */
export const parseProfile = (text: string): Profile => {
  const match = /^(meter|module):(\d{1,2})\.(\d{1,2})(?:\.\d{1,2})?$/.exec(text.trim().toLowerCase());
  if (match === null) throw new UsageError("profile", `profile "${text}" is not of the form meter:3.70 or module:1.20`);
  const [, family, major, minor] = match as unknown as [string, Family, string, string];
  if (!generations[family].includes(Number(major)))
    throw new UsageError(
      "profile",
      `profile "${text}": there is no such firmware; meter firmware begins with 2, 3 or 4, module firmware with 1`,
    );
  return { family, firmware: [Number(major), minor.length === 1 ? 10 * Number(minor) : Number(minor)] };
};
