/** Where the bytes of a file go, and how its MAC is checked. */
import type { FileStep } from "./actions.ts";

/** Keeps one file in progress. Each call may come twice, and ends only when its effect survives a crash. */
export interface FileSink {
  /** Forgets what is there and begins an empty file. */
  readonly begin: () => Promise<void>;
  readonly write: (offset: number, bytes: Uint8Array) => Promise<void>;
  /** What was written, in the order of offsets. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  /** The first `length` bytes are the file. It is for the application to decide what becomes of it; nothing runs it. */
  readonly complete: (length: number, verified: boolean) => Promise<void>;
  readonly drop: () => Promise<void>;
}

/**
 * Gives the MAC of a file, 16 bytes. The guide names none: it says that the switch-over carries a MAC where the security
 * mode is OSGP-AES-128-PSK (MEP guide 1.1, p. 253), but neither its algorithm nor its key.
 */
export type ImageMac = (pieces: AsyncIterable<Uint8Array>, length: number) => Promise<Uint8Array>;

const pieceLength = 4096;

async function* piecesOf(sink: FileSink, length: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < length; offset += pieceLength)
    yield await sink.read(offset, Math.min(pieceLength, length - offset));
}

/** Compares all bytes whatever they are, so that the time tells nothing. */
const sameMac = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  let different = 0;
  for (const [i, byte] of one.entries()) different |= byte ^ (other[i] as number);
  return different === 0;
};

/** Does a step with a file. @throws what the sink throws; Error if there is nothing that makes a MAC */
export const doFileStep = async (sink: FileSink, mac: ImageMac | undefined, step: FileStep): Promise<unknown> => {
  switch (step.do) {
    case "begin":
      return sink.begin();
    case "write":
      return sink.write(step.offset, step.bytes);
    case "complete":
      return sink.complete(step.length, step.verified);
    case "drop":
      return sink.drop();
    case "verify":
      if (mac === undefined) throw new Error("no MAC function was given");
      return sameMac(await mac(piecesOf(sink, step.length), step.length), step.mac);
  }
};
