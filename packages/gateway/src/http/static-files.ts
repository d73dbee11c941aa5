/** The dashboard's files. */
import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

const unbuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Meterport</title></head>
<body><h1>Meterport is running</h1>
<p>The page itself is not built yet. Run <code>npm start</code> in the project's root, which builds it, and load this address again.</p>
<p>The data is here already: <a href="/api/v1/meters">meters</a>, <a href="/api/v1/openapi.json">description of the API</a>.</p>
</body></html>
`;

/** Names that end otherwise are never served. */
export const fileTypes: readonly string[] = Object.keys(types);

export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Vite puts a hash of the content into these names, so they never change. */
  readonly immutable: boolean;
}

/**
 * Files below `root` by the path of a request; never a file outside, whatever the path is.
 * `undefined` if there is none; "/" without a built dashboard is a page that says so.
 */
export const staticFiles = (root: string): ((path: string) => Promise<StaticFile | undefined>) => {
  const read = async (parts: readonly string[]): Promise<StaticFile | undefined> => {
    const type = types[extname(parts.at(-1) ?? "")];
    if (type === undefined) return undefined;
    try {
      const base = await realpath(root);
      // The real path, because a link inside the folder may lead out of it.
      const file = await realpath(join(base, ...parts));
      if (!file.startsWith(base + sep)) return undefined;
      return { body: new Uint8Array(await readFile(file)), type, immutable: parts[0] === "assets" };
    } catch {
      return undefined;
    }
  };
  return async (path) => {
    let decoded: string;
    try {
      decoded = decodeURIComponent(path);
    } catch {
      return undefined;
    }
    const parts = decoded.split("/").filter((part) => part !== "");
    if (parts.length === 0) {
      const body = () => new TextEncoder().encode(unbuilt);
      return (await read(["index.html"])) ?? { body: body(), type: "text/html; charset=utf-8", immutable: false };
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not reach the file system
    if (parts.some((part) => part.startsWith(".") || /[\\\u0000-\u001f:]/.test(part))) return undefined;
    return read(parts);
  };
};
