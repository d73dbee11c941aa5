/**
 * Loaded before a test file: Node's test runner follows each promise to its end, so that an error that nobody awaits is laid to the test
 * that left it. A day in virtual time makes millions of promises, and following them took a third of its time. Without that,
 * such an error is still told and fails the file, by its exit code; the file alone (`node --test FILE`) says which test it was.
 */
import { createRequire } from "node:module";

const hooks = createRequire(import.meta.url)("node:async_hooks");
const { createHook } = hooks;
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
