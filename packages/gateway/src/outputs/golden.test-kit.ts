/** Golden files: what an output says, so that a change of it is a deliberate act. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * Compares a value with a file beside the test. `METERPORT_ACCEPT=golden` writes the file instead.
 *
 * @param file as `new URL("golden/live.json", import.meta.url)`
 */
export const matchesGolden = (file: URL, value: unknown): void => {
  const text = typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`;
  if (process.env.METERPORT_ACCEPT === "golden") writeFileSync(file, text);
  assert.ok(existsSync(file), `${file.pathname} is missing: run this test with METERPORT_ACCEPT=golden and look at it`);
  const kept = readFileSync(file, "utf8");
  // The formatter may have laid out the JSON in another way.
  const expected = typeof value === "string" ? kept : `${JSON.stringify(JSON.parse(kept), null, 2)}\n`;
  assert.equal(text, expected, "if this is meant, run the test with METERPORT_ACCEPT=golden");
};
