/**
 * The page as people see it: the real gateway, its page in a browser, and a meter that comes and goes. In real time,
 * because the promise is about what a person sees on a clock.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { parseCapture } from "@meterport/protocol/capture/capture";
import type { Browser, Page } from "playwright-core";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state, textOf } from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { serveMeter } from "./support/served-meter.ts";
import { startGateway } from "./support/spawned-gateway.ts";
import { timeUntilState, watchStates } from "./support/state-watch.ts";

/** The promise to users: a dead link shows as dead within five seconds. */
const promised = 5_000;

/** The browser types that are used here; Node's types lack them. */
interface Attributed {
  getAttribute(name: string): string | null;
}
interface Queryable {
  querySelector(selector: string): Attributed | null;
}
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): { getImageData(...box: number[]): { readonly data: Uint8ClampedArray } } | null;
}

/** All present values on the page: the power, and those of the phases. */
const present = (page: Page): Promise<string[]> =>
  page
    .locator("[data-testid=power-now], [data-testid^=phase-]")
    .evaluateAll((elements: readonly Attributed[]) =>
      elements.map((element) => element.getAttribute("data-value") ?? element.getAttribute("data-power") ?? ""),
    );
/** The same as numbers, once all of them are there. */
const shown = (page: Page): Promise<number[]> =>
  eventually(async () => {
    const values = await present(page);
    assert.equal(values.length, 4);
    assert.ok(
      values.every((value) => value !== "" && Number.isFinite(Number(value))),
      values.join(),
    );
    return values.map(Number);
  });
/** No old number is shown where a present one belongs. */
const assertDead = async (page: Page): Promise<void> => {
  assert.deepEqual(await present(page), ["", "", "", ""]);
  assert.doesNotMatch(await textOf(page, "power-now"), /\d/);
  for (const phase of ["l1", "l2", "l3"])
    assert.doesNotMatch((await textOf(page, `phase-${phase}`)).replace(/L[123]/, ""), /\d/);
  assert.doesNotMatch(await textOf(page, "frequency"), /\d/);
  assert.doesNotMatch(await page.title(), /\d/);
  assert.notEqual(await textOf(page, "banner"), "");
};

