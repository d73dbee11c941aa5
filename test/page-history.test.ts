/** The history on the page: its numbers against the API's, moving through time, trouble, narrow phones, and barriers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startOfDay } from "@meterport/engine/calendar/local-calendar";
import type { Browser, Page, Request } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, type Opened, openPage, skipPage, speak, textOf } from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { fillHistoryHome, historyHomeYaml, homeZone } from "./support/history-home.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const day = 86_400_000;
const quarter = 900_000;

interface Sum {
  readonly from: string;
  readonly value: number | null;
}
interface Interval {
  readonly end: string;
  readonly value: number | null;
}

describe("the history on the page", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  const now = Date.now();
  const today = startOfDay(homeZone, now);
  const yesterday = startOfDay(homeZone, today - 1);
  const dateOf = (time: number): string => new Date(time + day / 2).toISOString().slice(0, 10);

  before(async () => {
    [browser, gateway] = await Promise.all([
      launchBrowser(),
      // Nothing listens at the discard port: the history is there without its meter.
      startGateway(historyHomeYaml("tcp://127.0.0.1:9"), { prepare: (data) => fillHistoryHome(data, now, 62) }),
    ]);
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });

  const api = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${gateway.url}/api/v1/points/home/${path}`)).json()) as T;
  const sums = async (channel: string, sum: string, from: number): Promise<readonly Sum[]> =>
    (await api<{ sums: Sum[] }>(`intervals?channel=${channel}&sum=${sum}&from=${from / 1000}`)).sums;
  const ready = async (page: Page): Promise<void> => {
    await page.locator('[data-testid="history-range"][data-loading="false"]').waitFor();
  };
  const go = async (page: Page, query: string): Promise<void> => {
    await page.evaluate(`location.hash = "#/points/home/now"`);
    await page.getByTestId("history-range").waitFor({ state: "detached" });
    await page.evaluate(`location.hash = "#/points/home/history?${query}"`);
    await ready(page);
  };
  const open = async (query: string, prepare?: (page: Page) => Promise<unknown>): Promise<Opened> => {
    const opened = await openPage(browser, gateway.url, async (page) => {
      await page.addInitScript(`if (location.hash === "") location.hash = "#/points/home/history?${query}"`);
      await prepare?.(page);
    });
    return opened;
  };
  /** Wh of "1,234.567 kWh"; null of "–". */
  const energy = (text: string): number | null =>
    text === "–" ? null : Math.round(1000 * Number(text.replace(/[^\d.−]/g, "").replace("−", "-")));
  /** Wh as three digits in kWh, which is what sums are at a glance. */
  const glance = (wh: number | null | undefined): string => {
    const value = (wh ?? Number.NaN) / 1000;
    const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
    const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return `${value.toLocaleString("en-GB", format)} kWh`;
  };
  const money = (amount: number): string =>
    `DKK ${amount.toFixed(2)}`.replace(/\B(?=(\d{3})+\.)/, ",").replace("-", "−");
  const shownMoney = async (page: Page, testid: string): Promise<string> =>
    (await textOf(page, testid)).replace(/\s+/g, " ");

  test("answers what yesterday cost and how much in a day, a month and a year, as the API does", async () => {
    const { page, complaints } = await open("");
    await ready(page);
    await page.getByTestId("overview-year-cost").waitFor();
    for (const [id, sum, from] of [
      ["today", "day", today],
      ["yesterday", "day", yesterday],
      ["month", "month", now],
      ["year", "year", now],
    ] as const) {
      for (const direction of ["import", "export"] as const) {
        const [first] = await sums(`energy_${direction}_wh`, sum, from);
        await soon.equal(() => textOf(page, `overview-${id}-${direction}`), glance(first?.value), `${id} ${direction}`);
      }
    }
    const { sums: costs } = await api<{ sums: { cost: number }[] }>(
      `costs?sum=day&from=${yesterday / 1000}&to=${today / 1000}`,
    );
    await soon.equal(() => shownMoney(page, "overview-yesterday-cost"), money(costs[0]?.cost ?? Number.NaN));
    await page.getByTestId("overview-yesterday").click();
    await ready(page);
    const range = page.getByTestId("history-range");
    await soon.equal(
      () => range.getAttribute("data-from"),
      new Date(yesterday).toISOString(),
      "midnight of the point, not of the browser",
    );
    const [whole] = await sums("energy_import_wh", "day", yesterday);
    await soon.equal(() => textOf(page, "total-import"), glance(whole?.value));
    await soon.equal(() => shownMoney(page, "total-cost"), money(costs[0]?.cost ?? Number.NaN));
    await soon.match(() => page.url(), new RegExp(`by=day&at=${dateOf(yesterday)}`));
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("the table has each interval as the API gives it, and says what was recovered, estimated and missing", async () => {
    const { page, complaints } = await open("");
    await ready(page);
    // As a link of another view does.
    await page.evaluate(`location.hash = "#/points/home/history?by=day&at=${dateOf(yesterday)}&as=table"`);
    await page.getByTestId("history-table").waitFor();
    await ready(page);
    const table = page.getByTestId("history-table");
    const rowsShown = () =>
      table
        .locator("tbody tr")
        .evaluateAll((trs: readonly { dataset: Record<string, string>; cells: ArrayLike<{ textContent: string }> }[]) =>
          trs.map(({ dataset, cells }) => [dataset.end, dataset.state, cells[1]?.textContent, cells[2]?.textContent]),
        ) as Promise<[string, string, string, string][]>;
    const range = `from=${yesterday / 1000}&to=${today / 1000}`;
    const of = async (channel: string) => {
      const { intervals } = await api<{ intervals: Interval[] }>(`intervals?channel=${channel}&${range}`);
      return new Map(intervals.map(({ end, value }) => [end, value]));
    };
    const [imported, exported] = [await of("energy_import_wh"), await of("energy_export_wh")];
    await eventually(async () => {
      const rows = await rowsShown();
      assert.equal(rows.length, (today - yesterday) / quarter);
      for (const [end, , shownImport, shownExport] of rows) {
        assert.equal(energy(shownImport), imported.get(end) ?? null, end);
        assert.equal(energy(shownExport), exported.get(end) ?? null, end);
      }
      const count = (state: string): number => rows.filter((row) => row[1] === state).length;
      assert.deepEqual(["recovered", "missing", "gap", "estimated", "doubtful"].map(count), [8, 4, 4, 8, 4]);
    });
    // Each number is a question: what was recorded is asked of the gateway, what is made of it says how.
    const dialog = page.getByTestId("why");
    for (const column of ["imported", "exported", "net", "cost"]) {
      await table.locator(`[data-why="${column}"]`).first().click();
      await dialog.filter({ hasText: "00:00–00:15" }).waitFor();
      if (column === "net" || column === "cost") {
        await page.getByTestId("why-rule").waitFor();
        await page.getByTestId("why-part").first().getByRole("button").click();
        await dialog.filter({ hasText: "Import, " }).waitFor();
        await page.getByTestId("why-rule").waitFor({ state: "detached" });
      }
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
    }
    await page.getByTestId("history-form").getByRole("button", { name: "Chart" }).click();
    for (const state of ["recovered", "missing", "gap", "estimated", "doubtful", "measured"])
      await page.locator(`[data-testid="history-legend"] [data-state="${state}"]`).waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("moving back and forth asks for nothing twice, and ends at whole bars", async () => {
    const requests: Request[] = [];
    const far = startOfDay(homeZone, today - 20 * day);
    /** What is over cannot change any more; what is not is renewed once a minute. */
    const isOld = (url: string): boolean => {
      const { pathname, searchParams } = new URL(url);
      const isTile = /\/points\/home\/(intervals|history|costs)$/.test(pathname);
      return isTile && Date.parse(searchParams.get("to") ?? "") < now - day;
    };
    const { page } = await open(`by=day&at=${dateOf(far)}`, async (opened) => {
      opened.on("request", (request) => {
        if (isOld(request.url())) requests.push(request);
      });
    });
    await ready(page);
    const chart = page.getByTestId("history-chart");
    const box = (await chart.boundingBox()) ?? assert.fail("no chart");
    const drag = async (by: number): Promise<void> => {
      await page.mouse.move(box.x + 600, box.y + 100);
      await page.mouse.down();
      for (let n = 1; n <= 8; n++) await page.mouse.move(box.x + 600 + (by * n) / 8, box.y + 100);
      await page.mouse.up();
      await ready(page);
    };
    for (const by of [500, 500, 500]) await drag(by);
    await eventually(async () => {
      const earliest = Date.parse((await page.getByTestId("history-range").getAttribute("data-from")) ?? "");
      assert.ok(earliest < far - day, "three drags by more than half of the width");
      assert.equal(earliest % quarter, 0);
    });
    for (const by of [-500, -500, 500, 500, -500, -500]) await drag(by);
    await chart.focus();
    for (const key of ["PageUp", "PageDown", "ArrowLeft", "ArrowLeft", "ArrowRight"]) await page.keyboard.press(key);
    await ready(page);
    // One that was cancelled, because the reader was elsewhere already, may be asked again.
    const tiles = requests.filter((request) => request.failure() === null).map((request) => request.url());
    assert.ok(tiles.length >= 6, `${tiles.length} tiles were asked for`);
    assert.deepEqual(tiles.toSorted(), [...new Set(tiles)].toSorted());
    await page.keyboard.press("-");
    await ready(page);
    await page.keyboard.press("Home");
    await soon.match(() => chart.getAttribute("aria-valuetext"), /\d kWh/);
    await page.close();
  });

  test("compares a day with the same weekday, and opens what a bar is made of", async () => {
    const { page } = await open(`by=day&at=${dateOf(yesterday)}&with=earlier`);
    await ready(page);
    const week = startOfDay(homeZone, yesterday - 7 * day + day / 2);
    const mine = await api<{ intervals: Interval[] }>(`intervals?from=${yesterday / 1000}&to=${today / 1000}`);
    const theirs = await api<{ intervals: Interval[] }>(`intervals?from=${week / 1000}&to=${(week + day) / 1000}`);
    const before = new Map(theirs.intervals.map(({ end, value }) => [Date.parse(end) - week, value]));
    let [a, b] = [0, 0];
    for (const { end, value } of mine.intervals) {
      const other = before.get(Date.parse(end) - yesterday);
      if (value === null || other === null || other === undefined) continue;
      a += value;
      b += other;
    }
    // On the days when clocks change, other quarters are compared; the unit tests have those.
    if (today - yesterday === day) {
      const percent = (100 * (a - b)) / b;
      const text = `${percent > 0 ? "+" : ""}${percent.toFixed(Math.abs(percent) < 10 ? 1 : 0).replace("-", "−")} %`;
      await soon.equal(() => textOf(page, "total-difference"), text);
    }
    await go(page, "by=month");
    await page.getByTestId("history-previous").click();
    await ready(page);
    await page.getByTestId("history-chart").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.locator('[data-testid="history-range"][data-level="interval"]').waitFor();
    await page.close();
  });

  test("the map of the year reads out each hour, and opens its day", async () => {
    const { page, complaints } = await open("");
    await ready(page);
    await page.getByTestId("heat-map").scrollIntoViewIfNeeded();
    await page.locator('[data-testid="history-heat"][data-loading="false"]').waitFor();
    const map = page.getByTestId("heat-map");
    await map.focus();
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    const third = startOfDay(homeZone, today - 3 * day + day / 2);
    const noon = third + day / 2;
    const { points } = await api<{ points: { power_w: number }[] }>(
      `history?step=3600&from=${noon / 1000}&to=${noon / 1000 + 3600}`,
    );
    if (new Date(third).getUTCFullYear() === new Date(now).getUTCFullYear()) {
      await soon.match(
        () => map.getAttribute("aria-valuetext"),
        new RegExp(
          `12:00: (Import|Export|Balanced) ${Math.round(Math.abs(points[0]?.power_w ?? Number.NaN)).toLocaleString("en-GB")} W$`,
        ),
      );
      await page.keyboard.press("Enter");
      await ready(page);
      await soon.equal(
        () => page.getByTestId("history-range").getAttribute("data-from"),
        new Date(third).toISOString(),
      );
    }
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("gives the shown range as a file", async () => {
    const { page } = await open(`by=day&at=${dateOf(yesterday)}`);
    await ready(page);
    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByTestId("download-csv").click()]);
    assert.match(csv.url(), /kind=intervals&format=csv/);
    assert.equal(csv.suggestedFilename(), `home-intervals-${dateOf(yesterday)}.csv`);
    const lines = (await (await fetch(csv.url())).text()).trim().split("\n");
    // Both channels, without the four quarters of which nothing is stored.
    assert.equal(lines.length, 1 + 2 * ((today - yesterday) / quarter - 4));
    await page.route("**/export?*format=parquet*", (route) =>
      route.fulfill({
        status: 409,
        json: { error: "no-format", message: "Parquet needs the package hyparquet-writer" },
      }),
    );
    await page.getByTestId("download-parquet").click();
    await page.getByText("Parquet needs the package hyparquet-writer").waitFor();
    await page.unroute("**/export?*format=parquet*");
    const [parquet] = await Promise.all([
      page.waitForEvent("download"),
      page.getByTestId("history-range").getByRole("button", { name: "Try again" }).click(),
    ]);
    assert.match(parquet.suggestedFilename(), /\.parquet$/);
    await page.close();
  });

  test("says why something cannot be loaded, keeps what it has, and tries again", async () => {
    let broken = true;
    const { page } = await open("", (opened) =>
      opened.route("**/points/home/intervals?*limit=*", (route) =>
        broken
          ? route.fulfill({
              status: 503,
              json: { error: "store", message: "the store does not answer: <b>ask</b> later" },
            })
          : route.continue(),
      ),
    );
    const failure = page.getByTestId("history-range").getByTestId("history-failed");
    await failure.waitFor();
    await soon.match(() => failure.textContent(), /the store does not answer: <b>ask<\/b> later/);
    await page.getByTestId("overview-yesterday-import").filter({ hasText: "kWh" }).waitFor();
    broken = false;
    await failure.getByRole("button", { name: "Try again" }).click();
    await failure.waitFor({ state: "detached" });
    await page.getByTestId("total-import").filter({ hasText: "kWh" }).waitFor();
    await page.close();
  });

  test("what a new meter remembers shows as soon as some of it is read", async () => {
    let empty = true;
    const { page } = await open("", (opened) =>
      opened.route("**/api/v1/points/home", async (route) => {
        const response = await route.fetch();
        const point = (await response.json()) as object;
        await route.fulfill({ response, json: empty ? { ...point, channels: [] } : point });
      }),
    );
    await page.getByText("Nothing is stored yet.").waitFor();
    empty = false;
    await page.getByTestId("overview-yesterday-import").filter({ hasText: "kWh" }).waitFor();
    await page.close();
  });

  test("a gateway that answers strangely makes no view of nothing", async () => {
    const { page } = await open("", async (opened) => {
      await opened.route("**/points/home/intervals?*", (route) =>
        route.fulfill({ json: { sums: "none", intervals: { no: 1 } } }),
      );
      await opened.route("**/points/home/costs?*", (route) => route.fulfill({ status: 404, body: "not found" }));
      await opened.route("**/points/home/completeness?*", (route) => route.fulfill({ json: [] }));
    });
    await page.getByTestId("history-failed").first().waitFor();
    await soon.equal(() => textOf(page, "overview-today-import"), "–", "unknown is never zero");
    await page.close();
  });

  test("fits a narrow phone in three languages, and has no barriers in light and dark", async () => {
    const { page, complaints } = await open(`by=day&at=${dateOf(yesterday)}&with=before`);
    await page.setViewportSize({ width: 320, height: 800 });
    await ready(page);
    for (const language of ["en", "da", "de"]) {
      await speak(page, language);
      for (const form of [0, 1]) {
        await page.getByTestId("history-form").getByRole("button").nth(form).click();
        await ready(page);
        await fits(page, `${language} ${form}`, /^<(section class="scroll|div class="brand|a class="skip)/);
        await soon.equal(() => page.evaluate("document.documentElement.scrollWidth <= 320"), true, language);
      }
    }
    await hasNoBarriers(page, "the table");
    await page.getByTestId("history-form").getByRole("button").nth(0).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.locator('html[data-theme="dark"]').waitFor();
    await hasNoBarriers(page, "the chart, in dark");
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
