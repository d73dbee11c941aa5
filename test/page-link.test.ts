/** The view of a meter's connection: state, doctor, key test, recordings and log, against the real daemon at a virtual meter. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { parseCapture } from "@meterport/protocol/capture/capture";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, openView, skipPage, speak, textOf } from "./support/browser.ts";
import { soon } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

interface Diagnosis {
  readonly language: string;
  readonly name: string;
  readonly checks: readonly { readonly name: string; readonly verdict: string; readonly text: string }[];
}

/** What no layout may break at: markup, emoji, right-to-left script, a word without an end. */
const hostile = `<img src=x onerror=alert(1)> 🦊🦊 שלום עולם ${"x".repeat(120)}`;

describe("the view of a meter's connection", { skip: skipPage }, () => {
  let browser: Browser;
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  before(async () => {
    [browser, meter] = await Promise.all([launchBrowser(), serveMeter(2)]);
    gateway = await startGateway(
      `meters:\n  - id: home\n    name: Home\n    link: ${meter.url}\n    key: "hex:${meter.key}"\n`,
    );
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
    await meter?.unplug();
  });
  const json = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${gateway.url}/api/v1/points/home/${path}`)).json()) as T;
  const open = async (prepare?: (page: Page) => Promise<unknown>) => {
    const opened = await openPage(browser, gateway.url, prepare);
    await opened.page.locator('main[data-meter="home"]').waitFor();
    await openView(opened.page, "link");
    await opened.page.getByTestId("record").waitFor();
    return opened;
  };
  const isUp = (page: Page) => page.locator('[data-testid=link-state][data-link="up"]').waitFor();
  const tryKey = async (page: Page, key: string, outcome: string): Promise<void> => {
    await page.getByTestId("key-entry").fill(key);
    await page.getByTestId("try-key").click();
    await page.locator(`[data-testid=key-outcome][data-outcome="${outcome}"]`).waitFor();
  };

  test("tells state, losses and log as the API does, and draws the round trips", async () => {
    const { page, complaints } = await open();
    await isUp(page);
    const { url } = await json<{ readonly url: string }>("link");
    const state = page.getByRole("region", { name: "State" });
    await soon.match(() => state.textContent(), new RegExp(`The meter answers.*${url}`, "s"));
    await page.locator('[data-testid=round-trips]:not([data-samples="0"]):not([data-samples="1"])').waitFor();
    const chart = page.getByTestId("round-trips");
    await chart.focus();
    await soon.match(() => chart.getAttribute("aria-valuetext"), /^Time per reading between \d+ ms and \d+ ms/);
    await chart.press("ArrowLeft");
    await soon.match(() => chart.getAttribute("aria-valuetext"), /^\d\d:\d\d:\d\d: (\d+ ms|not read)$/);
    const logs = await fetch(`${gateway.url}/api/v1/logs?meter=home&level=info&limit=1000`);
    const { lines } = (await logs.json()) as { readonly lines: readonly { readonly message: string }[] };
    const oldest = lines.at(-1)?.message ?? assert.fail();
    await page.getByTestId("log-line").last().getByText(oldest).waitFor();
    await page.getByTestId("log-filter").fill("LINK UP");
    await soon.ok(async () =>
      (await page.getByTestId("log-line").allTextContents()).every((text) => text.includes("link up")),
    );
    await page.getByTestId("log-level").selectOption("error");
    await soon.equal(() => page.getByTestId("log-line").count(), 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("says how it reads a key, tries it, and never shows it again", async () => {
    const { page, complaints } = await open();
    const form = page.getByTestId("key-form");
    for (const [entered, said] of [
      ["0123456789abcdef0123", /Read as 20 characters.*first 16.*hex digits/s],
      [`hex:${meter.key}`, /Read as 32 hex digits/],
      ["short", /These are 5 characters/],
      [hostile, /A key has/],
    ] as const) {
      await page.getByTestId("key-entry").fill(entered);
      await soon.match(() => form.textContent(), said);
    }
    let sent = 0;
    page.on("request", (request) => {
      if (request.method() === "POST") sent++;
    });
    await page.getByTestId("key-entry").press("Enter");
    const file = { name: "key.xml", mimeType: "text/xml", buffer: Buffer.from(`<m><MBK>${meter.key}</MBK></m>`) };
    await page.locator("#key-file").setInputFiles(file);
    await form.getByText("From the file: MBK").waitFor();
    await tryKey(page, "f".repeat(32), "wrong-key");
    await tryKey(page, meter.key, "works");
    assert.equal(sent, 2, "what is no key is not sent");
    await soon.equal(() => page.getByTestId("key-entry").inputValue(), "");
    await soon.match(() => textOf(page, "key-outcome"), /The key fits.*NES 83331/s);
    await page
      .getByTestId("key-outcome")
      .getByRole("link", { name: "Change address or key in the settings" })
      .waitFor();
    assert.ok(!(await page.content()).includes(meter.key), "the key is nowhere in the page");
    assert.ok(!gateway.log().includes(meter.key));
    await page.reload();
    await page.locator('[data-outcome="works"]').waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("records the line, counts down, and gives the recording with and without serial numbers", async () => {
    const { page, complaints } = await open();
    await isUp(page);
    await page.getByTestId("recording-minutes").selectOption("1");
    await page.getByTestId("record").click();
    await page.locator('[data-testid=recording-bytes]:not([data-bytes="0"])').waitFor();
    await soon.match(() => textOf(page, "recording-left"), /^Recording, [1-5]?\d s left$/);
    const { running } = await json<{ readonly running: boolean }>("link/recording");
    assert.equal(running, true);
    // Someone else sees it too, and the one who leaves and comes back.
    await page.reload();
    await page.getByTestId("stop-recording").click();
    await soon.match(() => textOf(page, "recording-over"), /^Stopped\./);
    const capture = page.getByTestId("capture").first();
    await capture.getByText("Recorded on request").waitFor();
    const { capture: name } = await json<{ readonly capture: string }>("link/recording");
    await soon.equal(() => capture.getAttribute("data-name"), name);
    const saved = async (role: "button" | "link") => {
      const [download] = await Promise.all([page.waitForEvent("download"), capture.getByRole(role).click()]);
      const text = readFileSync(await download.path(), "utf8");
      assert.ok(!text.includes(meter.key));
      return parseCapture(text);
    };
    const [original, redacted] = [await saved("link"), await saved("button")];
    assert.equal(original.header.key, undefined);
    assert.notEqual(redacted.header.key, undefined);
    assert.equal(redacted.entries.length, original.entries.length);
    assert.ok(original.entries.length > 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  // The examination takes some seconds, in which the others, one after the other, need no meter.
  describe("meanwhile", { concurrency: 2 }, () => {
    test("examines the connection, in the reader's language, and on a phone in each of them", async () => {
      const { page, complaints } = await open();
      await isUp(page);
      // Looked for beforehand: the examination may be over before a slow test asks for the second.
      const seen = Promise.all([
        page.locator('[data-testid=doctor][data-state="running"]').waitFor(),
        page.getByTestId("link-advice").getByText("The connection is being examined").waitFor(),
      ]);
      await page.getByTestId("examine").click();
      await seen;
      await page.getByTestId("diagnosis").waitFor({ timeout: 90_000 });
      await isUp(page);
      for (const language of ["en", "da", "de"]) {
        await speak(page, language);
        const { diagnosis } = await json<{ readonly diagnosis: Diagnosis }>(`link/doctor?language=${language}`);
        await page.locator(`[data-testid=diagnosis][lang="${language}"]`).waitFor();
        const checks = page.getByTestId("check");
        await soon.deepEqual(
          () =>
            checks.evaluateAll((all: readonly { getAttribute(name: string): string | null }[]) =>
              all.map((check) => [check.getAttribute("data-check"), check.getAttribute("data-verdict")]),
            ),
          diagnosis.checks.map(({ name, verdict }) => [name, verdict]),
        );
        await soon.ok(async () =>
          ((await checks.last().textContent()) ?? "").includes(diagnosis.checks.at(-1)?.text ?? "?"),
        );
        for (const width of [320, 390, 1280]) {
          await page.setViewportSize({ width, height: 860 });
          await fits(page, `${language}, ${width} pixels`);
        }
      }
      await hasNoBarriers(page);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Bericht speichern" }).click(),
      ]);
      const report = readFileSync(await download.path(), "utf8");
      assert.equal((JSON.parse(report) as { readonly format: string }).format, "meterport-doctor");
      assert.ok(!report.includes(meter.key) && !report.includes("127.0.0.1"));
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("shows what a gateway refuses, and sentences that would break a page", async () => {
      const refusal = { error: "busy", message: hostile };
      const { page } = await open(async (opened) => {
        await opened.route("**/link/doctor?*", (route) => route.fulfill({ status: 409, json: refusal }));
        await opened.route("**/link/recording", (route) =>
          route.request().method() === "GET" ? route.continue() : route.fulfill({ status: 503, json: refusal }),
        );
        await opened.route("**/logs?*", (route) => {
          const time = new Date().toISOString();
          return route.fulfill({
            json: { lines: [{ number: 1, time, level: "warn", meter: "home", message: hostile }] },
          });
        });
      });
      await page.getByTestId("examine").click();
      await page.getByTestId("doctor").getByText("🦊").waitFor();
      await page.getByTestId("record").click();
      await page.getByTestId("recordings").getByText("🦊").waitFor();
      await page.getByTestId("log-line").getByText("🦊").waitFor();
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        await fits(page);
      }
      await soon.equal(() => page.locator("main img").count(), 0);
      await hasNoBarriers(page);
      await page.close();
    });

    test("puts what is wrong and what to do first, then each layer with its verdict", async () => {
      const head = { id: "home", state: "done", started: new Date().toISOString(), took_ms: 61_000, problem: null };
      const check = (name: string, verdict: string, text: string) => ({
        ...{ name, verdict, text, finding: "x", facts: {}, title: name },
      });
      const diagnosis = {
        ...{ format: "meterport-doctor", version: 1, link: "tcp", language: "en", meter: null, took_ms: 61_000 },
        ...{
          sickness: "silent",
          usable: false,
          name: "Nothing comes from the meter",
          cause: "Not a single byte came.",
        },
        remedies: ["Ask your utility to open the port.", hostile],
        checks: [
          check("open", "good", "opened"),
          check("bytes", "bad", hostile),
          check("key", "unknown", "not reached"),
        ],
      };
      const { page, complaints } = await open(async (opened) => {
        await opened.route("**/link/tests", (route) =>
          route.fulfill({ json: { id: "home", doctor: {}, key_test: null } }),
        );
        await opened.route("**/link/doctor?*", (route) => route.fulfill({ json: { ...head, diagnosis } }));
      });
      const shown = page.getByTestId("diagnosis");
      await shown.waitFor();
      await soon.equal(() => shown.getAttribute("data-sickness"), "silent");
      await soon.match(
        () => shown.textContent(),
        /Nothing comes.*single byte.*What to do.*open the port.*cannot be read reliably.*Layer by layer.*open: good/s,
      );
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        await fits(page);
      }
      await soon.equal(() => page.locator("main img").count(), 0);
      await hasNoBarriers(page);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("says why a point cannot be recorded, and what a reader without the right may see", async () => {
      const optical = { error: "not-possible", message: "the key crosses an optical port in the clear" };
      const { page } = await openPage(browser, gateway.url, (opened) =>
        opened.route("**/link/recording", (route) => route.fulfill({ status: 409, json: optical })),
      );
      await page.locator('main[data-meter="home"]').waitFor();
      await openView(page, "link");
      await page.getByTestId("recordings").getByText(optical.message).waitFor();
      await soon.equal(() => page.getByTestId("record").count(), 0);
      await page.close();
      const reader = await openPage(browser, gateway.url, (opened) =>
        opened.route("**/api/v1/session", async (route) => {
          const answer = await route.fetch();
          await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), scope: "read" } });
        }),
      );
      await reader.page.locator('main[data-meter="home"]').waitFor();
      await openView(reader.page, "link");
      await reader.page.getByTestId("needs-operate").waitFor();
      await soon.equal(() => reader.page.getByTestId("examine").count(), 0);
      assert.deepEqual(reader.complaints, [], "it asks for nothing that it may not have");
      await reader.page.close();
    });
  });

  test("finds what is wrong while the meter is silent, and says what to do", async () => {
    const { page } = await open();
    await isUp(page);
    meter.silent = true;
    await page.locator('[data-testid=link-state]:not([data-link="up"])').waitFor();
    await page.getByTestId("link-advice").waitFor();
    await soon.match(() => textOf(page, "link-advice"), /Why.*What to do/s);
    await soon.equal(() => textOf(page, "round-trip"), "Time per reading –");
    await hasNoBarriers(page);
    meter.silent = false;
    await isUp(page);
    await page.close();
  });
});
