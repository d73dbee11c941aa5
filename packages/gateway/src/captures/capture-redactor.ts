/** Redacts captures for HTTP requests: in a separate thread, one at a time, with a time limit. */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Log } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import type { Redaction, RedactionOrder } from "./redacted-capture.ts";

/** Limited, because waiting captures are in memory as a whole. */
const mostWaiting = 4;
/** A full capture takes half a second, and a few seconds on a small board. */
const longest: Millis = 60_000;

/** The published package holds JavaScript where a checkout holds TypeScript. */
const workerFile = new URL(`./redaction-worker${extname(import.meta.url)}`, import.meta.url);

const inThread = ({ text, key, seed, profile }: RedactionOrder, log: Pick<Log, "error">): Promise<Redaction> =>
  new Promise((resolve) => {
    const worker = new Worker(workerFile, {
      workerData: { text, key, seed, profile },
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    const timer = setTimeout(() => {
      resolve({ problem: `redacting took longer than ${longest / 1000} s` });
      worker.terminate().catch(() => {});
    }, longest);
    worker.once("message", (redaction: Redaction) => resolve(redaction));
    worker.once("error", (error) => {
      log.error(`redacting a capture: ${error instanceof Error ? error.message : String(error)}`);
      resolve({ problem: "the gateway failed; see its log for the reason" });
    });
    worker.once("exit", () => {
      clearTimeout(timer);
      resolve({ problem: "the redacting thread ended early; try again" });
    });
  });

/** The redacted capture, or why there is none; undefined if too many are waiting. */
export const captureRedactor = (
  log: Pick<Log, "error">,
): ((order: RedactionOrder) => Promise<Redaction | undefined>) => {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (order) => {
    if (waiting === mostWaiting) return undefined;
    waiting++;
    const turn = last.then(() => inThread(order, log));
    // If no thread could be created, the next capture is still tried.
    last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      waiting--;
    }
  };
};
