/** A transport that records everything that crosses it. */
import { type CaptureEntry, captureLine } from "@meterport/protocol/capture/capture";
import type { Millis, Transport } from "@meterport/protocol/ports";

export interface RecordingOptions {
  /** Milliseconds since the capture began. */
  readonly elapsed: () => Millis;
  /** Takes one line of the capture, with its line feed. */
  readonly write: (line: string) => void;
}

/** Takes entries as they are, for one that keeps them in memory. */
export interface EntryRecording extends Pick<RecordingOptions, "elapsed"> {
  /** Must copy the bytes that it keeps. */
  readonly note: (entry: CaptureEntry) => void;
}

/** Most bytes in one line: a flooding bridge delivers more at once, and the length of a capture's line is limited. */
const pieceLength = 4096;

/** Passes everything on and records it, also the end or failure of the pipe. */
export const recordTransport = (transport: Transport, recording: RecordingOptions | EntryRecording): Transport => {
  const { elapsed } = recording;
  const note = "note" in recording ? recording.note : (entry: CaptureEntry) => recording.write(captureLine(entry));
  const noteBytes = (dir: "tx" | "rx", bytes: Uint8Array): void => {
    const t = elapsed();
    if (bytes.length <= pieceLength) {
      if (bytes.length > 0) note({ t, dir, bytes });
      return;
    }
    for (let at = 0; at < bytes.length; at += pieceLength)
      note({ t, dir, bytes: bytes.subarray(at, at + pieceLength) });
  };
  let over = false;
  const end = (event: "closed" | "broken"): void => {
    if (over) return;
    over = true;
    note({ t: elapsed(), event });
  };
  note({ t: elapsed(), event: "opened" });
  const came = (piece: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (piece.done === true) end("closed");
    else noteBytes("rx", piece.value);
    return piece;
  };
  const broke = (error: unknown): never => {
    end("broken");
    throw error;
  };
  const { handTo } = transport.chunks;
  return {
    ...transport,
    name: transport.name,
    chunks: {
      handTo:
        handTo &&
        (({ take, end: over }) =>
          handTo({
            take: (bytes) => {
              noteBytes("rx", bytes);
              return take(bytes);
            },
            end: (error) => {
              end(error === undefined ? "closed" : "broken");
              over(error);
            },
          })),
      [Symbol.asyncIterator]: () => {
        const pieces = transport.chunks[Symbol.asyncIterator]();
        return {
          next: () => pieces.next().then(came, broke),
          return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
        };
      },
    },
    write: (bytes) => {
      noteBytes("tx", bytes);
      return transport.write(bytes);
    },
    close: async () => {
      try {
        end("closed");
      } finally {
        // Even if recording is no longer possible.
        await transport.close();
      }
    },
  };
};
