/** Source IDs of 16 bits (ET42, ET66, ET71, ET75): an ordinary source, or a value of a device on the M-Bus. */
import { UsageError } from "../errors.ts";
import { type Source, sources } from "./source-ids.ts";

/** What an extended source ID stands for. */
export type ExtendedSource =
  /** Type 0: one of the 256 ordinary sources. */
  | { readonly kind: "standard"; readonly source: Source }
  /** Type 4: a data type (entry of ET57, 0 to 31) of the device at an index of ET13 (0 to 3 M-Bus, from 4 on MEP). */
  | { readonly kind: "mbus"; readonly device: number; readonly dataType: number }
  /** Any other type: the guide names type 3 but says nothing of its bits. */
  | { readonly kind: "undocumented"; readonly type: number; readonly bits: number };

/**
 * The meaning of an extended source ID (UINT16). MEP guide 1.1, pp. 38, 185.
 *
 * @throws UsageError (`no-such-source`) for anything but an integer from 0 to 65535.
 *
 * @example
 * extendedSource(0x4001) // { kind: "mbus", device: 0, dataType: 1 }
 */
export const extendedSource = (n: number): ExtendedSource => {
  if (!Number.isInteger(n) || n < 0 || n > 0xffff) {
    throw new UsageError(
      "no-such-source",
      `${n} is not an extended source: extended sources are integers from 0 to 65535`,
    );
  }
  const type = n >> 12;
  const bits = n & 0xfff;
  const source = sources[n];
  if (source !== undefined) return { kind: "standard", source };
  // Bits 7 to 5 are unused: a meter may leave anything there.
  if (type === 4) return { kind: "mbus", device: bits >> 8, dataType: bits & 0x1f };
  return { kind: "undocumented", type, bits };
};

/**
 * The entry of ET66 that a mapped source (112 to 163) stands for; undefined for every other ID. MEP guide 1.1, p. 179.
 *
 * @example
 * mappedEntry(114) // 2
 */
export const mappedEntry = (id: number): number | undefined => (sources[id]?.kind === "mapped" ? id - 112 : undefined);
