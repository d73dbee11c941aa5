/** The meter on the page: what it is, its tables field by field and byte by byte, and where a value comes from. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { factsMemo, factsMemoName } from "@meterport/engine/points/point-facts-memory";
import { silentLog } from "@meterport/engine/ports/log";
import { accessBook } from "@meterport/gateway/access/access-book";
import { whyAnswer } from "@meterport/gateway/http/why/routes";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import {
  fits,
  launchBrowser,
  type Opened,
  openPage,
  openView,
  skipPage,
  speak,
  state,
  textOf,
} from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

interface Field {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}
interface TableAnswer {
  readonly raw: string;
  readonly size: number;
  readonly fields: readonly Field[];
}

const former = "11112222";

/** What the meter says of itself at the end of BT01: sixteen digits, two in a byte. */
const serialOf = ({ device }: ServedMeter): string => {
  const bytes = device.memory.get(1) ?? new Uint8Array(0);
  return /0{8}(\d{8})$/.exec(Buffer.from(bytes).toString("hex"))?.[1] ?? assert.fail("no serial number in BT01");
};

/** Another meter hung there for a month, until 20 minutes ago: long enough that the new one is believed as soon as it answers. */
const hangsThere =
  (serial: string) =>
  async (data: string): Promise<void> => {
    const store = openLocalSqliteStore(data, silentLog, Date.now);
    const now = Date.now();
    const [day, minute] = [86_400_000, 60_000];
    const last = { energy_import_wh: 99_000_000, energy_export_wh: 5_000_000 };
    await store.write({
      devices: [
        {
          ...{ point: "home", from: now - 30 * day, to: null, serial: former, manufacturer: "Echelon" },
          ...{ model: null, firmware: "3.70", profile: "meter:3.70", end: null },
          start: { energy_import_wh: 98_000_000, energy_export_wh: 4_900_000 },
        },
      ],
      registers: [
        {
          ...{ point: "home", register: "energy_import_wh", tier: 0, time: now - 30 * day, value: 98_000_000 },
          ...{ reason: "first", serial: former },
          proof: {
            ...{ time: now - 30 * day, table: "BT23", offset: null, raw: null, profile: "meter:3.70", clockOffset: 0 },
            note: "read live, and confirmed by the next reading",
          },
        },
      ],
      memos: [
        {
          ...{ point: "home", name: factsMemoName },
          text: factsMemo({
            day: null,
            rival: {
              ...{ serial, since: now - 20 * minute, first: null },
              before: { time: now - 21 * minute, values: last },
            },
          }),
        },
      ],
    });
    await store.close();
  };

