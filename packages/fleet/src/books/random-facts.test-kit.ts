/** Facts at random from a seed, and a slow book that says by definition what must be there. */
import { type BookBatch, type ChannelKey, emptyBatch, registerKinds } from "./facts.ts";
import { eventOrder, installationOrder, registerOrder } from "./one-of-each.ts";
import { emptyDay, noNotes, putFact, type SlotFact, slotNotes, slotsIn } from "./slots.ts";

/** Numbers below a limit. */
export type Random = (below: number) => number;

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

export const shuffled = <T>(items: readonly T[], random: Random): T[] => {
  const all = [...items];
  for (let n = all.length - 1; n > 0; n--) {
    const other = random(n + 1);
    [all[n], all[other]] = [all[other] as T, all[n] as T];
  }
  return all;
};

/** Some more often than others, so that two facts of a slot often have the same. */
const ranks = [..."14699999cv"];
/** Of each day, so that facts meet in a slot. */
const usedSlots = 5;
export const firstDay = Date.UTC(2026, 9, 30);
const days = 4;

const channel = (random: Random, of: "interval" | "register"): ChannelKey => ({
  point: `p${random(3)}`,
  name: ["energy_import_wh", "energy_export_wh"][random(2)] as string,
  ...(of === "register" ? { tier: random(2), step: 0 } : { tier: 0, step: [900, 3_600][random(2)] as number }),
  ...{ phase: 0, digits: random(8) === 0 ? 3 : 0 },
});

const day = (random: Random): string => new Date(firstDay + 86_400_000 * random(days)).toISOString().slice(0, 10);

const fact = (random: Random): SlotFact => {
  const rank = ranks[random(ranks.length)] as string;
  return { rank, raw: rank === "v" ? 0 : random(4), bits: rank !== "v" && random(4) === 0 ? random(32) : 0 };
};

/** Few channels, days and values, so that facts meet. */
export const randomBatch = (random: Random): BookBatch => {
  const many = <T>(most: number, one: () => T): T[] => Array.from({ length: random(most + 1) }, one);
  const moment = (): number => firstDay + 3_600_000 * random(24 * days);
  return {
    ...emptyBatch("worker", 1),
    days: many(4, () => {
      const key = channel(random, "interval");
      const slots = emptyDay(key.step);
      for (let n = random(12); n >= 0; n--) putFact(slots, random(usedSlots), fact(random));
      return { channel: key, day: day(random), slots };
    }),
    gone: many(2, () => ({ channel: channel(random, "interval"), day: day(random), slots: [random(24)] })),
    blocks: many(3, () => {
      const id = random(6);
      const from = moment();
      return {
        ...{ point: `p${id % 3}`, id: BigInt(id), readAt: firstDay + id, clockOffset: id, raw: new Uint8Array([id]) },
        ...{ what: { table: "BT64", offset: id, profile: null, note: "" }, from, to: from + 900_000 },
      };
    }),
    registers: many(3, () => ({
      ...{ channel: channel(random, "register"), at: moment(), raw: random(3) },
      kind: Object.values(registerKinds)[random(7)] as string,
      serial: [null, "A", "B"][random(3)] as string | null,
    })),
    events: many(3, () => ({
      ...{ point: `p${random(3)}`, id: `log:${random(5)}`, at: moment(), until: random(2) === 0 ? null : moment() },
      ...{ kind: "log", code: random(2) === 0 ? null : random(3), origin: "meter", detail: `{"n":${random(3)}}` },
      stored: firstDay + random(3),
    })),
    installations: many(2, () => ({
      ...{ point: `p${random(3)}`, from: firstDay + random(2), to: random(2) === 0 ? null : moment() },
      ...{ serial: ["A", "B"][random(2)] as string, about: `{"n":${random(3)}}`, start: "{}", end: null },
      stored: firstDay + random(3),
    })),
  };
};

