import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoursTaken, type TakenChange } from "../hours-taken.test-kit.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";

/** A program that appends what it gets to a file, unless it is told to sleep or to fail. */
const program = (folder: string): string => `#!/bin/sh
[ -e '${folder}/stalled' ] && exec sleep 60
[ -e '${folder}/away' ] && echo "the disk is gone" >&2 && exit 3
cat >> '${folder}/got'
`;

const open = async (): Promise<Consumer> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-hook-"));
  const path = join(folder, "on-change");
  writeFileSync(path, program(folder));
  chmodSync(path, 0o755);
  const lines = (): readonly string[] =>
    existsSync(join(folder, "got")) ? readFileSync(join(folder, "got"), "utf8").trim().split("\n") : [];
  const flag = (name: string, up: boolean): void =>
    up ? writeFileSync(join(folder, name), "") : rmSync(join(folder, name), { force: true });
  return {
    output: outputKinds.hook.create({ command: [path], batch: 1_000 } as never),
    away: async (away) => {
      if (away) renameSync(path, `${path}.gone`);
      else renameSync(`${path}.gone`, path);
    },
    stalled: (stalled) => flag("stalled", stalled),
    garbage: () => {
      flag("away", true);
      setTimeout(() => flag("away", false), 30);
    },
    changes: () => {
      const hours = new HoursTaken();
      for (const line of lines()) if (line !== "") hours.take(JSON.parse(line) as TakenChange);
      return hours.count();
    },
    done: async () => rmSync(folder, { recursive: true }),
  };
};

outputContract("hook", open, { secrets: ["no-secret-at-all"] });
