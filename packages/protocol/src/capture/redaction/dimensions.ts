/** What the tables of a capture are laid out by, as far as the capture itself tells. */

import { LayoutError } from "../../errors.ts";
import { type AnyTable, decode, type Profile } from "../../layout/index.ts";
import { decodeRequest, readResponseHeader } from "../../mep/frame/apdu.ts";
import { code } from "../../mep/frame/response-codes.ts";
import { BT01 } from "../../tables/basic/bt01-general-manufacturer-information.ts";
import { type Dimensions, defaultDimensions } from "../../tables/defaults.ts";
import { dimensionTables } from "../../tables/dimension-tables.ts";
import { deviceOf, firmwareOf } from "../../tables/firmware.ts";
import { usualProfiles } from "../../tables/usual-profiles.ts";
import type { VerifiedFrame } from "../verified.ts";

/** No dimension table comes near it. */
const longestTable = 4096;

/** Contents of the tables that others depend on, put together from whatever was read of them. */
export class SeenDimensions {
  readonly #images = new Map<number, { readonly bytes: Uint8Array; known: number }>();

  /** Takes what the reads of a capture brought. */
  seeAll(frames: readonly VerifiedFrame[]): void {
    for (const { request, response } of frames) {
      const asked = decodeRequest(request.apdu);
      if (response?.[0] !== code.ok || (asked.kind !== "read" && asked.kind !== "read-at")) continue;
      this.see(asked.table, asked.kind === "read-at" ? asked.offset : 0, response.subarray(readResponseHeader));
    }
  }

  /** Takes what a read brought. */
  see(table: number, offset: number, data: Uint8Array): void {
    if (!wanted.has(table) || offset + data.length > longestTable) return;
    const image = this.#images.get(table) ?? { bytes: new Uint8Array(longestTable), known: 0 };
    this.#images.set(table, image);
    image.bytes.set(data, offset);
    // Only what is known without a gap from the start on can be decoded.
    if (offset <= image.known) image.known = Math.max(image.known, offset + data.length);
  }

  /**
   * The dimensions of the device; of each that it may be, where neither the capture nor `given` says which.
   */
  possible(given: Profile | undefined): readonly Dimensions[] {
    // What the meter says of itself counts more: under the wrong profile what identifies may be overlooked.
    const profile = this.#profile() ?? given;
    return (profile === undefined ? usualProfiles : [profile]).map((each) => this.#under(each));
  }

  #profile(): Profile | undefined {
    const image = this.#images.get(BT01.number);
    if (image === undefined || image.known < firmwareEnd) return undefined;
    const { firmwareVersion, firmwareRevision } = decode(BT01, image.bytes.slice(0, bt01Size), {});
    const { version } = firmwareOf(firmwareVersion, firmwareRevision);
    return version[0] > 0 ? deviceOf(version) : undefined;
  }

  #under(profile: Profile): Dimensions {
    let env = defaultDimensions(profile);
    // Twice, because some of them depend on others that follow them.
    for (let pass = 0; pass < 2; pass++)
      for (const table of dimensionTables.values()) {
        const value = this.#decoded(table, env);
        if (value !== undefined) env = { ...env, [table.id]: value };
      }
    return env;
  }

  #decoded(table: AnyTable, env: Dimensions): unknown {
    const image = this.#images.get(table.number);
    if (image === undefined || image.known === 0) return undefined;
    try {
      return decode(table, image.bytes.slice(0, image.known), env, { trailing: "keep" });
    } catch (error) {
      if (error instanceof LayoutError) return undefined;
      throw error;
    }
  }
}

const bt01Size = 24;
/** The firmware stands in front of the serial number, which older devices lack. */
const firmwareEnd = 16;
const wanted: ReadonlySet<number> = new Set([
  BT01.number,
  ...[...dimensionTables.values()].map(({ number }) => number),
]);
