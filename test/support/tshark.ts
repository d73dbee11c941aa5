/** Wireshark's tshark with our dissector, and its view of a capture. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** One field of a message, as tshark shows it. */
export interface ShownField {
  /** "mep.ET13.devices.billingDay" */
  readonly name: string;
  readonly show: string;
  /** The whole line, with unit and names of values. */
  readonly line: string;
  /** Its bytes in hexadecimal. */
  readonly hex: string;
}
export interface ShownMessage {
  readonly line: string;
  readonly fields: readonly ShownField[];
}

const plain = (text: string): string =>
  text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#x27;|&apos;/g, "'")
    .replace(/&amp;/g, "&");
const attribute = (tag: string, name: string): string => plain(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");

const run = promisify(execFile);

/** Runs tshark over a capture file; its complaints, Lua's errors included, are in `complaints`. */
export const tshark = async (
  path: string,
  dissector: string,
  pcap: readonly Uint8Array[],
  ...options: readonly string[]
): Promise<{ readonly out: string; readonly complaints: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-tshark-"));
  try {
    writeFileSync(join(folder, "mep.lua"), dissector);
    writeFileSync(join(folder, "line.pcap"), Buffer.concat(pcap));
    const args = ["-X", `lua_script:${join(folder, "mep.lua")}`, "-r", join(folder, "line.pcap"), ...options];
    const { stdout, stderr } = await run(path, args, { maxBuffer: 1 << 30, timeout: 120_000 });
    return { out: stdout, complaints: stderr.replace(/^Running as user .*\n/m, "") };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Every message of a capture in order, with its fields in order. */
export const shownMessages = (pdml: string): ShownMessage[] => {
  const messages: { line: string; fields: ShownField[] }[] = [];
  for (const [tag] of pdml.matchAll(/<(?:proto|field) [^>]*>/g)) {
    const name = attribute(tag, "name");
    if (tag.startsWith("<proto")) {
      if (name === "mep") messages.push({ line: attribute(tag, "showname"), fields: [] });
      continue;
    }
    if (!name.startsWith("mep.")) continue;
    const field = {
      name,
      show: attribute(tag, "show"),
      line: attribute(tag, "showname"),
      hex: attribute(tag, "value"),
    };
    messages.at(-1)?.fields.push(field);
  }
  return messages;
};
