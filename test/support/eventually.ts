/**
 * Assertions about what is on its way: a page that is drawing, a process that is starting. Each is repeated until it holds, and fails
 * as the last try did. What must hold at once, such as a promise of five seconds, is asserted as usual.
 */
import assert from "node:assert/strict";

/** Milliseconds that anything may take on a slow and busy machine. Only a test that fails waits so long. */
export const patience = 30_000;

const pause = 25;

/** Repeats a check until it throws nothing, and returns its result. @throws the last failure, once the time is over */
export const eventually = async <T>(check: () => T | Promise<T>, limit = patience): Promise<T> => {
  for (const end = performance.now() + limit; ; ) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

type Look<T> = () => T | Promise<T>;

/** The usual assertions about what a look finds, where nothing (null) counts as a text without characters. */
export const soon = {
  ok: (look: Look<unknown>, message?: string): Promise<void> =>
    eventually(async () => assert.ok(await look(), message ?? `in vain: ${look}`)),
  equal: <T>(look: Look<T>, expected: T, message?: string): Promise<void> =>
    eventually(async () => assert.equal(await look(), expected, message)),
  deepEqual: <T>(look: Look<T>, expected: T, message?: string): Promise<void> =>
    eventually(async () => assert.deepEqual(await look(), expected, message)),
  match: (look: Look<string | null>, expected: RegExp, message?: string): Promise<void> =>
    eventually(async () => assert.match((await look()) ?? "", expected, message)),
};
