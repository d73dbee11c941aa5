/** Makes the page installable: its manifest and icons, and the list of its files for the service worker. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";
import { drawIcon } from "./icons.ts";

const ICONS = [
  { name: "icon-192.png", size: 192, maskable: false },
  { name: "icon-512.png", size: 512, maskable: false },
  { name: "icon-maskable-512.png", size: 512, maskable: true },
] as const;

/** All addresses are relative, for a page below the path of a proxy. */
const MANIFEST = {
  name: "Meterport",
  short_name: "Meterport",
  id: "./",
  start_url: "./",
  scope: "./",
  display: "standalone",
  background_color: "#f3f5f8",
  theme_color: "#f3f5f8",
  icons: ICONS.map(({ name, size, maskable }) => ({
    src: name,
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose: maskable ? "maskable" : "any",
  })),
};

const PLACE = /(["'`])__METERPORT_SHELL__\1/;
const WORKER = "sw.js";

export const offline: Plugin = {
  name: "offline",
  apply: "build",
  enforce: "post",
  transformIndexHtml: () => [
    // A proxy that checks a cookie must get it here too.
    { tag: "link", attrs: { rel: "manifest", href: "./manifest.webmanifest", crossorigin: "use-credentials" } },
    { tag: "link", attrs: { rel: "apple-touch-icon", href: "./icon-192.png" } },
    { tag: "meta", attrs: { name: "theme-color", content: "#f3f5f8", media: "(prefers-color-scheme: light)" } },
    { tag: "meta", attrs: { name: "theme-color", content: "#0d1319", media: "(prefers-color-scheme: dark)" } },
  ],
  generateBundle(_, bundle) {
    const worker = bundle[WORKER];
    const document = bundle["index.html"];
    if (worker?.type !== "chunk" || document?.type !== "asset") this.error("the page or its service worker is missing");
    if (worker.imports.length > 0)
      this.error("the service worker must be one file: some browsers load no modules there");
    const entry = Object.values(bundle).find(
      (file) => file.type === "chunk" && file.isEntry && file !== worker,
    )?.fileName;
    const files = Object.keys(bundle)
      .filter((name) => name.startsWith("assets/"))
      .sort();
    const version = createHash("sha256")
      .update(`${files.join("\n")}\n${document.source}`)
      .digest("hex")
      .slice(0, 16);
    const before = worker.code;
    worker.code = before.replace(PLACE, () => JSON.stringify(JSON.stringify({ version, entry, files })));
    if (worker.code === before) this.error("the service worker has no place for the list of files");
    for (const { name, ...icon } of ICONS) this.emitFile({ type: "asset", fileName: name, source: drawIcon(icon) });
    this.emitFile({ type: "asset", fileName: "manifest.webmanifest", source: JSON.stringify(MANIFEST) });
  },
};
