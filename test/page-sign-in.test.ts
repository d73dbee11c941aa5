/** Signing in on the page: the real gateway, in a real browser. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessBook } from "@meterport/gateway/access/access-book";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import type { Browser, Page } from "playwright-core";
import { fits, launchBrowser, openPage, skipPage, state, textOf } from "./support/browser.ts";
import { soon } from "./support/eventually.ts";
import { startGateway } from "./support/spawned-gateway.ts";

const password = "correct horse battery";

const addUser = (folder: string) =>
  accessBook({ folder, clock: systemClock, entropy: systemEntropy }).addUser("anna", password, "read");

const fill = async (page: Page, words: readonly string[]): Promise<void> => {
  const inputs = page.getByTestId("sign-in").locator("input");
  for (const [n, word] of words.entries()) await inputs.nth(n).fill(word);
  await page.getByTestId("sign-in").locator("button").click();
};

describe("signing in", { skip: skipPage }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test("shows nothing of the meter before, everything after it, and nothing again after signing out", async (t) => {
    const gateway = await startGateway(undefined, { prepare: addUser });
    t.after(gateway.remove);
    const { page } = await openPage(browser, gateway.url);
    await page.getByTestId("sign-in").waitFor();
    await soon.equal(() => page.locator("main[data-state]").count(), 0);
    assert.doesNotMatch((await page.locator("body").textContent()) ?? "", /kW|Simulated/);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await fits(page, `${width} pixels`);
    }
    const danish = await browser.newPage({ locale: "da-DK", serviceWorkers: "block" });
    await danish.goto(gateway.url);
    await danish.getByRole("heading", { name: "Log ind" }).waitFor();
    assert.equal(await danish.getByTestId("language").inputValue(), "da", "the browser's language comes first");
    await danish.close();
    await page.getByTestId("language").selectOption("de");
    await page.getByRole("heading", { name: "Anmelden" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Anmelden" }).waitFor();
    await page.getByTestId("language").selectOption("en");
    await fill(page, ["anna", "wrong password"]);
    await page.getByText("The name or the password is wrong.").waitFor();
    await fill(page, ["anna", password]);
    await state(page, "fresh");
    await soon.match(() => textOf(page, "signed-in"), /^Signed in as anna/);
    // The session is not for scripts.
    await soon.equal(() => page.evaluate("document.cookie"), "");
    await page.reload();
    await state(page, "fresh");
    await page.getByTestId("signed-in").locator("button").click();
    await page.getByTestId("sign-in").waitFor();
    await page.close();
  });

  test("a page that is open asks to sign in when its user is removed", async (t) => {
    let folder = "";
    const gateway = await startGateway(undefined, {
      prepare: async (data) => {
        folder = data;
        await addUser(data);
      },
    });
    t.after(gateway.remove);
    const { page } = await openPage(browser, gateway.url);
    await fill(page, ["anna", password]);
    await state(page, "fresh");
    accessBook({ folder, clock: systemClock, entropy: systemEntropy }).removeUser("anna");
    await page.getByTestId("sign-in").waitFor();
    await page.close();
  });

  test("makes the first user with the code in the log", async (t) => {
    const gateway = await startGateway(undefined, { flags: ["--pair"] });
    t.after(gateway.remove);
    const code = /pairing code (\d{4} \d{4})/.exec(gateway.log())?.[1] ?? assert.fail(gateway.log());
    const { page } = await openPage(browser, gateway.url);
    await page.getByRole("heading", { name: "Create the first user" }).waitFor();
    await fill(page, ["0000 0000", "anna", password]);
    await page.getByText("The code is wrong.").waitFor();
    await fill(page, [code, "anna", "anna-anna-"]);
    await page.getByText("the password repeats the same few characters").waitFor();
    await fill(page, [code, "anna", password]);
    await state(page, "fresh");
    // There is no meter yet, and somebody who can set one up.
    await page.locator('main[data-view="start"]').waitFor();
    assert.equal(gateway.log().includes(password), false);
    await page.close();
  });

  test("the first user of a gateway with a meter gets to its values, not to the setup", async (t) => {
    const yaml = "meters:\n  - { id: cellar, link: tcp://127.0.0.1:1, key: 0123456789abcdef }\n";
    const gateway = await startGateway(yaml, { flags: ["--pair"] });
    t.after(gateway.remove);
    const code = /pairing code (\d{4} \d{4})/.exec(gateway.log())?.[1] ?? assert.fail(gateway.log());
    const { page } = await openPage(browser, gateway.url);
    await fill(page, [code, "anna", password]);
    await page.locator('main[data-view="now"][data-meter="cellar"]').waitFor();
    await page.close();
  });
});
