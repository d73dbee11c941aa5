/** Lines between a client and a virtual meter in one program: each is the client's end, as a transport. */
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { maxBody } from "@meterport/protocol/frame/frame";
import type { Clock, Millis, Transport } from "@meterport/protocol/ports";
import { ChunkQueue } from "./chunk-queue.ts";
import type { Faults, LineFaults } from "./faults.ts";
import type { MeterOutput, MeterPort } from "./meter-port.ts";
import { Wire } from "./wire.ts";

/** Bytes that were sent since the line began, whether or not a fault ate them. */
export interface LineCounts {
  readonly toMeter: number;
  readonly toClient: number;
}

/** A client's end of a line to a virtual meter. */
export interface Line extends Transport {
  readonly counts: LineCounts;
}

/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;
/** How often a port hands over what has come in: between one byte and the latency of a USB adapter. */
const handOver: Millis = 16;

export interface ModelledLineOptions {
  readonly meter: MeterPort;
  readonly clock: Clock;
  /** Bits per second, 10 of them to a byte. */
  readonly baud: number;
  readonly faults?: LineFaults;
}

/**
 * A serial line in the clock's time: bytes take as long as they take at that speed, in both directions at once, and the
 * meter waits and pauses as the guide has it. Plugs the meter in.
 *
 * @throws UsageError for a speed that is none
 */
export const modelledLine = ({ meter, clock, baud, faults }: ModelledLineOptions): Line => {
  if (!(baud > 0)) throw new UsageError("baud", `a line has more than 0 bits per second, not ${baud}`);
  const byteTime = (1000 * bitsPerByte) / baud;
  return connectLine(`line://${baud}`, meter, clock, { byteTime, handOver, faults }, { byteTime });
};

/** A meter that answers at once and without pauses. */
const instantly = { requestSpacing: 0, responseDelay: 0, segmentPause: 0, segment: 2 + maxBody };

export interface MemoryLineOptions {
  readonly meter: MeterPort;
  readonly clock: Clock;
  readonly faults?: LineFaults;
}

/** A line that takes no time at all, to a meter that answers at once: for throughput. Plugs the meter in. */
export const memoryLine = ({ meter, clock, faults }: MemoryLineOptions): Line =>
  connectLine("memory://meter", meter, clock, { byteTime: 0, handOver: 0, faults }, instantly);

interface LineShape {
  readonly byteTime: Millis;
  readonly handOver: Millis;
  readonly faults: LineFaults | undefined;
}

const connectLine = (
  name: string,
  meter: MeterPort,
  clock: Clock,
  shape: LineShape,
  timing: Parameters<MeterPort["plugIn"]>[0],
): Line => {
  const counts = { toMeter: 0, toClient: 0 };
  const received = new ChunkQueue();
  const wire = (faults: Faults | undefined, deliver: (bytes: Uint8Array) => void): Wire =>
    new Wire({ clock, byteTime: shape.byteTime, handOver: shape.handOver, faults, deliver });
  let open = true;
  let cancelWake = (): void => {};

  const toClient = wire(shape.faults?.toClient, (bytes) => received.push(bytes));
  const act = (outputs: readonly MeterOutput[]): void => {
    for (const output of outputs) {
      if (output.type !== "transmit") continue;
      counts.toClient += output.bytes.length;
      toClient.send(output.bytes);
    }
    arm();
  };
  const arm = (): void => {
    cancelWake();
    const at = open ? meter.wakeAt() : undefined;
    cancelWake = at === undefined ? () => {} : clock.at(at, () => act(meter.handle("tick", clock.now())));
  };
  const toMeter = wire(shape.faults?.toMeter, (bytes) => act(meter.handle(bytes, clock.now())));

  meter.plugIn(timing);
  const unwatch = meter.watch(arm);
  arm();
  return {
    name,
    chunks: received,
    get counts() {
      return { ...counts };
    },
    write: async (bytes) => {
      if (!open) throw new LinkError("closed", name, "the line is closed");
      counts.toMeter += bytes.length;
      toMeter.send(bytes);
    },
    close: async () => {
      open = false;
      unwatch();
      cancelWake();
      toMeter.cut();
      toClient.cut();
      received.close();
    },
  };
};
