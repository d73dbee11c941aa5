/** What the service worker does with a request: only the page's own files are kept, never an answer of the API. */

/** The files of one build of the page. */
export interface Shell {
  /** Changes with any of the files. */
  readonly version: string;
  /** The page's first script, which is named in its document. */
  readonly entry: string;
  /** Paths below the page's address; names hold a hash of the content, so one never changes. */
  readonly files: readonly string[];
}

/** `document`: from the gateway, or as it was kept if the gateway is gone; `file`: as it was kept, or from the gateway; `none`: the worker stays out of it. */
export type Plan = "document" | "file" | "none";

export interface Asked {
  readonly method: string;
  readonly url: string;
  /** Whether the browser opens a page with it. */
  readonly navigates: boolean;
}

/**
 * @param scope the page's address, as "http://meterport.local/a/"
 * @example planFor({ method: "GET", url: "http://h/a/api/v1/points", navigates: false }, "http://h/a/") // "none"
 */
export function planFor({ method, url, navigates }: Asked, scope: string): Plan {
  if (method !== "GET" || !url.startsWith(scope)) return "none";
  const path = url.slice(scope.length).split(/[?#]/, 1)[0] ?? "";
  if (navigates) return path === "" || path === "index.html" ? "document" : "none";
  return /^assets\/[\w.-]+\.(js|css)$/.test(path) ? "file" : "none";
}

/** The beginning of the names of this page's caches: a server may have several pages below its paths. */
function prefixOf(scope: string): string {
  return `meterport ${scope} `;
}

export function cacheName(scope: string, version: string): string {
  return prefixOf(scope) + version;
}

/**
 * The caches to delete once a version is in charge. The newest one before it stays: a page that is still open has its files.
 *
 * @param names all caches of the origin, oldest first
 */
export function outdated(names: readonly string[], scope: string, version: string): string[] {
  const own = names.filter((name) => name.startsWith(prefixOf(scope)) && name !== cacheName(scope, version));
  return own.slice(0, -1);
}

/** Whether an answer is the document of this version, and not a proxy's form to sign in or the page of another version. */
export function isDocumentOf(
  shell: Shell,
  answer: { readonly ok: boolean; readonly redirected: boolean },
  text: string,
): boolean {
  return answer.ok && !answer.redirected && text.includes(shell.entry);
}

/** Whether a proxy answers for a gateway that is down. */
export function isGone(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
