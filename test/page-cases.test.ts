/** The page with meters unlike the simulated household: the gateway's answers are replaced by theirs. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LinkHealth, LiveAnswer, MeterDetail } from "@meterport/gateway/http/api";
import type { Browser, Page } from "playwright-core";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state, textOf } from "./support/browser.ts";
import { eventually, patience, soon } from "./support/eventually.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

/** The browser types that are used here; Node's types lack them. */
interface Paged {
  getComputedStyle(element: unknown): { readonly backgroundColor: string };
  readonly document: { querySelector(selector: string): { readonly textContent: string | null } | null };
}

interface Said {
  readonly name?: string;
  readonly link?: Partial<LinkHealth>;
  readonly live?: Partial<LiveAnswer>;
}

/** Changes the gateway's answers on their way to the page. */
const says =
  (url: string, { name, link = {}, live = {} }: Said) =>
  async (page: Page): Promise<void> => {
    // Told again and again, so they must not be those of a moment at which a busy machine was late.
    const [detail, values] = await eventually(async () => {
      const detail = (await (await fetch(`${url}/api/v1/meters/home`)).json()) as MeterDetail;
      const values = (await (await fetch(`${url}/api/v1/meters/home/live`)).json()) as LiveAnswer;
      assert.deepEqual([detail.link.state, values.quality], ["up", "good"]);
      return [detail, values] as const;
    });
    const meter: MeterDetail = { ...detail, name: name ?? detail.name, link: { ...detail.link, ...link } };
    const event = (kind: string, data: unknown) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
    await page.route("**/api/v1/meters", (route) => route.fulfill({ json: [meter] }));
    await page.route("**/api/v1/meters/home", (route) => route.fulfill({ json: meter }));
    // Each answer ends the stream, and the page asks again, as after any other end.
    await page.route("**/api/v1/meters/home/events", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: event("link", meter.link) + event("live", { ...values, ...live, time: new Date().toISOString() }),
      }),
    );
  };

const withoutPhases = (...phases: readonly ("l1" | "l2" | "l3")[]): Partial<LiveAnswer> =>
  Object.fromEntries(
    phases.flatMap((phase) =>
      [`power_${phase}_w`, `voltage_${phase}_v`, `current_${phase}_a`, `power_factor_${phase}`].map((key) => [
        key,
        null,
      ]),
    ),
  );

