/** What installs the gateway as a service: checked by the system's own tools where there are any, else by its rules. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { peer } from "./support/peers.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const deploy = join(root, "deploy");
const read = (...path: string[]): string => readFileSync(join(deploy, ...path), "utf8");
const cli = join(root, "packages/cli/src/main.ts");

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-deploy-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe("the systemd unit", () => {
  const analyze = peer("systemd-analyze");
  const unit = join(deploy, "systemd/meterport.service");

  test("has no mistakes, and little exposure", { skip: analyze.skip }, async () => {
    const verified = await run(analyze.path, ["verify", unit]);
    assert.equal(verified.stderr, "");
    const { stdout } = await run(analyze.path, ["security", "--offline=true", unit]);
    const exposure = Number(/exposure level for meterport\.service: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure <= 2.5, `exposure ${exposure}`);
  });

  test("starts the gateway with its command line, and a stop is clean", () =>
    inFolder(async (folder) => {
      const line = /^ExecStart=\/usr\/bin\/env (.+)$/m.exec(read("systemd/meterport.service"))?.[1] ?? "";
      const config = join(folder, "meterport.yaml");
      writeFileSync(config, "http:\n  port: 0\n", { mode: 0o600 });
      const words = line
        .replace("/etc/meterport/meterport.yaml", config)
        .replace("/var/lib/meterport", join(folder, "data"))
        .split(" ");
      assert.equal(words.shift(), "meterport");
      const child = spawn(process.execPath, [cli, ...words], { stdio: ["ignore", "pipe", "ignore"] });
      const ended = once(child, "exit");
      try {
        const [first] = (await once(child.stdout, "data")) as [Buffer];
        assert.match(String(first), /^dashboard http:\/\/127\.0\.0\.1:\d+\n$/);
      } finally {
        child.kill("SIGTERM");
      }
      assert.deepEqual(await ended, [0, null]);
    }));
});

describe("the container recipe", () => {
  const recipe = read("container/Containerfile");

  test("runs without rights, names its base by version, and says how it is doing", () => {
    const user = [...recipe.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1];
    assert.equal(user, "10001:10001");
    for (const [, image = ""] of recipe.matchAll(/^FROM (\S+)/gm)) assert.match(image, /^node:\d+-[a-z]+-slim$/);
    assert.match(recipe, /^HEALTHCHECK /m);
    assert.match(recipe, /^STOPSIGNAL SIGTERM$/m);
    const scripts = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object }).scripts;
    for (const [, name = ""] of recipe.matchAll(/npm run ([\w:]+)/g)) assert.ok(name in scripts, name);
  });

  test("its composition keeps the root read-only and the page on this machine", () => {
    const { services } = parse(read("container/compose.yaml")) as { services: Record<string, Record<string, unknown>> };
    const service = services.meterport ?? {};
    assert.deepEqual([service.read_only, service.cap_drop, service.ports], [true, ["ALL"], ["127.0.0.1:8765:8765"]]);
  });
});

describe("the Home Assistant app", () => {
  const folder = "home-assistant/meterport";
  const config = parse(read(folder, "config.yaml")) as Record<string, unknown> & {
    readonly options: object;
    readonly schema: Record<string, string>;
  };

  test("has the keys that the Supervisor wants, and words for each option", () => {
    for (const key of ["name", "version", "slug", "description", "arch"]) assert.ok(key in config, key);
    assert.deepEqual(config.arch, ["aarch64", "amd64"]);
    const { configuration } = parse(read(folder, "translations/en.yaml")) as { configuration: object };
    assert.deepEqual(Object.keys(configuration).sort(), Object.keys(config.schema).sort());
    for (const key of Object.keys(config.options)) assert.ok(key in config.schema, key);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    assert.equal(config.version, version);
  });

  test("starts the gateway with a configuration that holds, whatever the options contain", () =>
    inFolder(async (path) => {
      const [data, own, command] = [join(path, "data"), join(path, "config"), join(path, "command")];
      for (const each of [data, own]) mkdirSync(each);
      // Stands in for the command: checks the configuration that it is started with.
      writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${cli}" config check --config "$3"\n`);
      chmodSync(command, 0o755);
      const start = () => run(process.execPath, [join(deploy, folder, "start.mjs"), data, own, command]);
      const options = { log_level: "debug", link: "tcp://127.0.0.1:4059", key: "01".repeat(16), name: 'a"\n- b: {' };
      writeFileSync(join(data, "options.json"), JSON.stringify(options));
      assert.match((await start()).stdout, /fine: 1 meter/);
      assert.equal(statSync(join(data, "meterport.yaml")).mode & 0o077, 0);
      const scope = () => {
        const { http } = parse(readFileSync(join(data, "meterport.yaml"), "utf8")) as Record<
          string,
          Record<string, { scope: string }>
        >;
        return http?.ingress?.scope;
      };
      assert.equal(scope(), "read", "not everybody in the house is an admin");
      writeFileSync(join(data, "options.json"), JSON.stringify({ ...options, scope: "operate" }));
      assert.match((await start()).stdout, /fine: 1 meter/);
      assert.equal(scope(), "operate");
      writeFileSync(join(own, "meterport.yaml"), "log:\n  level: info\n", { mode: 0o600 });
      assert.match((await start()).stdout, /fine/);
    }));
});
