/** The settings on the page: the real gateway, in a real browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { restartCode } from "@meterport/gateway/http/restart/restart-access";
import type { Browser, Locator, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, skipPage, speak } from "./support/browser.ts";
import { soon } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const name = "<b>שלום</b> 🏠 Averylongnamewithoutanyspaceinitbutlettersonly";
const password = "correct horse battery";
const sections = ["outputs", "meters", "all", "people", "backup", "logs", "appearance", "about"];

describe("settings", { skip: skipPage }, () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  before(async () => {
    const [port, served] = await Promise.all([freePort(), serveMeter(1)]);
    meter = served;
    const yaml = `# ours\nlog: { level: info }   # enough\noutputs:\n  prometheus: { port: ${port} }\n  mqtt: { url: "mqtt://127.0.0.1:1", user: me, password: canary-canary }\nmeters:\n  - { id: home, name: ${JSON.stringify(name)}, link: "${meter.url}", key: "${meter.key}" }\n`;
    [gateway, browser] = await Promise.all([startGateway(yaml), launchBrowser()]);
    chmodSync(gateway.config, 0o600);
    const opened = await openPage(browser, gateway.url);
    page = opened.page;
    complaints.push(...opened.complaints);
    page.on("console", (message) => {
      // An answer with an error of the API is meant, and the browser tells each.
      const meant = /the server responded with a status of|^Service Worker registration blocked/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !meant) complaints.push(message.text());
    });
  });
  after(async () => {
    await browser?.close();
    await gateway?.remove();
    await meter?.unplug();
  });

  const at = (testid: string): Locator => page.getByTestId(testid);
  const file = (): string => readFileSync(gateway.config, "utf8");
  const open = async (section: string, on: Page = page): Promise<void> => {
    await on.evaluate(`location.hash = "#/settings/${section}"`);
    await on.locator(`[data-testid="settings"][data-section="${section.split("?")[0]}"]`).waitFor();
  };
  const field = (path: string): Locator => page.locator(`[data-path="${path}"]`);
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json", "x-meterport": "1" };
    const answer = await fetch(`${gateway.url}/api/v1/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const save = async (): Promise<void> => {
    await at("review").click();
    await at("save").click();
    await at("saved").waitFor();
  };

  test("each section fits a narrow phone in three languages, and has no barriers", async () => {
    for (const [n, section] of sections.entries()) {
      await open(section);
      await page.locator(".content .card").first().waitFor();
      const loading = page.locator('.content [role="status"]').filter({ hasText: /…$/ });
      await soon.equal(() => loading.count(), 0);
      for (const language of ["da", "de", "en"]) {
        await speak(page, language);
        await page.setViewportSize({ width: 320, height: 800 });
        await fits(page, `${section} in ${language}`);
        // One section in light, the next one in dark: what they share is the same.
        if (language === "da" || (language === "de") === (n % 2 === 0)) continue;
        await page.emulateMedia({ colorScheme: language === "de" ? "dark" : "light" });
        await hasNoBarriers(page, `${section} in ${language}`);
      }
      await page.setViewportSize({ width: 1280, height: 860 });
    }
    // On a phone the list comes first, and leads back.
    await page.setViewportSize({ width: 390, height: 800 });
    await page.evaluate(`location.hash = "#/settings"`);
    await at("section-about").click();
    await at("version").waitFor();
    const { version } = await ask("GET", "health");
    await soon.equal(() => at("version").textContent(), version);
    await page.getByText("All sections").click();
    await at("section-logs").waitFor();
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test("an output is tested, turned off, added and removed, and only what was shown is written", async () => {
    await open("outputs");
    const output = (of: string, state: string): Locator =>
      page.locator(`[data-testid="output"][data-name="${of}"][data-state="${state}"]`);
    await output("prometheus", "up").waitFor();
    const mqtt = output("mqtt", "failing");
    await mqtt.getByText("nothing listens there").waitFor();
    await mqtt.getByRole("button", { name: "Test now: MQTT" }).click();
    await mqtt.getByText("It does not work.").waitFor();
    await at("switch-mqtt").click();
    await at("add-influxdb").click();
    await at("review").click();
    // What is missing is not sent.
    await field("outputs.influxdb.url").getByText("This is needed.").waitFor();
    await page.getByRole("button", { name: "Do not add it" }).click();
    await at("add-p1").click();
    const port = await freePort();
    await field("outputs.p1.port").locator("input").fill("70000");
    await field("outputs.p1.port").getByText("Write a whole number from 1 to 65535.").waitFor();
    await field("outputs.p1.port").locator("input").fill(String(port));
    const allowed = field("outputs.p1.allow").locator("input");
    await allowed.fill("300.1.1.1");
    await allowed.press("Enter");
    await at("review").click();
    // The schema does not know networks: the gateway's sentence is at the field.
    await field("outputs.p1.allow").getByText("300.1.1.1", { exact: false }).nth(1).waitFor();
    assert.doesNotMatch(file(), /p1|off/);
    await page.getByRole("button", { name: "Remove 300.1.1.1" }).click();
    await at("review").click();
    await at("save").waitFor();
    await soon.match(() => at("review-dialog").textContent(), /outputs\.mqtt\.enabled.*off/s);
    await hasNoBarriers(page);
    await page.getByRole("button", { name: "Keep editing" }).click();
    await save();
    assert.match(file(), /mqtt: \{ .*enabled: "?off"? \}/);
    await output("mqtt", "off").waitFor();
    await output("p1", "up").waitFor();
    const { outputs } = (await ask("GET", "outputs")) as { outputs: readonly { name: string }[] };
    assert.deepEqual(outputs.map((each) => each.name).sort(), ["p1", "prometheus"]);
    // The one that was added stays open.
    await at("open-p1").click();
    await at("open-mqtt").click();
    await soon.equal(() => page.getByText("A secret is set. It is never shown.").count(), 1);
    await page.getByRole("button", { name: "Remove this output" }).click();
    await save();
    assert.doesNotMatch(file(), /mqtt/);
    await page.locator('[data-testid="output"][data-name="mqtt"]').waitFor({ state: "detached" });
    assert.doesNotMatch(await page.content(), /canary/);
  });

  test("every key can be found; what is wrong is told as one types; two editors do not overwrite each other", async () => {
    await open("all");
    await at("settings-search").fill("http port");
    // The environment of this gateway sets it.
    await field("http.port").getByText("METERPORT_HTTP_PORT").waitFor();
    await soon.equal(() => field("http.port").locator("input").isDisabled(), true);
    await at("settings-search").fill("runs program");
    await soon.equal(() => page.locator("[data-path]").count(), 0);
    await at("settings-search").fill("hook command");
    await field("outputs.hook.command").getByText("it runs a program of the machine").waitFor();
    await at("settings-search").fill("");
    await field("interval").locator("input").fill("2");
    await speak(page, "da");
    await field("interval").getByText("Skriv en varighed med enhed").waitFor();
    await soon.equal(() => field("interval").locator('p [lang="en"]').first().count(), 1);
    await speak(page, "en");
    await field("interval").locator("input").fill("3s");
    // Another view does not lose what was entered.
    await open("about");
    await open("all");
    await soon.equal(() => field("interval").locator("input").inputValue(), "3s");
    await ask("PATCH", "configuration", { changes: [{ path: "interval", value: "6s" }] });
    await open("about");
    await open("all");
    await at("meanwhile").getByText("It now says 6s.").waitFor();
    const { revision } = await ask("PATCH", "configuration", { changes: [{ path: "interval", value: "7s" }] });
    await at("review").click();
    await at("meanwhile").getByText("interval was changed by both of you. It now says 7s.").waitFor();
    assert.match(file(), /interval: 7s/);
    assert.equal((await ask("GET", "configuration")).revision, revision);
    await at("settings-search").fill("raw");
    await field("history.raw").locator("input").fill("20d");
    await at("review").click();
    await at("save").waitFor();
    await soon.match(() => at("review-dialog").textContent(), /wait until the gateway is restarted: history\.raw/);
    await at("save").click();
    await at("saved").getByText("Restart the gateway").waitFor();
    assert.match(file(), /^# ours\nlog: \{ level: info \} {3}# enough\n/);
    assert.match(file(), /interval: 3s[\s\S]*raw: 20d/);
    await at("settings-search").fill("");
  });

  test("a meter's settings change, its id and its key's text do not show", async () => {
    await open("meters");
    const row = page.locator('[data-testid="settings-meter"][data-id="home"]');
    await soon.ok(async () => (await row.textContent())?.includes(name));
    await row.getByRole("link").click();
    await soon.equal(() => field("id").locator("input").isDisabled(), true);
    assert.doesNotMatch(await page.content(), new RegExp(meter.key));
    // After leaving and coming back one edits as before.
    await open("meters");
    await row.getByRole("link").click();
    await field("name").locator("input").fill("The house");
    await field("fuse_amps").locator("input").fill("35");
    await save();
    assert.match(file(), /name: "?The house"?.*fuse_amps: "?35"?/);
    await soon.equal(async () => (await ask("GET", "points/home")).name, "The house");
    await hasNoBarriers(page);
  });

  test("the log is that of the gateway, and grows", async () => {
    await open("logs");
    await at("logs").locator("li").first().waitFor();
    const { lines } = (await ask("GET", "logs?level=info&limit=200")) as { lines: readonly { message: string }[] };
    const shown = (await at("logs").textContent()) ?? "";
    assert.ok(lines.length > 0 && shown.includes(lines.at(-1)?.message ?? "?"));
    await at("log-level").selectOption("error");
    await page.getByText("No line matches.").waitFor();
    await soon.match(() => page.url(), /level=error/);
    await at("log-level").selectOption("info");
    await ask("PATCH", "configuration", { changes: [{ path: "interval", value: "4s" }] });
    await at("logs").getByText("interval", { exact: false }).first().waitFor();
  });

  test("a backup is fetched, sent back, checked and forgotten", async () => {
    await open("backup");
    const [download] = await Promise.all([page.waitForEvent("download"), at("backup").getByRole("button").click()]);
    assert.match(download.suggestedFilename(), /^meterport-backup-[\w-]+\.tar$/);
    await at("backup-done").waitFor();
    const path = await download.path();
    await at("restore").locator('input[type="file"]').setInputFiles(path);
    await at("send").click();
    await page.getByText("A backup is ready").waitFor();
    assert.equal((await ask("GET", "restore")).state, "staged");
    await hasNoBarriers(page);
    await at("forget").click();
    await page.getByText("The backup is discarded.").waitFor();
    assert.equal((await ask("GET", "restore")).state, "none");
    await at("restore")
      .locator('input[type="file"]')
      .setInputFiles({ name: "a.tar", mimeType: "application/x-tar", buffer: Buffer.from("no backup") });
    await at("send").click();
    await at("restore").getByRole("alert").getByText("The gateway did not accept this file.").waitFor();
  });

  test("a gateway that does not answer, or answers as another version does, is told and asked again", async () => {
    const { page: other } = await openPage(browser, gateway.url);
    const sentence = "the configuration <i>cannot</i> be read";
    const answers: { configuration: object; users: object | null } = {
      configuration: { status: 503, json: { error: "not-available", message: sentence } },
      users: null,
    };
    await other.route("**/api/v1/configuration", (route) => route.fulfill(answers.configuration));
    await other.route("**/api/v1/users", (route) =>
      answers.users === null ? route.abort() : route.fulfill(answers.users),
    );
    /** The page may ask by itself when the stream comes back: then nothing is left to click. */
    const tryAgain = (wanted: Locator) =>
      soon.ok(async () => {
        const again = other.getByRole("button", { name: "Try again" });
        if ((await again.count()) > 0) await again.click({ timeout: 1_000 }).catch(() => {});
        return (await wanted.count()) > 0;
      });
    await open("all", other);
    await other.getByTestId("settings-failed").getByText(sentence).waitFor();
    answers.configuration = { json: { settings: [{ path: 3 }, null] } };
    await tryAgain(other.locator('[data-path="interval"] input'));
    await open("people", other);
    await other.getByTestId("users").getByText("The gateway does not answer.").waitFor();
    answers.users = { json: { users: [] } };
    await tryAgain(other.getByText("There are no users"));
    await other.close();
  });

  test("a token is shown once and works, and with the first user everybody signs in", async () => {
    await open("people");
    await at("add-token").locator("input").fill("home-assistant");
    await at("add-token").getByRole("button").click();
    const token = await at("new-token").locator("input").inputValue();
    assert.match(token, /^mp_/);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await soon.ok(async () => !(await page.content()).includes(token), "the token is still shown");
    const add = at("add-user");
    await add.locator("input").nth(0).fill("anna");
    await add.locator("input").nth(1).fill("short");
    await soon.equal(() => add.getByRole("button").isDisabled(), true);
    await add.locator("input").nth(1).fill(password);
    await add.getByRole("button").click();
    await at("sign-in").waitFor();
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${gateway.url}/api/v1/points`, { headers })).status, 200);
    assert.equal((await fetch(`${gateway.url}/api/v1/users`, { headers })).status, 403);
  });

  const signIn = async (on: Page, who: string, secret: string): Promise<void> => {
    const inputs = on.getByTestId("sign-in").locator("input");
    await inputs.nth(0).fill(who);
    await inputs.nth(1).fill(secret);
    await on.getByTestId("sign-in").locator("button").click();
    await on.locator("main[data-state]").waitFor();
  };

  test("users are made, changed and removed, and the last admin stays", async () => {
    await signIn(page, "anna", password);
    await open("people");
    const add = at("add-user");
    await add.locator("input").nth(0).fill("bo");
    await add.locator("input").nth(1).fill(password);
    await add.getByRole("button").click();
    await page.locator('[data-testid="user"][data-name="bo"]').waitFor();
    await page.getByLabel("Right of anna").selectOption("read");
    await at("users").getByText("anna is the last admin who can sign in").waitFor();
    await soon.equal(() => page.getByLabel("Right of anna").inputValue(), "admin");
    await hasNoBarriers(page);
    const own = at("own-password").locator('input[type="password"]');
    await own.nth(0).fill("not this one");
    await own.nth(1).fill(`${password}2`);
    await at("own-password").getByRole("button").click();
    await page.getByText("The current password is wrong.").waitFor();
    await own.nth(0).fill(password);
    await at("own-password").getByRole("button").click();
    await page.getByText("Your password is changed.").waitFor();
  });

  test("someone who may only read sees what they may see, and why the rest is hidden", async () => {
    const { page: reader } = await openPage(browser, gateway.url);
    await signIn(reader, "bo", password);
    await open("outputs", reader);
    await reader.locator('[data-testid="output"][data-name="prometheus"]').waitFor();
    await soon.equal(() => reader.getByRole("button", { name: /^Test/ }).count(), 0);
    for (const section of ["meters", "all", "backup", "logs", "people"]) {
      await open(section, reader);
      await reader.getByTestId("not-allowed").waitFor();
    }
    await hasNoBarriers(reader);
    await reader.close();
    await page.getByRole("button", { name: "Remove bo" }).click();
    await at("remove-user-sure").click();
    await page.locator('[data-testid="user"][data-name="bo"]').waitFor({ state: "detached" });
  });

  test("the gateway is started again after a question, and the page connects by itself", async (t) => {
    const env = { METERPORT_HTTP_PORT: String(await freePort()), METERPORT_RESTARTED_BY: "container" };
    const silent = "meters:\n  - { id: home, link: tcp://127.0.0.1:1, key: 0123456789abcdef }\n";
    const first = await startGateway(silent, { env });
    t.after(first.remove);
    const ended = once(first.child, "exit");
    const { page: own } = await openPage(browser, first.url);
    await open("about", own);
    await own.getByTestId("restart-ask").click();
    await own.getByTestId("restart-no").click();
    await own.getByTestId("restart-ask").click();
    await own.getByTestId("restart-yes").click();
    await own.getByTestId("restart-waiting").waitFor();
    assert.deepEqual(await ended, [restartCode, null]);
    // What starts it again is this test.
    const second = await startGateway(silent, { env });
    t.after(second.remove);
    assert.equal(second.url, first.url);
    await own.getByTestId("restart-back").waitFor({ timeout: 20_000 });
    await own.getByTestId("version").waitFor();
    await own.close();
    // Nothing starts the other one again, so its page says how.
    await open("about");
    await page.locator('[data-testid="restart"]', { hasText: "METERPORT_RESTARTED_BY" }).waitFor();
    assert.equal(await at("restart-ask").count(), 0);
  });

  test("a meter that is removed is no longer read, and nothing went wrong in the browser", async () => {
    await open("meters?id=home");
    await at("remove").click();
    await at("remove-sure").click();
    await page.getByText("home is removed.").waitFor();
    assert.doesNotMatch(file(), /meters:/);
    assert.deepEqual(complaints, []);
  });
});
