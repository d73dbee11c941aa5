/**
 * Whether a batch can be booked: facts may come from a machine of somebody else, and a row of the wrong length would spoil those it is merged with.
 * Pure.
 */
import { UsageError } from "@meterport/protocol/errors";
import type { BookBatch, ChannelKey, DayFact } from "./facts.ts";
import { registerKinds } from "./facts.ts";
import { allDigits, mostInRegister, mostInSlot } from "./scaled.ts";
import { absent, hasValue, slotsIn, void_ } from "./slots.ts";

/** Facts of one kind in a batch. */
const mostFacts = 10_000;
const mostName = 200;
const mostText = 65_536;
/** Years 1 to 9999: others are written with a sign or more digits, which PostgreSQL does not take for a time. */
const [firstTime, lastTime] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

const kinds: ReadonlySet<string> = new Set(Object.values(registerKinds));

const refused = (what: string): UsageError =>
  new UsageError("bad-facts", `${what}: nothing of the batch is booked, send it as the store gave it`);

const halfCharacter = /[\ud800-\udfff]/u;

/** PostgreSQL keeps no NUL and no half of a character. */
const isText = (text: string, most: number): boolean =>
  text.length <= most && !text.includes("\0") && !halfCharacter.test(text);
const isName = (text: string): boolean => text !== "" && isText(text, mostName);
const isTime = (time: number): boolean => time >= firstTime && time <= lastTime;
const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return isText(text, mostText);
  } catch {
    return false;
  }
};

const isChannel = ({ point, name, tier, step, phase, digits }: ChannelKey, ofRegister: boolean): boolean => {
  const grid = ofRegister
    ? step === 0 && phase === 0
    : isWithin(step, 60, 86_400) && 86_400 % step === 0 && isWithin(phase, 0, step - 1) && phase % 900 === 0;
  return isName(point) && isName(name) && isWithin(tier, 0, 99) && grid && allDigits.includes(digits);
};

const isDay = (day: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(day) && Number.isFinite(Date.parse(`${day}T00:00:00Z`));

/** Without a value a slot is 0 and has no notes, or it would differ from one that is the same. */
const areSlots = ({ channel, slots: { raw, rank, bits } }: DayFact): boolean => {
  const count = slotsIn(channel.step);
  if (raw.length !== count || rank.length !== count || bits.length !== count) return false;
  return rank.every((each, n) => {
    const [value, noted] = [raw[n] ?? Number.NaN, bits[n] ?? Number.NaN];
    if (each === absent || each === void_) return value === 0 && noted === 0;
    return hasValue(each) && isWithin(value, -mostInSlot, mostInSlot) && isWithin(noted, 0, 63);
  });
};

const checkSlots = ({ days, gone }: BookBatch): void => {
  for (const fact of days)
    if (!isChannel(fact.channel, false) || !isDay(fact.day) || !areSlots(fact))
      throw refused(`the slots of ${shown(fact.channel)} on ${fact.day.slice(0, 20)} are not those of a day`);
  for (const { channel, day, slots } of gone)
    if (
      !isChannel(channel, false) ||
      !isDay(day) ||
      !slots.every((slot) => isWithin(slot, 0, slotsIn(channel.step) - 1))
    )
      throw refused(`what is gone of ${shown(channel)} on ${day.slice(0, 20)} are not slots of a day`);
};

const shown = ({ point, name }: ChannelKey): string => `${JSON.stringify(point.slice(0, 60))}, ${name.slice(0, 60)}`;

const checkOthers = ({ blocks, registers, events, installations }: BookBatch): void => {
  for (const { point, id, readAt, from, to, what, raw, clockOffset } of blocks)
    if (
      !(isName(point) && id >= 0n && id < 2n ** 63n && [readAt, from, to].every(isTime) && from <= to) ||
      !(isText(JSON.stringify(what), mostText) && isText(what.note, mostText) && (raw?.length ?? 0) <= mostText) ||
      !(clockOffset === null || Math.abs(clockOffset) <= mostInSlot)
    )
      throw refused(`a block of ${JSON.stringify(point.slice(0, 60))} has a field beyond its bounds`);
  for (const { channel, at, raw, kind, serial } of registers)
    if (
      !(isChannel(channel, true) && isTime(at) && isWithin(raw, -mostInRegister, mostInRegister) && kinds.has(kind)) ||
      !(serial === null || isText(serial, mostName))
    )
      throw refused(`a register of ${shown(channel)} has a field beyond its bounds`);
  for (const { point, id, at, until, kind, code, origin, detail, stored } of events)
    if (
      ![point, id, kind, origin].every(isName) ||
      !([at, stored, until ?? at].every(isTime) && isText(detail, mostText) && (code === null || Number.isFinite(code)))
    )
      throw refused(`an event of ${JSON.stringify(point.slice(0, 60))} has a field beyond its bounds`);
  for (const { point, from, to, stored, serial, about, start, end } of installations)
    if (
      !(isName(point) && [from, stored, to ?? from].every(isTime) && (serial === null || isText(serial, mostName))) ||
      ![about, start, end ?? "null"].every(isJson)
    )
      throw refused(
        `what is said of a meter at ${JSON.stringify(point.slice(0, 60))} is not JSON or beyond its bounds`,
      );
};

/** @throws UsageError (`bad-facts`) that names the first fact that cannot be booked */
export const checkFacts = (batch: BookBatch): void => {
  const { holder, attempt, days, gone, blocks, registers, events, installations } = batch;
  if (!isName(holder) || !isWithin(attempt, 0, mostInSlot)) throw refused("the batch does not say who books it");
  for (const list of [days, gone, blocks, registers, events, installations])
    if (list.length > mostFacts) throw refused(`the batch has ${list.length} facts of a kind, more than ${mostFacts}`);
  checkSlots(batch);
  checkOthers(batch);
};
