import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { covers, type Price, quarter } from "@meterport/engine/prices/price";
import { Secret } from "@meterport/protocol/mep/security/key";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { PriceSettings } from "../settings/price-settings.ts";
import type { Range } from "./feed.ts";
import { PriceBook } from "./price-book.ts";
import { priceFilesIn, pricesOfText } from "./price-files.ts";

const zone = "Europe/Copenhagen";
const day = 86_400_000;
/** Ten in the morning of a day in summer. */
const morning = Date.UTC(2026, 7, 5, 8);

const settings = (more: Partial<PriceSettings> = {}): PriceSettings => ({
  tariff: {
    ...{ currency: "DKK", energy: { kind: "market" }, markupPercent: 0, additions: 0, gridTimes: [], taxPercent: 0 },
    feedIn: { kind: "none" },
  },
  market: { source: "energi_data_service", area: "DK1", currency: "DKK" },
  charges: [],
  ...more,
});

/** A market whose price is the same number for each quarter, published until `until`. */
const setup = (kept = new Map<string, string>()) => {
  const clock = new VirtualClock({ wall: morning });
  const asked: Range[] = [];
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const market = { value: 0.5, until: Number.POSITIVE_INFINITY, failure: undefined as string | undefined };
  const book = new PriceBook({
    files: {
      read: async (name) => kept.get(name),
      write: async (name, text) => void kept.set(name, text),
    },
    clock,
    log: { info: note, warn: note, error: note },
    make: () => ({
      market: () => ({
        mostDays: 31,
        fetch: async (range) => {
          asked.push(range);
          if (market.failure !== undefined) throw new Error(market.failure);
          const prices: Price[] = [];
          for (let start = range.from; start < Math.min(range.to, market.until); start += quarter)
            prices.push({ start, end: start + quarter, value: market.value });
          return prices;
        },
      }),
      charge: () => ({ mostDays: 366, fetch: async () => [] }),
    }),
  });
  return { clock, asked, lines, market, book, kept, done: () => book.stop() };
};

