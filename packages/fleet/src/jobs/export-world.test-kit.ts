/** A fleet in a real PostgreSQL with an export to a folder, around the night in which clocks go back. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { FleetServer } from "../books/fleet-database.test-kit.ts";
import { folderFor } from "../exports/delivery/delivery.test-kit.ts";
import { loadAt } from "../vee/vee.test-kit.ts";
import type { NewExportPlan } from "./desk.ts";
import type { DutyParts } from "./duty.ts";
import { deliverDuty, exportDuty } from "./export-duties.ts";
import { addSites, book, dayMillis, profileDay } from "./job-world.test-kit.ts";
import { jobsDesk } from "./jobs-desk.ts";
import { veeDuty } from "./vee-duty.ts";

export const hour = 3_600_000;
export const quarter = 900_000;
export const zone = "Europe/Copenhagen";
/** Clocks go back at one o'clock UTC: a day of 25 hours, which begins at 22:00 of the UTC day before. */
export const sunday = Date.UTC(2026, 9, 25);
export const localFrom = sunday - 2 * hour;
export const localSlots = 100;
const signal = AbortSignal.timeout(120_000);

export const values = (point: string, time: number, lacks: (slot: number) => boolean = () => false) =>
  profileDay(point, time, (slot) => (lacks(slot) ? null : loadAt(time + slot * quarter)));

export const rsm012: NewExportPlan = {
  ...{ name: "datahub", scope: { all: true }, channels: ["energy_import_wh"], zone },
  format: { kind: "rsm-012-json", sender: "5790001330552", receiver: "5790001330553" },
  schedule: { every: "day", minute: 300, correctionsBack: 3 },
  target: { kind: "folder", folder: "/replaced" },
};

/** A fleet of two points with three days of values, and an export of them to a folder. */
export const exportWorld = async (servers: FleetServer, t: TestContext, more: Partial<NewExportPlan> = {}) => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", shard: 3, zone, meters: 2 }]);
  await database.run("UPDATE metering_point SET gsrn = '57131300000000200' || point_id");
  const points = ["a-1", "a-2"];
  await book(database, {
    days: points.flatMap((point) => [-1, 0, 1].map((n) => values(point, sunday + n * dayMillis))),
  });
  const [target, folder] = [join(folderFor(t), "target"), folderFor(t)];
  mkdirSync(target);
  const clock = { now: sunday + 2 * dayMillis + 5 * hour };
  const lines: string[] = [];
  const parts: DutyParts = {
    ...{ database, shards: 16, now: async () => clock.now, log: (line) => void lines.push(line) },
  };
  const timer = new VirtualClock({ wall: clock.now });
  const duties = { vee: veeDuty(parts), export: exportDuty(parts) };
  const deliver = deliverDuty({ ...parts, clock: timer, chance: () => 0, folder });
  const plan = { ...rsm012, target: { kind: "folder", folder: target } as const, ...more };
  const id = await jobsDesk.saveExportPlan(database.run, plan, "anna", sunday + dayMillis);
  return {
    ...{ database, clock, timer, lines, target, id, deliver },
    check: () => duties.vee.perform("3", signal),
    isDue: async () => (await duties.export.due(database.run, clock.now)).length > 0,
    make: () => duties.export.perform(String(id), signal),
    runs: async () =>
      (await jobsDesk.exportRuns(database.run, id, { limit: 20 })).map(
        ({ period, version, state }) => `${period} v${version} ${state}`,
      ),
    handOver: () => deliver.perform(String(id), signal),
  };
};
