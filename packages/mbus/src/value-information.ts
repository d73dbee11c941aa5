/** The value information of a record: what it measures, and what is added to that (EN 13757-3, VIF and VIFE). */
import { toHex } from "@meterport/protocol/bytes";
import { type Cursor, unlessStopped } from "./cursor.ts";
import { plainCharacters } from "./data-fields.ts";
import { extendedModifierOf, type MbusPhase, type Modifier, modifierOf, phaseOfMaker } from "./modifiers.ts";
import { type MbusQuantity, mbusQuantity } from "./quantities.ts";

/** The codes of a record as they were sent. */
export interface ValueCodes {
  readonly vif: number;
  readonly extensions: readonly number[];
  /** Of a VIF in plain text; undefined for any other. */
  readonly text: string | undefined;
}

/** Whose records are read, and which way they go. */
export interface MeaningOptions {
  /** Three letters. Codes of the maker's own are named for the few whose list is public. */
  readonly manufacturer?: string | null;
  /** A master sends them, and then some codes are actions. */
  readonly toDevice?: boolean;
}

export interface Meaning {
  readonly quantity: MbusQuantity;
  readonly notes: readonly string[];
  readonly doubts: readonly ("unit" | "modifier" | "device")[];
  /** Whether a number is one of `quantity`, in spite of doubts. */
  readonly certain: boolean;
  readonly phase: MbusPhase | null;
  /** Codes that only the maker knows, as they were sent; null if there are none. */
  readonly manufacturerCodes: string | null;
  readonly unsigned: boolean;
}

const plainText = 0x7c;
const manufacturersOwn = 0x7f;
const unknownQuantity: MbusQuantity = { name: "unknown", unit: null, exponent: 0, factor: 1, kind: "number" };
const low = (code: number): number => code & 0x7f;

const textOf = (cursor: Cursor): { readonly text: string; readonly shown: boolean } => {
  const bytes = cursor.take(cursor.byte());
  const text = plainCharacters(bytes);
  // A character that could not be printed has become a question mark.
  return { text, shown: bytes.every((byte) => byte === 0x3f || plainCharacters(Uint8Array.of(byte)) !== "?") };
};

/**
 * Takes the codes of a record. A plain text stands behind its VIF; where that is none, because nothing printable of
 * that length is there, it stands behind the codes that follow the VIF, as the edition of 2018 has it. @throws Stop
 */
export const takeCodes = (cursor: Cursor): ValueCodes => {
  const vif = cursor.byte();
  if (low(vif) !== plainText) return { vif, extensions: cursor.extensionsOf(vif), text: undefined };
  const { at } = cursor;
  const before = unlessStopped(() => textOf(cursor));
  if (vif === plainText || before?.shown === true) {
    cursor.at = at;
    return { text: textOf(cursor).text, vif, extensions: cursor.extensionsOf(vif) };
  }
  cursor.at = at;
  const extensions = cursor.extensionsOf(vif);
  return { vif, extensions, text: textOf(cursor).text };
};

/** The quantity before anything is added to it, and the codes that add something. */
const baseOf = ({ vif, extensions, text }: ValueCodes): [MbusQuantity | undefined, readonly number[]] => {
  if (text !== undefined) return [{ ...unknownQuantity, name: text === "" ? "unknown" : text }, extensions];
  const [first = 0, second = 0] = extensions;
  if (vif === 0xfd && first === 0xfd) return [mbusQuantity("fdfd", low(second)), extensions.slice(2)];
  if (vif === 0xfd) return [mbusQuantity("fd", low(first)), extensions.slice(1)];
  if (vif === 0xfb) return [mbusQuantity("fb", low(first)), extensions.slice(1)];
  return [vif === 0x7b || vif === 0x7d ? undefined : mbusQuantity("primary", low(vif)), extensions];
};

/** A code that is not known is told as it was sent, so that it can be looked up. */
const strange = (codes: ValueCodes): Meaning => {
  const own = low(codes.vif) === manufacturersOwn;
  const hex = toHex(Uint8Array.of(codes.vif, ...codes.extensions));
  return {
    quantity: own ? { ...unknownQuantity, name: "manufacturer specific" } : unknownQuantity,
    notes: [`VIF ${hex}`],
    doubts: ["unit"],
    certain: false,
    phase: null,
    manufacturerCodes: own ? hex.slice(2) : null,
    unsigned: false,
  };
};

/** What codes add, one after another. */
class Additions {
  quantity: MbusQuantity;
  readonly notes: string[] = [];
  readonly doubts = new Set<"modifier" | "device">();
  certain = true;
  phase: MbusPhase | null = null;
  manufacturerCodes: string | null = null;
  unsigned: boolean;

  constructor(quantity: MbusQuantity) {
    this.quantity = quantity;
    this.unsigned = quantity.kind === "label";
  }

  add(modifier: Modifier, code: number): void {
    if ("text" in modifier && modifier.text !== undefined) this.notes.push(modifier.text);
    switch (modifier.kind) {
      case "note":
        this.phase = modifier.phase ?? this.phase;
        break;
      case "becomes":
        this.quantity = modifier.as(this.quantity);
        break;
      case "coded":
        this.unsigned = true;
        this.quantity = { ...this.quantity, kind: modifier.unsigned };
        break;
      case "failed":
        this.doubts.add("device");
        this.certain = false;
        break;
      case "unknown":
      case "extended":
        if (!("text" in modifier)) this.notes.push(`VIFE ${toHex(Uint8Array.of(code))}`);
        this.doubts.add("modifier");
        this.certain = false;
        break;
    }
  }

  /** The number is still what the standard's codes before them say. */
  addManufacturers(codes: readonly number[], manufacturer: string | null): void {
    this.manufacturerCodes = toHex(Uint8Array.from(codes));
    const phase = phaseOfMaker(manufacturer, codes);
    if (phase === undefined) {
      this.notes.push(`manufacturer's code${codes.length === 0 ? "" : ` ${this.manufacturerCodes}`}`);
      this.doubts.add("modifier");
    } else {
      this.notes.push(phase);
      this.phase = phase;
    }
  }
}

/**
 * What a record's codes mean. Behind 0xFF the maker goes on in its own way: quantity and unit are those of the codes
 * before, and the value is in doubt unless the maker is one whose codes are public.
 */
export const meaningOf = (
  codes: ValueCodes,
  { manufacturer = null, toDevice = false }: MeaningOptions = {},
): Meaning => {
  const [base, added] = baseOf(codes);
  if (base === undefined) return strange(codes);
  const found = new Additions(base);
  for (let i = 0; i < added.length; i++) {
    const code = added[i] ?? 0;
    const modifier = modifierOf(low(code), toDevice);
    if (modifier.kind === "manufacturer") {
      found.addManufacturers(added.slice(i + 1), manufacturer);
      break;
    }
    const next = added[i + 1];
    if (modifier.kind === "extended" && next !== undefined) {
      found.add(extendedModifierOf(low(next)), next);
      i++;
    } else found.add(modifier, code);
  }
  const { quantity, notes, doubts, certain, phase, manufacturerCodes, unsigned } = found;
  return { quantity, notes, doubts: [...doubts], certain, phase, manufacturerCodes, unsigned };
};
