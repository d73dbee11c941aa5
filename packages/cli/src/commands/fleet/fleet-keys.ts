/** `meterport fleet key`: the keys of meters, and the key that seals them. None is ever an argument, and none is printed. */
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withFleet } from "./fleet-access.ts";
import { keyIn } from "./fleet-init.ts";
import type { FleetOptions } from "./options.ts";

const keys = (n: number): string => (n === 1 ? "1 key" : `${n} keys`);

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

const typedKey = async (serial: string, file: string | undefined, io: Io): Promise<string> => {
  if (file !== undefined) return firstLine(file === "-" ? await io.readStdin() : io.readFile(file));
  const text = await io.askSecret(`Key of meter ${serial}`);
  if (text === undefined || text === "")
    throw new UsageError(
      "key",
      "no key was typed, or there is no terminal to type it: give --from FILE, or --from - for standard input",
    );
  return text;
};

export const setKey = (serial: string, options: FleetOptions, io: Io): Promise<Exit> =>
  withFleet(options, io, async ({ tools, acting, key }) => {
    const fleetKey = await key();
    await tools.setMeterKey(acting, fleetKey, serial, await typedKey(serial, options.from, io));
    if (options.json === true) print(io, toJson({ serial, sealed: true }));
    else io.stdout.write(`the key of meter ${serial} is sealed\n`);
    return exit.done;
  });

export const checkKeys = (_: string, options: FleetOptions, io: Io): Promise<Exit> =>
  withFleet(options, io, async ({ tools, acting, key }) => {
    const { run } = acting.database;
    const book = await tools.KeyBook.of(run, acting.fleet, [await key()], acting.entropy);
    const check = await tools.checkAllKeys(run, book);
    const { number, opened, old, missing, keyless, problems, broken } = check;
    if (options.json === true) print(io, toJson(check));
    else {
      for (const problem of problems) say(io, problem);
      if (broken > problems.length) say(io, `and ${broken - problems.length} more that do not open`);
      if (missing > 0)
        say(
          io,
          `${missing} ${missing === 1 ? "meter has" : "meters have"} no key: ${keyless.join(", ")}${missing > keyless.length ? " …" : ""}`,
        );
      const behind = old === 0 ? "" : `, ${old} of them with an older one: run meterport fleet key rotate again`;
      io.stdout.write(`${keys(opened)} of meters open with key ${number} of the fleet${behind}\n`);
    }
    return broken === 0 && missing === 0 ? exit.done : exit.failed;
  });

const finish = (options: FleetOptions, io: Io): Promise<Exit> =>
  withFleet(options, io, async ({ tools, acting, key }) => {
    const number = await tools.finishRotation(acting, await key());
    if (options.json === true) print(io, toJson({ number, finished: true }));
    else io.stdout.write(`only key ${number} of the fleet opens anything now\n`);
    return exit.done;
  });

export const rotateKeys = (_: string, options: FleetOptions, io: Io): Promise<Exit> => {
  const { newKeyFile, finish: isEnd, json } = options;
  if ((newKeyFile === undefined) === (isEnd === undefined))
    throw new UsageError("arguments", "meterport fleet key rotate needs --new-key-file FILE, and at the end --finish");
  if (isEnd === true) return finish(options, io);
  return withFleet(options, io, async ({ tools, acting, key }) => {
    const file = newKeyFile ?? "";
    const present = await key();
    const next = keyIn(file, tools, io);
    if (next.made) say(io, `${file} is new and will open the keys of all meters: keep a copy of it in a safe place`);
    const { number, done, problems } = await tools.rotateKeys(acting, present, next.key);
    if (json === true) print(io, toJson({ number, sealed: done, problems, new_key_file: file }));
    else {
      for (const problem of problems) say(io, problem);
      io.stdout.write(`${keys(done)} of meters sealed with key ${number} of the fleet\n`);
      say(
        io,
        `give ${file} to every process with the role read, one after the other, then run meterport fleet key rotate --finish --key-file ${file}`,
      );
    }
    return problems.length === 0 ? exit.done : exit.failed;
  });
};
