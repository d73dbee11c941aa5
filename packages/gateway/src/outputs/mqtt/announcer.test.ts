import assert from "node:assert/strict";
import { test } from "node:test";
import type { PointView } from "@meterport/engine/ports/output";
import { FakeView } from "@meterport/engine/testing/fake-view";
import fc from "fast-check";
import { Announcer } from "./announcer.ts";
import type { Message } from "./broker.ts";

const announcer = (sent: Message[], warned: string[] = []): Announcer =>
  new Announcer({
    ...{ prefix: "meterport", repeat: 10_000, version: "0.1.0", clientId: "me", discoveryPrefix: "homeassistant" },
    publish: async (message) => void sent.push(message),
    warn: (text) => warned.push(text),
  });

/** Lists that somebody else may have written: any text, and JSON that nearly fits. */
const lists = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc
    .record({
      client: fc.oneof(fc.constant("me"), fc.string(), fc.integer()),
      discovery: fc.oneof(fc.constant("homeassistant"), fc.string(), fc.constant(null)),
      devices: fc.oneof(
        fc.array(
          fc.record({ id: fc.oneof(fc.string(), fc.constantFrom("home", "a.1", "../x", "#", "+")), name: fc.string() }),
        ),
        fc.anything(),
      ),
    })
    .map((list) => JSON.stringify(list)),
);

test("property: whatever is retained on the list of meters, only our own topics are cleared, and nothing else happens", async () => {
  await fc.assert(
    fc.asyncProperty(lists, async (text) => {
      const sent: Message[] = [];
      await announcer(sent).tidy(text, [{ id: "home", name: "Home" }]);
      for (const { topic, payload, retain } of sent) {
        assert.deepEqual([payload, retain], ["", true]);
        assert.match(
          topic,
          /^(meterport\/meter\/[a-z0-9][a-zA-Z0-9._-]*\/\w+|[^+#]*\/device\/meterport_[\w-]+\/config)$/s,
        );
        assert.doesNotMatch(topic, /^meterport\/meter\/home\//, "a meter that is there keeps its messages");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("the same announcement is published once, and again after it is forgotten", async () => {
  const sent: Message[] = [];
  const one = announcer(sent);
  await one.gateway();
  await one.gateway();
  assert.equal(sent.length, 1);
  one.forget();
  await one.gateway();
  assert.equal(sent.length, 2);
});

test("an entity that is no longer there is named once with its platform alone, and then no more", async () => {
  const view = new FakeView("home");
  const quarter = { currency: "DKK", start: 0, end: 900_000, energy: 0.3, total: 0.4, feedIn: null };
  const point = (price: PointView["price"]): PointView => ({
    ...{ id: "home", name: "Home", zone: "Europe/Copenhagen", live: view.live, detail: view.detail },
    ...{ total: () => null, price, prices: async () => null },
  });
  const sent: Message[] = [];
  const one = announcer(sent);
  const components = (n: number) => JSON.parse(String(sent.at(n)?.payload)).components;
  await one.point(
    point(() => quarter),
    new Set(["power_w"]),
  );
  assert.equal(components(0).price.unit_of_measurement, "DKK/kWh");
  one.forget();
  await one.point(
    point(() => null),
    new Set(["power_w"]),
  );
  assert.equal(sent.length, 3);
  assert.deepEqual(components(1).price, { platform: "sensor" });
  assert.equal(components(1).power.device_class, "power");
  assert.deepEqual([components(2).price, components(2).power.platform], [undefined, "sensor"]);
  one.forget();
  await one.point(
    point(() => null),
    new Set(["power_w"]),
  );
  assert.equal(sent.length, 4);
});
