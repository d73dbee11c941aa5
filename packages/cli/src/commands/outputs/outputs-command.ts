/** `meterport outputs`: how the daemon's outputs are doing, a test of one, and the button of one. */
import type { OutputPairingAnswer, OutputsAnswer, OutputTestAnswer } from "@meterport/gateway/http/outputs/outputs";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { outputRows } from "../../format/output-rows.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { askDaemon, daemonAddress, tellDaemon } from "../../options/ask-daemon.ts";
import type { OutputsOptions } from "./options.ts";

const testOne = async (io: Io, address: string, name: string, json: boolean): Promise<Exit> => {
  const path = `/api/v1/outputs/${encodeURIComponent(name)}/test`;
  const seen = await tellDaemon<OutputTestAnswer>(io, address, path);
  if (json) io.stdout.data(`${toJson(seen)}\n`);
  else io.stdout.write(`${name}: ${seen.ok ? "works" : "does not work"}: ${seen.text}\n`);
  return seen.ok ? exit.done : exit.failed;
};

/** As the button of the device that the output acts as. */
const pairOne = async (io: Io, address: string, name: string, json: boolean): Promise<Exit> => {
  const path = `/api/v1/outputs/${encodeURIComponent(name)}/pair`;
  const said = await tellDaemon<OutputPairingAnswer>(io, address, path);
  if (json) io.stdout.data(`${toJson(said)}\n`);
  else io.stdout.write(`${name}: ${said.text}\n`);
  return said.ok ? exit.done : exit.failed;
};

const actions: Readonly<Record<string, { readonly run: typeof testOne; readonly example: string }>> = {
  test: { run: testOne, example: "test mqtt" },
  pair: { run: pairOne, example: "pair homewizard_v2" },
};

/** Exit code 1 if an output does not work, so that scripts notice. @throws GatewayError, UsageError */
export const outputsCommand = async (
  action: string | undefined,
  name: string | undefined,
  { json = false, ...options }: OutputsOptions,
  io: Io,
): Promise<Exit> => {
  const asked = action !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (action !== undefined && asked === undefined)
    throw new UsageError(
      "arguments",
      `unknown action ${action}: write meterport outputs, or meterport outputs test NAME, or pair NAME`,
    );
  const address = await daemonAddress(options, io);
  if (asked !== undefined) {
    if (name === undefined)
      throw new UsageError("arguments", `which output? Write for example meterport outputs ${asked.example}`);
    return asked.run(io, address, name, json);
  }
  const { outputs } = await askDaemon<OutputsAnswer>(io, address, "/api/v1/outputs");
  const { stdout } = io;
  if (json) stdout.data(`${toJson({ outputs })}\n`);
  else if (outputs.length === 0)
    stdout.write("no output is on: docs/outputs.md tells which there are and how to turn them on\n");
  else stdout.write(alignedTable(outputRows(outputs, io.clock.wall()), { head: true, width: stdout.columns }));
  return outputs.every(({ state }) => state !== "failing") ? exit.done : exit.failed;
};
