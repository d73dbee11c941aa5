/** First stumbling blocks of a new user: misspelt options, where the link comes from, existing files. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { Command } from "commander";
import { commands } from "./commands.ts";
import { completeCommand } from "./options/outer-options.ts";
import { key, runCli, type World, withMeter } from "./testing/run-cli.ts";

interface Shape {
  readonly name: string;
  readonly words: readonly string[];
  readonly options: readonly { readonly long: string; readonly value: boolean }[];
}

/** Each command, with a word for every argument that it needs. */
const shapes: readonly Shape[] = await Promise.all(
  commands.map(async ({ usage, open }) => {
    const command = new Command("meterport").command(usage);
    const host = { command, io: { env: {} } as never, ended: () => {} };
    await open(host);
    completeCommand(host, "");
    return {
      name: command.name(),
      words: command.registeredArguments.filter(({ required }) => required).map((argument) => argument.name()),
      options: command.options.flatMap(({ long, required, optional }) =>
        long === undefined || long === null ? [] : [{ long, value: required || optional }],
      ),
    };
  }),
);
const withLink = shapes.filter(({ options }) => options.some(({ long }) => long === "--link"));

describe("options", () => {
  test("a misspelt one is reported before a missing one, without the word after it", async () => {
    for (const words of [
      ["live", "--lnik", "tcp://meter:1"],
      ["live", "--lnik=hushhushhushhush"],
    ]) {
      const { code, err } = await runCli(words);
      assert.deepEqual([code, err], [2, "meterport: unknown option --lnik; did you mean --link?\n"]);
    }
  });

  test("a value that looks like an option is taken as a value", async () => {
    const { err } = await runCli(["redact", "a.ndjson", "--seed", "--lnik"], { files: { "a.ndjson": "" } });
    assert.doesNotMatch(err, /unknown option/);
  });

  test("help COMMAND prints the same as COMMAND --help, and every command has an example", async () => {
    assert.equal((await runCli(["help"])).out, (await runCli(["--help"])).out);
    for (const { name } of shapes) {
      const { code, out } = await runCli(["help", name]);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`\nExample:\n  meterport ${name} ?`), name);
    }
    assert.equal((await runCli(["help", "frobnicate"])).code, 2);
  });

  test("METERPORT_LINK replaces --link in every command that takes one", async () => {
    for (const { name, words } of withLink) {
      if (name === "call" || name === "tables") continue;
      // Of its actions only two ask a meter themselves.
      const given = name === "device" ? ["unregister"] : words;
      const { err } = await runCli([name, ...given], { env: { METERPORT_KEY: key } });
      if (name !== "doctor")
        assert.match(err, /^meterport: a link is needed: give --link URL, or set METERPORT_LINK$/m, name);
    }
    for (const command of ["read", "live"]) {
      const words = command === "read" ? ["read", "BT21"] : ["live", "--count", "1"];
      const opened: string[] = [];
      const world = withMeter();
      const { openLink } = world;
      const { code, err } = await runCli(words, {
        ...world,
        env: { ...world.env, METERPORT_LINK: "tcp://from-the-environment:1" },
        openLink: (link, ...more) => {
          opened.push(link);
          assert.ok(openLink);
          return openLink(link, ...more);
        },
      });
      assert.deepEqual([code, new Set(opened)], [0, new Set(["tcp://from-the-environment:1"])], err);
    }
  });

  test("the form of the key is reported once, not with every command", async () => {
    const said = new Set<string>();
    const read = async () => (await runCli(["read", "BT01", "--link", "tcp://m:1"], { ...withMeter(), said })).err;
    assert.match(await read(), /was read as 32 hex digits/);
    assert.equal(await read(), "");
  });
});

/** A gateway that quotes what it was started with. */
const startDaemon: World["startDaemon"] = ({ config, data }) =>
  Promise.reject(new UsageError("config", `${config}, ${data}: there is no such file`));

