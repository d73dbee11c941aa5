/** `--demo all`: a started command brings up every face; each answers its consumer, and each is stale in its own way. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { demoFaces } from "@meterport/gateway/outputs/demo-faces";
import { askV2 } from "@meterport/gateway/outputs/homewizard-v2/v2-client.test-kit";
import { fences } from "./support/consumer-pages.ts";
import { consumers } from "./support/demo-consumers.ts";
import { eventually, soon } from "./support/eventually.ts";
import { freePort, startListening } from "./support/free-port.ts";
import { peer } from "./support/peers.ts";
import { textOf } from "./support/sources.ts";

const prometheus = peer("prometheus");
const mbpoll = peer("mbpoll");
const run = promisify(execFile);

/** The ports are fixed, so an address of its own keeps two runs of this test apart. */
const host =
  process.platform === "linux" ? `127.${1 + (process.pid % 250)}.${(process.pid >> 8) % 250}.7` : "127.0.0.1";

const started = (words: readonly string[]) => {
  const scratch = mkdtempSync(join(tmpdir(), "meterport-demo-test-"));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_"));
  const env = {
    ...Object.fromEntries(inherited),
    ...{ TMPDIR: scratch, METERPORT_HTTP_HOST: host, METERPORT_HTTP_PORT: "0" },
    // A meter and data of the machine, which a demo leaves alone.
    ...{
      METERPORT_LINK: "tcp://192.0.2.1:4059",
      METERPORT_KEY: "0123456789abcdef",
      METERPORT_DATA: join(scratch, "mine"),
    },
  };
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  const seen = { out: "", err: "" };
  child.stdout.on("data", (text) => {
    seen.out += text;
  });
  child.stderr.on("data", (text) => {
    seen.err += text;
  });
  const closed = once(child, "close").then(([code]) => code as number | null);
  return { child, seen, closed, scratch, remove: () => rmSync(scratch, { recursive: true, force: true }) };
};

const meterport = fileURLToPath(new URL("../packages/cli/bin/meterport.mjs", import.meta.url));
const gateway = fileURLToPath(new URL("../packages/gateway/src/main.ts", import.meta.url));

const printed = async ({ child, seen }: ReturnType<typeof started>, wanted: RegExp): Promise<void> => {
  while (!wanted.test(seen.out)) {
    assert.equal(child.exitCode, null, seen.err);
    await Promise.race([once(child.stdout, "data"), once(child, "close")]);
  }
};

/** Asks all of them at once until each has answered as it should, and gives the last answers. */
const heard = async (isRight: (answer: number | string, stale: string) => boolean) => {
  const last = Date.now() + 45_000;
  for (;;) {
    const answers = await Promise.all(
      consumers.map(async ({ name, ask, stale }) => {
        const answer = await ask(host);
        return { name, answer, right: isRight(answer, stale) };
      }),
    );
    if (answers.every(({ right }) => right) || Date.now() > last) return answers;
  }
};

const wrong = (answers: Awaited<ReturnType<typeof heard>>) => answers.filter(({ right }) => !right);
const isPower = (answer: number | string): boolean =>
  typeof answer === "number" && Math.abs(answer) < 20_000 && Number.isFinite(answer);

