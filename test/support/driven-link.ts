/**
 * A link that reads a virtual meter over a modelled line, both as bare machines: no promise, no timer, so that a
 * million requests take seconds. Every value is compared with what the meter held at that moment.
 */

import { parseProfile } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import type { LinkInput, LinkOutput } from "@meterport/protocol/mep/link/exchange";
import { Link } from "@meterport/protocol/mep/link/link";
import type { LinkTiming } from "@meterport/protocol/mep/link/timing";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import { type LineCondition, LineModel, type LineScript, seeded, VirtualMeter } from "@meterport/simulator";

/** Tables whose cells say which cell they are and when they were read. */
const tables = [200, 201, 202, 203] as const;
const cells = 24;
export const cellSize = 4;
/** The first byte is not part of a cell, so that no cell begins where a table does. */
const lead = 1;
/** The meter changes every cell this often, in milliseconds: several times in the shortest exchange. */
const slotLength = 10;
const start = Date.UTC(2026, 5, 1, 10);

/** Different for each cell of each table. */
const mark = (table: number, cell: number): number => {
  let mixed = Math.imul(table * 4096 + cell + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
};

const contents = (table: number) => {
  const bytes = new Uint8Array(lead + cells * cellSize);
  const view = new DataView(bytes.buffer);
  const marks = Array.from({ length: cells }, (_, cell) => mark(table, cell));
  let filledFor = -1;
  return (time: number): Uint8Array => {
    const slot = Math.floor((time - start) / slotLength);
    if (slot !== filledFor)
      for (const [cell, own] of marks.entries()) view.setUint32(lead + cellSize * cell, (own ^ slot) >>> 0, true);
    filledFor = slot;
    return bytes;
  };
};

export interface Run {
  readonly requests: number;
  readonly seed: number;
  readonly condition: LineCondition;
  readonly script: LineScript;
  readonly timing: Partial<LinkTiming>;
}

export interface Outcome {
  /** Each request ended with one of these. */
  readonly answered: number;
  readonly failed: ReadonlyMap<string, number>;
  /** Requests that ended twice, or that were never made. */
  readonly surplus: number;
  readonly values: number;
  /** The first few values that the meter never had, as sentences. */
  readonly wrong: readonly string[];
  readonly transmissions: number;
  readonly discarded: ReadonlyMap<string, number>;
  readonly resyncs: number;
  /** Virtual time. */
  readonly seconds: number;
  readonly line: LineModel;
}

interface Asked {
  readonly id: number;
  readonly table: number;
  readonly cell: number;
  readonly count: number;
  readonly from: number;
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

/** Sends one request after the other until all have ended. */
export const drive = ({ requests, seed, condition, script, timing }: Run): Outcome => {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const keyOf = (): Secret => new Secret(Uint8Array.from({ length: 16 }, () => below(256)));
  const keys = { basic: keyOf(), advanced: keyOf() };
  const meter = new VirtualMeter({ profile: parseProfile("meter:3.70"), keys, scenario: "quiet", seed, start });
  for (const table of tables) meter.memory.setLive(table, contents(table));
  const line = new LineModel({ meter, condition, script, seed, secondClientKey: keys.basic });
  line.plugIn();
  const seal = rc4Authentication({ key: keys.advanced.reveal(), sequence: below(2 ** 32) });
  const link = new Link(seal, timing);

  const failed = new Map<string, number>();
  const discarded = new Map<string, number>();
  const wrong: string[] = [];
  const count = { answered: 0, surplus: 0, values: 0, transmissions: 0, resyncs: 0 };
  let now = 0;
  let asked: Asked | undefined;

  const next = (): LinkInput => {
    const table = tables[below(tables.length)] as number;
    const cell = below(cells);
    const wanted = 1 + below(Math.min(4, cells - cell));
    asked = { id: (asked?.id ?? 0) + 1, table, cell, count: wanted, from: now };
    const offset = lead + cellSize * cell;
    return {
      type: "request",
      id: asked.id,
      apdu: encodeRequest({ kind: "read-at", table, offset, count: cellSize * wanted }),
    };
  };
  const judge = (apdu: Uint8Array, { table, cell, count: wanted, from }: Asked): void => {
    const [data, view] = [apdu.subarray(3), new DataView(apdu.buffer, apdu.byteOffset + 3)];
    if (data.length !== cellSize * wanted) wrong.push(`${data.length} bytes of table ${table}`);
    for (let i = 0; i < wanted && cellSize * (i + 1) <= data.length; i++) {
      count.values++;
      const slot = (view.getUint32(cellSize * i, true) ^ mark(table, cell + i)) >>> 0;
      if (slot < Math.floor(from / slotLength) || slot > Math.floor(now / slotLength))
        wrong.push(`table ${table} cell ${cell + i} is of slot ${slot}, asked from ${from} to ${now} ms`);
    }
  };
  const ended = (id: number): Asked | undefined => {
    const known = asked?.id === id ? asked : undefined;
    if (known === undefined || open === 0) count.surplus++;
    open = 0;
    return known;
  };
  let open = 0;
  const take = (output: LinkOutput): void => {
    if (output.type === "transmit") {
      count.transmissions++;
      hear(output.bytes);
    } else if (output.type === "response") {
      const known = ended(output.id);
      count.answered++;
      if (known !== undefined) judge(output.apdu, known);
    } else if (output.type === "failed") {
      ended(output.id);
      add(failed, output.failure);
    } else if (output.type === "discarded") add(discarded, output.reason);
    else if (output.type === "resync") count.resyncs++;
  };
  const feed = (input: LinkInput): void => {
    for (const output of link.handle(input, now)) take(output);
  };
  const hear = (input: Uint8Array | "tick"): void => {
    for (const output of line.handle(input, now))
      if (output.type === "transmit") feed({ type: "received", bytes: output.bytes });
  };

  for (let made = 0; made < requests || open > 0; ) {
    if (open === 0) {
      made++;
      open = 1;
      feed(next());
      continue;
    }
    const [byLine, byLink] = [line.wakeAt() ?? Number.POSITIVE_INFINITY, link.wakeAt() ?? Number.POSITIVE_INFINITY];
    now = Math.max(now, Math.min(byLine, byLink));
    if (now === Number.POSITIVE_INFINITY) throw new Error(`request ${made} never ends`);
    if (byLine <= byLink) hear("tick");
    else feed({ type: "tick" });
  }
  return { ...count, failed, discarded, wrong, seconds: now / 1000, line };
};
