import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { eventsOf, isAlarm, isNote, lasting, type StoredEvent } from "./event-answer.ts";
import { blocksOf, merged } from "./event-blocks.ts";
import { apiQuery, filterOf, GROUPS, looksItself, queryOf, wants } from "./filter.ts";

const DAY = 86_400_000;

function event(id: string, more: Partial<StoredEvent> = {}): StoredEvent {
  return { id, time: 0, until: null, kind: "log", number: null, origin: "meter", detail: {}, ...more };
}

test("answers of the gateway become events, and rubbish none", () => {
  const page = eventsOf({
    events: [
      { id: "a", time: "2026-01-01T00:00:00Z", until: null, kind: "log", number: 3, origin: "meter", detail: "text" },
      { id: "b", time: "never", kind: "log" },
      { id: "c", time: "2026-01-01T00:00:00Z", kind: "new-kind", origin: "moon" },
      7,
    ],
    next: "abc",
  });
  assert.deepEqual(
    page?.events.map(({ id, origin }) => [id, origin]),
    [
      ["a", "meter"],
      ["c", null],
    ],
  );
  assert.equal(page?.next, "abc");
  for (const data of [null, [], {}, { events: 3 }]) assert.equal(eventsOf(data), null);
});

test("only kinds that last can last now, and an alarm of the log counts as one", () => {
  const events = [
    event("a", { kind: "alarm" }),
    event("b", { kind: "alarm", until: 5 }),
    event("c", { kind: "log", detail: { severity: "alarm" } }),
    event("d", { kind: "frozen" }),
  ];
  assert.deepEqual(
    lasting(events).map(({ id }) => id),
    ["a", "d"],
  );
  assert.deepEqual(
    events.filter(isAlarm).map(({ id }) => id),
    ["a", "b", "c"],
  );
});

test("flags of the meter that tell of nothing wrong are notes", () => {
  assert.equal(isNote(event("a", { kind: "alarm", detail: { key: "selfReadOccurred" } })), true);
  assert.equal(isNote(event("a", { kind: "alarm", detail: { key: "phaseLoss" } })), false);
  assert.equal(isNote(event("a", { kind: "log", detail: { key: "selfReadOccurred" } })), false);
});

test("a filter survives the address, and what the address should not have is ignored", () => {
  const filter = filterOf({ group: "outages", q: "phase", from: "2026-01-02", to: "2026-02-03" });
  assert.deepEqual(filterOf(queryOf(filter) as Record<string, string>), filter);
  const none = filterOf({ group: "constructor", days: "8", from: "2026-13-45", to: "<b>" });
  assert.deepEqual(none, { group: null, search: "", days: null, from: "", to: "" });
  assert.equal(filterOf({ q: "x".repeat(900) }).search.length, 80);
});

test("the gateway is asked for kinds and whole days of the point", () => {
  const home = new ZoneCalendar("Europe/Copenhagen");
  const query = apiQuery(filterOf({ group: "outages", from: "2026-03-28", to: "2026-03-29" }), 0, home);
  assert.equal(query.get("kind"), "outage");
  assert.equal(query.get("from"), "2026-03-27T23:00:00.000Z");
  assert.equal(query.get("to"), "2026-03-29T22:00:00.000Z");
  assert.equal(apiQuery(filterOf({ days: "7" }), 30 * DAY, home).get("from"), new Date(23 * DAY).toISOString());
  for (const kinds of Object.values(GROUPS)) {
    assert.ok(kinds.length <= 64, "the gateway takes no more");
    for (const kind of kinds) assert.match(kind, /^[a-z0-9][a-z0-9_-]{0,63}$/);
  }
});

test("words are found in any order, with or without accents and capitals", () => {
  const said = () => "Spannung wieder da: Störung an Phase L1";
  const find = (q: string) => wants(filterOf({ q }), event("a"), said);
  assert.deepEqual(["STORUNG l1", "l1 spannung", "  ", "l2"].map(find), [true, true, true, false]);
  assert.equal(looksItself(filterOf({ q: " " })), false);
  assert.equal(wants(filterOf({ group: "alarms" }), event("a"), said), false);
});

test("a hundred thousand events become blocks in which each day has one heading", () => {
  const dayOf = (time: number): number => Math.floor(time / DAY) * DAY;
  const events = Array.from({ length: 100_000 }, (_, i) => event(String(i), { time: -i * 3_600_000 }));
  const blocks = blocksOf(events, dayOf);
  assert.equal(blocks.length, 2000);
  const groups = blocks.flatMap(({ days }) => days);
  assert.equal(
    groups.reduce((sum, group) => sum + group.events.length, 0),
    100_000,
  );
  const headings = groups.filter(({ heads }) => heads).map(({ day }) => day);
  assert.equal(new Set(headings).size, headings.length);
  assert.equal(headings.length, 1 + Math.ceil(99_999 / 24));
  assert.deepEqual(blocksOf([], dayOf), []);
});

test("new events come on top, ended ones are replaced, and a gap is noticed", () => {
  const known = [event("b", { time: 2 }), event("a", { time: 1 })];
  const now = merged(known, [event("c", { time: 3 }), event("b", { time: 2, until: 9 })]);
  assert.deepEqual(
    now?.map(({ id, until }) => [id, until]),
    [
      ["c", null],
      ["b", 9],
      ["a", null],
    ],
  );
  assert.equal(merged(known, [event("z", { time: 8 })]), null);
  assert.deepEqual(merged([], [event("z")])?.length, 1);
  assert.deepEqual(merged(known, []), known);
});
