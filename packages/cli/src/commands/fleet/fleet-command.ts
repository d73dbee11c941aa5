/** `meterport fleet`: makes a fleet, brings in its meters and their keys, and says how it is doing. */
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withFleet } from "./fleet-access.ts";
import { importMeters, pauseSite, planExport, resumeSite } from "./fleet-changes.ts";
import { initFleet } from "./fleet-init.ts";
import { checkKeys, rotateKeys, setKey } from "./fleet-keys.ts";
import { showStatus } from "./fleet-status.ts";
import type { FleetAction, FleetOptions } from "./options.ts";

type Does = (word: string, options: FleetOptions, io: Io) => Promise<Exit>;

/** @throws UsageError for what is no end of an audit log */
const notedEnd = (text: string) => {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new UsageError(
      "arguments",
      "--noted must be what audit verify printed: the number, a colon and 64 hex digits",
    );
  return { number: Number(number), hash: hash.toLowerCase() };
};

const verify: Does = (_, options, io) => {
  const noted = options.noted === undefined ? undefined : notedEnd(options.noted);
  return withFleet(options, io, async ({ tools, acting }) => {
    const verdict = await tools.verifyAudit(acting.database.run, noted);
    const { entries, end, problem } = verdict;
    if (options.json === true) print(io, toJson(verdict));
    else {
      const counted = entries === 1 ? "1 entry is" : `${entries} entries are`;
      if (problem !== null) say(io, problem);
      io.stdout.write(`${counted} as written${end === null ? "" : `; the last one is ${end.number}:${end.hash}`}\n`);
    }
    return problem === null ? exit.done : exit.failed;
  });
};

/** By what is typed; `one` takes a word more. */
const forms: Readonly<Record<string, { readonly does: Does; readonly one: string | undefined }>> = {
  init: { does: initFleet, one: "[NAME]" },
  status: { does: showStatus, one: undefined },
  import: { does: importMeters, one: "FILE.csv" },
  pause: { does: pauseSite, one: "SITE" },
  resume: { does: resumeSite, one: "SITE" },
  export: { does: planExport, one: "FILE.json" },
  "key set": { does: setKey, one: "SERIAL" },
  "key check": { does: checkKeys, one: undefined },
  "key rotate": { does: rotateKeys, one: undefined },
  "audit verify": { does: verify, one: undefined },
};

/** Options of one action. */
const ownOptions: Readonly<Partial<Record<keyof FleetOptions, string>>> = {
  shards: "init",
  roles: "init",
  move: "import",
  dryRun: "import",
  until: "pause",
  from: "key set",
  newKeyFile: "key rotate",
  finish: "key rotate",
  noted: "audit verify",
};

const optionText = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @throws UsageError; PostgresError if the database is away */
export const fleetCommand = async (
  action: FleetAction,
  words: readonly string[],
  options: FleetOptions,
  io: Io,
): Promise<Exit> => {
  const isDouble = action === "key" || action === "audit";
  const name = isDouble ? `${action} ${words[0] ?? ""}`.trim() : action;
  const [word, ...more] = isDouble ? words.slice(1) : words;
  const form = forms[name];
  if (form === undefined) {
    const known = Object.keys(forms).filter((each) => each.startsWith(`${action} `));
    throw new UsageError(
      "arguments",
      `meterport fleet ${action} takes one of these words: ${known.map((each) => each.split(" ")[1]).join(", ")}`,
    );
  }
  const { does, one } = form;
  if (more.length > 0 || (one === undefined && word !== undefined))
    throw new UsageError(
      "arguments",
      `meterport fleet ${name} takes ${one === undefined ? "no more words" : "one word"}; meterport fleet --help shows them`,
    );
  if (one !== undefined && !one.startsWith("[") && word === undefined)
    throw new UsageError("arguments", `meterport fleet ${name} needs a word: meterport fleet ${name} ${one}`);
  for (const [key, of] of Object.entries(ownOptions))
    if (options[key as keyof FleetOptions] !== undefined && of !== name)
      throw new UsageError("arguments", `${optionText(key)} is for meterport fleet ${of}: leave it out`);
  return does(word ?? "", options, io);
};
