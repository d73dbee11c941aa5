/**
 * Shows the page at once, also while the gateway cannot be reached: the page then says so itself. Versions never mix, because each
 * file's name holds its hash and each document names its own files.
 */
import { cacheName, isDocumentOf, isGone, outdated, planFor, type Shell } from "./shell-plan.ts";

/** The part of a service worker's globals that is used here; the types of pages and of workers exclude each other. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly caches: CacheStorage;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const worker = globalThis as unknown as WorkerScope;
/** The build writes the files here. */
const shell = JSON.parse("__METERPORT_SHELL__") as Shell;
const { scope } = worker.registration;
const name = cacheName(scope, shell.version);

/** A gateway nearby answers at once, and nobody looks at an empty page for longer. */
const PATIENCE_MS = 1000;

async function keepAll(): Promise<void> {
  const cache = await worker.caches.open(name);
  const document = await fetch(scope, { cache: "no-cache" });
  if (!isDocumentOf(shell, document, await document.clone().text()))
    throw new Error("this is the page of another version");
  await cache.addAll(shell.files.map((file) => scope + file));
  await cache.put(scope, document);
}

async function deleteOld(): Promise<void> {
  for (const old of outdated(await worker.caches.keys(), scope, shell.version)) await worker.caches.delete(old);
}

/** As it was kept by this version. */
async function keptDocument(): Promise<Response | undefined> {
  return (await worker.caches.open(name)).match(scope);
}

/** From the gateway first: a proxy in front of it may want a sign-in, which a kept page would hide. */
async function documentFor(request: Request): Promise<Response> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  const fetched = fetch(request).catch(() => undefined);
  const answer = await Promise.race([fetched, late]);
  if (answer !== undefined && !isGone(answer.status)) return answer;
  return (await keptDocument()) ?? (await fetched) ?? Response.error();
}

async function fileFor(request: Request): Promise<Response> {
  // In the cache of any version: a page that is open still loads the views of its own.
  return (await worker.caches.match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event) => {
  // Takes over at once: the next load is of the new version, and pages that are open keep their files.
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(deleteOld().then(() => worker.clients.claim()));
});
worker.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const plan = planFor({ method, url, navigates: mode === "navigate" }, scope);
  if (plan === "document") event.respondWith(documentFor(event.request));
  if (plan === "file") event.respondWith(fileFor(event.request));
});