describe("a key in a wrong place", () => {
  const keys = ["ABCDEFGHIJ0123456789", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "3031323334353637383930313233343536373839"];
  for (const secret of keys)
    test(`of ${secret.length} characters is not repeated by any option of any command`, async () => {
      const clean = async (words: readonly string[], env: Record<string, string> = {}) => {
        const { out, err } = await runCli(words, { env, adapters: [], startDaemon });
        const told = words[0] === "explain" ? err : out + err;
        assert.ok(!told.toLowerCase().includes(secret.toLowerCase().slice(0, 16)), `${words.join(" ")}\n${told}`);
      };
      for (const { name, words, options } of shapes) {
        const needed = ["simulate", "replay"].includes(name) ? ["--listen", "nowhere://x"] : ["--link", "tcp://m:1"];
        const usual =
          name === "simulate" || withLink.some((each) => each.name === name) || name === "replay" ? needed : [];
        for (const given of [secret, `@${secret}`, `tcp://${secret}:4059`, `file/${secret}`])
          for (const { long, value } of options) if (value) await clean([name, ...words, ...usual, long, given]);
        for (const form of [secret, `--${secret}`, `-k${secret}`, `x=${secret}`, `--kye=${secret}`])
          await clean([name, ...words.map(() => form), ...usual, ...(words.length === 0 ? [form] : [])]);
      }
      for (const name of ["METERPORT_LINK", "METERPORT_KEY"])
        for (const given of [secret, `@${secret}`, `tcp://${secret}:1`])
          await clean(["live"], {
            [name]: given,
            ...(name === "METERPORT_KEY" ? { METERPORT_LINK: "tcp://m:1" } : { METERPORT_KEY: key }),
          });
    });
});

describe("files", () => {
  const capture = `${JSON.stringify({ format: "meterport-capture", version: 1, started: "2026-01-01T00:00:00.000Z", link: "tcp" })}\n`;
  const outputs: readonly (readonly string[])[] = [
    ["docs", "--output", "there"],
    ["wireshark", "--output", "there"],
    ["convert", "a.ndjson", "--output", "there"],
    ["redact", "a.ndjson", "--output", "there"],
    ["read", "BT01", "--link", "tcp://m:1", "--record", "there"],
    ["live", "--count", "1", "--link", "tcp://m:1", "--record", "there"],
    ["profile", "--since", "1h", "--link", "tcp://m:1", "--output", "there"],
    ["doctor", "--link", "tcp://m:1", "--output", "there"],
  ];
  for (const words of outputs)
    test(`${words[0]} does not overwrite one without --force`, async () => {
      const world = () => ({ ...withMeter(), files: { "a.ndjson": capture }, written: new Map([["there", "before"]]) });
      const refused = world();
      const { code, err } = await runCli(words, refused);
      assert.deepEqual([code, refused.written.get("there")], [2, "before"], err);
      assert.match(err, /there already exists: choose another name, or overwrite it with --force/);
      const forced = world();
      const again = await runCli([...words, "--force"], forced);
      assert.notEqual(forced.written.get("there"), "before", again.err);
    });

  test("an incomplete one is removed after an interruption", async () => {
    const stop = new AbortController();
    const written = new Map<string, string>();
    const world = withMeter();
    const { openLink } = world;
    const ran = await runCli(["profile", "--link", "tcp://m:1", "--output", "cut.csv"], {
      ...world,
      written,
      interrupted: stop.signal,
      openLink: async (...given) => {
        assert.ok(openLink);
        const line = await openLink(...given);
        let sent = 0;
        return {
          ...line,
          chunks: line.chunks,
          close: () => line.close(),
          write: async (bytes) => {
            if (++sent === 12) stop.abort();
            await line.write(bytes);
          },
        };
      },
    });
    assert.deepEqual([ran.code, [...written]], [1, []], ran.err);
  });
});

describe("a link that a daemon uses", () => {
  const world = () => ({ ...withMeter(), daemons: { "tcp://m:1": { url: "http://127.0.0.1:8765", pid: 42 } } });
  for (const words of [["read", "BT01"], ["live", "--count", "1"], ["doctor"], ["tariffs"]])
    test(`is left alone by ${words[0]}, which says where to look`, async () => {
      const { code, out, err } = await runCli([...words, "--link", "tcp://m:1"], world());
      assert.deepEqual([code, out], [2, ""], err);
      assert.match(err, /the daemon at http:\/\/127\.0\.0\.1:8765 \(process 42\) uses this link, .*--share/);
      const shared = await runCli([...words, "--link", "tcp://m:1", "--share"], world());
      assert.equal(shared.code, 0, shared.err);
    });
});
