import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "@meterport/engine/ports/log";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config.ts";
import { settings } from "./config-schema.ts";
import { comparedKeys, planReload, type ReloadPlan } from "./reload-plan.ts";
import { planText, Reloader } from "./reloader.ts";

const load = (text: string, keys: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    env: {},
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) => ({ "/data/meterport.yaml": text, "/data/k": "0123456789abcdef", ...keys })[path],
  });

const meters = (...ids: readonly string[]): string =>
  `meters:\n${ids.map((id) => `  - { id: ${id}, link: "tcp://${id}:1", key_file: k }\n`).join("")}`;

const idsOf = ({ added, changed, removed }: ReloadPlan) => [
  added.map(({ id }) => id),
  changed.map(({ id }) => id),
  removed,
];

test("every key that is no meter's is compared", () => {
  const own = settings.map(({ path }) => path).filter((path) => !path.startsWith("meters"));
  assert.deepEqual([...comparedKeys].sort(), own.sort());
});

test("the same file again changes nothing", () => {
  const text = `http: { port: 1, allowed_hosts: [a] }\nstore: postgres://u@h/d\n${meters("a", "b")}`;
  const plan = planReload(load(text), load(text));
  assert.deepEqual([plan.apply, plan.restart, ...idsOf(plan)], [[], [], [], [], []]);
  assert.equal(planText(plan), "nothing to change");
});

test("meters that differ in anything are changed, by their key too, and the others are not", () => {
  const old = load(meters("a", "b", "c"));
  const next = load(`${meters("b", "c", "d").replace("tcp://b:1", "tcp://b:2")}`);
  assert.deepEqual(idsOf(planReload(old, next)), [["d"], ["b"], ["a"]]);
  const key = load(meters("a", "b", "c"), { "/data/k": "fedcba9876543210" });
  assert.deepEqual(idsOf(planReload(old, key)), [[], ["a", "b", "c"], []]);
  const common = planReload(old, load(`interval: 5s\n${meters("a", "b", "c").replace("}", ", interval: 2s }")}`));
  assert.deepEqual([common.apply, ...idsOf(common)], [["interval"], [], ["b", "c"], []]);
  assert.equal(planText(planReload(old, next)), "added d; changed b; removed a");
});

test("a meter keeps its link if nothing changes that the link is made of", () => {
  const of = (more: string): Config => load(`meters:\n  - { id: a, link: "tcp://a:1", key_file: k${more} }\n`);
  const [old, kept, opened] = [of(""), [] as string[], [] as string[]];
  for (const more of [
    ', name: "Our house"',
    ", group: north",
    ", interval: 5s",
    ", rates: { power: 250ms }",
    ", zone: Asia/Tokyo",
    ", fuse_amps: 35",
    ", back_fill: off",
    ", security: rc4",
    ", client_id: 7",
    ", profile: meter:3.70",
    ", quiet: 02:10-02:18",
  ]) {
    const { changed, sameLink } = planReload(old, of(more));
    assert.equal(changed.length, 1, more);
    (sameLink.has("a") ? kept : opened).push(/, (\w+)/.exec(more)?.[1] ?? "");
  }
  assert.deepEqual(kept, ["name", "group", "interval", "rates", "zone", "fuse_amps", "back_fill"]);
  assert.deepEqual(opened, ["security", "client_id", "profile", "quiet"]);
  const key = load(`meters:\n  - { id: a, link: "tcp://a:1", key_file: k }\n`, { "/data/k": "fedcba9876543210" });
  assert.equal(planReload(old, key).sameLink.size, 0);
});

test("a key that needs a restart keeps its old value, and the others take effect", () => {
  const old = load(`http: { port: 8000 }\n${meters("a")}`);
  const next = load(
    `http: { port: 9000, host: "::1" }\nhistory: { raw: 7d }\nstore: postgres://u:p@h/d\nlog: { level: debug, format: json }\nzone: Asia/Tokyo\ndata: /other\n${meters("a")}`,
    { "/data/k": "0123456789abcdef" },
  );
  const plan = planReload(old, next);
  assert.deepEqual([...plan.restart].sort(), ["data", "history.raw", "http.host", "http.port", "store"]);
  assert.deepEqual(plan.apply, ["zone", "log.level", "log.format"]);
  assert.deepEqual(
    [plan.config.http.port, plan.config.data, plan.config.store, plan.config.history, plan.config.logLevel],
    [8_000, "/data", undefined, old.history, "debug"],
  );
  // What was kept is told again at the next reload.
  assert.deepEqual(planReload(plan.config, next).restart, plan.restart);
  assert.deepEqual(planReload(plan.config, next).apply, []);
});

const noting = () => {
  const lines: string[] = [];
  const at = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const log: Log = { info: at("info"), warn: at("warn"), error: at("error") };
  return { lines, log };
};

test("a bad file changes nothing, and each problem is a line of the log", async () => {
  const { lines, log } = noting();
  const config = load(meters("a"));
  let text = `prot: 1\nhttp: { port: web }\n${meters("b")}`;
  const applied: ReloadPlan[] = [];
  const reloader = new Reloader({
    config,
    read: () => load(text),
    apply: async (plan) => void applied.push(plan),
    log,
  });
  const bad = await reloader.reload();
  assert.ok(!bad.ok && bad.problems.length === 2);
  assert.deepEqual([applied.length, reloader.config], [0, config]);
  assert.deepEqual(lines, [
    "error the configuration is not reloaded: /data/meterport.yaml:1:1: prot: unknown name; known: version, data, zone, interval, back_fill, store, store_file, http, history, log, outputs, fleet, meters",
    'error the configuration is not reloaded: /data/meterport.yaml:2:15: http.port "web" is not a whole number from 0 to 65535',
  ]);
  text = `http: { port: 9000 }\n${meters("b")}`;
  lines.length = 0;
  assert.ok(reloader.plan().ok && applied.length === 0);
  assert.ok((await reloader.reload()).ok);
  assert.deepEqual(lines, [
    "warn http.port has changed and needs a restart: it is kept as it was",
    "info the configuration is reloaded: added b; removed a",
  ]);
  assert.equal(reloader.config.meters[0]?.id, "b");
});

test("reloads do not overlap, and one that fails leaves the old configuration for the next", async () => {
  const { lines, log } = noting();
  let running = 0;
  let fails = true;
  const order: string[] = [];
  const texts = [meters("a", "b"), meters("a", "b", "c")];
  const reloader = new Reloader({
    config: load(meters("a")),
    read: () => load(texts.shift() ?? meters("a", "b", "c")),
    apply: async (plan) => {
      assert.equal(running++, 0);
      await new Promise(setImmediate);
      running--;
      order.push(planText(plan));
      if (fails) throw new Error("the store is away");
    },
    log,
  });
  const first = reloader.reload();
  const second = reloader.reload().then((outcome) => outcome);
  assert.deepEqual(await first, { ok: false, problems: ["the store is away"] });
  fails = false;
  await second;
  await reloader.reload();
  assert.equal(order[0], "added b");
  assert.equal(order[1], "added b, c");
  assert.ok(lines.includes("error the configuration is not reloaded: the store is away"));
  assert.equal(reloader.config.meters.length, 3);
});
