/** `meterport convert`: a capture in the format of other programs. */
import { parseCapture } from "@meterport/protocol/capture/capture";
import { pcapOf } from "@meterport/protocol/capture/pcap/pcap-writer";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { ConvertOptions } from "./options.ts";

/** @throws UsageError */
export const convertCommand = async (path: string, { output }: ConvertOptions, io: Io): Promise<Exit> => {
  const pieces = pcapOf(parseCapture(io.readText(path)));
  // Checked before anything is overwritten: the capture's time must be valid.
  const head = pieces.next();
  await intoFile(io, output, ({ write }) => {
    if (head.done !== true) write(head.value);
    for (const piece of pieces) write(piece);
  });
  return exit.done;
};
