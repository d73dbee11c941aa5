/** Looks for barriers on the page, with the engine that the common tools for it share. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { soon } from "./eventually.ts";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Only what is wrong is told in full, and no media is loaded to be looked at. */
const options = JSON.stringify({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  preload: false,
});

/** What WCAG 2.2 up to level AA, and good practice, find wrong with what is shown now, a line each; empty if nothing. */
const barriers = async (page: Page): Promise<string[]> => {
  // As text of the debugger's, because the page's policy refuses scripts from elsewhere; half a megabyte, so only once.
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  )) as readonly Violation[];
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary = "" }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`,
    ),
  );
};

/** Waits until the page, as it is shown now, has no barriers. */
export const hasNoBarriers = (page: Page, message?: string): Promise<void> =>
  soon.deepEqual(() => barriers(page), [], message);
