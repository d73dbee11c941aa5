/** The thread that redacts a capture: it takes a second, for which no meter should wait. */
import { parentPort, workerData } from "node:worker_threads";
import { type RedactionOrder, redactedCapture } from "./redacted-capture.ts";

parentPort?.postMessage(redactedCapture(workerData as RedactionOrder));