/** All rows as texts. The slots follow from the law, not from the way in which `putFact` keeps it. */
export const twinRows = (batches: readonly BookBatch[]): readonly string[] => {
  const rows = new Map<string, string>();
  const slots = new Map<string, SlotFact[]>();
  const lengths = new Map<string, number>();
  const gone = new Map<string, Set<number>>();
  const spans = new Map<string, number[]>();
  const best = new Map<string, { order: readonly (number | string)[]; text: string }>();
  const keyText = ({ point, name, tier, step, digits }: ChannelKey): string =>
    `${point} ${name} ${tier} ${step} ${digits}`;
  const offer = (key: string, order: readonly (number | string)[], text: string): void => {
    const other = best.get(key);
    if (other === undefined || isAfter(order, other.order)) best.set(key, { order, text });
  };
  for (const batch of batches) {
    for (const one of batch.days) {
      const key = `day ${keyText(one.channel)} ${one.day}`;
      lengths.set(key, one.slots.rank.length);
      for (const [n, rank] of one.slots.rank.entries())
        if (rank !== "0") {
          const list = slots.get(`${key}#${n}`) ?? [];
          slots.set(`${key}#${n}`, [
            ...list,
            { rank, raw: one.slots.raw[n] as number, bits: one.slots.bits[n] as number },
          ]);
        }
    }
    for (const one of batch.gone) {
      const key = `gone ${keyText(one.channel)} ${one.day}`;
      gone.set(key, new Set([...(gone.get(key) ?? []), ...one.slots]));
    }
    for (const { id, from, to } of batch.blocks)
      spans.set(`block ${id}`, [...(spans.get(`block ${id}`) ?? []), from, to]);
    for (const one of batch.registers)
      offer(`register ${keyText(one.channel)} ${one.at}`, registerOrder(one), `${one.raw} ${one.kind} ${one.serial}`);
    for (const one of batch.events)
      offer(
        `event ${one.point} ${one.id}`,
        eventOrder(one),
        `${one.at} ${one.until} ${one.code} ${one.detail} ${one.stored}`,
      );
    for (const one of batch.installations)
      offer(
        `installation ${one.point} ${one.from}`,
        installationOrder(one),
        `${one.to} ${one.serial} ${one.about} ${one.stored}`,
      );
  }
  for (const [key, length] of lengths) {
    const chosen = Array.from({ length }, (_, n) => chosenOf(slots.get(`${key}#${n}`) ?? []));
    rows.set(key, chosen.map(({ raw, rank, bits }) => `${raw}${rank}${String.fromCharCode(noNotes + bits)}`).join(" "));
  }
  for (const [key, some] of gone) {
    const step = Number(key.split(" ")[4]);
    rows.set(key, Array.from({ length: slotsIn(step) }, (_, n) => (some.has(n) ? "1" : "0")).join(""));
  }
  for (const [key, span] of spans) rows.set(key, `${Math.min(...span)} ${Math.max(...span)}`);
  for (const [key, { text }] of best) rows.set(key, text);
  return [...rows].map(([key, text]) => `${key}: ${text}`).sort();
};

const isAfter = (a: readonly (number | string)[], b: readonly (number | string)[]): boolean => {
  const n = a.findIndex((value, index) => value !== b[index]);
  return n >= 0 && (a[n] as number) > (b[n] as number);
};

/** The greatest value of the highest rank, with all that was noted of it; marked if another value has that rank. */
const chosenOf = (facts: readonly SlotFact[]): SlotFact => {
  const rank = ["0", ...facts.map((each) => each.rank)].sort().at(-1) ?? "0";
  const top = facts.filter((each) => each.rank === rank);
  const raw = Math.max(...top.map((each) => each.raw), rank === "0" ? 0 : Number.NEGATIVE_INFINITY);
  const bits = top.filter((each) => each.raw === raw).reduce((all, each) => all | each.bits, 0);
  // Facts that met on their way were marked there.
  const met = top.some((each) => (each.bits & slotNotes.disagrees) !== 0 || each.raw !== raw);
  return { rank, raw, bits: met ? bits | slotNotes.disagrees : bits };
};

const channelText = "p.id || ' ' || c.name || ' ' || c.tier || ' ' || c.step || ' ' || c.digits";
const millis = (column: string): string => `coalesce(round(extract(epoch FROM ${column}) * 1000)::text, 'null')`;

/** What PostgreSQL has, as the same texts. */
export const storedRows = `
  SELECT 'day ' || ${channelText} || ' ' || d.day || ': ' ||
      (SELECT string_agg(v::text || k::text || t::text, ' ') FROM unnest(d.raw, d.rank, d.status) AS s (v, k, t)) AS text
    FROM profile_day d JOIN channel c USING (channel_id) JOIN metering_point p USING (point_id)
  UNION ALL SELECT 'gone ' || ${channelText} || ' ' || g.day || ': ' || g.gone::text
    FROM gap g JOIN channel c USING (channel_id) JOIN metering_point p USING (point_id)
  UNION ALL SELECT 'block ' || block_id || ': ' || ${millis("from_at")} || ' ' || ${millis("to_at")} FROM block
  UNION ALL SELECT 'register ' || ${channelText} || ' ' || ${millis("read_at")} || ': ' || raw || ' ' || kind::text || ' ' || coalesce(serial, 'null')
    FROM register_reading JOIN channel c USING (channel_id) JOIN metering_point p USING (point_id)
  UNION ALL SELECT 'event ' || p.id || ' ' || event_id || ': ' || ${millis("at")} || ' ' || ${millis("until")} || ' ' ||
      coalesce(code::text, 'null') || ' ' || detail || ' ' || ${millis("stored")}
    FROM event JOIN metering_point p USING (point_id)
  UNION ALL SELECT 'installation ' || p.id || ' ' || ${millis("from_at")} || ': ' || ${millis("to_at")} || ' ' || m.serial || ' ' || about ||
      ' ' || ${millis("stored")}
    FROM installation JOIN metering_point p USING (point_id) JOIN meter m USING (meter_id)`;
