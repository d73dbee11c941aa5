/** Variations of a day of two devices with faults of the line: `npm run bench -- device [COUNT] [FIRST SEED]`. */
import { runDay, shortDay } from "../test/support/device-day.ts";
import { say } from "./measure.ts";

const told = 1_000;

export const benchDevice = async (count = 100, first = 1): Promise<void> => {
  say(`${count} variations of a day of two devices, each fault of the line for one message in a hundred, virtual time`);
  const began = performance.now();
  let [requests, answered, files, wrong] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const day = await runDay(shortDay(first + i));
    requests += day.requests.length;
    answered += day.requests.filter(({ request }) => request.outcome === "answered").length;
    files += day.file === "done" ? 1 : 0;
    for (const what of day.wrong) say(`seed ${first + i}: ${what}`);
    wrong += day.wrong.length;
    if ((i + 1) % told !== 0 && i + 1 !== count) continue;
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${i + 1}: ${answered} of ${requests} requests answered, ${files} files whole, ${wrong} wrong, ${seconds} s`);
  }
};

if (import.meta.main) {
  const [count, first] = process.argv.slice(2).map(Number);
  await benchDevice(count, first);
}
