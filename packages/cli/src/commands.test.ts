import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { Command } from "commander";
import { commands } from "./commands.ts";
import { checkOptions, completeCommand } from "./options/outer-options.ts";
import { runCli } from "./testing/run-cli.ts";

describe("the list of commands", () => {
  for (const { usage, description, example, open } of commands) {
    const name = usage.split(" ", 1)[0] ?? "";
    test(`${name} describes its arguments and options, and is in a folder of its name`, async () => {
      const command = new Command("meterport").command(usage);
      const host = { command, io: { env: {} } as never, ended: () => {} };
      await open(host);
      const undescribed = [...command.registeredArguments, ...command.options].filter(
        (part) => part.description === "",
      );
      assert.deepEqual(
        undescribed.map((part) => part.name()),
        [],
      );
      assert.ok(command.options.length > 0 && description.length > 0);
      const [program, itself, ...words] = example.split(" ");
      assert.deepEqual([program, itself], ["meterport", name]);
      completeCommand(host, example);
      checkOptions(command, words);
      for (const file of ["options.ts", `${name}-command.ts`])
        assert.ok(existsSync(new URL(`commands/${name}/${file}`, import.meta.url)), file);
    });
  }

  test("the help lists every command as its own help does", async () => {
    const { out } = await runCli(["--help"]);
    for (const { usage } of commands) {
      const [name = "", ...words] = usage.split(" ");
      const line = [name, "[options]", ...words].join(" ");
      assert.ok(out.includes(`  ${line} `), line);
      assert.match(
        (await runCli([name, "--help"])).out,
        new RegExp(`^Usage: meterport ${line.replace(/[[\].]/g, "\\$&")}\n`),
      );
    }
  });
});
