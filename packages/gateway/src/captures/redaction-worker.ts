/** The thread in which a capture is redacted: it takes a second, and no meter is to wait for it. */
import { parentPort, workerData } from "node:worker_threads";
import { type RedactionOrder, redactedCapture } from "./redacted-capture.ts";

parentPort?.postMessage(redactedCapture(workerData as RedactionOrder));
