import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FleetModel } from "./fleet-model.ts";
import { reportLines } from "./model-report.ts";
import { type ModelSettings, modelOf, noFaults, usualFaults } from "./model-settings.ts";
import { day, hour, minute, slotsPerDay, slotTime } from "./model-times.ts";

const meters = 10_000;
const seed = Number(process.env.METERPORT_TEST_SEED ?? 1);

const run = (more: Partial<ModelSettings> = {}): FleetModel => {
  const model = new FleetModel(modelOf(meters, { workers: 5, lines: 10, seed, ...more }));
  model.run();
  return model;
};

const kept = { twoAtALine: 0, outsideWindow: 0, inQuietWindow: 0, askedForGone: 0 };

/** Slots that were due at the end, of meters whose bridges work, that are neither booked nor gone. */
const lostSlots = ({ world, book, gaps, settings }: FleetModel): number => {
  const end = settings.days * day;
  let lost = 0;
  for (let meter = 0; meter < settings.meters; meter++) {
    const site = world.siteOf[meter] as number;
    if ((world.deadFrom[site] as number) < end && end < (world.deadUntil[site] as number) + hour) continue;
    const due = Math.floor((end - day / settings.readsPerDay - 10 * minute) / slotTime);
    for (let slot = 0; slot < due; slot++) if (!book.has(meter, slot) && !gaps.isGone(meter, slot)) lost++;
  }
  return lost;
};

describe(`ten thousand meters for two days (seed ${seed})`, () => {
  test("without failures all that is due is booked once, and each campaign reads every meter in its night", () => {
    const model = run({ faults: noFaults });
    const { tally } = model;
    assert.deepEqual(tally.broken, kept);
    assert.deepEqual(
      tally.looks.map(({ due, missing }) => [due, missing]),
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    );
    assert.equal(tally.looks[1]?.wholeMeters, 1, "at ten o'clock every meter has all of yesterday");
    assert.deepEqual(tally.campaigns, [{ done: meters }, { done: meters }]);
    assert.equal(tally.campaignReads, 2 * meters);
    assert.ok(tally.bundled > 0.2 * tally.campaignReads, "visits that are made anyway take the campaign along");
    assert.deepEqual([tally.bookedAgain, tally.failedReads, model.gaps.gone], [0, 0, 0]);
    assert.equal(lostSlots(model), 0);
  });

  test("with workers that die, half an hour without a database and dead bridges nothing is lost that a meter still has", () => {
    const model = run();
    const { tally } = model;
    assert.deepEqual(tally.broken, kept);
    assert.ok(tally.forgotten > 0 && model.slotsLost > 0 && tally.failedReads > 0, "the failures took place");
    assert.equal(lostSlots(model), 0);
    const last = tally.looks.at(-1);
    assert.ok(last !== undefined && last.missing > 0 && last.missing === last.unreachable);
    assert.ok((tally.looks[1]?.yesterday ?? 0) > 0.998);
    assert.equal(
      tally.campaignReads,
      tally.campaigns.reduce((sum, { done = 0 }) => sum + done, 0),
    );
    assert.ok(tally.bundled < tally.campaignReads);
    for (const report of tally.campaigns)
      assert.equal(
        Object.values(report).reduce((sum, count) => sum + count, 0),
        meters,
      );
    assert.ok(tally.slowestTakeover > 0 && tally.slowestTakeover <= 12_000);
  });

  test("reading goes on without a database, and what waits in outboxes is booked afterwards", () => {
    const away = { from: 6 * hour, until: 9 * hour };
    const model = run({ faults: { ...noFaults, databaseAway: [away] } });
    const { tally } = model;
    assert.equal(tally.merges(away.from + minute, away.until - minute).most, 0);
    assert.ok((tally.mostOutbox[8] ?? 0) > 0.5 * meters, "three quarters of the meters are read in three hours");
    assert.ok((tally.mostOutbox[10] ?? 0) < 100);
    assert.equal(lostSlots(model), 0);
    assert.equal(tally.bookedAgain, 0);
  });

  test("slots that the database forgot come back by the gap scan alone", () => {
    const amnesia = [{ at: 20 * hour, share: 0.2 }];
    const model = run({ faults: { ...noFaults, amnesia } });
    assert.ok(model.tally.forgotten > 10_000);
    assert.equal(lostSlots(model), 0);
    assert.equal(model.tally.booked, model.tally.forgotten + bookedNow(model));
  });

  test("what a meter no longer has is gone, is never asked for again, and everything else is there", () => {
    const deadSites = [{ share: 0.1, from: 4 * hour, until: 20 * hour }];
    const model = run({ memory: 32, faults: { ...usualFaults, deadSites, amnesia: [{ at: 12 * hour, share: 0.1 }] } });
    const { gaps, book } = model;
    assert.ok(gaps.gone > 1_000);
    assert.equal(model.tally.broken.askedForGone, 0);
    assert.equal(lostSlots(model), 0);
    let both = 0;
    for (let meter = 0; meter < meters; meter++)
      for (let slot = 0; slot < 2 * slotsPerDay; slot++)
        both += Number(gaps.isGone(meter, slot) && book.has(meter, slot));
    assert.equal(both, 0, "what is gone was not booked");
  });

  test("too few lines make reads late and lose nothing", () => {
    const model = run({ workers: 2, lines: 2, faults: noFaults });
    assert.ok(Math.max(...model.tally.mostWaiting) > 100);
    assert.deepEqual(model.tally.broken, kept);
    assert.ok(Math.max(...model.tally.mostLines) <= 4);
    assert.equal(lostSlots(model), 0);
  });

  test("the same seed gives the same figures, and another one others", () => {
    const few = { meters: 500 };
    const figures = (more: Partial<ModelSettings>) => reportLines(run({ ...few, ...more }));
    assert.deepEqual(figures({}), figures({}));
    assert.notDeepEqual(figures({}), figures({ seed: seed + 1 }));
  });
});

const bookedNow = ({ book, settings }: FleetModel): number => {
  let booked = 0;
  for (let meter = 0; meter < settings.meters; meter++) booked += book.count(meter, 0, book.slots);
  return booked;
};
