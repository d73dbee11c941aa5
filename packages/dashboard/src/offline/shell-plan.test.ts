import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheName, isDocumentOf, outdated, planFor, type Shell } from "./shell-plan.ts";

const scope = "https://ha.local/api/hassio_ingress/abc/";
const ask = (path: string, navigates = false, method = "GET") =>
  planFor({ method, navigates, url: new URL(path, scope).href }, scope);

test("the page's document and its hashed files are its business, and nothing else is", () => {
  assert.equal(ask("./", true), "document");
  assert.equal(ask("./#/points", true), "document");
  assert.equal(ask("index.html?x=1", true), "document");
  assert.equal(ask("assets/index-DQYOiPwr.js"), "file");
  for (const path of [
    "./",
    "api/v1/points",
    "api/v1/stream?events=live",
    "api/v1/points/home/export?format=csv",
    "manifest.webmanifest",
    "sw.js",
    "assets/../api/v1/points",
    "assets/api/v1/x.js",
    "/api/hassio_ingress/other/assets/index-1.js",
    "https://elsewhere.org/assets/index-1.js",
  ])
    assert.equal(ask(path), "none", path);
  assert.equal(ask("api/v1/openapi.json", true), "none", "a document of the API");
  assert.equal(ask("assets/index-1.js", false, "POST"), "none");
});

test("the files of the version before stay for pages that are open, those before them go", () => {
  const names = [
    "other",
    cacheName(scope, "1"),
    cacheName("https://ha.local/", "1"),
    cacheName(scope, "2"),
    cacheName(scope, "3"),
  ];
  assert.deepEqual(outdated(names, scope, "3"), [cacheName(scope, "1")]);
  assert.deepEqual(outdated(names.slice(0, 2), scope, "1"), []);
});

test("only the document of the own version is kept", () => {
  const shell: Shell = { version: "1", entry: "assets/index-abc.js", files: [] };
  const text = '<script src="./assets/index-abc.js">';
  assert.equal(isDocumentOf(shell, { ok: true, redirected: false }, text), true);
  assert.equal(isDocumentOf(shell, { ok: true, redirected: true }, text), false, "a form to sign in");
  assert.equal(isDocumentOf(shell, { ok: false, redirected: false }, text), false);
  assert.equal(
    isDocumentOf(shell, { ok: true, redirected: false }, text.replace("abc", "xyz")),
    false,
    "another version",
  );
});
