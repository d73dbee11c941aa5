/** The view of power quality: real readings compared with the API, and a supply that is worse than the simulated one. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page, Route } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state, textOf } from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

type Values = readonly (number | null)[];

interface SeriesAnswer {
  readonly step: number;
  readonly series: Readonly<Record<string, { readonly mean: Values; readonly min: Values; readonly max: Values }>>;
}

const known = (values: Values | undefined): number[] => (values ?? []).filter((value) => value !== null);

/** An answer for the range that was asked for, with one value per key at every step. */
const supply =
  (values: Readonly<Record<string, (n: number) => number | null>>) =>
  (route: Route): Promise<void> => {
    const { searchParams } = new URL(route.request().url());
    const [from, to, step] = ["from", "to", "step"].map((name) => searchParams.get(name) ?? "");
    const count = (Date.parse(to ?? "") - Date.parse(from ?? "")) / 1000 / Number(step);
    const series = Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const list = Array.from({ length: count }, (_, n) => value(n));
        return [key, { mean: list, min: list, max: list }];
      }),
    );
    return route.fulfill({ json: { id: "home", from, to, step: Number(step), series } });
  };

describe("the view of power quality", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway()]);
    // Back-fill reads the meter's outages between live readings.
    await soon.ok(async () => (await outages()).length > 0, "there are no outages");
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });
  const outages = async (): Promise<readonly { readonly time: string; readonly seconds: number | null }[]> => {
    const answer = await fetch(`${gateway.url}/api/v1/points/home/outages?limit=1000`);
    return ((await answer.json()) as { outages: readonly { time: string; seconds: number | null }[] }).outages;
  };
  const open = async (prepare?: (page: Page) => Promise<unknown>) => {
    const opened = await openPage(browser, gateway.url, prepare);
    await state(opened.page, "fresh");
    const answered = opened.page.waitForResponse(/\/series\?/);
    await openView(opened.page, "quality");
    const answer = (await (await answered).json()) as SeriesAnswer;
    await opened.page.getByTestId("voltage").waitFor();
    return { ...opened, answer };
  };
  const withSupply = (values: Parameters<typeof supply>[0]) =>
    open((page) => page.route("**/series?*", supply(values)));

  test("shows extremes and means as the API has them, and the limits they keep", async () => {
    const { page, complaints, answer } = await open();
    assert.equal(answer.step, 600);
    for (const phase of ["L1", "L2", "L3"]) {
      const values = answer.series[`voltage_${phase.toLowerCase()}_v`];
      const mean = known(values?.mean);
      assert.ok(mean.length > 100, `${mean.length} steps`);
      const cells = () =>
        page
          .locator(`[data-testid=voltage-${phase}] td[data-value]`)
          .evaluateAll((all: readonly { getAttribute(name: string): string | null }[]) =>
            all.map((cell) => Number(cell.getAttribute("data-value"))),
          );
      await eventually(async () => {
        const [low, middle, high] = await cells();
        assert.equal(low, Math.min(...known(values?.min), ...mean));
        assert.equal(high, Math.max(...known(values?.max), ...mean));
        assert.ok(Math.abs((middle ?? 0) - mean.reduce((sum, value) => sum + value, 0) / mean.length) < 1e-6);
      });
    }
    await soon.equal(() => page.getByTestId("verdict").getAttribute("data-outside"), "0");
    await page.locator('[data-testid=voltage-L2] [data-why="lowest"]').click();
    await page.getByTestId("why-rule").waitFor();
    await soon.match(() => textOf(page, "why"), /Voltage L2, Lowest.*Steps with readings\s*\d+ of 10 min each/s);
    await page.getByTestId("why-close").click();
    const frequency = known(answer.series.frequency_hz?.mean);
    await soon.equal(
      async () => Number(await page.getByTestId("frequency").getAttribute("data-low")),
      Math.min(...frequency),
    );
    await soon.equal(() => page.getByTestId("frequency-chart").getAttribute("data-points"), String(frequency.length));
    const chart = page.getByRole("slider", { name: /Voltage/ });
    await chart.focus();
    await soon.match(() => chart.getAttribute("aria-valuetext"), /^L1: [\d.]+ V to [\d.]+ V, on average/);
    await chart.press("ArrowLeft");
    await soon.match(() => chart.getAttribute("aria-valuetext"), /\d\d:\d\d: L1 [\d.]+ V, L2 [\d.]+ V, L3/);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("keeps the period and the table in the address, through a reload", async () => {
    const { page } = await open();
    await page.getByTestId("period-week").click();
    await page.getByTestId("earlier").click();
    await page.getByTestId("toggle-table").click();
    await page.getByTestId("quality-table").waitFor();
    await soon.match(() => page.url(), /quality\?.*by=week.*back=1.*table=1/);
    const shown = await textOf(page, "period-text");
    await page.reload();
    await page.getByTestId("quality-table").waitFor();
    await soon.equal(() => textOf(page, "period-text"), shown);
    await soon.equal(() => page.getByTestId("period-week").getAttribute("aria-pressed"), "true");
    await page.getByTestId("period-day").click();
    await page.getByTestId("voltage-chart").waitFor();
    await soon.ok(() => !page.url().includes("back="));
    await eventually(async () => {
      const rows = await page.getByTestId("quality-table").locator("tbody tr").count();
      assert.ok(rows >= 24 && rows <= 26, `${rows} hours`);
    });
    await page.close();
  });

  test("counts outages of the period and tells the last one, wherever it lies", async () => {
    const { page } = await open();
    const all = await outages();
    const ago = (days: number) => Date.now() - days * 86_400_000;
    await page.getByTestId("period-year").click();
    await page.locator('[data-testid=period-year][aria-pressed="true"]').waitFor();
    const year = all.filter(({ time }) => Date.parse(time) > ago(365));
    await soon.equal(() => textOf(page, "outage-count"), `Number${year.length}`);
    await soon.equal(() => page.getByTestId("outage").count(), year.length);
    await soon.equal(
      async () => Number(await page.getByTestId("outage").first().getAttribute("data-from")),
      Date.parse(year[0]?.time ?? ""),
    );
    await page.getByTestId("period-day").click();
    await page.locator('[data-testid=period-day][aria-pressed="true"]').waitFor();
    const day = all.filter(({ time }) => Date.parse(time) > ago(1));
    await soon.equal(() => textOf(page, "outage-count"), `Number${day.length}`);
    await soon.match(() => textOf(page, "outage-last"), /Last one\d/);
    await page.close();
  });

  test("says how much lies outside the limits, and judges nothing at another nominal voltage", async () => {
    // Every tenth step of L2 is a sag.
    const bad = await withSupply({
      voltage_l1_v: () => 230,
      voltage_l2_v: (n) => (n % 10 === 0 ? 200 : 230),
      voltage_l3_v: () => 230,
    });
    await eventually(async () => {
      const outside = Number(await bad.page.getByTestId("verdict").getAttribute("data-outside"));
      assert.ok(Math.abs(outside - 1 / 30) < 0.002, `${outside}`);
    });
    await soon.match(() => textOf(bad.page, "verdict"), /^3\.\d+ % of the means are outside/);
    await soon.match(() => textOf(bad.page, "voltage-L2"), /200\.0 V/);
    await soon.ok(
      async () => Math.abs(Number(await bad.page.getByTestId("unbalance").getAttribute("data-high")) - 9.09) < 0.01,
    );
    await bad.page.close();
    const other = await withSupply({ voltage_l1_v: () => 120 });
    await soon.equal(() => other.page.getByTestId("verdict").count(), 0);
    await soon.match(() => textOf(other.page, "voltage"), /Not the usual 230 V/);
    await soon.equal(() => other.page.getByTestId("voltage-L2").count(), 0);
    await soon.match(() => textOf(other.page, "unbalance"), /three phases/);
    await other.page.close();
  });

  test("says that nothing is stored, and why nothing could be loaded", async () => {
    const empty = await withSupply({ voltage_l1_v: () => null });
    await soon.match(() => textOf(empty.page, "voltage"), /No readings are stored/);
    assert.doesNotMatch(await textOf(empty.page, "frequency"), /NaN|Infinity/);
    const sentence = "the store is busy: <b>later</b>";
    await empty.page.unroute("**/series?*");
    let refusals = 0;
    await empty.page.route("**/series?*", (route) =>
      refusals++ === 0 ? route.fulfill({ status: 503, json: { error: "store", message: sentence } }) : route.continue(),
    );
    await empty.page.getByTestId("period-week").click();
    await empty.page.getByText(sentence).waitFor();
    await empty.page.getByTestId("refusal").getByRole("button").click();
    await empty.page.getByTestId("voltage-chart").waitFor();
    await empty.page.close();
  });

  test("reads the meter's own counts only on request, with the time of the read", async () => {
    const { page } = await open();
    let asked = 0;
    const sentence = "the meter does not answer: try again later";
    await page.route("**/points/home/quality", (route) =>
      asked++ === 0
        ? route.fulfill({ status: 503, json: { error: "no-answer", message: sentence } })
        : route.continue(),
    );
    assert.equal(asked, 0);
    await page.getByTestId("read-counts").click();
    await page.getByText(sentence).waitFor();
    await page.getByTestId("refusal").getByRole("button").click();
    await page.getByTestId("counts-read").waitFor();
    await soon.match(() => textOf(page, "counts-read"), /^read at \d\d:\d\d:\d\d$/);
    await soon.match(() => textOf(page, "count-sags"), /Sags0\s*0\s*0/);
    await page.close();
  });

  test("has room for itself on a narrow phone in each language, and no barriers", async () => {
    const { page } = await open();
    await page.getByTestId("toggle-table").click();
    await page.getByTestId("read-counts").click();
    await page.getByTestId("counts-read").waitFor();
    for (const language of ["da", "de", "en"]) {
      await speak(page, language);
      await page.setViewportSize({ width: 320, height: 720 });
      await fits(page, language, /^<div role="group"/);
    }
    await hasNoBarriers(page);
    await page.getByTestId("theme").click();
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.setViewportSize({ width: 1280, height: 860 });
    await hasNoBarriers(page);
    await page.close();
  });
});
