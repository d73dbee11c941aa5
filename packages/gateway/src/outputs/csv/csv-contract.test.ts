import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openCsv } from "./csv-output.ts";
import { type DayFiles, filesIn } from "./day-files.ts";

const open = async (): Promise<Consumer> => {
  const base = mkdtempSync(join(tmpdir(), "meterport-csv-"));
  const folder = join(base, "values");
  const elsewhere = join(base, "elsewhere");
  const disk = filesIn(folder);
  mkdirSync(folder);
  let stalled = false;
  let resume = (): void => {};
  /** A disk that answers nothing, as a network folder does whose server is gone. */
  const files: DayFiles = {
    ...disk,
    write: async (...given) => {
      if (stalled)
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      await disk.write(...given);
    },
  };
  return {
    output: { name: "csv", begins: "now", open: openCsv({ folder } as Parameters<typeof openCsv>[0], files) },
    away: async (away) => {
      if (away) renameSync(folder, elsewhere);
      if (away) writeFileSync(folder, "");
      if (!away) rmSync(folder);
      if (!away) renameSync(elsewhere, folder);
    },
    stalled: (next) => {
      stalled = next;
      if (!next) resume();
    },
    garbage: (bytes) => {
      for (const name of existsSync(join(folder, "home")) ? readdirSync(join(folder, "home")) : [])
        writeFileSync(join(folder, "home", `${name}.part`), bytes);
      writeFileSync(join(folder, "junk.csv"), bytes);
    },
    changes: () => {
      const home = join(folder, "home");
      const names = existsSync(home) ? readdirSync(home).filter((name) => name.endsWith(".intervals.csv")) : [];
      const rows = names.sort().flatMap((name) => readFileSync(join(home, name), "utf8").trim().split("\n").slice(1));
      const isRight = rows.every(
        (row, n) => row.split(",")[2] === new Date(firstHour + (n + 1) * hour).toISOString().replace(".000", ""),
      );
      return isRight ? rows.length : -1;
    },
    done: async () => rmSync(base, { recursive: true }),
  };
};

outputContract("csv", open, { secrets: ["no-secret-at-all"] });
