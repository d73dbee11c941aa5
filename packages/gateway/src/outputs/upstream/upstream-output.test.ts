import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { AskHttp } from "../../requests/http-request.ts";
import { OutputWorld } from "../output-world.test-kit.ts";
import { openUpstream } from "./upstream-output.ts";
import { readBody } from "./upstream-wire.ts";

test("over a line that is too slow for a whole request it brings less at once, and more again later", async () => {
  const world = new OutputWorld();
  const sizes: number[] = [];
  let fits = 60;
  const ask: AskHttp = async ({ body = "" }) => {
    const entries = readBody(String(body));
    assert.ok(typeof entries !== "string");
    if (entries.length > fits) throw new Error("it did not answer for 20 s");
    if (entries.length > 0) sizes.push(entries.length);
    return { status: 200, text: "{}", retryAfter: null };
  };
  const settings = { url: "http://127.0.0.1:9", token: new Secret(new TextEncoder().encode("t")) };
  try {
    await world.change(700);
    world.start({ name: "upstream", begins: "oldest", open: openUpstream(settings as never, {}, ask) });
    await world.delivered();
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      700,
    );
    assert.ok(Math.max(...sizes) > 15);
    fits = 10_000;
    sizes.length = 0;
    await world.change(2_000);
    await world.delivered();
    assert.ok(Math.max(...sizes) > 200, String(Math.max(...sizes)));
  } finally {
    await world.done();
  }
});
