/** Captures made by hand, and how a bridge, a line or a careless tcpdump changes one. */
import type { Capture, CaptureEntry } from "@meterport/protocol/capture/capture";

/** A message with its length. */
export const frame = (hex: string): Uint8Array => {
  const body = Buffer.from(hex.replace(/ /g, ""), "hex");
  return Uint8Array.of(body.length >> 8, body.length & 0xff, ...body);
};
export const header = {
  format: "meterport-capture",
  version: 1,
  started: "2026-01-31T12:00:00Z",
  link: "tcp",
} as const;
/** One piece every 100 ms. */
export const captureOf = (...entries: readonly (readonly ["tx" | "rx", Uint8Array])[]): Capture => ({
  header,
  entries: entries.map(([dir, bytes], i) => ({ t: 100 * i, dir, bytes })),
});

/** The capture with its bytes cut differently, as by a bridge. */
export const cutAnew = (capture: Capture, lengths: readonly number[]): Capture => {
  let turn = 0;
  const entries = capture.entries.flatMap((entry): CaptureEntry[] => {
    if (!("bytes" in entry)) return [entry];
    const parts: CaptureEntry[] = [];
    for (let at = 0; at < entry.bytes.length; ) {
      const length = lengths[turn++ % lengths.length] as number;
      parts.push({ ...entry, bytes: entry.bytes.subarray(at, at + length) });
      at += length;
    }
    return parts;
  });
  return { ...capture, entries };
};

/** The pieces of a pcap file in which only that much of each packet is captured. */
export const cutPackets = (pcap: readonly Uint8Array[], snapLength: number): Uint8Array[] =>
  pcap.map((piece, i) => {
    const header = 16;
    if (i === 0 || piece.length <= header + snapLength) return piece;
    const cut = piece.slice(0, header + snapLength);
    new DataView(cut.buffer).setUint32(8, snapLength, true);
    return cut;
  });

/** The capture with an alert in front of everything that the meter sends. */
export const withAlerts = (capture: Capture): Capture => ({
  ...capture,
  entries: capture.entries.map((entry) =>
    "bytes" in entry && entry.dir === "rx" ? { ...entry, bytes: Uint8Array.of(0, 0, ...entry.bytes) } : entry,
  ),
});