describe("the page of an unusual meter", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway()]);
    await soon.ok(async () => {
      const { link } = (await (await fetch(`${gateway.url}/api/v1/meters/home`)).json()) as MeterDetail;
      return link.last_reading !== null;
    });
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });
  const open = async (said: Said): Promise<Page> =>
    (await openPage(browser, gateway.url, says(gateway.url, said))).page;

  test("has room for a factory's power and a very long name", async () => {
    const live = { power_w: -123_456, power_l1_w: -61_728, power_l2_w: 37_040, power_l3_w: 24_688 };
    const page = await open({
      name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
      live,
    });
    await state(page, "fresh");
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const language of ["en", "da", "de"]) {
        await speak(page, language);
        await fits(page, `${language}, ${width} pixels`);
      }
    }
    await page.close();
  });

  test("explains reading through an optical port, only where it applies", async () => {
    const head = await open({ link: { url: "optical:///dev/ttyUSB0" } });
    await state(head, "fresh");
    await openView(head, "link");
    await soon.match(() => textOf(head, "through-head"), /MEP port is silent for a few seconds/);
    await speak(head, "de");
    await soon.match(() => textOf(head, "through-head"), /MEP-Schnittstelle/);
    await head.close();
    const wire = await open({});
    await state(wire, "fresh");
    await openView(wire, "link");
    await wire.getByTestId("link-state").waitFor();
    await soon.equal(() => wire.getByTestId("through-head").count(), 0);
    await wire.close();
  });

  test("reads out a chart when it gets the focus, and not again at each reading", async () => {
    const { page } = await openPage(browser, gateway.url);
    await state(page, "fresh");
    const chart = page.getByRole("slider", { name: /Last hour/ });
    const said = () => chart.getAttribute("aria-valuetext");
    await chart.focus();
    await soon.match(said, /^Last hour: net power between/);
    const summary = (await said()) ?? "";
    // A new reading changes the mean of the hour.
    await page.waitForFunction(
      (text) =>
        !(globalThis as unknown as Paged).document.querySelector("#chart-hour-text")?.textContent?.includes(text),
      summary,
      { timeout: patience },
    );
    assert.equal(await said(), summary);
    await chart.press("ArrowLeft");
    await soon.match(said, /^\d\d:\d\d: (Import|Export|Balanced)/);
    await chart.press("Escape");
    await chart.blur();
    await soon.ok(async () => (await said()) !== summary);
    await page.close();
  });

  test("shows its bars in forced colours too", async () => {
    // Imported power: the bar of an exporting phase has the colour of the dot that says fresh.
    const page = await open({ live: { power_l1_w: 812 } });
    await page.emulateMedia({ forcedColors: "active" });
    await state(page, "fresh");
    // The view comes after the state in the frame around it.
    await page.locator('[data-testid="phase-l1"][data-power="812"] .bar i').waitFor();
    const colours = (selector: string): Promise<string[]> =>
      page
        .locator(selector)
        .evaluateAll((elements) =>
          elements.map((element) => (globalThis as unknown as Paged).getComputedStyle(element).backgroundColor),
        );
    await eventually(async () => {
      const bars = await colours(
        "[data-testid=phase-l1] .bar, [data-testid=phase-l1] .bar i, [data-testid=freshness] i",
      );
      assert.equal(bars.length, 3);
      const plain = await colours("main");
      assert.equal(new Set([...bars, "rgb(255, 255, 255)", ...plain]).size, 5, bars.join());
    });
    await page.close();
  });

  test("shows only one phase for a single-phase meter", async () => {
    const page = await open({ live: { ...withoutPhases("l2", "l3"), power_l1_w: 812 } });
    await page.locator('[data-testid="phase-l1"][data-power="812"]').waitFor();
    await page.getByTestId("phase-l2").waitFor({ state: "detached" });
    await soon.equal(() => page.getByTestId("phase-l3").count(), 0);
    await page.close();
  });

  test("does not blame the firmware when nothing is known", async () => {
    const unknown = { ...withoutPhases("l1", "l2", "l3"), power_w: null };
    const page = await open({ live: unknown });
    await state(page, "fresh");
    await soon.equal(() => page.locator("[data-testid^=phase-l]").count(), 3);
    assert.doesNotMatch((await page.locator("main").textContent()) ?? "", /firmware does not/);
    await page.close();
  });

  test('shows only "connecting" before first contact, without an alarm', async () => {
    const page = await open({ link: { state: "connecting", last_reading: null }, live: { quality: "stale" } });
    await page.waitForSelector('main[data-cause="meter-connecting"]');
    await soon.equal(() => textOf(page, "freshness"), "Connecting");
    await soon.match(() => textOf(page, "banner"), /^Connecting to the meter/);
    await page.close();
  });

  test("reads out what happened, not the whole technical sentence", async () => {
    const problem = "tcp://127.0.0.1:4059: no answer after 3 attempts";
    const page = await open({ link: { state: "silent", cause: "no-answer", problem }, live: { quality: "stale" } });
    await state(page, "dead");
    await soon.match(() => textOf(page, "banner"), /no answer after 3 attempts/);
    const alert = page.getByRole("alert").filter({ hasText: "Nothing comes back" });
    assert.doesNotMatch((await alert.textContent()) ?? "", /3 attempts/);
    await page.setViewportSize({ width: 320, height: 640 });
    await soon.equal(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
    await page.getByText("Find out why").click();
    await page.waitForSelector('main[data-view="link"]');
    await soon.equal(() => page.getByText("Find out why").count(), 0, "the reader is there already");
    await page.close();
  });
});
