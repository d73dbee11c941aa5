/** `meterport ports`: the serial ports of this machine, and the link for each. */
import type { SerialAdapter } from "@meterport/transports/serial/serial-adapters";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print } from "../../io/io.ts";
import type { PortsOptions } from "./options.ts";

const none = "no serial port: plug an adapter in, or use a link to a bridge, as in tcp://192.168.1.20:4059\n";

const rowOf = ({ path, maker, link }: SerialAdapter): Row => [link, path, maker ?? ""];

/** @throws LinkError, UsageError if the system does not list them */
export const portsCommand = async (options: PortsOptions, io: Io): Promise<Exit> => {
  const adapters = await io.listAdapters();
  const bold = paintFor(io.stdout);
  if (options.json === true) print(io, toJson(adapters));
  else if (adapters.length === 0) io.stdout.write(none);
  else {
    const head: Row = ["Link", "Path", "Maker"].map((text) => ({ text, paint: (plain) => bold("bold", plain) }));
    io.stdout.write(alignedTable([head, ...adapters.map(rowOf)], { head: true, width: paintFor(io.stdout).width }));
  }
  return exit.done;
};
