/**
 * The figures of the gateway, each beside its target: `npm run bench -- figures [DAYS]`. The benches behind them
 * print more. DAYS is how much history the chart has, a year by default.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import { serveMeter } from "../test/support/served-meter.ts";
import { benchApi } from "./api.ts";
import { benchBackFill } from "./back-fill.ts";
import { say } from "./measure.ts";
import { benchStore } from "./store.ts";

const main = fileURLToPath(new URL("../packages/gateway/src/main.ts", import.meta.url));
const starts = 5;
const startTarget = 2_000;

interface Start {
  readonly time: number;
  /** Time of the processor, which other work on the machine does not lengthen; undefined if the system does not say. */
  readonly cpu: number | undefined;
}

/** On Linux: fields 14 and 15, in hundredths of a second. */
const cpuOf = (pid: number | undefined): number | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
};

/** From the start of the process to the first fresh value of its API. */
const firstValue = async (link: string, key: string): Promise<Start> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-bench-"));
  const config = join(folder, "meterport.yaml");
  writeFileSync(config, `meters:\n  - { id: home, link: "${link}", key: "hex:${key}" }\n`, { mode: 0o600 });
  const began = performance.now();
  const child = spawn(process.execPath, [main, "--config", config, "--data", join(folder, "data")], {
    env: { ...process.env, METERPORT_HTTP_PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const url = await new Promise<string>((resolve) => {
      let out = "";
      child.stdout.on("data", (text) => {
        out += String(text);
        const ready = /^dashboard (\S+)\n/.exec(out)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    });
    for (;;) {
      const live = (await (await fetch(`${url}/api/v1/points/home/live`)).json()) as LiveAnswer;
      if (live.power_w !== null) return { time: performance.now() - began, cpu: cpuOf(child.pid) };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
};

const benchStart = async (): Promise<void> => {
  const meter = await serveMeter();
  const all: Start[] = [];
  for (let n = 0; n < starts; n++) all.push(await firstValue(meter.url, meter.key));
  await meter.unplug();
  all.sort((a, b) => a.time - b.time);
  const median = all[starts >> 1]?.time ?? 0;
  const cpu = all[starts >> 1]?.cpu;
  say(
    `start of the process to the first live value over TCP: median ${Math.round(median)} ms of ${starts}, ` +
      `at most ${Math.round(all.at(-1)?.time ?? 0)} ms${cpu === undefined ? "" : `, ${cpu} ms of them on the processor`}; ` +
      `${(median / startTarget).toFixed(2)} x the target`,
  );
};

if (import.meta.main) {
  const days = Number(process.argv[2] ?? 365);
  say(`Start (target: ${startTarget / 1_000} s)`);
  await benchStart();
  say("");
  say("Store (targets: 100,000 values/s, 600 bytes written for each set, 30 ms for a day's chart of a year)");
  say("A reading has 23 values, and both rates are given.");
  await benchStore(days);
  say("");
  await benchBackFill();
  say("");
  await benchApi();
  say("");
  say("20,000 meters in one process: npm run bench -- fleet-scale 20000 10 120");
  process.exit();
}
