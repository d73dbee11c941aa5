/** The page of a fleet: what it shows and sends, with hostile names, on a narrow screen, in three languages. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, skipPage, speak, state } from "./support/browser.ts";
import { soon } from "./support/eventually.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";
import { toldFleet } from "./support/told-fleet.ts";

type Sent = ReturnType<typeof toldFleet>["sent"][number];
const dayQuery = "point=p1&day=2026-11-28&obis=1-0%3A1.29.0";

describe("the page of a fleet", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  let page: Page;
  let complaints: readonly string[];
  const fleet = toldFleet();
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway()]);
    ({ page, complaints } = await openPage(browser, gateway.url, fleet.route));
    await state(page, "fresh");
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });
  const go = async (path: string, on = page): Promise<void> => {
    await on.evaluate(`location.hash = ${JSON.stringify(`#/fleet/${path}`)}`);
  };
  const lastSent = () => {
    const last = fleet.sent.at(-1);
    assert.ok(last, "something was sent");
    return last;
  };

  test("is not there without a fleet", async () => {
    const other = (await openPage(browser, gateway.url)).page;
    await state(other, "fresh");
    await other.getByTestId("nav-settings").waitFor();
    assert.equal(await other.getByTestId("nav-fleet").count(), 0);
    await other.close();
  });

  test("offers no order of meters that the books cannot have", async () => {
    const sorts = (on: Page): Promise<string[]> => on.getByTestId("points-sort").locator("option").allTextContents();
    await page.evaluate(`location.hash = "#/points"`);
    await page.getByTestId("points-sort").waitFor();
    await soon.ok(async () => (await sorts(page)).length > 0 && !(await sorts(page)).includes("Highest power first"));
  });

  test("pauses a site and reads it again", async () => {
    await go("sites");
    const site = page.locator('[data-testid="site"][data-site="site-5"]');
    await site.getByRole("button", { name: "Pause: Nørregade 5" }).click();
    await site.getByTestId("pause-8").click();
    await page.getByText("Nørregade 5 is paused.").waitFor();
    await site.getByRole("button", { name: "Resume: Nørregade 5" }).click();
    await page.getByText("Nørregade 5 is read again.").waitFor();
    const [pause, resume] = fleet.sent.slice(-2) as [Sent, Sent];
    assert.equal(pause.path, "/sites/site-5");
    const { paused_until } = pause.body as { readonly paused_until: string };
    assert.ok(Math.abs(Date.parse(paused_until) - Date.now() - 8 * 3_600_000) < 60_000, paused_until);
    assert.deepEqual(resume.body, { paused_until: null });
    // An answer that nobody can read: the page's own sentence is in the reader's language, and marked as nothing else.
    await page.route("**/fleet/sites/*", (route) => route.fulfill({ json: {} }), { times: 1 });
    await site.getByRole("button", { name: "Pause: Nørregade 5" }).click();
    await site.getByTestId("pause-8").click();
    const problem = page.getByRole("alert").getByText("The gateway cannot be reached.");
    await problem.waitFor();
    assert.equal(await problem.getAttribute("lang"), null);
    await site.getByRole("button", { name: "Cancel" }).click();
  });

  test("reads the map of ten thousand points as far as it is scrolled", async () => {
    await go("map?month=2026-11");
    const map = page.getByTestId("completeness-map");
    await map.locator('[data-point="p1"]').waitFor();
    await soon.match(
      () => map.locator('[data-point="p7"]').textContent(),
      /27 of 28 days complete, lost for ever on day 3/,
    );
    for (const row of [190, 350]) {
      await map.locator(".box").evaluate((box: { scrollTop: number }, top: number) => {
        box.scrollTop = top;
      }, row * 32);
      await map.locator(`[data-point="p${row + 1}"]`).waitFor();
    }
    await soon.ok(async () => (await map.locator("[data-point]").count()) < 100, "only what is seen is drawn");
  });

  test("makes a campaign, follows it and ends it", async () => {
    await go("campaigns");
    // Most of its bar is what was read.
    const [bar, read] = [".bar", '.bar [data-state="done"]'].map((part) => page.locator(part).first());
    const widths = async (): Promise<readonly (number | undefined)[]> =>
      (await Promise.all([bar, read].map((part) => part?.boundingBox()))).map((box) => box?.width);
    await soon.ok(async () => {
      const [all = 0, done = 0] = await widths();
      return done > 0.9 * all && done < all;
    });
    await page.getByTestId("campaign-new").click();
    const form = page.getByTestId("new-campaign");
    await form.getByLabel("Name").fill("Night");
    await form.getByLabel("Closes").fill("2026-12-24T12:00");
    await form.getByLabel("Events").check();
    await form.getByRole("button", { name: "Create the campaign" }).click();
    await page.getByText("Night is created.").waitFor();
    assert.deepEqual((lastSent().body as { readonly reads: readonly string[] }).reads, ["registers", "events"]);
    await page.getByRole("link", { name: "Night" }).click();
    await page.getByTestId("campaign-stop").click();
    await page.getByTestId("campaign-stop-sure").click();
    await page.locator('[data-testid="campaign"][data-state="cancelled"]').waitFor();
    assert.equal(lastSent().path, "/campaigns/8/cancel");
  });

  test("shows a checked day in all its layers, and sends a decision with its reason", async () => {
    await go("checks");
    await page.getByTestId("inbox-day").getByRole("link").click();
    await page.getByTestId("beyond").waitFor();
    const form = page.getByTestId("decide");
    await form.getByLabel("The meter is wrong: estimate it").check();
    await soon.ok(() => form.getByRole("button").isDisabled(), "without a reason");
    await form.getByLabel("Reason").fill("the meter was tested that hour");
    await form.getByRole("button").click();
    await page.getByText("The decision is saved.").waitFor();
    assert.deepEqual(lastSent(), {
      method: "POST",
      path: "/points/p1/vee/2026-11-28",
      body: {
        ...{ kind: "estimate", obis: "1-0:1.29.0", reason: "the meter was tested that hour" },
        ...{ from: "2026-11-28T10:00:00.000Z", to: "2026-11-28T10:15:00.000Z" },
      },
    });
    await page.getByTestId("edits").getByText("the meter was tested that hour").waitFor();
  });

  test("has room for any name, and no barriers, in each part and language", async () => {
    const parts = [
      ["overview", "holders"],
      ["sites", "sites"],
      ["map?month=2026-11", "completeness-map"],
      ["campaigns?campaign=7", "targets"],
      [`checks?${dayQuery}`, "layers"],
      ["exports", "export"],
      ["audit", "audit"],
    ] as const;
    for (const [language, width] of [
      ["en", 1280],
      ["da", 320],
      ["de", 800],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await speak(page, language);
      for (const [path, seen] of parts) {
        await go(path);
        await page.getByTestId(seen).first().waitFor();
        if (path === "exports") {
          await page.getByTestId("export-runs").click();
          await page.getByTestId("runs").waitFor();
        }
        // What is scrolled or cut on purpose.
        await fits(page, `${path}, ${language}, ${width} pixels`, /role="group"|class="(name|day)\b/);
        // Looking for them takes long, and words are no barriers.
        if (language === "en") await hasNoBarriers(page, path);
      }
    }
    assert.deepEqual(complaints, []);
  });

  test("says when a process that reads has died, without being asked", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await speak(page, "en");
    await page.getByTestId("nav-fleet").click();
    await page.getByText("9,970 of 10,000 meters answer").waitFor();
    fleet.kill();
    await page.locator('[data-testid="holder"][data-health="gone"]').waitFor();
    await page.locator('[data-state="free"]', { hasText: "3,300" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test("says of a fleet without meters what to do next", async () => {
    const other = (await openPage(browser, gateway.url, toldFleet(true).route)).page;
    await go("overview", other);
    await other.getByText("meterport fleet import").waitFor();
    await other.getByText("No process reads meters now.").waitFor();
    await go("exports", other);
    await other.getByTestId("exports-none").waitFor();
    await go("checks", other);
    await other.getByText("No day needs a decision.").waitFor();
    await other.close();
  });
});
