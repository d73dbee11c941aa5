import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { event, interval, quarter, register } from "../stores/contract/under-test.test-kit.ts";
import { openStore, openStoreToRead } from "../stores/open-store.ts";
import type { ExportRequest } from "./export-request.ts";
import { exportStream } from "./export-stream.ts";

/** Midnight in Copenhagen before the clocks go back. */
const night = Date.UTC(2026, 9, 24, 22);
const request = (values: Partial<ExportRequest> = {}): ExportRequest => ({
  kind: "intervals",
  format: "csv",
  points: ["home"],
  from: night,
  to: night + 25 * 3_600_000,
  zone: "Europe/Copenhagen",
  ...values,
});

const bytesOf = async (store: Store, values: Partial<ExportRequest> = {}): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of exportStream(store, request(values))) parts.push(part);
  return Buffer.concat(parts);
};
const linesOf = async (store: Store, values: Partial<ExportRequest> = {}): Promise<readonly string[]> =>
  (await bytesOf(store, values)).toString().trimEnd().split("\n");

describe("exports", () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-export-"));
  const wall = () => 1_000;
  let store: Store;
  let reader: Store;
  before(async () => {
    store = await openStore(folder, silentLog, new VirtualClock());
    await store.write({
      intervals: Array.from({ length: 100 }, (_, n) =>
        interval({
          end: night + (n + 1) * quarter,
          value: n === 50 ? null : n,
          quality: n === 50 ? "missing" : "good",
        }),
      ),
      events: [
        event({ time: night + 1, detail: '{"text":"a,b"}', kind: "log", number: 7 }),
        event({ time: night + 2, until: night + 5, id: "=1+1" }),
      ],
    });
    reader = await openStoreToRead(folder, silentLog, wall);
  });
  after(async () => {
    await reader.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test("a day of 25 hours has 100 quarters, and the repeated hour is unambiguous", async () => {
    const [head, ...lines] = await linesOf(reader);
    assert.equal(head, "point,channel,end_utc,end_local,seconds,value,source,quality,flags,register,revision");
    assert.equal(lines.length, 100);
    const at = (n: number) => lines[n]?.split(",").slice(2, 6);
    assert.deepEqual(at(9), ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00", "900", "9"]);
    assert.deepEqual(at(13), ["2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00", "900", "13"]);
    // Unknown is empty, never 0.
    assert.deepEqual(at(50)?.[3], "");
  });

  test("JSON lines and Parquet hold the same as CSV, by an independent reader", async () => {
    const csv = (await linesOf(reader)).slice(1).map((line) => line.split(","));
    const json = (await linesOf(reader, { format: "json" })).map((line) => JSON.parse(line) as Record<string, unknown>);
    const file = await bytesOf(reader, { format: "parquet" });
    const rows = await parquetReadObjects({ file: Uint8Array.from(file).buffer });
    assert.deepEqual([json.length, rows.length], [100, 100]);
    for (const [n, cells] of csv.entries()) {
      assert.deepEqual(
        Object.values(json[n] ?? {}).map((value) => (value === null ? "" : String(value))),
        cells,
      );
      const { end_utc, ...others } = rows[n] ?? {};
      assert.deepEqual(
        Object.values({ ...others }).map((value) => (value === null ? "" : String(value))),
        cells.filter((_, k) => k !== 2),
      );
      assert.equal((end_utc as Date).toISOString().replace(".000", ""), cells[2]);
    }
  });

  test("texts are quoted, and none is a formula", async () => {
    const lines = await linesOf(reader, { kind: "events" });
    assert.deepEqual(lines, [
      "point,time_utc,time_local,until_utc,until_local,kind,number,origin,id,detail",
      "home,2026-10-24T22:00:00.002Z,2026-10-25T00:00:00.002+02:00,2026-10-24T22:00:00.005Z,2026-10-25T00:00:00.005+02:00,outage,,outage,'=1+1,{}",
      `home,2026-10-24T22:00:00.001Z,2026-10-25T00:00:00.001+02:00,,,log,7,outage,outage:${night + 1},"{""text"":""a,b""}"`,
    ]);
    assert.equal((await linesOf(reader, { kind: "events", channels: ["log"] })).length, 2);
  });

  test("what is longer than a page is whole, once and in order, for each point", async () => {
    const readings = Array.from({ length: 2_500 }, (_, n) => reading(night + n * 1_000, { power_w: n }));
    const times = Array.from({ length: 700 }, (_, n) => night + n * 1_000);
    await store.write({
      readings: ["a", "b"].flatMap((point) => readings.map((each) => ({ point, reading: each }))),
      // 2100 states, three at each time, so that pages cut between them.
      registers: times.flatMap((time) => [0, 1, 2].map((tier) => register({ point: "a", time, tier }))),
      events: readings.map((_, n) => event({ point: "a", time: night + Math.floor(n / 3), id: `e${n}` })),
    });
    const live = await linesOf(reader, { kind: "readings", points: ["a", "b", "nobody"], channels: ["power_w"] });
    assert.equal(live[0], "point,time_utc,time_local,quality,power_w");
    assert.deepEqual(
      live.slice(1).map((line) => [line[0], Number(line.split(",").at(-1))]),
      ["a", "b"].flatMap((point) => readings.map((_, n) => [point, n])),
    );
    const states = (await linesOf(reader, { kind: "registers", points: ["a"] })).slice(1);
    assert.equal(new Set(states).size, 2_100);
    assert.equal(states.length, 2_100);
    const events = (await linesOf(reader, { kind: "events", points: ["a"] })).slice(1);
    assert.equal(new Set(events).size, 2_500);
    const file = await bytesOf(reader, { kind: "readings", points: Array(9).fill("a") as string[], format: "parquet" });
    const { num_rows, row_groups } = parquetMetadata(Uint8Array.from(file).buffer);
    assert.deepEqual([num_rows, row_groups.length], [22_500n, 2]);
    const rows = await parquetReadObjects({ file: Uint8Array.from(file).buffer, columns: ["power_w"] });
    assert.deepEqual([rows[0]?.power_w, rows[20_001]?.power_w, rows.at(-1)?.power_w], [0, 1, 2_499]);
  });

  test("nothing is read that nobody asks for", async () => {
    let pages = 0;
    const counting = new Proxy(reader, {
      get: (target, name: keyof Store) =>
        name === "readings"
          ? (...args: Parameters<Store["readings"]>) => {
              pages++;
              return target.readings(...args);
            }
          : target[name],
    });
    const stream = exportStream(counting, request({ kind: "readings", points: ["a"] }));
    await stream.next();
    await stream.next();
    assert.equal(pages, 1);
    await stream.return();
    assert.equal(pages, 1);
  });

  test("wrong requests are one sentence each", async () => {
    const wrong = (values: Partial<ExportRequest>) => bytesOf(reader, values);
    await assert.rejects(wrong({ to: night }), /ends before it begins/);
    await assert.rejects(wrong({ points: [] }), /no metering point/);
    await assert.rejects(
      wrong({ kind: "readings", channels: ["power"] }),
      /"power" is not a value of readings; known are power_w/,
    );
    await assert.rejects(wrong({ zone: "Europe/Atlantis" }), /not a time zone/);
    const missing = exportStream(reader, request({ format: "parquet" }), {
      open: () => Promise.reject(new Error("none")),
    });
    await assert.rejects(missing.next(), { code: "parquet-missing", message: /npm install hyparquet-writer/ });
  });

  test("a store that is open to be read refuses to write, and an absent one is not made", async () => {
    await assert.rejects(reader.write({ events: [event({ point: "new" })] }));
    assert.deepEqual(await reader.events("new", { limit: 1 }), []);
    await assert.rejects(openStoreToRead(join(folder, "none"), silentLog, wall), /there is no database .*none/);
  });
});
