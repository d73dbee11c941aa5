/** The events of a meter on the page: all kinds in words, filters in the address, and a list without an end. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { silentLog } from "@meterport/engine/ports/log";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state, textOf } from "./support/browser.ts";
import { eventually, patience, soon } from "./support/eventually.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const hour = 3_600_000;
const now = Date.now();

const event = (
  id: string,
  hoursAgo: number,
  kind: string,
  detail: unknown,
  more: Partial<PointEvent> = {},
): PointEvent => {
  const time = now - hoursAgo * hour;
  const rest = { until: null, number: null, origin: "gateway" as const, detail: JSON.stringify(detail) };
  return { point: "home", id, time, kind, ...rest, ...more };
};

const hostile = `<img src=x onerror="alert(1)"> مرحبا \u202e👩‍👩‍👧 ${"ü".repeat(200)}`;
const stored: readonly PointEvent[] = [
  event("t:outage", 30, "outage", { cause: "power failure" }, { until: now - 30 * hour + 34_000, origin: "outage" }),
  event(
    "t:alarm",
    31,
    "alarm",
    { key: "phaseLoss", name: "Phase loss", slot: null, handle: null },
    { origin: "alarm" },
  ),
  event("t:over", 32, "alarm", { key: "coverRemoved", name: "Cover removed" }, { origin: "alarm", until: now - hour }),
  event("t:exchange", 33, "meter-exchange", { serials: ["1111", hostile] }),
  event("t:leap", 34, "register-leap", [{ key: "energy_import_wh", from: 1000, to: 99_000 }]),
  event("t:clock", 35, "meter-clock-off", { offset_ms: -75_000, intervals: { count: 3 } }, { until: now - 34 * hour }),
  event("t:new", 36, "brand-new-kind", hostile),
  event(
    "t:log",
    37,
    "log",
    { code: 68, raw: 2116, name: "Phase loss", severity: "alarm", argument: "L1, L3", hex: "0500" },
    { origin: "meter", number: 68 },
  ),
  ...Array.from({ length: 700 }, (_, i) =>
    event(`t:tier:${i}`, 40 + i, "tier", { tier: i % 2, by: "calendar", season: 0 }, { origin: "meter" }),
  ),
];

const prepare = async (data: string): Promise<void> => {
  const store = openLocalSqliteStore(data, silentLog, Date.now);
  await store.write({ events: stored });
  await store.close();
};

/** Nothing listens there, which the gateway's log tells. */
const deafBroker = 'outputs: { mqtt: { url: "mqtt://127.0.0.1:9" } }\n';

