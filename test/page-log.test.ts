/** The card of the page that shows the meter's own event log: in words, in each language, asked for when it is opened. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LogAnswer, LogEntry } from "@meterport/gateway/http/api";
import { eventArgumentOf, eventOf } from "@meterport/protocol/meaning/events";
import type { Browser, Page } from "playwright-core";
import { fits, launchBrowser, openPage, openView, skipPage, speak, state } from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const entry = (number: number, raw: number, argument: readonly number[], time: string | null): LogEntry => {
  const { number: code, name, severity, source } = eventOf(raw);
  return { time, number, code, raw, name, argument: eventArgumentOf(raw, Uint8Array.from(argument)), severity, source };
};
const answer: LogAnswer = {
  id: "home",
  time_read: "2026-01-01T12:00:00Z",
  entries: [
    entry(9, 0x800 | 68, [5, 0], "2026-01-01T11:00:00Z"),
    entry(8, 2, [3, 0], "2026-01-01T10:00:00Z"),
    entry(7, 45, [0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8], null),
    entry(6, 49, [], "2026-01-01T09:00:00Z"),
  ],
};

describe("the meter's log on the page", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  before(async () => {
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway()]);
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
  });
  const entries = (page: Page) => page.getByTestId("meter-log-entry");
  const unfold = async (page: Page): Promise<void> => {
    await state(page, "fresh");
    await openView(page, "events");
    await page.getByTestId("meter-log").locator("summary").click();
  };

  test("is read from the meter when it is opened, while live values go on", async (t) => {
    const asked: string[] = [];
    const { page, complaints } = await openPage(browser, gateway.url, async (opened) => {
      opened.on("request", (request) => asked.push(new URL(request.url()).pathname));
    });
    await state(page, "fresh");
    assert.ok(!asked.some((path) => path.endsWith("/log")), "nothing is asked before");
    const began = performance.now();
    await unfold(page);
    await entries(page).first().waitFor();
    t.diagnostic(`${await entries(page).count()} entries after ${Math.round(performance.now() - began)} ms`);
    await soon.equal(() => entries(page).count(), 25);
    for (const text of await entries(page).allTextContents())
      assert.match(text, /\p{L}{4}.*\d\d:\d\d:\d\d.*event \d+/su);
    await page.getByTestId("meter-log").getByRole("button", { name: "Show more" }).click();
    await entries(page).nth(40).waitFor();
    await soon.equal(() => page.locator("main").getAttribute("data-state"), "fresh");
    assert.ok(!asked.some((path) => /\/(da|de)-/.test(path)), "no other language is loaded");
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("shows each entry in each language, with its raw number, marks alarms, and fits a narrow phone", async () => {
    const { page } = await openPage(browser, gateway.url, (opened) =>
      opened.route("**/api/v1/meters/home/log?*", (route) => route.fulfill({ json: answer })),
    );
    await page.setViewportSize({ width: 320, height: 800 });
    await unfold(page);
    await entries(page).first().waitFor();
    const texts = async () => (await entries(page).allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());
    for (const [language, first, second, third] of [
      [
        "en",
        /^Alarm Phase loss.*: L1, L3 1 Jan 2026, .*event 68 \(2116 in the log\)$/,
        /^Power up: power failure /,
        /^Event not in any public list: argument ff fe fd fc fb fa f9 f8 time unknown event 45$/,
      ],
      [
        "da",
        /^Alarm Fase mangler.*: L1, L3 .*hændelse 68 \(2116 i loggen\)$/,
        /^Strøm tilbage: strømafbrydelse /,
        /ff fe fd fc fb fa f9 f8 ukendt tidspunkt hændelse 45$/,
      ],
      [
        "de",
        /^Alarm Phase fehlt.*: L1, L3 .*Ereignis 68 \(im Protokoll 2116\)$/,
        /^Spannung wieder da: Stromausfall /,
        /ff fe fd fc fb fa f9 f8 Zeit unbekannt Ereignis 45$/,
      ],
    ] as const) {
      await speak(page, language);
      await entries(page)
        .filter({ hasText: second.source.slice(1, 12) })
        .waitFor();
      await eventually(async () => {
        const shown = await texts();
        for (const [i, expected] of [first, second, third].entries()) assert.match(shown[i] ?? "", expected);
      });
      await fits(page, language);
    }
    const severities = () =>
      entries(page).evaluateAll((items: readonly { getAttribute(name: string): string | null }[]) =>
        items.map((item) => item.getAttribute("data-severity")),
      );
    await soon.deepEqual(severities, ["alarm", "status", null, "alarm"]);
    await soon.equal(() => entries(page).getByText("Alarm", { exact: true }).count(), 2);
    await page.close();
  });

  test("says why if the meter does not provide it, and reads it again on request", async () => {
    let silent = true;
    const problem = { error: "meter-silent", message: "the meter does not answer: read BT74: no answer" };
    const { page } = await openPage(browser, gateway.url, (opened) =>
      opened.route("**/api/v1/meters/home/log?*", (route) =>
        route.fulfill(silent ? { status: 503, json: problem } : { json: answer }),
      ),
    );
    await unfold(page);
    const failure = page.getByTestId("meter-log-failure");
    await failure.waitFor();
    await soon.match(() => failure.textContent(), /could not be read\.\s*the meter does not answer: read BT74/);
    silent = false;
    await page.getByTestId("meter-log").getByRole("button", { name: "Read again" }).click();
    await entries(page).first().waitFor();
    await soon.equal(() => failure.count(), 0);
    await page.close();
  });
});