/** Lets time pass in steps, and everything that waits for a file between them. */
const pass = async (clock: VirtualClock, time: number, steps = 12): Promise<void> => {
  for (let n = 0; n < steps; n++) {
    await clock.advance(time / steps);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test("the last month and today are asked for at once, tomorrow when it is published", async () => {
  const { clock, asked, book, market, done } = setup();
  const today = Date.UTC(2026, 7, 4, 22);
  market.until = today + day;
  const prices = book.of(settings());
  book.follow([settings()]);
  book.start();
  await pass(clock, 60_000);
  assert.equal(asked[0]?.from, Date.UTC(2026, 5, 30, 22), "the first of July");
  assert.equal(asked.at(-1)?.to, today + day, "before 13:00 nobody asks for tomorrow");
  const pieces = await prices.pieces(zone, { from: today, to: today + 2 * day });
  assert.deepEqual([pieces.length, pieces[95]?.total, pieces[96]?.total], [192, 0.5, null]);
  const before = asked.length;
  await pass(clock, 4 * 3_600_000, 40);
  assert.ok(asked.length > before && asked.length - before < 10, `${asked.length - before} requests in two hours`);
  assert.equal(asked.at(-1)?.to, today + 2 * day);
  market.until = today + 2 * day;
  await pass(clock, 3_600_000, 20);
  assert.equal((await prices.pieces(zone, { from: today, to: today + 2 * day })).at(-1)?.total, 0.5);
  done();
});

test("a restart asks for nothing that is known and over; a price that was corrected counts", async () => {
  const first = setup();
  first.book.follow([settings()]);
  first.book.start();
  await pass(first.clock, 60_000);
  first.book.stop();
  assert.deepEqual([...first.kept.keys()].sort(), [
    ...["06", "07", "08"].map((month) => `energi_data_service-DK1-DKK.2026-${month}.json`),
  ]);
  const second = setup(first.kept);
  second.market.value = 0.7;
  const prices = second.book.of(settings());
  second.book.follow([settings()]);
  second.book.start();
  await pass(second.clock, 60_000);
  const today = Date.UTC(2026, 7, 4, 22);
  assert.deepEqual(
    second.asked.map(({ from }) => from >= today - day),
    [true],
    "only the newest days again",
  );
  const pieces = await prices.pieces(zone, { from: today - 3 * day, to: today + day });
  assert.deepEqual([pieces[0]?.total, pieces.at(-1)?.total], [0.5, 0.7]);
  second.done();
});

test("an older range that somebody looks at is asked for, and once only if it has no prices", async () => {
  const { clock, asked, book, done } = setup();
  const prices = book.of(settings());
  book.follow([settings()]);
  book.start();
  await pass(clock, 60_000);
  const range = { from: Date.UTC(2026, 0, 10), to: Date.UTC(2026, 0, 12) };
  assert.equal((await prices.pieces(zone, range))[0]?.total, null);
  await pass(clock, 600_000);
  assert.equal((await prices.pieces(zone, range))[0]?.total, 0.5);
  const before = asked.length;
  await prices.pieces(zone, { from: Date.UTC(2027, 0, 10), to: Date.UTC(2027, 0, 12) });
  await prices.pieces(zone, { from: 0, to: Date.UTC(2026, 0, 12) });
  await pass(clock, 900_000);
  assert.equal(asked.length, before, "neither the future nor half a century is asked for");
  done();
});

test("a source that fails is told once, left alone for longer each time, and asked again", async () => {
  const { clock, asked, lines, market, book, done } = setup();
  market.failure = "it gives no prices (500)";
  const prices = book.of(settings());
  book.follow([settings()]);
  book.start();
  await pass(clock, 6 * 3_600_000, 80);
  assert.ok(asked.length > 3 && asked.length < 14, `${asked.length} requests in six hours`);
  assert.equal(lines.filter((line) => line.includes("it gives no prices (500)")).length, 1);
  assert.equal(prices.problem(), "it gives no prices (500)");
  market.failure = undefined;
  await pass(clock, 2 * 3_600_000, 30);
  assert.equal(prices.problem(), null);
  assert.match(lines.at(-1) ?? "", /prices energi_data_service-DK1-DKK: are there again/);
  done();
});

test("points share a list, and a list that nobody needs any more is not asked for", async () => {
  const { clock, asked, book, done } = setup();
  book.follow([settings(), settings()]);
  book.start();
  await pass(clock, 60_000);
  const count = asked.length;
  assert.ok(count <= 3);
  book.follow([]);
  await pass(clock, 24 * 3_600_000, 20);
  assert.equal(asked.length, count);
  done();
});

test("a token is in no answer, and another one begins the list again", () => {
  const { book, done } = setup();
  const secret = (text: string) => new Secret(new TextEncoder().encode(text));
  const withToken = (text: string) =>
    settings({ market: { source: "entsoe", area: "AT", currency: "EUR", token: secret(text) } });
  const one = book.of(withToken("canary"));
  assert.deepEqual(one.market, { source: "entsoe", area: "AT", credit: "ENTSO-E Transparency Platform" });
  book.of(withToken("other"));
  done();
});

test("damaged files are read as far as they hold prices", async () => {
  const { book, kept, done } = setup();
  kept.set("energi_data_service-DK1-DKK.2026-08.json", '[[1785888000000,1785888900000,0.5],["x"],[2,1,0]');
  const range = { from: 1_785_888_000_000, to: 1_785_888_900_000 };
  assert.equal((await book.of(settings()).pieces(zone, range))[0]?.total, null);
  assert.deepEqual(pricesOfText('[[1,2,0.5],["x"],[2,1,0],[3,4,null],5]'), [{ start: 1, end: 2, value: 0.5 }]);
  assert.equal(covers(pricesOfText("{}"), 0, 1), false);
  done();
});

test("files are whole, and for their owner only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-prices-"));
  try {
    const files = priceFilesIn(join(folder, "prices"));
    assert.equal(await files.read("a.json"), undefined);
    await files.write("a.json", "[]");
    await files.write("a.json", "[[1,2,3]]");
    assert.equal(await files.read("a.json"), "[[1,2,3]]");
    assert.deepEqual(readdirSync(join(folder, "prices")), ["a.json"]);
    assert.equal(statSync(join(folder, "prices", "a.json")).mode & 0o777, 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
