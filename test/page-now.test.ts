/** The view Now of a whole household: today, its cost, the last outage, the meters behind the meter, and the large view. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state, textOf } from "./support/browser.ts";
import { eventually, patience, soon } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

/** What this file reads of the API's answers. */
interface Answers {
  readonly children: readonly {
    readonly id: string;
    readonly serial: string;
    readonly values: readonly { readonly register: string; readonly value: number }[];
  }[];
  readonly outages: readonly { readonly time: string }[];
  readonly registers: readonly { readonly time: string; readonly value: number }[];
  readonly sums: readonly { readonly cost: number | null }[];
}

const hostile = '<b onclick="x">Küche</b> 🏭 \u200fمطبخ';

/** A zone where it is about noon now, so that today has intervals whenever this test runs. Etc/GMT+5 lies west of Greenwich. */
const zoneOfNoon = (now: Date): string => {
  const west = now.getUTCHours() - 12;
  return west === 0 ? "Etc/GMT" : `Etc/GMT${west > 0 ? "+" : "-"}${Math.abs(west)}`;
};

const config = (meter: ServedMeter): string => `meters:
  - id: cellar
    name: ${JSON.stringify(hostile)}
    link: ${meter.url}
    key: "hex:${meter.key}"
    zone: ${zoneOfNoon(new Date())}
    prices:
      currency: DKK
      times: ["1.85"]
      feed_in: 0.6
`;

