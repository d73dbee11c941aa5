/** How long a clean type check of the whole workspace takes. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { report } from "./measure.ts";

const root = new URL("..", import.meta.url);

export const benchTypeCheck = (): void => {
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { scripts: { types: string } };
  const began = performance.now();
  const { status } = spawnSync(`npx ${scripts.types} --force`, { cwd: root, shell: true, stdio: "inherit" });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error("the type check failed");
  const inAnHour = (each: number): number => 3600 / each;
  report({ name: `type check of the workspace, ${seconds.toFixed(1)} s`, perSecond: inAnHour(seconds) }, "an hour", {
    figure: { name: "the target", perSecond: inAnHour(10) },
    what: "the target of 10 s",
  });
};

if (import.meta.main) benchTypeCheck();