describe("the meter on the page", { skip: skipPage }, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  let meter: ServedMeter;
  let serial: string;
  before(async () => {
    // The memory of two months takes longer to make than a meter may take to answer.
    meter = await serveMeter(3);
    const yaml = `meters:\n  - { id: home, link: "${meter.url}", key: "${meter.key}" }\n`;
    serial = serialOf(meter);
    [browser, gateway] = await Promise.all([launchBrowser(), startGateway(yaml, { prepare: hangsThere(serial) })]);
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
    await meter?.unplug();
  });

  const json = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${gateway.url}/api/v1/points/home${path}`)).json()) as T;
  let shared: Opened | undefined;
  /** The one page of these tests, which begins each at the view of the meter, in English. */
  const opened = async (section = "", size = { width: 1280, height: 860 }) => {
    shared ??= await openPage(browser, gateway.url);
    const { page, complaints } = shared;
    complaints.length = 0;
    await page.setViewportSize(size);
    await state(page, "fresh");
    await speak(page, "en");
    await openView(page, "now");
    await openView(page, "meter");
    if (section !== "") await page.evaluate(`location.hash = "#/points/home/meter/${section}"`);
    return { page, complaints };
  };
  const field = (page: Page, path: string) => page.locator(`[data-testid="field"][data-path="${path}"]`);
  const markedBytes = (page: Page): Promise<readonly number[]> =>
    page
      .locator("[data-at].marked")
      .evaluateAll((bytes: readonly { getAttribute(name: string): string | null }[]) =>
        bytes.map((byte) => Number(byte.getAttribute("data-at"))),
      );

  test("says what it is and how its clock is, and lists the tables that it has", async () => {
    const { page, complaints } = await opened();
    await page.getByTestId("table-entry").first().waitFor();
    const { tables } = await json<{ readonly tables: readonly { readonly table: string }[] }>("/tables");
    const listed = page.getByTestId("table-entry");
    await soon.deepEqual(
      async () => (await listed.allTextContents()).map((text) => /[BE]T\d+/.exec(text)?.[0]),
      tables.map(({ table }) => table),
    );
    await soon.match(() => textOf(page, "identity"), /68411894|\d{7,8}/);
    await page
      .getByTestId("meter-clock")
      .filter({ hasText: /right|ahead|behind/ })
      .waitFor();
    const present = page.getByTestId("device").filter({ hasText: /since .*Import register: [\d,.]+ kWh/s });
    await present.waitFor();
    await page.getByTestId("tables-search").fill("outage");
    await soon.match(() => page.getByTestId("table-entry").first().textContent(), /ET81\s+Power Outage Log/);
    await soon.match(async () => String(await page.evaluate("location.hash")), /table=outage/);
    await hasNoBarriers(page);
    assert.deepEqual(complaints, []);
  });

  test("shows a table as the API gives it, and leads from fields to bytes and back", async () => {
    const { page, complaints } = await opened("BT61?at=12");
    await field(page, "dataSets.0.maximumIntervalTime").waitFor();
    const answer = await json<TableAnswer>("/tables/BT61");
    await soon.equal(async () => (await page.locator("[data-at]").allTextContents()).join(""), answer.raw);
    await soon.equal(() => page.getByTestId("field").count(), answer.fields.length);
    // The address names a byte.
    await soon.deepEqual(() => markedBytes(page), [12]);
    await soon.match(() => field(page, "dataSets.0.maximumIntervalTime").getAttribute("class"), /marked/);
    await field(page, "memoryLength").hover();
    await soon.deepEqual(() => markedBytes(page), [0, 1, 2, 3]);
    await soon.match(() => field(page, "memoryLength").textContent(), /104832 byte/);
    await page.locator('[data-at="9"]').hover();
    await soon.match(() => field(page, "dataSets.0.intervals").getAttribute("class"), /marked/);
    await soon.deepEqual(() => markedBytes(page), [9, 10]);
    // By keyboard, each byte is read out with its fields.
    await page.mouse.move(0, 0);
    await page.getByTestId("bytes").focus();
    await page.keyboard.press("ArrowRight");
    await soon.match(
      () => page.getByTestId("bytes").getAttribute("aria-valuetext"),
      /^byte 13, 1e: dataSets\.1\.blocks$/,
    );
    await field(page, "memoryLength").getByRole("button").focus();
    await soon.deepEqual(() => markedBytes(page), [0, 1, 2, 3]);
    await hasNoBarriers(page);
    assert.deepEqual(complaints, []);
  });

  test("keeps long lists closed, copies values, and shows a part of a table that is too long", async () => {
    const { page } = await opened("BT74");
    const group = page.locator('[data-testid="group"][data-path="historyRecords"]');
    await group.waitFor();
    await soon.match(() => group.textContent(), /100 entries/);
    await soon.equal(() => field(page, "historyRecords.0.event").count(), 0);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByTestId("table-copy").click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const copied = JSON.parse(String(await page.evaluate("navigator.clipboard.readText()"))) as {
      readonly value: { readonly validEntries: number; readonly historyRecords: readonly unknown[] };
    };
    const { fields } = await json<TableAnswer>("/tables/BT74");
    assert.equal(copied.value.validEntries, fields.find(({ path }) => path === "validEntries")?.value);
    assert.equal(copied.value.historyRecords.length, 100);
    // Nothing under the mouse, which would be marked instead.
    await page.mouse.move(0, 0);
    // An address leads also to an element far down a closed list.
    await page.evaluate(`location.hash = "#/points/home/meter/BT74?at=1383"`);
    await page.locator('[data-path="historyRecords.98.time"].marked').waitFor();
    await page.evaluate(`location.hash = "#/points/home/meter/BT64?at=9189"`);
    const entry = page.locator('[data-testid="field"][data-path^="blocks."].marked');
    await entry.first().waitFor();
    await soon.ok(async () => (await markedBytes(page)).includes(9189));
    await soon.match(() => textOf(page, "table"), /bytes 9,1\d\d–9,[\d]+ of 110,460/);
    await page.getByTestId("next-part").click();
    await page.locator('[data-at="9700"]').waitFor();
  });

  test("fits a narrow phone in each language, in the overview and in a table", async () => {
    const { page, complaints } = await opened("", { width: 320, height: 800 });
    await page.getByTestId("table-entry").first().waitFor();
    for (const language of ["en", "da", "de"]) {
      await speak(page, language);
      await fits(page, language);
    }
    await page.evaluate(`location.hash = "#/points/home/meter/ET13"`);
    await page.getByTestId("bytes").waitFor();
    for (const language of ["en", "da", "de"]) {
      await speak(page, language);
      await fits(page, language);
    }
    assert.deepEqual(complaints, []);
  });

  test("says why a table cannot be read, and reads it again", async () => {
    const { page } = await opened();
    const problem = { error: "meter-silent", message: "the meter does not answer: read ET13: no answer" };
    await page.route("**/tables/ET13", (route) => route.fulfill({ status: 503, json: problem }));
    await page.evaluate(`location.hash = "#/points/home/meter/ET13"`);
    const failed = page.getByTestId("table-failed");
    await failed.waitFor();
    await soon.match(() => failed.textContent(), /could not be read\.\s*the meter does not answer: read ET13/);
    await page.unroute("**/tables/ET13");
    await failed.getByRole("button").click();
    await page.getByTestId("bytes").waitFor();
    await page.evaluate(`location.hash = "#/points/home/meter/ET9999"`);
    await failed.waitFor();
    await page.evaluate(`location.hash = "#/points/home/meter/%3Cb%3E"`);
    await soon.match(() => textOf(page, "no-table"), /“<b>” is not the name of a table/);
  });

  test("says how full its memory is, when it is asked to", async () => {
    const { page } = await opened();
    await page.getByTestId("memory-read").click();
    const fill = page.locator('[data-testid="fill"][data-what="BT74"]');
    await fill.waitFor();
    const { fields } = await json<TableAnswer>("/tables/BT74");
    const valid = fields.find(({ path }) => path === "validEntries")?.value;
    await soon.equal(() => fill.getAttribute("data-used"), String(valid));
    await soon.equal(() => fill.getAttribute("data-room"), "100");
  });

  test("a value tells where it comes from, down to its bytes, in a dialog for the keyboard", async () => {
    const { page, complaints } = await opened();
    const asks = page.getByTestId("why-energy_import_wh");
    await asks.waitFor();
    const asking = await asks.elementHandle();
    await asks.focus();
    await page.keyboard.press("Enter");
    await page.getByTestId("why-sources").waitFor();
    const why = await json<{ readonly live: { readonly number: number } }>("/why?value=live&key=energy_import_wh");
    await eventually(async () => {
      const value = Number((await textOf(page, "why-value")).replace(/[^\d]/g, ""));
      assert.ok(Math.abs(value - why.live.number) < 50, `${value} is not ${why.live.number}`);
      const bytes = /bytes ((?:[0-9A-F]{2} ?){4})/.exec(await textOf(page, "why-lead"))?.[1] ?? "";
      assert.equal(Buffer.from(bytes.replaceAll(" ", ""), "hex").readUInt32LE(), value);
    });
    await soon.match(() => textOf(page, "why-verdict"), /^Passed the checks: the register has risen/);
    await hasNoBarriers(page);
    // The focus stays within, and returns to where it was.
    for (let i = 0; i < 6; i++) await page.keyboard.press("Tab");
    await soon.equal(
      () => page.evaluate(`document.activeElement === document.body || !!document.activeElement.closest("dialog")`),
      true,
    );
    await page.keyboard.press("Escape");
    await page.getByTestId("why").waitFor({ state: "detached" });
    // Unless values were late meanwhile, and the button of this value is another one.
    if (await asking?.evaluate((button: { readonly isConnected: boolean }) => button.isConnected))
      await soon.equal(() => page.evaluate("document.activeElement.dataset.testid"), "why-energy_import_wh");
    // The way to the bytes in their table.
    await asks.click();
    await page.getByTestId("why-sources").getByRole("link").first().click();
    await page.locator('[data-testid="table"][data-table="BT23"]').waitFor();
    await page.locator("[data-at].marked").first().waitFor();
    await soon.equal(() => page.getByTestId("why").count(), 0);
    assert.deepEqual(complaints, []);
  });

  test("an interval tells what the load profile recorded at its ends", async () => {
    const entry = (time: string, at: number, raw: string, integer: number) => ({
      ...{ time, block: 4, entry: at, offset: 7381 + 19 * at, raw, value_offset: 7384 + 19 * at, integer },
    });
    const end = "2026-11-29T00:00:00.000Z";
    const interval = {
      ...{ id: "home", value: "interval", live: null, register: null, reading: null, difference: null },
      interval: {
        ...{ end, seconds: 900, value: 2825, source: "profile", quality: "good", flags: [] },
        ...{ register: 67_041_030, revision: 1, stored: end },
      },
      proof: {
        ...{
          time: end,
          table: "BT64",
          offset: 9186,
          raw: "00000006f7fe03ad5fdc007d2b4d001a743c00",
          profile: "meter:3.70",
        },
        ...{ clock_offset_ms: 237, note: "difference of recorded registers" },
      },
      profile: {
        ...{ rule: "difference of the registers at both ends", table: "BT64", source: 0, scale: 1 },
        begin: entry("2026-11-28T23:45:00.000Z", 94, "000000fdebfe03ad5fdc007d2b4d00c6733c00", 67_038_205),
        end: entry(end, 95, "00000006f7fe03ad5fdc007d2b4d001a743c00", 67_041_030),
      },
    };
    // What the gateway would answer.
    assert.deepEqual(whyAnswer.parse(interval), interval);
    const { page } = await opened();
    // Another view asks for intervals; what is shown of the answer is tried here.
    await page.route("**/points/home/why?*", (route) => route.fulfill({ json: interval }));
    await page.setViewportSize({ width: 320, height: 800 });
    await page.getByTestId("why-energy_import_wh").click();
    await page.getByTestId("why-verdict").waitFor();
    await soon.equal(async () => (await textOf(page, "why-value")).replace(/[^\d]/g, ""), "2825");
    await soon.match(() => textOf(page, "why-lead"), /load profile/);
    const marked = page.getByTestId("why").locator(".marked");
    await soon.equal(async () => (await marked.allTextContents()).join(""), "fdebfe0306f7fe03");
    for (const language of ["en", "da", "de"]) {
      await page.getByTestId("why-close").click();
      await speak(page, language);
      await page.getByTestId("why-energy_import_wh").click();
      await page.getByTestId("why-verdict").waitFor();
      await fits(page, language);
    }
    await page.getByTestId("why-close").click();
    await page.unroute("**/points/home/why?*");
  });

  test("an exchange is told among the events, and both meters are listed with their registers", async () => {
    const { page, complaints } = await opened();
    const devices = page.getByTestId("device");
    await devices.nth(1).waitFor();
    const [before, now] = [devices.filter({ hasText: former }), devices.filter({ hasText: serial })];
    assert.equal(await devices.count(), 2);
    assert.match((await before.textContent()) ?? "", / to .*Import register: 98,000\.000 kWh to 99,000\.000 kWh/s);
    assert.match((await now.textContent()) ?? "", /since /);
    // The first state of all is a stored register, which tells where it comes from.
    await before.locator('[data-why="device-start"]').click();
    await page.getByTestId("why-register").waitFor();
    await soon.match(() => textOf(page, "why-lead"), /and the next reading confirmed it/);
    await soon.match(() => textOf(page, "why-register"), /BT23/);
    await hasNoBarriers(page);
    await page.getByTestId("why-close").click();
    await openView(page, "events");
    const told = page.locator('[data-testid="event"][data-kind="meter-exchange"]');
    await told.waitFor();
    assert.match(
      (await told.textContent()) ?? "",
      new RegExp(`Meter exchanged.*${former} was replaced by ${serial}`, "s"),
    );
    await openView(page, "now");
    await state(page, "fresh");
    const counter = page.getByTestId("counter-import");
    await counter.waitFor();
    const wh = Number(await counter.getAttribute("data-value"));
    const truth = meter.device.valuesAt(meter.device.timeAt(systemClock.now())).get(0) ?? Number.NaN;
    assert.ok(truth - wh >= 0 && truth - wh < 100, `${wh} Wh shown, ${truth} in the meter`);
    // The step from one meter's register to the other's is not energy.
    assert.ok(Number((await textOf(page, "energy-today-import")).replace(/[^\d.]/g, "")) < 1000);
    assert.deepEqual(complaints, []);
  });
});

describe("the meter's tables for a reader without the right to operate", { skip: skipPage }, () => {
  test("are listed, and it is said what is missing to open one", async (t) => {
    const password = "correct horse battery";
    const [browser, gateway] = await Promise.all([
      launchBrowser(),
      startGateway(undefined, {
        prepare: (folder) =>
          accessBook({ folder, clock: systemClock, entropy: systemEntropy }).addUser("anna", password, "read"),
      }),
    ]);
    t.after(() => browser.close());
    t.after(gateway.remove);
    const { page } = await openPage(browser, gateway.url);
    const inputs = page.getByTestId("sign-in").locator("input");
    await inputs.nth(0).fill("anna");
    await inputs.nth(1).fill(password);
    await page.getByTestId("sign-in").locator("button").click();
    await state(page, "fresh");
    await openView(page, "meter");
    await page.getByTestId("table-entry").first().waitFor();
    await soon.match(() => textOf(page, "tables-no-right"), /right “operate”/);
    await soon.equal(() => page.getByTestId("tables").getByRole("link").count(), 0);
    await page.evaluate(`location.hash = "#/points/home/meter/ET13"`);
    await page.getByTestId("table").waitFor();
    await soon.match(() => textOf(page, "table"), /right “operate”/);
    await page.close();
  });
});
