/** The size of the packages, and how fast the client loads once installed from its tarball. */
import { packedInstall } from "../test/support/packed-install.ts";
import { say } from "./measure.ts";

const runs = 15;
const targetMillis = 60;

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

export const benchPacked = async (): Promise<void> => {
  const { packages, write, run, remove } = packedInstall();
  try {
    for (const { name, size } of packages) say(`${`packed ${name}`.padEnd(52)} ${kilobytes(size).padStart(14)}`);
    const core = packages.filter(({ name }) => name === "@meterport/protocol" || name === "@meterport/client");
    const sum = core.reduce((total, { size }) => total + size, 0);
    say(`${"packed protocol and client".padEnd(52)} ${kilobytes(sum).padStart(14)}  of 400 kB`);
    write({
      "first.mjs": `const began = performance.now();
await import("@meterport/client");
console.log(performance.now() - began);
`,
    });
    const millis: number[] = [];
    for (let n = 0; n < runs; n++) millis.push(Number((await run(process.execPath, ["first.mjs"])).out));
    millis.sort((a, b) => a - b);
    const median = millis[(runs - 1) / 2] ?? Number.NaN;
    say(
      `${'first import("@meterport/client"), median'.padEnd(52)} ${median.toFixed(1).padStart(14)} ms  of ${targetMillis} ms, best ${millis[0]?.toFixed(1)} ms`,
    );
  } finally {
    remove();
  }
};

if (import.meta.main) await benchPacked();
