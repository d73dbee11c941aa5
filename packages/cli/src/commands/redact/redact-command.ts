/** `meterport redact`: a capture without anything that identifies the meter or its owner. */
import { captureText, keyInside, parseCapture } from "@meterport/protocol/capture/capture";
import { redactCapture } from "@meterport/protocol/capture/redaction/redact";
import { UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { optionalKey } from "../../options/key-option.ts";
import type { RedactOptions } from "./options.ts";

const seedLength = 32;
/** Fewer characters could be guessed, and the pseudonyms with them. */
const leastSeed = 8;

const seedOf = (given: string | undefined, io: Io): Uint8Array => {
  if (given === undefined) return io.entropy(seedLength);
  if (given.length < leastSeed)
    throw new UsageError(
      "seed",
      `--seed has ${given.length} characters; give at least ${leastSeed} that are hard to guess`,
    );
  return new TextEncoder().encode(given);
};

const frames = (n: number): string => (n === 1 ? "1 frame" : `${n} frames`);

/** @throws UsageError */
export const redactCommand = async (file: string, options: RedactOptions, io: Io): Promise<Exit> => {
  const capture = parseCapture(io.readText(file));
  const key = optionalKey(options.key, io)?.secret.reveal();
  const profile = options.profile === undefined ? {} : { profile: parseProfile(options.profile) };
  const {
    capture: redacted,
    sealed,
    scrambled,
  } = redactCapture(capture, { key, seed: seedOf(options.seed, io), ...profile });
  const text = captureText(redacted);
  if (options.output === undefined) io.stdout.data(text);
  else await intoFile(io, options.output, ({ write }) => write(text));
  say(io, `${frames(sealed)} redacted and re-sealed with the key ${keyInside(redacted)}`);
  if (scrambled > 0) say(io, `${frames(scrambled)} did not verify: only their length and code are left`);
  if (key === undefined && scrambled > 0)
    say(io, "with --key KEY readings would be kept, and only identifying values replaced");
  return exit.done;
};
