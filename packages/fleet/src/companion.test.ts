import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompanionContext } from "@meterport/gateway/operation/companion";
import { usualDeadline, usualGaps, usualRetention } from "@meterport/gateway/settings/fleet-settings";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { companion } from "./companion.ts";

test("settings of rules that do not exist or are out of bounds are refused before anything is opened", async () => {
  const settings = {
    ...{
      database: new Secret(Buffer.from("postgres://nobody@127.0.0.1:1/none")),
      id: "north",
      roles: ["jobs"] as const,
    },
    ...{ live: 60_000, profile: 60_000, gaps: usualGaps, retention: usualRetention },
    checks: { deadline: usualDeadline, holidays: [], rules: { spike: { ratio: "high" }, spiky: {} } },
  };
  const context = { data: "/nowhere" } as CompanionContext;
  await assert.rejects(companion(settings, context), (error: Error) => {
    assert.ok(error instanceof UsageError);
    const lines = error.message.split("\n");
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /^fleet\.checks\.rules: there is no rule "spiky"; known: missing-slots, /);
    assert.match(lines[1] ?? "", /^fleet\.checks\.rules: spike\.ratio must be a number of times from /);
    return true;
  });
});
