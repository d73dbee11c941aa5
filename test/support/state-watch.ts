/** When a page changed its state, by a clock that stands still while a busy machine keeps the page waiting. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually } from "./eventually.ts";

interface Change {
  readonly state: string;
  readonly cause: string;
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Milliseconds by which the page's timers have been late since the watch began. */
  readonly held: number;
}

/** Begins to note each change of the page's state. */
export const watchStates = (page: Page): Promise<unknown> =>
  page.evaluate(`{
    const main = document.querySelector("main");
    const pace = 50;
    let last = performance.now();
    let held = 0;
    const late = () => Math.max(0, performance.now() - last - pace);
    clearInterval(globalThis.pacing);
    globalThis.pacing = setInterval(() => {
      held += late();
      last = performance.now();
    }, pace);
    globalThis.changes = [];
    globalThis.noting?.disconnect();
    globalThis.noting = new MutationObserver(() => {
      const { state, cause } = main.dataset;
      globalThis.changes.push({ state, cause, at: Date.now(), held: held + late() });
    });
    globalThis.noting.observe(main, { attributeFilter: ["data-state", "data-cause"] });
  }`);

/** Milliseconds from `since` (wall clock) until the page was in a state, less those in which it was kept waiting. */
export const timeUntilState = (page: Page, since: number, wanted: Pick<Change, "state"> & Partial<Change>) =>
  eventually(async () => {
    const changes = (await page.evaluate("globalThis.changes")) as readonly Change[];
    const change = changes.find(
      ({ state, cause }) => state === wanted.state && (wanted.cause === undefined || wanted.cause === cause),
    );
    assert.ok(change !== undefined, `never ${JSON.stringify(wanted)}: ${JSON.stringify(changes)}`);
    return change.at - since - change.held;
  });