describe("--demo all", { timeout: 240_000 }, () => {
  let demo: ReturnType<typeof started> & { child: ChildProcess };

  before(async () => {
    demo = started([meterport, "serve", "--demo", "all"]);
    await printed(demo, /^metrics .*\n/m);
  });
  after(async () => {
    if (demo.child.exitCode === null) demo.child.kill("SIGKILL");
    await demo.closed;
    demo.remove();
  });

  test("prints where each face listens, and all of them are up", () => {
    for (const { output, addresses } of demoFaces(host)) {
      const [first = ""] = addresses;
      assert.ok(
        demo.seen.out.split("\n").some((line) => line.startsWith(output) && line.endsWith(`  ${first}`)),
        `${output}: ${demo.seen.out}`,
      );
    }
    assert.doesNotMatch(demo.seen.out, /is not up/);
  });

  test("each face answers the first question of its consumer", async () => {
    assert.deepEqual(wrong(await heard(isPower)), []);
  });

  test("homewizard_v2 lets a program in once its button is pressed, and tells it the power", async () => {
    const pair = () => askV2(8443, "/api/user", { host, method: "POST", body: { name: "local/demo" } });
    assert.equal((await pair())?.status, 403);
    const url = /^metrics +(http:\/\/\S+)\/metrics$/m.exec(demo.seen.out)?.[1] ?? "";
    const { stdout } = await run(process.execPath, [meterport, "outputs", "pair", "homewizard_v2", "--url", url]);
    assert.match(stdout, /^homewizard_v2: the next program that asks within 30 s/);
    const token = String((await pair())?.json?.token);
    assert.match(token, /^[A-F0-9]{32}$/);
    const power = async () => (await askV2(8443, "/api/measurement", { host, token }))?.json?.power_w;
    const last = Date.now() + 20_000;
    // A slow machine reads the meter late, and the face says nothing meanwhile.
    while ((await power()) === undefined && Date.now() < last) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(isPower(Number(await power())));
  });

  test("mbpoll reads the power of the unit that shows an SDM630", { skip: mbpoll.skip }, async () => {
    const words = [
      "-0",
      "-1",
      "-B",
      "-m",
      "tcp",
      "-p",
      "5502",
      "-a",
      "4",
      "-t",
      "3:float",
      "-r",
      "52",
      "-c",
      "1",
      host,
    ];
    const { stdout } = await run(mbpoll.path, words, { timeout: 10_000 });
    assert.ok(isPower(Number(/^\[52\]:\s+(\S+)/m.exec(stdout)?.[1])), stdout);
  });

  test("Prometheus reads it with the configuration and the alerts of the page", { skip: prometheus.skip }, async () => {
    const scrape = fences("yaml").find(({ file }) => file === "prometheus.yml")?.text ?? "";
    const metrics = /^metrics +http:\/\/(\S+)\/metrics$/m.exec(demo.seen.out)?.[1] ?? "";
    const here = scrape
      .replace("192.168.1.2:8095", `${host}:8095`)
      .replace("192.168.1.2:8765", metrics)
      // The demo asks nobody for a token.
      .replace(/ +authorization:\n.*\n/, "")
      .replace(/scrape_interval: \d+s/g, "scrape_interval: 1s");
    const config = join(demo.scratch, "prometheus.yml");
    writeFileSync(config, here);
    writeFileSync(join(demo.scratch, "prometheus-rules.yml"), textOf("docs/consumers/prometheus-rules.yml"));
    const own = await freePort();
    const words = [`--config.file=${config}`, `--storage.tsdb.path=${join(demo.scratch, "prometheus")}`];
    const stop = await startListening(prometheus.path, [...words, `--web.listen-address=127.0.0.1:${own}`], own);
    const asked = async <T>(path: string): Promise<T | undefined> => {
      const answer = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`);
      // It listens before it is ready.
      if (!answer.ok) return undefined;
      return ((await answer.json()) as { readonly data?: T }).data;
    };
    const newest = async (query: string): Promise<string | undefined> => {
      type Found = { readonly result: readonly { readonly value: readonly [number, string] }[] };
      return (await asked<Found>(`query?query=${encodeURIComponent(query)}`))?.result[0]?.value[1];
    };
    try {
      await eventually(async () => {
        const power = await newest('meterport_active_power_watts{phase="total"}');
        assert.ok(power !== undefined && isPower(Number(power)));
      });
      await soon.equal(() => newest('meterport_points{job="meterport",state="up"}'), "1");
      await soon.equal(() => newest("count(up == 1)"), "2");
      const rules = await asked<{ readonly groups: readonly { readonly rules: readonly object[] }[] }>("rules");
      assert.equal(rules?.groups[0]?.rules.length, 6);
      assert.equal(await newest("count(ALERTS)"), undefined);
    } finally {
      await stop();
    }
  });

  test("without the meter's cable each face is stale in its own way, and comes back with it", async (t) => {
    if (process.platform === "win32") return t.skip("Windows has no signal for it");
    demo.child.kill("SIGUSR2");
    const began = Date.now();
    assert.deepEqual(wrong(await heard((answer, stale) => answer === stale)), []);
    t.diagnostic(`all faces stale ${Math.round((Date.now() - began) / 1_000)} s after the cable was pulled`);
    demo.child.kill("SIGUSR2");
    assert.deepEqual(wrong(await heard(isPower)), []);
  });

  test("leaves nothing behind", async () => {
    demo.child.kill("SIGINT");
    assert.equal(await demo.closed, 0, demo.seen.err);
    assert.deepEqual(
      readdirSync(demo.scratch).filter((name) => name.startsWith("meterport-demo-") || name === "mine"),
      [],
    );
    const p1 = consumers.find(({ name }) => name === "p1");
    assert.equal(await p1?.ask(host), "a closed connection");
  });
});

test("--demo says what is wrong with its options, and leaves no folder", async () => {
  const cases = [
    [[gateway, "--demo", "some"], /unknown demo "some"; known: all/],
    [[gateway, "--demo", "all", "--data", "here"], /--demo has a configuration and data of its own: leave out --data/],
    [[meterport, "serve", "--demo", "all", "--config", "x"], /leave out --config/],
  ] as const;
  for (const [words, sentence] of cases) {
    const demo = started(words);
    assert.equal(await demo.closed, 2, demo.seen.err);
    assert.match(demo.seen.err, sentence);
    assert.deepEqual(
      readdirSync(demo.scratch).filter((name) => name.startsWith("meterport-demo")),
      [],
    );
    demo.remove();
  }
});

test("the page about the demo lists each address", () => {
  const page = textOf("docs/consumers/demo.md");
  const missing = demoFaces("127.0.0.1").flatMap(({ addresses }) =>
    addresses.map((address) => address.split(",")[0] ?? "").filter((address) => !page.includes(`\`${address}\``)),
  );
  assert.deepEqual(missing, []);
});
