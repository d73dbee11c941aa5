/** Entity tags: an answer that the client has already is a 304 without a body. */
import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";

/** Addresses that existed before tags did; their answers stay as they are. */
const untagged = /^\/api\/v1\/(meters|stream)(\/|$)/;

/** Longer answers are streamed or change with each request. */
const longest = 1024 * 1024;

const tagOf = (body: Uint8Array): string => `W/"${createHash("sha1").update(body).digest("base64url")}"`;

/** @example matches('W/"a", "b"', 'W/"b"') // true */
export const matches = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const bare = tag.replace(/^W\//, "");
  return header
    .slice(0, 4096)
    .split(",")
    .some((each) => each.trim().replace(/^W\//, "") === bare);
};

/** Tags JSON answers of `/api/`. They may be kept by the client alone, which asks each time whether they still hold. */
export const etags = (): MiddlewareHandler => async (c, next) => {
  await next();
  const { path, method } = c.req;
  if (c.res.status !== 200 || (method !== "GET" && method !== "HEAD")) return;
  if (!path.startsWith("/api/") || untagged.test(path)) return;
  if (!/^application\/json\b/i.test(c.res.headers.get("content-type") ?? "")) return;
  const body = new Uint8Array(await c.res.arrayBuffer());
  const headers = new Headers(c.res.headers);
  const { status } = c.res;
  c.res = undefined;
  if (body.length > longest) {
    c.res = new Response(body, { status, headers });
    return;
  }
  const tag = tagOf(body);
  headers.set("etag", tag);
  headers.set("cache-control", "private, no-cache");
  if (matches(c.req.header("if-none-match"), tag)) {
    headers.delete("content-type");
    headers.delete("content-length");
    c.res = new Response(null, { status: 304, headers });
  } else c.res = new Response(body, { status, headers });
};
