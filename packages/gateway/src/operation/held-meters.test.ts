import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import type { HeldMeter } from "./companion.ts";
import { HeldMeters } from "./held-meters.ts";
import type { GatewayMeter } from "./open-meter.ts";

const meter = (id: string, link = "tcp://127.0.0.1:4059") => ({ id, link }) as HeldMeter;

const world = () => {
  const read = new Set<string>();
  const said: string[] = [];
  const held = new HeldMeters({
    gateway: {
      point: (id) => (read.has(id) ? ({} as never) : undefined),
      replaceMeters: async (gone, come) => {
        for (const id of gone) read.delete(id);
        for (const { id } of come) read.add(id);
        said.push(`-${gone.join()} +${come.map(({ id }) => id).join()}`);
      },
    },
    make: (some) =>
      some.map((one) => {
        if (one.link === "") throw new UsageError("link", "is no link");
        return one as unknown as GatewayMeter;
      }),
  });
  return { held, said };
};

test("a held meter that is stuck starts over, and one that was released does not", async () => {
  const { held, said } = world();
  await held.hold([meter("a"), meter("b")]);
  await held.again("a");
  await held.release(["a"]);
  await held.again("a");
  await held.again("unknown");
  assert.deepEqual(said, ["- +a,b", "-a +a", "-a +"]);
});

test("a meter whose link is wrong is not remembered in place of the one that is read", async () => {
  const { held, said } = world();
  await held.hold([meter("a")]);
  await assert.rejects(held.hold([meter("a", "")]), { code: "link" });
  await held.again("a");
  assert.deepEqual(said, ["- +a", "-a +a"]);
});
