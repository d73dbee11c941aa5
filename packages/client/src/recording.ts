/** A transport that writes down what crosses it. */
import { type CaptureEntry, captureLine } from "@meterport/protocol/capture/capture";
import type { Millis, Transport } from "@meterport/protocol/ports";

export interface RecordingOptions {
  /** Milliseconds since the capture began. */
  readonly elapsed: () => Millis;
  /** Takes one line of the capture, with its line feed. */
  readonly write: (line: string) => void;
}

/** Passes everything on and writes it down, also that the pipe ended or broke. */
export const recordTransport = (transport: Transport, { elapsed, write }: RecordingOptions): Transport => {
  const note = (entry: CaptureEntry): void => write(captureLine(entry));
  let over = false;
  const end = (event: "closed" | "broken"): void => {
    if (!over) note({ t: elapsed(), event });
    over = true;
  };
  note({ t: elapsed(), event: "opened" });
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of transport.chunks) {
        note({ t: elapsed(), dir: "rx", bytes });
        yield bytes;
      }
      end("closed");
    } catch (error) {
      end("broken");
      throw error;
    }
  };
  return {
    ...transport,
    name: transport.name,
    chunks: chunks(),
    write: (bytes) => {
      note({ t: elapsed(), dir: "tx", bytes });
      return transport.write(bytes);
    },
    close: async () => {
      end("closed");
      await transport.close();
    },
  };
};
