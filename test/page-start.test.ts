/** Setting up a meter on the page: from the pairing code to live power, on the real gateway and a virtual meter behind TCP. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, openView, skipPage, speak, textOf } from "./support/browser.ts";
import { eventually, patience, soon } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const password = "correct horse battery";
const languages = ["en", "da", "de"] as const;
const hostile = '<img src=x onerror="alert(1)"> 🏠 \u202eمطبخ';

/** What this file reads of the API's answers. */
interface Answers {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly power_w: number | null;
  readonly outputs: readonly { readonly name: string }[];
}

describe("the setup of a meter", { skip: skipPage }, () => {
  let browser: Browser;
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  let page: Page;
  let complaints: string[];
  before(async () => {
    [browser, meter, gateway] = await Promise.all([
      launchBrowser(),
      serveMeter(3),
      startGateway(undefined, { flags: ["--pair"] }),
    ]);
    ({ page, complaints } = await openPage(browser, gateway.url));
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
    await meter?.unplug();
  });

  const at = (id: string) => page.getByTestId(id);
  const click = (id: string) => at(id).click();
  const fill = (id: string, text: string) => at(id).fill(text);
  const choose = (kind: string) => page.locator(`input[name="kind"][value="${kind}"]`).check();
  const step = (name: string) => page.locator(`[data-testid="start"][data-step="${name}"]`).waitFor();
  const outcome = (name: string) => page.locator(`[data-testid="verdict"][data-outcome="${name}"]`).waitFor();
  const ask = (path: string) => page.evaluate(`fetch("api/v1/${path}").then((r) => r.json())`) as Promise<Answers>;
  const fine = (): Promise<void> => hasNoBarriers(page);
  const bridge = async (host: string, port: string): Promise<void> => {
    await choose("bridge");
    await fill("start-host", host);
    await fill("start-port", port);
  };
  const signIn = async (words: readonly string[]): Promise<void> => {
    const inputs = at("sign-in").locator("input");
    for (const [n, word] of words.entries()) await inputs.nth(n).fill(word);
    await at("sign-in").locator("button").click();
  };
  /** Refused requests are told in the console too, and nowhere else. */
  const noComplaints = (): void =>
    assert.deepEqual(
      complaints.filter((text) => !/status of 4\d\d/.test(text)),
      [],
    );

  const pair = async (): Promise<void> => {
    await at("sign-in").waitFor();
    await at("sign-in").locator("summary").click();
    await soon.match(() => textOf(page, "sign-in"), /journalctl -u meterport/);
    await fine();
    const code = /pairing code (\d{4} \d{4})/.exec(gateway.log())?.[1] ?? assert.fail(gateway.log());
    await signIn([code, "anna", password]);
    await step("link");
  };

  /** Until a meter answers at the link. */
  const findMeter = async (): Promise<void> => {
    const { hostname, port } = new URL(meter.url);
    // What answers in the network where the tests run is another matter.
    const found = { link: meter.url, name: hostile, kind: "esphome", guessed: true, used_by: null };
    await page.route("**/links/found", (route) => route.fulfill({ json: { bridges: [found], problem: null } }));
    await choose("bridge");
    await at("start-bridge").check();
    assert.equal(await at("start-host").inputValue(), hostname);
    assert.equal(await at("start-port").inputValue(), port);
    assert.equal(await page.locator("img[onerror]").count(), 0);
    await bridge(hostname, "1");
    await click("start-test");
    await outcome("failed");
    await soon.match(() => textOf(page, "verdict"), /address and port right.*cannot open it: nothing listens there/s);
    await fine();
    // A whole address that is pasted is taken apart.
    await fill("start-host", meter.url);
    await at("start-host").blur();
    await soon.equal(() => at("start-host").inputValue(), hostname);
    await soon.equal(() => at("start-port").inputValue(), port);
    await click("start-test");
    await outcome("needs-key");
    await fine();
    await click("start-next");
    await step("key");
  };

  const enterKey = async (): Promise<void> => {
    await fill("key-input", "abcdefghijklmnopqrst");
    await soon.equal(() => textOf(page, "key-form"), "Read as 20 characters, of which the first 16 count.");
    await click("start-test");
    await outcome("wrong-key");
    await soon.match(() => textOf(page, "verdict"), /The meter answers, and refuses this key/);
    await soon.equal(() => at("start-anyway").count(), 0);
    await fine();
    await click("key-other");
    await soon.equal(() => at("key-input").inputValue(), "", "no key is shown again");
    // A whole letter that is pasted means the key in it.
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const letter = `Dear customer,\n${"the port of your meter is open. ".repeat(8)}\nMEP key: ${meter.key}.\nYours`;
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(letter)})`);
    await at("key-input").press("ControlOrMeta+v");
    await page.getByText("Key taken from “MEP key”.").waitFor();
    await soon.equal(() => at("key-input").inputValue(), meter.key);
    const xml = `<?xml version="1.0"?><Zaehler nummer="1234567890123456"><MBK>${meter.key}</MBK></Zaehler>`;
    await at("key-file").setInputFiles({ name: "key.xml", mimeType: "text/xml", buffer: Buffer.from(xml) });
    await page.getByText("Key taken from “MBK”.").waitFor();
    await soon.match(() => textOf(page, "key-form"), /^Read as 32 hex digits\./);
    await click("start-test");
    await outcome("works");
    await fine();
    await soon.match(() => textOf(page, "offer"), /NES 83331-3I, firmware 3\.70\.12.*Phases\s*3/s);
    assert.ok(!(await page.content()).includes(meter.key), "a key that was taken is nowhere on the page");
    // Back and forth, and all is there.
    await click("start-back");
    await outcome("needs-key");
    await click("start-next");
    await outcome("works");
    await click("start-next");
    await step("details");
  };

  const finish = async (): Promise<void> => {
    await soon.equal(() => at("start-name").inputValue(), "Our house");
    await fill("start-name", hostile);
    await fill("start-fuse", "35");
    await fine();
    await click("start-next");
    await step("outputs");
    await at("output-mqtt").check();
    await click("start-finish");
    await page.getByText("Enter the address of the broker.").waitFor();
    await fill("output-broker", "127.0.0.1:1");
    await fine();
    await click("start-finish");
    await step("done");
  };

  const live = async (t: TestContext, began: number): Promise<void> => {
    await page.locator('[data-testid="start-live"][data-state="live"]').waitFor();
    t.diagnostic(`live power ${Math.round(performance.now() - began)} ms after the page was opened`);
    const id = (await at("start-open").getAttribute("href"))?.split("/")[2] ?? assert.fail();
    // A household may turn on a kettle between the two looks.
    await eventually(async () => {
      const watts = Number(await at("start-live").getAttribute("data-watts"));
      const { power_w } = await ask(`points/${id}/live`);
      assert.ok(
        power_w !== null && Math.abs(power_w - watts) <= 0.2 * Math.abs(power_w) + 50,
        `${power_w} W, ${watts} W`,
      );
    });
    await page.getByText("does not work yet").waitFor();
    await fine();
    await page.locator('[data-testid="start-history"][data-whole="true"]').waitFor({ timeout: 2 * patience });
    t.diagnostic(`its history after ${Math.round(performance.now() - began)} ms`);
    const { settings } = await ask(`points/${id}/settings`);
    assert.deepEqual(
      [settings.key, settings.name, settings.link, settings.fuse_amps],
      ["[secret]", hostile, meter.url, "35"],
    );
    assert.deepEqual(
      (await ask("outputs")).outputs.map(({ name }) => name),
      ["mqtt"],
    );
  };

  test("leads from the pairing code to live power with its history, and tells a wrong key on the way", async (t) => {
    const began = performance.now();
    await pair();
    await click("start-test");
    await page.getByText("Choose one of the ways above.").waitFor();
    // Without a meter there is something to look at, and a way back.
    await choose("simulated");
    await click("start-look-around");
    await at("simulated-note").getByRole("link").click();
    await step("link");
    await findMeter();
    await enterKey();
    await finish();
    await live(t, began);
    const yaml = readFileSync(join(dirname(gateway.config), "data", "meterport.yaml"), "utf8");
    assert.match(yaml, /key: "?sealed:1:/);
    assert.ok(!`${yaml}${gateway.log()}`.includes(meter.key));
    await soon.equal(() => page.getByTestId("simulated-note").count(), 0);
    await click("start-open");
    await page.locator('main[data-view="now"][data-state="fresh"]').waitFor();
    await soon.equal(() => page.getByRole("heading", { level: 1 }).textContent(), hostile);
    // What it cost begins with what a kWh costs, which is one click away.
    await openView(page, "history");
    await click("set-prices");
    await page.locator('[data-path="prices.times"]').getByText("0.31", { exact: true }).waitFor();
    noComplaints();
  });

  test("tells what is wrong with rubbish, field by field, and goes on", async () => {
    // That of the meter before is over.
    await openView(page, "start");
    await step("link");
    await bridge('a b"><script>', "70000");
    await click("start-test");
    await page.getByText("Enter a name or an IP address, without a path.").waitFor();
    await page.getByText("Enter a number from 1 to 65535.").waitFor();
    await choose("other");
    await fill("start-other", hostile);
    await click("start-test");
    await outcome("problem");
    await soon.match(() => textOf(page, "verdict"), /is not a link/);
    // The link of the point is not tried while the point is read.
    await fill("start-other", meter.url);
    await click("start-test");
    await page.getByText(/uses this link/).waitFor();
    await fill("start-other", "unix:///nowhere/meter.sock");
    await click("start-test");
    await outcome("failed");
    await click("start-anyway");
    await step("key");
    for (const [text, told] of [
      ["kurz", "This has 4 characters."],
      [`${"x".repeat(15)}🔑`, "This has 17 characters."],
      [`${"x".repeat(15)}ä`, "There is another character in this one."],
      ["hex:zz", "After hex: there may only be pairs of hex digits."],
    ] as const) {
      await fill("key-input", text);
      await page.getByText(told).waitFor();
      await soon.ok(() => at("start-test").isDisabled());
    }
    const file = (content: string | Buffer, name = `${hostile}.xml`) =>
      at("key-file").setInputFiles({ name, mimeType: "text/xml", buffer: Buffer.from(content) });
    await file(Buffer.from([0, 255, 254, 60, 60, 60]));
    await page.getByText("There is no key in").waitFor();
    await file("x".repeat(70_000));
    await page.getByText("This file is larger than any key file.").waitFor();
    await file("<a><x>1234567890123456</x><y>abcdefghijklmnop</y></a>");
    await at("key-several").getByRole("button").nth(1).click();
    await page.getByText("Key taken from “y”.").waitFor();
    await click("start-test");
    await outcome("failed");
    await click("start-anyway");
    await step("details");
    await fill("start-name", " ");
    await fill("start-fuse", "-5");
    await click("start-next");
    await page.getByText("Give it a name of at most 100 characters.").waitFor();
    await page.getByText("Enter a number of amperes").waitFor();
    await fill("start-name", "Garage");
    await fill("start-fuse", "");
    await at("start-area").selectOption("own");
    await click("start-next");
    await page.getByText("Enter the price of a kWh, such as 0.32.").waitFor();
    await fill("start-price", "0,32");
    await click("start-next");
    await step("outputs");
    await at("output-prometheus").check();
    await fill("output-allow", "<everybody>");
    await click("start-finish");
    // The meter is added before the outputs are.
    await at("start-refusal").waitFor();
    await soon.match(() => textOf(page, "start-refusal"), /The meter is being read, but/);
    await fine();
    await click("start-skip");
    await step("done");
    await page.getByText("There is no reading yet.").waitFor();
    await soon.match(() => textOf(page, "start-live"), /The adapter or bridge cannot be opened\. Check/);
    noComplaints();
  });

  test("follows what is plugged in, and says what cannot be used", async (t) => {
    const port = (name: string, used_by: string | null) => ({
      ...{ link: `usb://0403:6001:${name}`, path: `/dev/tty${name}`, vendor: "0403", product: "6001", serial: name },
      ...{ maker: hostile, name, used_by },
    });
    let answer: object = { ports: [], problem: null, simulated: null };
    await page.route("**/api/v1/links", (route) => route.fulfill({ json: answer }));
    t.after(() => page.unroute("**/api/v1/links"));
    await page.getByTestId("start").getByRole("button", { name: "Set up another meter" }).click();
    await step("link");
    await soon.equal(() => page.locator('input[value="simulated"]').count(), 0);
    await choose("serial");
    await page.getByText("There is no serial port. Plug in the adapter").waitFor();
    answer = { ports: [port("USB0", null), port("USB1", "our-house")], problem: null, simulated: null };
    await page.getByText("just plugged in").waitFor();
    const ports = at("start-ports").locator("input");
    await soon.deepEqual(async () => [await ports.nth(0).isChecked(), await ports.nth(1).isDisabled()], [true, true]);
    await soon.match(() => textOf(page, "start-ports"), /in use by our-house/);
    await fine();
    answer = { ports: [], problem: "the system does not list its ports", simulated: null };
    await page.getByText("the system does not list its ports").waitFor();
  });

  test("fits a narrow phone in three languages, at each step", async () => {
    await page.setViewportSize({ width: 320, height: 700 });
    const looks = async (what: string): Promise<void> => {
      for (const language of languages) {
        await speak(page, language);
        // A key is longer than its field, which scrolls.
        await fits(page, `${what}, ${language}`, /^<input/);
      }
    };
    for (const kind of ["serial", "optical", "other", "bridge"]) {
      await choose(kind);
      await looks(kind);
    }
    await bridge("127.0.0.1", "1");
    await click("start-test");
    await outcome("failed");
    await looks("failed");
    await fine();
    await click("start-anyway");
    await step("key");
    await fill("key-input", "abcdefghijklmnopqrst");
    await looks("key");
    await click("key-none");
    for (const country of ["DK", "AT", "DE", "SE", "CH", "other"]) {
      await at("guide-country").selectOption(country);
      await looks(country);
    }
    await fine();
    await click("key-have");
    await fill("key-input", "abcdefghijklmnopqrst");
    await click("start-test");
    await outcome("failed");
    await click("start-anyway");
    await step("details");
    await looks("details");
    await click("start-next");
    await step("outputs");
    await looks("outputs");
    await fine();
    await page.setViewportSize({ width: 1280, height: 860 });
    await speak(page, "en");
    noComplaints();
  });

  test("is closed to those who may not administer the gateway", async () => {
    const status = await page.evaluate(`fetch("api/v1/users", {
      method: "POST",
      headers: { "content-type": "application/json", "x-meterport": "1" },
      body: JSON.stringify({ name: "bo", password: ${JSON.stringify(password)}, scope: "read" }),
    }).then((r) => r.status)`);
    assert.equal(status, 201);
    await at("signed-in").locator("button").click();
    await at("sign-in").waitFor();
    await signIn(["bo", password]);
    await at("start-refused").waitFor();
    await soon.equal(() => at("start-test").count(), 0);
    noComplaints();
  });
});
