/**
 * The samples of README.md, of `docs/` and of each package's README are true: each compiles as strictly as our own code, and
 * runs to its end against a virtual meter at the address and with the key that samples name. A fence marked
 * `ts compile` needs something that tests lack, such as an optical head; one marked `ts browser` needs a page.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import ts from "typescript";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { projectFiles, root, textOf } from "./support/sources.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

/** The meter, key and daemon that samples name. */
const names = { link: "tcp://192.168.1.20:4059", key: "0123456789abcdef", daemon: "http://127.0.0.1:8765" } as const;

/** Web Serial, which neither our types nor Node's have. */
const browserTypes = `import type { WebSerialPort } from "@meterport/transports/web/web-serial";
declare global { interface Navigator { readonly serial: { requestPort(): Promise<WebSerialPort> } } }
`;

interface Sample {
  /** "docs/links.md:77" */
  readonly place: string;
  readonly code: string;
  readonly kind: "run" | "compile" | "browser";
}

const samplesIn = (path: string, text: string): readonly Sample[] =>
  [...text.matchAll(/^```ts([^\n]*)\n([\s\S]*?)^```$/gm)].map(({ index, 1: words = "", 2: code = "" }) => {
    const word = words.trim();
    assert.ok(word === "" || word === "compile" || word === "browser", `${path}: a fence marked "ts ${word}"`);
    const place = `${path}:${text.slice(0, index).split("\n").length}`;
    return { place, code, kind: word === "" ? "run" : word };
  });

const samples = projectFiles()
  .filter((path) => /^(README\.md|docs\/.*\.md|examples\/.*\.md|packages\/[^/]+\/README\.md)$/.test(path))
  .flatMap((path) => samplesIn(path, textOf(path)));

/** Below the checkout, so that packages are found by their names. */
const folder = join(root, ".cache", "samples");
const fileOf = ({ place }: Sample): string => join(folder, `${place.replace(/[^\w]+/g, "-")}.ts`);

const complaintsOf = (files: readonly string[]): readonly string[] => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.node.json"), ts.sys.readFile) as {
    readonly config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  // Samples show what is available, and do not use all of it.
  const relaxed = { noUnusedLocals: false, incremental: false };
  const program = ts.createProgram(files, { ...options, ...relaxed });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) =>
        `${file.slice(folder.length + 1)}:${source?.getLineAndCharacterOfPosition(start).line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
};

describe("samples of the documentation", { timeout: 240_000 }, () => {
  /** One for each sample, as a meter takes one connection at a time. */
  const meters: ServedMeter[] = [];
  let gateway: SpawnedGateway | undefined;

  before(async () => {
    gateway = await startGateway();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const sample of samples) {
      const { code, kind } = sample;
      const meter = await serveMeter();
      meters.push(meter);
      const here = code
        .replaceAll(names.link, meter.url)
        .replaceAll(names.key, `hex:${meter.key}`)
        .replaceAll(names.daemon, gateway.url);
      writeFileSync(fileOf(sample), kind === "browser" ? browserTypes + here : here);
    }
  });
  after(async () => {
    // Whichever was started: what is left open would keep this file from ending.
    await Promise.all([...meters.map((meter) => meter.unplug()), gateway?.remove()]);
  });

  test("there are some of each kind, and one in the README of each library", () => {
    for (const kind of ["run", "compile", "browser"])
      assert.ok(
        samples.some((sample) => sample.kind === kind),
        kind,
      );
    for (const name of [
      "protocol",
      "mbus",
      "client",
      "device",
      "simulator",
      "transports",
      "doctor",
      "engine",
      "gateway",
      "cli",
    ]) {
      const own = samples.filter(({ place }) => place.startsWith(`packages/${name}/README.md:`));
      assert.ok(own.length > 0 && own.every(({ kind }) => kind === "run"), name);
    }
  });

  test("all compile", () => {
    const wrong = join(folder, "wrong.ts");
    writeFileSync(wrong, 'import { connect } from "@meterport/client";\nawait connect(transport, { clock });\n');
    const complaints = complaintsOf([...samples.map(fileOf), wrong]);
    assert.deepEqual(
      complaints.filter((line) => !line.startsWith("wrong.ts")),
      [],
    );
    assert.ok(complaints.some((line) => /wrong\.ts:1: Cannot find name 'transport'/.test(line)));
  });

  // Most of a sample's time is that of the meter's line.
  describe("run", { concurrency: 3 }, () => {
    for (const sample of samples.filter(({ kind }) => kind === "run"))
      test(`${sample.place} runs to its end and shows something`, async () => {
        const child = spawn(process.execPath, [fileOf(sample)], { cwd: root, timeout: 60_000 });
        let [out, err] = ["", ""];
        child.stdout.on("data", (text) => {
          out += text;
        });
        child.stderr.on("data", (text) => {
          err += text;
        });
        const [code] = (await once(child, "close")) as [number | null];
        // The command says on standard error how it read the key.
        assert.deepEqual([code, err.replace(/^meterport: the key was read as .*\n/m, "")], [0, ""]);
        assert.notEqual(out.trim(), "");
      });
  });
});