describe("the view Now of a household", { skip: skipPage }, () => {
  let browser: Browser;
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  const ask = async (path: string): Promise<Answers> =>
    (await (await fetch(`${gateway.url}/api/v1/${path}`)).json()) as Answers;
  const costs = (): Promise<Answers> => {
    const now = Date.now();
    const range = `from=${new Date(now - 1000).toISOString()}&to=${new Date(now).toISOString()}`;
    return ask(`points/cellar/costs?sum=day&${range}`);
  };
  /** Back-fill reads the meter's memory between live readings. */
  const filled = async (): Promise<boolean> => {
    const [{ children }, { outages }, { sums }] = await Promise.all([
      ask("children?parent=cellar"),
      ask("points/cellar/outages?limit=1"),
      costs(),
    ]);
    return children.length > 0 && outages.length > 0 && typeof sums[0]?.cost === "number";
  };
  before(async () => {
    [browser, meter] = await Promise.all([launchBrowser(), serveMeter(2)]);
    gateway = await startGateway(config(meter));
    await eventually(async () => assert.ok(await filled(), "back-fill is not done"), 2 * patience);
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
    await meter?.unplug();
  });
  const open = async (prepare?: (page: Page) => Promise<unknown>) => {
    const opened = await openPage(browser, gateway.url, prepare);
    await state(opened.page, "fresh");
    return opened;
  };

  test("shows today's cost, the present price, the last outage and the meters behind the meter as the API has them", async () => {
    const { page, complaints } = await open();
    const cost = page.getByTestId("cost-today");
    await cost.waitFor();
    const [{ sums }, { children }, { outages }] = await Promise.all([
      costs(),
      ask("children?parent=cellar"),
      ask("points/cellar/outages?limit=1"),
    ]);
    await soon.ok(
      async () => Math.abs(Number(await cost.getAttribute("data-value")) - (sums[0]?.cost ?? Number.NaN)) < 2,
    );
    await soon.match(() => textOf(page, "cost-today"), /[\d.]+ DKK/);
    await soon.equal(() => page.getByTestId("price-now").getAttribute("data-value"), "1.85");
    await soon.match(() => textOf(page, "price-now"), /1\.85 DKK\/kWh.*0\.60 DKK\/kWh/s);
    const outage = page.getByTestId("last-outage");
    await soon.equal(async () => Number(await outage.getAttribute("data-from")), Date.parse(outages[0]?.time ?? ""));
    const child = page.getByTestId("child");
    await soon.equal(() => child.count(), children.length);
    await soon.equal(() => child.first().getAttribute("data-id"), children[0]?.id);
    await soon.equal(
      async () => Number(await child.first().getByTestId("child-value").getAttribute("data-value")),
      children[0]?.values[0]?.value,
    );
    await soon.match(() => child.first().textContent(), new RegExp(children[0]?.serial ?? "none"));
    await soon.equal(() => page.locator("b[onclick]").count(), 0, "a name is text");
    await soon.equal(() => page.locator("header h1").textContent(), hostile);
    // Every live number is a question: power, four values of each phase, two registers, frequency, apparent power.
    const questions = await page.locator("[data-why]:visible").count();
    assert.ok(questions >= 1 + 12 + 2 + 2, `${questions} numbers can be asked about`);
    await page.locator('[data-testid=phase-l2] [data-why="voltage_l2_v"]').click();
    const answer = page.getByRole("dialog");
    await answer
      .getByText(/Voltage L2/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await answer.waitFor({ state: "hidden" });
    // That numbers can be asked about is said in words once, beside the largest.
    await page.getByText("Is this right?").click();
    await answer.getByText("Power now").first().waitFor();
    await page.keyboard.press("Escape");
    await answer.waitFor({ state: "hidden" });
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("leads to a meter behind the meter: its values, what it counted by days, and how the utility reads it", async () => {
    const { page, complaints } = await open();
    const { children } = await ask("children?parent=cellar");
    const [child] = children;
    assert.ok(child !== undefined);
    await page.getByTestId("child").first().getByRole("link").click();
    const view = page.locator(`[data-testid="child-view"][data-id="${child.id}"]`);
    await view.waitFor();
    assert.match((await view.textContent()) ?? "", new RegExp(`${child.serial}.*answers`, "s"));
    // The meter reads it at midnight: what is shown of a day is the difference of two of these reads.
    const use = view.getByTestId("child-use");
    await use.nth(1).waitFor();
    const { registers } = await ask(`points/${child.id}/registers?register=${child.values[0]?.register}&tier=0&from=0`);
    const [shown, from] = await Promise.all(
      ["data-value", "data-from"].map(async (name) => Number(await use.nth(1).getAttribute(name))),
    );
    const [start, end] = registers.filter(({ time }) => Date.parse(time) >= (from ?? 0));
    assert.equal(Date.parse(start?.time ?? ""), from);
    assert.ok(Math.abs((end?.value ?? 0) - (start?.value ?? 0) - (shown ?? 0)) < 1e-9, `${shown}`);
    assert.ok((shown ?? 0) > 0);
    await view.getByTestId("child-range-year").click();
    await use.first().waitFor();
    await view.getByTestId("child-ask").click();
    const facts = view.getByTestId("child-facts");
    await facts.waitFor();
    assert.match((await facts.textContent()) ?? "", /Read for billing\s*each (day|hour|month|\w+day)?.*(\d\d)/s);
    await hasNoBarriers(page);
    await speak(page, "de");
    await page.setViewportSize({ width: 320, height: 720 });
    await fits(page);
    await speak(page, "en");
    await openView(page, "points");
    await page.locator(`[data-testid="child-row"][data-id="${child.id}"] a`).click();
    await view.waitFor();
    await view.page().getByTestId("child-back").click();
    await page.getByTestId("child-link").first().waitFor();
    await page.goto(`${gateway.url}#/points/cellar/meter?child=${encodeURIComponent("<b>none")}`);
    await page.getByTestId("no-child").getByRole("alert").waitFor();
    assert.match(await textOf(page, "no-child"), /<b>none/);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("agrees with the meter itself: yesterday's energy and cost, and the share of good voltage", async () => {
    const { device } = meter;
    // What is stored does not depend on fresh values.
    const { page } = await openPage(browser, gateway.url);
    await page.locator('main[data-meter="cellar"]').waitFor({ timeout: 20_000 });
    const dayMs = 86_400_000;
    const zone = zoneOfNoon(new Date());
    const west = Number(/[+-]\d+$/.exec(zone)?.[0] ?? 0) * 3_600_000;
    const midnight = Math.floor((Date.now() - west) / dayMs) * dayMs + west;
    /** Wh of import or export that flowed through the virtual meter; its clock is the machine's. */
    const flowed = (source: 0 | 1, from: number, to: number): number =>
      (device.valuesAt(to).get(source) ?? Number.NaN) - (device.valuesAt(from).get(source) ?? Number.NaN);
    /** Wh by which a text of kWh may differ from the truth: half of its last digit, and one for the meter's own rounding. */
    const roundedBy = (text: string): number => 500 / 10 ** (/\.(\d+)/.exec(text)?.[1]?.length ?? 0) + 1;
    const numberIn = (text: string): number => Number(/[\d,.]+/.exec(text)?.[0].replaceAll(",", ""));
    await openView(page, "history");
    const known = page.getByTestId("overview-yesterday-cost").filter({ hasText: /\d/ });
    await known.waitFor({ timeout: 20_000 });
    const [imported, exported] = ([0, 1] as const).map((source) => flowed(source, midnight - dayMs, midnight));
    const shown = await textOf(page, "overview-yesterday-import");
    assert.ok(
      Math.abs(numberIn(shown) * 1000 - (imported ?? 0)) <= roundedBy(shown),
      `${shown} shown, ${imported} Wh flowed`,
    );
    const cost = ((imported ?? 0) * 1.85 - (exported ?? 0) * 0.6) / 1000;
    const money = await textOf(page, "overview-yesterday-cost");
    assert.ok(Math.abs(numberIn(money) * (/[−-]/.test(money) ? -1 : 1) - cost) < 0.02, `${money} shown, ${cost}`);
    await openView(page, "quality");
    const lowest = page.locator("[data-testid=voltage-L1] td[data-value]");
    await lowest.first().waitFor({ timeout: 20_000 });
    const volts = await lowest.evaluateAll((cells: readonly { getAttribute(name: string): string | null }[]) =>
      cells.map((cell) => Number(cell.getAttribute("data-value"))),
    );
    const truth = Array.from({ length: 600 }, (_, n) => (device.valuesAt(Date.now() - 1000 * n).get(15) ?? 0) / 1000);
    const [least, most] = [Math.min(...truth), Math.max(...truth)];
    assert.ok(
      volts.every((value) => value >= least - 2 && value <= most + 2),
      `${volts} shown, ${least} to ${most} V`,
    );
    const outside = truth.filter((value) => value < 207 || value > 253).length / truth.length;
    assert.equal(Number(await page.getByTestId("verdict").getAttribute("data-outside")) > 0, outside > 0);
    await page.close();
  });

  test("reads out the hours of today with the arrow keys", async () => {
    const { page } = await open();
    const bars = page.getByRole("slider", { name: /Today by the hour/ });
    await bars.waitFor();
    await soon.equal(() => page.locator("[data-testid=today] .hour").count(), 24);
    await bars.focus();
    await bars.press("Home");
    await soon.match(() => bars.getAttribute("aria-valuetext"), /^00:00: import ([\d.]+ kWh|–), export/);
    await bars.press("ArrowRight");
    await soon.match(() => bars.getAttribute("aria-valuetext"), /^01:00: /);
    await bars.press("Escape");
    await soon.match(() => bars.getAttribute("aria-valuetext"), /^Today: import [\d.]+ kWh/);
    await page.close();
  });

  test("has room for itself on a narrow phone in each language, and no barriers", async () => {
    const { page } = await open();
    await page.getByTestId("child").first().waitFor();
    for (const language of ["da", "de", "en"]) {
      await speak(page, language);
      await page.setViewportSize({ width: 320, height: 720 });
      await fits(page, language);
    }
    await hasNoBarriers(page);
    await page.getByTestId("theme").click();
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.setViewportSize({ width: 1280, height: 860 });
    await hasNoBarriers(page);
    await page.close();
  });

  test("says why today cannot be shown, and asks again on request", async () => {
    const sentence = "the store is busy: ask again in a minute";
    let broken = true;
    const { page } = await open((opened) =>
      opened.route("**/points/cellar/intervals*", (route) =>
        broken ? route.fulfill({ status: 503, json: { error: "store", message: sentence } }) : route.continue(),
      ),
    );
    const today = page.getByTestId("today");
    await today.getByText(sentence).waitFor();
    broken = false;
    await today.getByRole("button").click();
    await today.getByRole("slider").waitFor();
    await soon.equal(() => today.getByText(sentence).count(), 0);
    await page.close();
  });

  test("has a large view that fills the screen, shows a dead meter as dead, and ends with Escape", async () => {
    const { page, complaints } = await open();
    await page.getByTestId("wall-open").click();
    const power = page.getByTestId("wall-power");
    await page.locator('main[data-section="wall"]').waitFor();
    await page.locator('[data-testid=wall-power]:not([data-value=""])').waitFor();
    await soon.equal(() => page.locator("nav").isVisible(), false);
    await page.getByTestId("wall-cost").waitFor();
    await soon.match(() => textOf(page, "wall-price"), /1\.85 DKK\/kWh/);
    for (const [width, height] of [
      [1280, 800],
      [600, 1024],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      await fits(page, `${width} pixels`);
    }
    await hasNoBarriers(page);
    meter.silent = true;
    await state(page, "dead");
    assert.equal(await power.getAttribute("data-value"), "");
    assert.doesNotMatch(await textOf(page, "wall-power"), /\d/);
    await soon.match(() => textOf(page, "wall"), /The meter does not answer.*last known/s);
    await soon.equal(() => textOf(page, "wall-freshness"), "No live data");
    meter.silent = false;
    await state(page, "fresh");
    await page.keyboard.press("Escape");
    await page.getByTestId("power-now").waitFor();
    await soon.equal(() => page.locator("nav").isVisible(), true);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