describe("the events on the page", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway(deafBroker, { prepare })]);
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });

  const rows = (page: Page) => page.getByTestId("event");
  const row = (page: Page, id: string) => page.locator(`[data-testid="event"][data-id="${id}"]`);
  const said = async (page: Page, id: string): Promise<string> =>
    ((await row(page, id).locator("summary").textContent()) ?? "").replace(/\s+/g, " ").trim();
  const opened = async (width = 1280, query = "") => {
    const { page, complaints } = await openPage(browser, gateway.url);
    await page.setViewportSize({ width, height: 900 });
    await state(page, "fresh");
    await openView(page, "events");
    if (query !== "") await page.evaluate(`location.hash = "#/points/home/events?${query}"`);
    await rows(page).first().waitFor();
    return { page, complaints };
  };

  test("are those of the API, newest first, in words and by days, without barriers", async () => {
    const { page, complaints } = await opened();
    await row(page, "t:log").waitFor();
    const answer = await fetch(`${gateway.url}/api/v1/points/home/events?limit=1000`);
    const { events } = (await answer.json()) as { readonly events: readonly { readonly id: string }[] };
    const shown = () =>
      rows(page).evaluateAll((items: readonly { getAttribute(name: string): string | null }[]) =>
        items.map((item) => item.getAttribute("data-id")),
      );
    await eventually(async () => {
      const order = (await shown()).map((id) => events.findIndex((each) => each.id === id));
      // The gateway may find something while the page is open.
      const known = order.filter((index) => index >= 0);
      assert.ok(known.length > 20);
      assert.deepEqual(
        known,
        [...known].sort((a, b) => a - b),
      );
    });
    await soon.match(() => said(page, "t:outage"), /^\d\d:\d\d:\d\d Power outage power failure for 34 s Outage$/);
    await soon.match(() => said(page, "t:leap"), /Register jumped Import, total: 1,000 Wh to 99,000 Wh Finding$/);
    await soon.match(
      () => said(page, "t:clock"),
      /The meter's clock is 75 s behind intervals affected: 3 for 60 min Finding$/,
    );
    await soon.match(() => said(page, "t:log"), /Phase loss L1, L3 Alarm$/);
    await soon.ok(async () => (await page.getByTestId("events-day").count()) >= 2);
    await soon.match(() => page.getByTestId("active-events").textContent(), /Phase loss/);
    assert.doesNotMatch((await page.getByTestId("active-events").textContent()) ?? "", /Cover removed/);
    await row(page, "t:outage").locator("summary").click();
    await hasNoBarriers(page);
    await row(page, "t:outage").getByTestId("event-why").click();
    await page.getByTestId("why-rule").filter({ hasText: "outage log" }).waitFor();
    await page.getByTestId("why-close").click();
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("stay text whatever they hold, in each language, on a narrow phone", async () => {
    const { page, complaints } = await opened(320);
    for (const [language, outage, exchange] of [
      ["en", /Power outage/, /Meter exchanged/],
      ["da", /Strømafbrydelse/, /Måleren udskiftet/],
      ["de", /Stromausfall/, /Zähler gewechselt/],
    ] as const) {
      await speak(page, language);
      await row(page, "t:exchange").scrollIntoViewIfNeeded();
      await row(page, "t:exchange").filter({ hasText: exchange }).waitFor();
      await soon.match(() => said(page, "t:outage"), outage);
      await soon.match(() => said(page, "t:exchange"), /<img src=x onerror="alert\(1\)">/);
      await soon.equal(() => page.locator('[data-testid="events"] img').count(), 0);
      await fits(page, language);
    }
    await row(page, "t:log").filter({ hasText: "Phase fehlt" }).waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("have the clock of the meter in a browser of another zone, as the charts and tables have", async () => {
    const detail = (await (await fetch(`${gateway.url}/api/v1/meters/home`)).json()) as { readonly zone: string };
    const clockIn = (zone: string, options: Intl.DateTimeFormatOptions) => (time: number) =>
      new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(time);
    const clock = clockIn(detail.zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const day = clockIn(detail.zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    // Half a day from the meter, so that days differ too.
    const offset = new Date().getUTCHours() < 12 ? "Etc/GMT+11" : "Pacific/Kiritimati";
    const { page } = await openPage(browser, gateway.url, undefined, { zone: offset });
    await state(page, "fresh", patience);
    await soon.match(() => textOf(page, "zone-note"), new RegExp(`in ${detail.zone}: it is \\d\\d:\\d\\d there`));
    const lately = (text: string, options: Intl.DateTimeFormatOptions): boolean =>
      [0, hour].some((ms) => text.includes(clockIn(detail.zone, options)(Date.now() - ms)));
    await page.getByTestId("chart-hour").getByRole("slider").press("End");
    const newest = page.getByTestId("chart-hour-readout").filter({ hasText: /\d\d:\d\d:\d\d/ });
    await newest.waitFor({ timeout: patience });
    assert.ok(lately((await newest.textContent())?.trim().slice(0, 2) ?? "", { hour: "2-digit" }));
    await openView(page, "events");
    await row(page, "t:outage").waitFor({ timeout: patience });
    const outage = stored.find(({ id }) => id === "t:outage");
    await soon.ok(async () => (await said(page, "t:outage")).startsWith(clock(outage?.time ?? 0)));
    const heading = page.locator('[data-testid="events-day"]', { hasText: day(outage?.time ?? 0) });
    await soon.equal(() => heading.count(), 1);
    await openView(page, "quality");
    await page.getByTestId("toggle-table").click();
    const rowTimes = page.locator('[data-testid="quality-table"] tbody th');
    await rowTimes.last().waitFor({ timeout: patience });
    const shown = (await rowTimes.last().textContent()) ?? "";
    assert.ok(lately(shown, { day: "numeric", month: "short", hour: "2-digit" }), shown);
    await page.close();
  });

  test("are filtered by kind, words and days, which the address keeps", async () => {
    const { page } = await opened();
    const kinds = async (): Promise<readonly (string | null)[]> =>
      rows(page).evaluateAll((items: readonly { getAttribute(name: string): string | null }[]) => [
        ...new Set(items.map((item) => item.getAttribute("data-kind"))),
      ]);
    await page.getByTestId("events-group").selectOption("outages");
    await page.locator('[data-kind="tier"]').first().waitFor({ state: "detached" });
    await row(page, "t:outage").waitFor();
    await soon.deepEqual(kinds, ["outage"]);
    await soon.match(() => page.evaluate("location.hash"), /group=outages/);
    await page.reload();
    await row(page, "t:outage").waitFor();
    await soon.deepEqual(kinds, ["outage"]);
    await page.getByTestId("events-group").selectOption("alarms");
    await row(page, "t:log").waitFor();
    await soon.ok(async () => (await kinds()).every((kind) => kind === "alarm" || kind === "log"));
    await page.getByTestId("events-search").fill("phase l3");
    await row(page, "t:alarm").waitFor({ state: "detached" });
    // The list may be empty for a moment, while it is asked for again.
    await row(page, "t:log").waitFor();
    await soon.equal(() => rows(page).count(), 1);
    await page.getByTestId("events-search").fill("no such words");
    await page.getByTestId("events-none").waitFor();
    await page.getByRole("button", { name: "Show all events" }).click();
    await row(page, "t:exchange").waitFor();
    await page.getByTestId("events-period").selectOption("1");
    await row(page, "t:exchange").waitFor({ state: "detached" });
    await page.close();
  });

  test("have the warnings and errors of the gateway's log among them, which can be shown alone or left out", async () => {
    const { page } = await opened();
    const lines = page.locator('[data-testid="event"][data-kind="gateway-log"]');
    const broker = lines.filter({ hasText: "mqtt" });
    await broker.first().waitFor({ timeout: patience });
    assert.match((await broker.first().textContent()) ?? "", /127\.0\.0\.1.*Warning/s);
    await page.getByTestId("events-group").selectOption("lines");
    await row(page, "t:exchange").waitFor({ state: "detached" });
    await broker.first().waitFor({ timeout: patience });
    await soon.ok(async () => (await rows(page).count()) === (await lines.count()));
    assert.equal(await page.getByTestId("events-csv").count(), 0);
    await page.getByTestId("events-search").fill("no such words");
    await page.getByTestId("events-none").waitFor({ timeout: patience });
    await page.getByTestId("events-search").fill("");
    await broker.first().waitFor({ timeout: patience });
    await page.getByTestId("events-group").selectOption("outages");
    await row(page, "t:outage").waitFor({ timeout: patience });
    await soon.equal(() => lines.count(), 0);
    await page.close();
  });

  test("go on to the first one while the reader scrolls, and are saved as a file", async () => {
    const { page } = await opened(1280, "group=control");
    const last = stored.at(-1)?.id ?? "";
    await soon.ok(async () => {
      await page.mouse.wheel(0, 4000);
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      return (await row(page, last).count()) > 0;
    }, "the last one is never reached");
    await soon.ok(async () => (await rows(page).count()) < 400, "rows far from the screen are not drawn");
    await page.evaluate("window.scrollTo(0, 0)");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("events-csv").click()]);
    assert.equal(download.suggestedFilename(), "home-events.csv");
    const lines = await readFile(await download.path(), "utf8");
    assert.equal(lines.split("\n").filter((line) => line.includes("t:tier:")).length, 700);
    assert.doesNotMatch(lines, /t:outage/);
    await page.close();
  });

  test("say why they could not be loaded, and load again", async () => {
    const { page } = await openPage(browser, gateway.url);
    await state(page, "fresh");
    const problem = { error: "store", message: "the store does not answer: the disk is full" };
    await page.route("**/points/home/events?*", (route) => route.fulfill({ status: 503, json: problem }));
    await openView(page, "events");
    const failed = page.getByTestId("events-failed");
    await failed.waitFor();
    await soon.match(() => failed.textContent(), /could not be loaded\.\s*the store does not answer/);
    await page.unroute("**/points/home/events?*");
    await page.getByTestId("events").getByRole("button", { name: "Try again" }).click();
    await row(page, "t:outage").waitFor();
    await soon.equal(() => failed.count(), 0);
    await page.close();
  });

  test("are searched through by the ten thousand, and scroll smoothly", async (t) => {
    const { page } = await openPage(browser, gateway.url);
    await state(page, "fresh");
    const all = 12_000;
    await page.route("**/points/home/events?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const limit = Math.min(Number(query.get("limit")), 1000);
      const from = Number(query.get("cursor") ?? 0);
      const events = Array.from({ length: Math.min(limit, all - from) }, (_, i) => {
        const time = new Date(now - (from + i) * 600_000).toISOString();
        return {
          id: `f${from + i}`,
          time,
          until: null,
          kind: "tier",
          number: null,
          origin: "meter",
          detail: { tier: 1 },
        };
      });
      return route.fulfill({ json: { id: "home", events, next: from + limit < all ? String(from + limit) : null } });
    });
    // Nothing matches, so that it reads on, and asks after ten pages.
    await page.evaluate(`location.hash = "#/points/home/events?q=zebra"`);
    await page.getByTestId("events-further").click();
    await page.getByTestId("events-none").waitFor();
    await page.evaluate(`location.hash = "#/points/home/events?q=tariff"`);
    await page.locator('[data-id="f0"]').waitFor();
    const frames = (await page.evaluate(`new Promise((done) => {
      const times = [];
      const step = (time) => {
        times.push(time);
        scrollBy(0, 120);
        if (times.length < 60) requestAnimationFrame(step);
        else done(times.slice(1).map((at, i) => at - times[i]).sort((a, b) => a - b));
      };
      requestAnimationFrame(step);
    })`)) as readonly number[];
    t.diagnostic(`a frame takes ${Math.round(frames[30] ?? 0)} ms, the slowest ${Math.round(frames.at(-1) ?? 0)} ms`);
    await soon.ok(async () => (await rows(page).count()) < 400);
    await page.close();
  });
});
