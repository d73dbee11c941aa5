import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { reading } from "@meterport/engine/testing/fake-meter";
import { httpSetup } from "../../testing/http-setup.ts";
import type { HistoryAnswer } from "../api.ts";
import { historyAnswer } from "../schemas.ts";

const quarter = 900_000;

test("a time without readings shows what the meter's load profile told, marked as recovered", async () => {
  const { clock, store, json, done } = await httpSetup();
  const from = clock.wall() - 4 * quarter;
  const interval = (channel: string, n: number, value: number): Interval => ({
    ...{ point: "home", channel, end: from + n * quarter, seconds: 900, value, source: "profile", quality: "good" },
    ...{ flags: [], register: 10_000 + 100 * n },
  });
  await store.write({
    readings: [{ point: "home", reading: reading(from + 60_000, { power_w: 123 }) }],
    intervals: [1, 2, 3].flatMap((n) => [interval("energy_import_wh", n, 100 * n), interval("energy_export_wh", n, 0)]),
  });
  const range = `from=${from / 1000}&to=${(from + 4 * quarter) / 1000}`;
  for (const step of ["900", "300"])
    for (const path of ["meters", "points"]) {
      const answer = await json<HistoryAnswer>(`/api/v1/${path}/home/history?${range}&step=${step}`);
      if (path === "meters") historyAnswer.parse(answer);
      const shown = answer.points.map(({ power_w, recovered }) => (recovered ? `${power_w} recovered` : power_w));
      const per = 900 / Number(step);
      assert.equal(shown[0], 123);
      assert.deepEqual(shown.slice(per, 3 * per), [
        ...new Array(per).fill("800 recovered"),
        ...new Array(per).fill("1200 recovered"),
      ]);
      assert.deepEqual(shown.slice(3 * per), new Array(per).fill(null));
    }
  await done();
});
