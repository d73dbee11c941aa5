/** `--demo all`: a started command brings up every face; each answers its consumer, and each is stale in its own way. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { demoFaces } from "@meterport/gateway/outputs/demo-faces";
import { consumers } from "./support/demo-consumers.ts";
import { textOf } from "./support/sources.ts";

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
