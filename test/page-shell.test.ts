/** What the page does whatever it shows: restarts, slow and old gateways, wrong clocks, sleep, the keyboard, and being kept offline. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { MeterDetail } from "@meterport/gateway/http/api";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { launchBrowser, openPage, openView, skipPage, state, textOf, until } from "./support/browser.ts";
import { eventually, patience, soon } from "./support/eventually.ts";
import { type FrontProxy, startFrontProxy } from "./support/front-proxy.ts";
import { builtPage, fleetMeter, serveFleet } from "./support/served-fleet.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const day = 86_400_000;

/** A browser whose clock is ahead by `globalThis.ahead` milliseconds. */
const withClockAhead = (ahead: number) => (page: Page) =>
  page.addInitScript(`{
    globalThis.ahead = ${ahead};
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { if (given.length === 0) super(Real.now() + globalThis.ahead); else super(...given); }
      static now() { return Real.now() + globalThis.ahead; }
    };
  }`);

describe("the page as a whole", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  let proxy: FrontProxy;
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway()]);
    proxy = await startFrontProxy(gateway.url);
  });
  after(async () => {
    await browser?.close();
    await proxy?.close();
    await gateway?.remove();
  });

  /** Opens it below a path of the proxy. */
  const openBelow = async (prepare?: (page: Page) => Promise<unknown>, keeps = false): Promise<Page> => {
    const { page } = await openPage(browser, "about:blank", prepare, { keeps });
    await page.goto(proxy.url);
    return page;
  };

  test("comes back by itself when its daemon has restarted", async () => {
    const page = await openBelow();
    await state(page, "fresh");
    proxy.target = undefined;
    gateway.child.kill("SIGKILL");
    await state(page, "dead");
    await soon.match(() => textOf(page, "banner"), /cannot be reached/);
    await gateway.remove();
    gateway = await startGateway();
    proxy.target = gateway.url;
    await state(page, "fresh");
    await soon.equal(() => page.getByTestId("banner").count(), 0);
    await page.close();
  });

  test("waits for a slow gateway without saying that it is gone", async () => {
    proxy.delay = 1_200;
    const page = await openBelow();
    await page.locator("main").waitFor();
    await state(page, "fresh");
    await soon.equal(() => page.getByTestId("banner").count(), 0);
    proxy.delay = 0;
    await page.close();
  });

  test("shows what an older gateway says, and nothing in place of what it does not say", async () => {
    const detail = (await (await fetch(`${gateway.url}/api/v1/meters/home`)).json()) as MeterDetail;
    const energy = { register: "energy_wh", tier: 0, value: 5e6 };
    const heat = { id: "home.1", serial: "7", state: "up", values: [energy, { ...energy, tier: 1, value: 2e6 }] };
    const event = (kind: string, data: unknown) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
    const errors: string[] = [];
    const { page } = await openPage(browser, gateway.url, async (opened) => {
      opened.on("pageerror", ({ message }) => errors.push(message));
      await opened.route("**/api/v1/**", (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path.endsWith("/session")) return route.fulfill({ json: { state: "open", scope: "admin" } });
        if (path.endsWith("/points"))
          return route.fulfill({ json: { points: [{ id: "home", link: { state: "up" } }], surprise: [1] } });
        // A step with which the chart of an hour would fill the memory.
        if (path.endsWith("/history")) return route.fulfill({ json: { step: 1e-300, points: [] } });
        if (path.endsWith("/children")) return route.fulfill({ json: { children: [heat, heat] } });
        if (path.endsWith("/meters/home")) return route.fulfill({ json: { id: "home", link: { state: "up" } } });
        if (path.endsWith("/events"))
          return route.fulfill({
            contentType: "text/event-stream",
            body:
              event("link", { state: "up", stale_after_ms: detail.link.stale_after_ms }) +
              event("live", { time: new Date().toISOString(), power_w: 4_711, quality: "good" }) +
              event("news", { anything: true }),
          });
        return route.fulfill({ status: 404, json: { error: "not-found" } });
      });
    });
    await until(page, "document.querySelector('[data-testid=power-now]')?.dataset.value === '4711'");
    await soon.match(() => textOf(page, "phase-l1"), /–/);
    for (const view of ["history", "quality", "events", "meter", "link", "points", "settings"]) {
      await openView(page, view);
      await until(page, "document.querySelector('[data-testid=view-opening], [data-testid=view-failed]') === null");
    }
    await openView(page, "meter");
    // Named twice, it is there once; its register of all tariffs is beside that of one.
    await page.getByTestId("child").getByText("Energy, tariff 1").waitFor();
    await soon.equal(() => page.getByTestId("child").count(), 1);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test("keeps the time of the gateway when the browser's clock is wrong", async () => {
    for (const wrong of [3 * day, -400 * day]) {
      const { page } = await openPage(browser, gateway.url, withClockAhead(wrong));
      await state(page, "fresh");
      await openView(page, "points");
      await until(page, "/\\d s ago/.test(document.querySelector('[data-point=home]')?.textContent ?? '')");
      await page.close();
    }
  });

  test("shows nothing old after a day of sleep, and is live again soon", async () => {
    const { page } = await openPage(browser, gateway.url, withClockAhead(0));
    await state(page, "fresh");
    // The events of a sleeping tab stop, and a day later it goes on with what it had.
    const seen = await page.evaluate(`new Promise((resolve) => {
      const main = document.querySelector("main");
      new MutationObserver(() => resolve(main.dataset.state)).observe(main, { attributeFilter: ["data-state"] });
      setTimeout(() => resolve("no change"), 10_000);
      globalThis.ahead += ${day};
      Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
      document.dispatchEvent(new Event("visibilitychange"));
    })`);
    assert.equal(seen, "dead");
    await state(page, "fresh");
    await page.close();
  });

  test("is walked through with the keyboard alone: past the navigation, to each view and its heading", async () => {
    const { page, complaints } = await openPage(browser, gateway.url);
    await state(page, "fresh");
    await page.getByTestId("power-now").waitFor();
    await page.keyboard.press("Tab");
    const focused = (): Promise<unknown> =>
      page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent.trim().slice(0, 40)");
    await soon.equal(focused, "A Skip to the content");
    await page.keyboard.press("Enter");
    await soon.match(async () => String(await focused()), /^MAIN/);
    await soon.match(() => page.title(), /^[↓↑]? ?[\d,.]+ k?W · Now · Simulated household$/);
    for (const [view, name] of [
      ["history", "History"],
      ["link", "Connection"],
      ["points", "All meters"],
    ] as const) {
      await page.getByTestId(`nav-${view}`).focus();
      await page.keyboard.press("Enter");
      await page.locator(`main[data-view="${view}"]`).waitFor();
      await until(page, "/^(H[123]|MAIN)$/.test(document.activeElement.tagName)");
      await soon.match(() => page.title(), new RegExp(`(^| · )${name} · `));
      await soon.equal(() => page.locator('nav [aria-current="page"]:visible').count(), 1);
    }
    // A choice within a view keeps the focus where it is.
    await page.getByTestId("points-search").pressSequentially("ho");
    await until(page, "location.hash.includes('q=ho')");
    await soon.equal(() => page.evaluate("document.activeElement.dataset.testid"), "points-search");
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("has no barriers, light and dark, at a desk and on a phone", async () => {
    const { page } = await openPage(browser, gateway.url);
    await state(page, "fresh");
    // Colours do not depend on the width: each view is seen in both, and at both widths.
    const looks = [
      ["now", "light", 1280],
      ["points", "light", 390],
      ["now", "dark", 390],
      ["points", "dark", 1280],
    ] as const;
    for (const [view, colorScheme, width] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      await openView(page, view);
      await until(page, "document.querySelector('main .card') !== null");
      await hasNoBarriers(page, `${view}, ${colorScheme}, ${width} pixels`);
    }
    await page.close();
  });

  test("leads to the setup while there is no meter", async (t) => {
    const empty = await serveFleet([]);
    t.after(empty.close);
    const { page } = await openPage(browser, empty.url);
    await page.getByTestId("first-meter").getByRole("link", { name: "Set up a meter" }).click();
    await page.locator('main[data-view="start"]').waitFor();
    await page.close();
  });

  test("opens without its gateway, says so, and comes back; nothing of the API is kept", async () => {
    const page = await openBelow(undefined, true);
    await state(page, "fresh");
    await until(page, "navigator.serviceWorker.controller !== null");
    const kept = (await page.evaluate(`caches.keys().then((names) => Promise.all(names.map(async (name) =>
      (await (await caches.open(name)).keys()).map(({ url }) => url)))).then((all) => all.flat())`)) as string[];
    assert.ok(kept.length > 5 && kept.includes(proxy.url), kept.join());
    for (const url of kept) assert.match(url.slice(proxy.url.length), /^(assets\/[\w.-]+)?$/);

    proxy.target = undefined;
    await page.reload();
    await page.getByText("The gateway cannot be reached", { exact: true }).waitFor();
    await soon.equal(() => page.locator("main").getAttribute("data-state"), "dead");
    // A view that was never opened is there as well.
    await page.evaluate("location.hash = '#/settings'");
    await page.locator('main[data-view="settings"]').waitFor();
    await until(page, "document.querySelector('[data-testid=view-opening], [data-testid=view-failed]') === null");
    await page.goBack();
    proxy.target = gateway.url;
    await state(page, "fresh");

    proxy.wantsSignIn = true;
    await page.reload();
    await soon.equal(() => page.title(), "Please sign in", "a kept page does not hide that a proxy wants a sign-in");
    proxy.wantsSignIn = false;
    await page.close();
  });

  test("takes a new version at the next load, whole, and keeps no more than the one before it", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-page-"));
    cpSync(builtPage, folder, { recursive: true });
    const fleet = await serveFleet([fleetMeter(0)], folder);
    t.after(async () => {
      await fleet.close();
      rmSync(folder, { recursive: true });
    });
    const publish = (version: number): void => {
      const document = readFileSync(join(builtPage, "index.html"), "utf8");
      writeFileSync(
        join(folder, "index.html"),
        document.replace("<head>", `<head><meta name="edition" content="${version}">`),
      );
      const worker = readFileSync(join(builtPage, "sw.js"), "utf8");
      writeFileSync(join(folder, "sw.js"), worker.replace(/(version\\?":\\?")\w+/, `$1edition${version}`));
    };
    const { page } = await openPage(browser, fleet.url, undefined, { keeps: true });
    const edition = () => page.locator('meta[name="edition"]').getAttribute("content");
    for (const version of [1, 2, 3]) {
      publish(version);
      // On a busy machine a load may take the kept one, as on a slow network.
      await eventually(async () => {
        await page.reload({ waitUntil: "domcontentloaded" });
        assert.equal(await edition(), String(version));
      }, 2 * patience);
      await until(page, `caches.keys().then((names) => names.some((name) => name.endsWith("edition${version}")))`);
      // Its cache is there before all files are in it.
      await until(
        page,
        "navigator.serviceWorker.getRegistration().then((one) => one.active?.state === 'activated' && one.installing === null && one.waiting === null)",
      );
      await until(page, "caches.keys().then((names) => names.length <= 2)");
    }
    await fleet.close();
    await page.reload();
    await soon.equal(edition, "3");
    await page.getByText("The gateway cannot be reached", { exact: true }).waitFor();
    await page.close();
  });
});