describe("the page", { skip: skipPage }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  const open = (url: string) => openPage(browser, url);

  test("shows the simulated household with changing values, and no values once the gateway is gone", async (t) => {
    const gateway = await startGateway();
    t.after(gateway.remove);
    const { page, complaints } = await open(gateway.url);
    await state(page, "fresh");
    const [first] = await shown(page);
    await page.locator(`[data-testid=power-now]:not([data-value="${first}"])`).waitFor();
    const [power, ...phases] = await shown(page);
    // Each of the four is rounded to whole watts by the meter.
    assert.ok(Math.abs((power ?? Number.NaN) - phases.reduce((sum, phase) => sum + phase, 0)) <= 3);
    const now = page.locator('section:has([data-testid="power-now"])');
    const direction = (watts: string | undefined) =>
      Number(watts) < 0 ? "export" : Number(watts) > 0 ? "import" : "zero";
    // Both from one look at the page: the value moves on.
    const [watts, arrow] = await now.evaluate((section: Queryable) =>
      [
        ["power-now", "data-value"],
        ["direction", "data-direction"],
      ].map(([id, name]) => section.querySelector(`[data-testid=${id}]`)?.getAttribute(name ?? "") ?? ""),
    );
    assert.equal(arrow, direction(watts));
    await soon.ok(async () => Number(await page.getByTestId("counter-import").getAttribute("data-value")) > 0);

    for (const [chart, least] of [
      ["chart-hour", 55],
      ["chart-day", 200],
    ] as const) {
      await eventually(async () => {
        const points = Number(await page.getByTestId(chart).getAttribute("data-points"));
        assert.ok(points >= least, `${chart} has ${points} points`);
        const isDrawn = await page
          .getByTestId(chart)
          .locator("canvas")
          .evaluate((canvas: Canvas) => {
            const image = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
            return image?.data.some((value) => value !== 0);
          });
        assert.ok(isDrawn, chart);
      });
    }

    const title = page.locator("#power-now-title");
    const english = await title.textContent();
    for (const language of ["da", "de"]) {
      await speak(page, language);
      await soon.ok(async () => (await title.textContent()) !== english);
      await soon.match(() => textOf(page, "counter-import"), /\d,\d/, "a comma in numbers");
    }
    await speak(page, "en");
    await soon.equal(() => title.textContent(), english);
    await openView(page, "meter");
    await soon.match(() => textOf(page, "identity"), /3\.70/);
    await soon.equal(() => page.getByTestId("simulated").count(), 1);
    await openView(page, "now");
    await page.getByTestId("power-now").waitFor();
    assert.deepEqual(complaints, []);

    await watchStates(page);
    const began = Date.now();
    gateway.child.kill("SIGKILL");
    await state(page, "dead");
    await assertDead(page);
    const dead = await timeUntilState(page, began, { state: "dead" });
    t.diagnostic(`gateway killed: dead after ${Math.round(dead)} ms`);
    // A reading may be too old before the gateway's next sign of life is missed.
    const told = await timeUntilState(page, began, { state: "dead", cause: "gateway-silent" });
    assert.ok(told <= promised, `the cause is told after ${Math.round(told)} ms`);
    await page.close();
  });

  test("fits a narrow phone in each language, with a tidy top bar at each width, and its name in that language", async (t) => {
    const gateway = await startGateway();
    t.after(gateway.remove);
    const { page } = await open(gateway.url);
    await state(page, "fresh");
    const middle = async (selector: string): Promise<{ x: number; y: number; right: number }> => {
      const box = (await page.locator(selector).boundingBox()) ?? assert.fail(selector);
      return { x: box.x, y: box.y + box.height / 2, right: box.x + box.width };
    };
    const names = { en: "Simulated household", da: "Simuleret husstand", de: "Simulierter Haushalt" };
    for (const [language, name] of Object.entries(names)) {
      await speak(page, language);
      await page.setViewportSize({ width: 320, height: 640 });
      await page.getByTestId("phase-l1").waitFor();
      await fits(page, language);
      for (const width of [390, 640, 720, 768, 1024, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        await soon.match(() => page.title(), new RegExp(`${name}$`));
        await soon.equal(() => page.locator("header h1").textContent(), name);
        const where = `${language}, ${width} pixels`;
        await eventually(async () => {
          const heading = await middle("header h1");
          const settings = await middle("header .settings");
          const freshness = await middle("header .freshness");
          assert.ok(Math.abs(heading.y - settings.y) < 4, `${where}: name and settings share a row`);
          assert.ok(heading.x < settings.x && settings.right > width - 40, `${where}: the settings stand at the right`);
          if (width <= 720) assert.ok(freshness.right > width - 40, `${where}: so does the state`);
        });
        await soon.equal(
          () => page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          true,
          `${where}: nothing is wider than the page`,
        );
      }
    }
    await page.close();
  });

  test("says within 5 s that its meter is gone, and comes back with it", async (t) => {
    const meter = await serveMeter();
    t.after(meter.unplug);
    const gateway = await startGateway(
      `meters:\n  - id: cellar\n    name: Cellar\n    link: ${meter.url}\n    key: "hex:${meter.key}"\n`,
    );
    t.after(gateway.remove);
    const { page, complaints } = await open(gateway.url);
    await state(page, "fresh");
    await openView(page, "meter");
    await page.getByTestId("identity").waitFor();
    await soon.equal(() => page.getByTestId("simulated").count(), 0);
    await openView(page, "now");

    const trial = async (what: string, fail: () => unknown, mend: () => unknown): Promise<void> => {
      await watchStates(page);
      const began = Date.now();
      await fail();
      await state(page, "dead");
      await assertDead(page);
      const dead = await timeUntilState(page, began, { state: "dead" });
      await openView(page, "link");
      await page.locator('[data-testid=link-state]:not([data-link="up"])').waitFor();
      await openView(page, "now");
      await page.getByTestId("power-now").waitFor();
      const mended = performance.now();
      await mend();
      await state(page, "fresh");
      t.diagnostic(
        `${what}: dead after ${Math.round(dead)} ms, fresh ${Math.round(performance.now() - mended)} ms after it came back`,
      );
      assert.ok(dead <= promised);
      await soon.ok(async () => (await present(page)).every((value) => value !== ""));
    };
    const silence = (silent: boolean) => () => {
      meter.silent = silent;
    };
    const captures = page.getByTestId("captures");
    await openView(page, "link");
    await page.getByTestId("link-state").waitFor();
    // Usually none, but a busy machine may have lost the meter for a moment.
    await eventually(async () => {
      const answer = await fetch(`${gateway.url}/api/v1/points/cellar/captures`);
      const worthRecording = ((await answer.json()) as readonly object[]).length;
      assert.equal(await page.getByTestId("capture").count(), worthRecording);
    });
    await openView(page, "now");
    await page.getByTestId("power-now").waitFor();
    await trial("meter silent", silence(true), silence(false));
    await trial("meter's port closed", meter.unplug, meter.plugIn);

    await openView(page, "link");
    const capture = page.getByTestId("capture").last();
    await soon.match(() => capture.textContent(), /(Nothing comes back|Replies get lost)\./);
    const saved = async (role: "button" | "link"): Promise<{ readonly name: string; readonly text: string }> => {
      const [download] = await Promise.all([page.waitForEvent("download"), capture.getByRole(role).click()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    };
    const original = await saved("link");
    assert.match(original.name, /^cellar-\d{8}T\d{6}Z-[a-z-]+\.ndjson$/);
    assert.equal(parseCapture(original.text).header.key, undefined);
    const redacted = await saved("button");
    assert.equal(redacted.name, original.name.replace("cellar", "redacted"));
    assert.notEqual(parseCapture(redacted.text).header.key, undefined);
    assert.equal(parseCapture(redacted.text).entries.length, parseCapture(original.text).entries.length);
    assert.deepEqual(complaints, []);
    const refused = { error: "cannot-redact", message: "the capture cannot be redacted: it is empty" };
    await page.route("**/captures/*?redacted=1", (route) => route.fulfill({ status: 409, json: refused }));
    await capture.getByRole("button").click();
    await captures.getByText(refused.message).waitFor();
    await page.close();
  });
});
