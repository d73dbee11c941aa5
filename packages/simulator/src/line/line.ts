/** Lines between a client and a virtual meter in one program: each is the client's end, as a transport. */
import { LinkError } from "@meterport/protocol/errors";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import { maxBody } from "@meterport/protocol/mep/frame/frame";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Transport } from "@meterport/protocol/ports";
import type { MeterOutput, MeterPort } from "../meter-port.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import type { LineCondition, LineScript } from "./condition.ts";
import type { Faults } from "./faults.ts";
import { type LineCounts, LineModel, usualBaud } from "./line-model.ts";

/** A client's end of a line to a virtual meter. */
export interface Line extends Transport {
  readonly counts: LineCounts;
  /** What has happened to messages, by direction. */
  readonly faults: { readonly toMeter: Faults; readonly toClient: Faults };
  /** What the line is like now. */
  readonly condition: LineCondition;
  /** Changes its condition from now on; its script goes on. @throws UsageError (`line`) */
  readonly become: (condition: LineCondition) => void;
  /** The client sends and listens at another speed, as one that looks for the meter's. @throws UsageError (`line`) */
  readonly setBaud: (baud: number) => void;
}

/** A meter, the time, and what the line is like. */
export interface ModelledLineOptions extends LineCondition {
  readonly meter: MeterPort;
  readonly clock: Clock;
  readonly script?: LineScript | undefined;
  /** The same seed gives the same faults; 1 if omitted. */
  readonly seed?: number | undefined;
  /** What a second client asks with. */
  readonly secondClientKey?: Secret | undefined;
}

/**
 * A serial line in the clock's time: bytes take as long as they take at that speed, in both directions at once, the meter
 * waits and pauses as the guide has it, and the condition and the script say what goes wrong. Plugs the meter in.
 *
 * @throws UsageError (`line`) for an impossible condition
 */
export const modelledLine = ({
  meter,
  clock,
  script = { steps: [] },
  seed = 1,
  secondClientKey,
  ...condition
}: ModelledLineOptions): Line => {
  const key = { secondClientKey };
  const model = new LineModel({ meter, condition, script, seed, epoch: clock.now(), ...key });
  return connectLine(`line://${condition.baud ?? usualBaud}`, model, clock, {});
};

/** A meter that answers at once and without pauses. */
const instantly = { requestSpacing: 0, responseDelay: 0, segmentPause: 0, segment: 2 + maxBody };

export interface MemoryLineOptions {
  readonly meter: MeterPort;
  readonly clock: Clock;
}

/** A line that takes no time at all, to a meter that answers at once: for throughput. Plugs the meter in. */
export const memoryLine = ({ meter, clock }: MemoryLineOptions): Line => {
  const condition = { baud: Number.POSITIVE_INFINITY };
  return connectLine("memory://meter", new LineModel({ meter, condition }), clock, instantly);
};

const connectLine = (name: string, model: LineModel, clock: Clock, timing: Partial<EndpointTiming>): Line => {
  const received = new ChunkQueue();
  const baudRate = model.condition.baud ?? usualBaud;
  let open = true;
  let cancelWake = (): void => {};
  const act = (outputs: readonly MeterOutput[]): void => {
    for (const output of outputs) if (output.type === "transmit") received.push(output.bytes);
    arm();
  };
  const arm = (): void => {
    cancelWake();
    const at = open ? model.wakeAt() : undefined;
    cancelWake = at === undefined ? () => {} : clock.at(at, () => act(model.handle("tick", clock.now())));
  };
  model.plugIn(timing);
  const unwatch = model.watch(arm);
  arm();
  return {
    name,
    chunks: received,
    get counts() {
      return model.counts;
    },
    faults: model.faults,
    get condition() {
      return model.condition;
    },
    become: (condition) => model.become(condition),
    setBaud: (baud) => model.setBaud(baud),
    // Every speed is the same on a line that takes no time.
    ...(Number.isFinite(baudRate) ? { speed: { baudRate, change: async (baud: number) => model.setBaud(baud) } } : {}),
    write: async (bytes) => {
      if (!open) throw new LinkError("closed", name, "the line is closed");
      act(model.handle(bytes, clock.now()));
    },
    close: async () => {
      open = false;
      unwatch();
      cancelWake();
      received.close();
    },
  };
};
