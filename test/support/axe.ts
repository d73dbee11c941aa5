/** Looks for barriers on the page, with the engine that the common tools for it share. */
import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What WCAG 2.2 up to level AA, and good practice, find wrong with what is shown now, a line each; empty if nothing. */
export const barriers = async (page: Page): Promise<string[]> => {
  // As text of the debugger's, because the page's policy refuses scripts from elsewhere.
  await page.evaluate(`if (!globalThis.axe) { ${axe.source} }`);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then(({ violations }) => violations)`,
  )) as readonly Violation[];
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary = "" }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`,
    ),
  );
};
