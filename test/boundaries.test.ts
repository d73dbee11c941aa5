/** The shape that ARCHITECTURE.md promises: who imports whom, how long files are, what they must not contain. */
import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { describe, test } from "node:test";
import { complaint, isTest, packageNameOf, packageOf } from "./support/import-rules.ts";
import { codeFiles, hasDefaultExport, type Import, importsIn, projectFiles, textOf } from "./support/sources.ts";

/** 400 lines are a sign to look; this is the limit. */
const longestFile = 600;

const importing = (specifier: string, typeOnly = false): Import => ({ specifier, line: 1, typeOnly });

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(textOf(`${folder}package.json`)) as Manifest;

/** Used by commands and configuration, so no import names them. */
const tools = new Set(["@biomejs/biome", "@types/node", "@typescript/native", "typedoc"]);

const code = codeFiles();
const imports = new Map(code.map((path) => [path, importsIn(path, textOf(path))]));

describe("imports", () => {
  test("every import of every file follows the rules", () => {
    const complaints = [...imports].flatMap(([path, list]) =>
      list.flatMap((imported) => {
        const reason = complaint(path, imported);
        return reason === undefined ? [] : [`${path}:${imported.line} "${imported.specifier}": ${reason}`];
      }),
    );
    assert.deepEqual(complaints, []);
  });

  test("the rules find what is forbidden", () => {
    const forbidden: readonly (readonly [string, Import])[] = [
      ["packages/protocol/src/mep/link/link.ts", importing("../../tables/basic/bt00.ts")],
      ["packages/protocol/src/mep/link/link.ts", importing("../endpoint/endpoint.ts")],
      ["packages/protocol/src/tables/basic/bt00.ts", importing("../../mep/frame/frame.ts")],
      ["packages/protocol/src/layout/struct.ts", importing("../tables/basic/bt00.ts")],
      ["packages/protocol/src/tables/basic/bt00.ts", importing("../../meaning/units.ts")],
      ["packages/protocol/src/mep/link/link.ts", importing("../../ports.ts")],
      ["packages/protocol/src/novel/thing.ts", importing("../bytes.ts")],
      ["packages/protocol/src/bytes.ts", importing("zod")],
      ["packages/protocol/src/bytes.ts", importing("node:buffer")],
      ["packages/protocol/src/bytes.test.ts", importing("../../client/src/session.ts")],
      ["packages/client/src/session/session.ts", importing("@meterport/simulator")],
      ["packages/client/src/session/session.ts", importing("@meterport/device/role/memory", true)],
      ["packages/mbus/src/records.ts", importing("@meterport/protocol/tables/extended/et16-device-data", true)],
      ["packages/mbus/src/kept/telegram.ts", importing("@meterport/protocol/tables/extended/et16-device-data")],
      ["packages/mbus/src/kept/telegram.ts", importing("@meterport/client/readers/mbus", true)],
      ["packages/client/src/session/session.ts", importing("./line.test-kit.ts")],
      ["packages/engine/src/ports/store.ts", importing("./testing/memory-store.ts")],
      ["packages/engine/src/ports/store.ts", importing("../../../test/support/virtual-clock.ts")],
      ["packages/client/src/session/session.test.ts", importing("@meterport/simulator")],
      ["packages/simulator/src/meter/virtual-meter.ts", importing("@meterport/client", true)],
      ["packages/gateway/src/plan.ts", importing("@meterport/transports/network/tcp")],
      ["packages/gateway/src/main.ts", importing("@meterport/transports/network/tcp")],
      ["packages/cli/src/main.ts", importing("@meterport/gateway/daemon")],
      ["packages/cli/src/main.ts", { ...importing("@meterport/gateway/http/app"), dynamic: true }],
      ["packages/cli/src/run.ts", { ...importing("@meterport/gateway/daemon"), dynamic: true }],
      ["packages/engine/src/ports/store.ts", importing("@meterport/simulator")],
      ["packages/dashboard/src/live.ts", importing("@meterport/gateway/http/api")],
      ["packages/dashboard/src/live.ts", importing("@meterport/client", true)],
      ["packages/dashboard/src/live.ts", importing("@meterport/protocol/mep/link/link")],
    ];
    for (const [path, imported] of forbidden)
      assert.notEqual(complaint(path, imported), undefined, `${path} imports ${imported.specifier}`);
  });

  test("the rules accept what is allowed", () => {
    const allowed: readonly (readonly [string, Import])[] = [
      ["packages/protocol/src/mep/link/link.ts", importing("../../ports.ts", true)],
      ["packages/protocol/src/mep/security/rc4/suite.ts", importing("../digest.ts")],
      ["packages/protocol/src/mep/security/rc4/suite.ts", importing("@noble/ciphers/aes.js")],
      ["packages/protocol/src/mep/link/link.test.ts", importing("../endpoint/endpoint.ts")],
      ["packages/client/src/session/session.test.ts", importing("../../../../test/support/virtual-clock.ts")],
      ["packages/protocol/src/meaning/readings.ts", importing("../tables/basic/bt23.ts")],
      ["packages/mbus/src/records.ts", importing("@meterport/protocol/bytes")],
      ["packages/mbus/src/kept/telegram.ts", importing("@meterport/protocol/tables/extended/et16-device-data", true)],
      ["packages/mbus/src/mbus.test.ts", importing("@meterport/protocol/tables/extended/et16-device-data")],
      ["packages/gateway/src/daemon.ts", importing("@meterport/transports/network/tcp")],
      ["packages/gateway/src/plan.ts", importing("@meterport/transports/network/tcp", true)],
      ["packages/cli/src/main.ts", { ...importing("@meterport/gateway/daemon"), dynamic: true }],
      ["packages/cli/src/run.ts", importing("@meterport/gateway/daemon", true)],
      ["packages/dashboard/src/live.ts", importing("@meterport/gateway/http/api", true)],
      ["packages/cli/src/main.ts", importing("@meterport/simulator")],
    ];
    for (const [path, imported] of allowed) assert.equal(complaint(path, imported), undefined, path);
  });

  test("imports of every kind are seen, in Svelte too", () => {
    const text = `import a, { b } from "one";\nimport type { C } from "two";\nexport * from "three";\nexport type { D } from "four";
      type E = import("five").E;\nconst f = await import("six");\nimport "seven"; // import "eight"\nimport { type G } from "nine";`;
    const seen = (list: readonly Import[]) =>
      list.map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? " (type)" : ""}`);
    const expected = ["one", "two (type)", "three", "four (type)", "five (type)", "six", "seven", "nine"];
    assert.deepEqual(seen(importsIn("x.ts", text)), expected);
    const component = `<script lang="ts" module>\n${text}\n</script>\n<p>import "no"</p>\n<script>\nimport "last";</script>`;
    assert.deepEqual(seen(importsIn("x.svelte", component)), [...expected, "last"]);
    assert.equal(importsIn("x.svelte", component).at(-1)?.line, 13);
  });
});

describe("package.json", () => {
  const builtins = new Set(builtinModules.filter((name) => !name.startsWith("node:")));
  const folders = projectFiles()
    .filter((path) => /^packages\/[^/]+\/package\.json$/.test(path))
    .map((path) => path.replace("package.json", ""));

  const usesOf = (folder: string) =>
    [...imports]
      .filter(([path]) => path.startsWith(folder))
      .flatMap(([path, list]) => list.map((imported) => ({ path, ...imported })))
      .filter(({ specifier }) => !/^(\.|\/|node:|virtual:)/.test(specifier) && !builtins.has(specifier));

  for (const folder of folders) {
    test(`${folder}package.json names what its code imports, no more and no less`, () => {
      const manifest = manifestOf(folder);
      const lasting = { ...manifest.dependencies, ...manifest.peerDependencies };
      const declared = { ...lasting, ...manifest.devDependencies };
      const workspace = manifestOf("").devDependencies ?? {};
      const uses = usesOf(folder);

      const missing = uses.filter(({ path, specifier, typeOnly }) => {
        const name = packageNameOf(specifier);
        // The page is built, never published: it takes only types from the gateway.
        if (folder === "packages/dashboard/" && name === "@meterport/gateway") return !typeOnly;
        const isShipped = path.startsWith(`${folder}src/`) && !isTest(path) && !typeOnly;
        const isBundled = folder === "packages/dashboard/";
        return !((isShipped && !isBundled ? name in lasting : name in declared) || (!isShipped && name in workspace));
      });
      assert.deepEqual(
        missing.map(({ path, specifier }) => `${path} imports ${specifier}`),
        [],
      );

      // A package without types of its own is used together with the package that has them.
      const used = new Set(
        uses.map(({ specifier }) => packageNameOf(specifier)).flatMap((name) => [name, `@types/${name}`]),
      );
      assert.deepEqual(
        Object.keys(declared).filter((name) => !used.has(name)),
        [],
        "declared and never imported",
      );
    });
  }

  test("the workspace's package.json names what test, bench, scripts and examples import", () => {
    const declared = manifestOf("").devDependencies ?? {};
    const uses = ["test/", "bench/", "scripts/", "examples/"]
      .flatMap(usesOf)
      .map(({ specifier }) => packageNameOf(specifier));
    const missing = uses.filter((name) => !name.startsWith("@meterport/") && !(name in declared));
    assert.deepEqual(missing, []);
    const everywhere = new Set(["", ...folders].flatMap(usesOf).map(({ specifier }) => packageNameOf(specifier)));
    assert.deepEqual(
      Object.keys(declared).filter((name) => !everywhere.has(name) && !tools.has(name)),
      [],
    );
  });
});

test("package-lock.json holds the packages for other machines too, so that npm ci runs there", () => {
  const lock = JSON.parse(textOf("package-lock.json")) as { readonly packages: Readonly<Record<string, LockEntry>> };
  const names = new Set(Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + 13)));
  const missing = Object.values(lock.packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !names.has(name));
  assert.deepEqual(missing, []);
});

/** Nobody reads it line by line, and its generator is short. */
const generated: ReadonlySet<string> = new Set(["examples/api-client/meterport-api.ts"]);

describe("files", () => {
  test(`no code file is longer than ${longestFile} lines, except data`, () => {
    const long = code
      .filter((path) => !path.endsWith(".vectors.ts") && !generated.has(path))
      .map((path) => ({ path, lines: textOf(path).trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > longestFile);
    assert.deepEqual(long, []);
  });

  test("code files are kebab-case and named after the one thing inside", () => {
    const named = code.filter(
      (path) => /^packages\/[^/]+\/src\//.test(path) || /^(test|bench|scripts|examples)\//.test(path),
    );
    const odd = named.filter((path) => {
      const file = path.split("/").at(-1) ?? "";
      // Components are named as they are written in markup.
      if (file.endsWith(".svelte"))
        return !/^[A-Z][A-Za-z0-9]*\.svelte$/.test(file) && !/^[a-z0-9-]+\.svelte$/.test(file);
      return !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-kit|vectors|svelte|d))?\.(ts|mjs|js)$/.test(file);
    });
    assert.deepEqual(odd, []);
    const vague = named.filter((path) => /(^|[/-])(utils?|helpers?|managers?|process|common|misc)([-./]|$)/.test(path));
    assert.deepEqual(vague, []);
  });

  test("packages export by name", () => {
    const allowed = /(\.vectors\.ts|\.svelte|\/(vite|svelte)\.config\.(ts|js))$/;
    const wrong = code.filter(
      (path) => packageOf(path) !== undefined && !allowed.test(path) && hasDefaultExport(path, textOf(path)),
    );
    assert.deepEqual(wrong, []);
    assert.equal(hasDefaultExport("x.ts", "export default 1;"), true);
    assert.equal(hasDefaultExport("x.ts", "export default function f() {}"), true);
    assert.equal(hasDefaultExport("x.ts", "const a = 1; export { a as default };"), true);
    assert.equal(hasDefaultExport("x.ts", 'export const a = "export default";'), false);
  });

  test("an exported value has a user in another file", () => {
    const declared = /^export (?:async )?(?:const|function\*?|class|let) ([A-Za-z_$][\w$]*)/gm;
    const files = new Map<string, Set<string>>();
    for (const path of code)
      for (const name of new Set(textOf(path).match(/[A-Za-z_$][\w$]*/g)))
        files.set(name, (files.get(name) ?? new Set()).add(path));
    const unused = code
      .filter((path) => packageOf(path) !== undefined)
      .flatMap((path) =>
        [...textOf(path).matchAll(declared)]
          .filter(([, name = ""]) => files.get(name)?.size === 1)
          .map(([, name]) => `${path}: ${name}`),
      );
    assert.deepEqual(unused, []);
  });

  test("no file names a package registry or a path of somebody's machine", () => {
    const forbidden: readonly (readonly [string, RegExp])[] = [
      [
        "a package registry",
        /\b(npmjs\.(org|com)|yarnpkg\.com|npmmirror\.com|pypi\.org|crates\.io|deb\.debian\.org)\b/i,
      ],
      ["a path of a machine", /(?<![\w.~$}-])\/(work|root|tmp|Users)\/\w/],
    ];
    const text = projectFiles().filter((path) => !/\.(png|jpg|ico|woff2|pdf|gz)$/.test(path));
    const found = text.flatMap((path) =>
      textOf(path)
        .split("\n")
        .flatMap((line, index) =>
          forbidden.filter(([, pattern]) => pattern.test(line)).map(([what]) => `${path}:${index + 1} names ${what}`),
        ),
    );
    assert.deepEqual(found, []);
    const registry = ["registry.npmjs", "org"].join(".");
    assert.match(`https://${registry}/x`, forbidden[0]?.[1] as RegExp);
    assert.match(["see ", "work", "main"].join("/").replace(" /", " /"), forbidden[1]?.[1] as RegExp);
    assert.doesNotMatch("src/network/tmp/x https://example.org/work/x", forbidden[1]?.[1] as RegExp);
  });

  test("no private method has overloads, which Node 22.18 does not strip whole", () => {
    const overload = /^\s+(?:static |async )*#\w+(?:<[^({]*>)?\([^{}]*?\)(?:: [^;{}]*)?;$/m;
    const overloaded = code.filter((path) => path.endsWith(".ts") && overload.test(textOf(path)));
    assert.deepEqual(overloaded, []);
    assert.match("  #of(a: A): A;\n  #of(a: A | B) {", overload);
    assert.match("  static #of<T>(\n    a: T,\n  ): T;", overload);
    assert.doesNotMatch("  #of(a: A): A {\n    return this.#to(a);\n  }\n  of(a: A): A;", overload);
  });

  test("Node's built-ins are imported with their prefix", () => {
    const builtins = new Set(builtinModules.filter((name) => !name.startsWith("node:")));
    const bare = [...imports].flatMap(([path, list]) =>
      list.filter(({ specifier }) => builtins.has(specifier)).map(({ specifier }) => `${path} imports ${specifier}`),
    );
    assert.deepEqual(bare, []);
  });
});
