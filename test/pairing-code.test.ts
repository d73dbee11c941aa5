/** The pairing code is for people at the console of the gateway, and for nobody who asks its API. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessBook } from "@meterport/gateway/access/access-book";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { startGateway } from "./support/spawned-gateway.ts";

test("who may read the log does not become an admin by the code in it, and the console shows it at any level", async (t) => {
  let token = "";
  const gateway = await startGateway("log:\n  level: warn\n", {
    flags: ["--pair"],
    prepare: async (folder) => {
      token = accessBook({ folder, clock: systemClock, entropy: systemEntropy }).addToken("script", "operate").token;
    },
  });
  t.after(gateway.remove);
  const code = /pairing code (\d{4} \d{4})/.exec(gateway.log())?.[1] ?? assert.fail(gateway.log());
  const answer = await fetch(`${gateway.url}/api/v1/logs?limit=1000`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200);
  assert.equal((await answer.text()).includes(code), false);
});
