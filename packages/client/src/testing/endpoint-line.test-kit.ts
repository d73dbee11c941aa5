/** For tests: a transport with the meter's machine at its other end, answering from bytes of tables. */

import { encode } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { Endpoint } from "@meterport/protocol/mep/endpoint/endpoint";
import { decodeRequest, encodeResponse } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Opener } from "@meterport/protocol/mep/security/rc4/opener";
import type { Clock, Transport } from "@meterport/protocol/ports";
import { type ConnectOptions, connect } from "../connect.ts";
import type { Meter } from "../meter/meter.ts";
import { rc4 } from "../session/security.ts";

export const testKey = new Uint8Array(16).fill(1);
export const oneTable = (table: AnyTable, value: unknown, env: unknown): [number, Uint8Array] => [
  table.number,
  encode(table, value, env),
];

/** Bytes, a refusal, or bytes that a partial read does not fill up with zeros. */
export type Contents = Uint8Array | { readonly refuse: number } | { readonly short: Uint8Array };

export interface EndpointLine {
  readonly transport: Transport;
  /** Requests that were executed, as hexadecimal of table, offset and count. */
  readonly asked: { readonly table: number; readonly offset: number | undefined; readonly count: number | undefined }[];
  readonly memory: Map<number, Contents>;
  readonly endpoint: Endpoint;
  /** Bytes both ways. */
  readonly bytes: () => number;
  /** Ends the pipe from outside, like a pulled plug. */
  readonly pull: (error?: Error) => void;
}

/** What both of the meter's machines offer to a pipe. */
interface MeterMachine {
  readonly handle: (
    input: { readonly type: "received"; readonly bytes: Uint8Array } | { readonly type: "tick" },
    now: number,
  ) => readonly { readonly type: string; readonly bytes?: Uint8Array }[];
  readonly wakeAt: () => number | undefined;
}

/** A transport with one of the meter's machines at its other end. Delivers at once and without delays. */
export const pipeTo = (clock: Clock, machine: MeterMachine): Pick<EndpointLine, "transport" | "bytes" | "pull"> => {
  const inbox: Uint8Array[] = [];
  let wake = (): void => {};
  let ended: { error: Error | undefined } | undefined;
  let bytes = 0;
  const take = (outputs: ReturnType<MeterMachine["handle"]>): void => {
    for (const output of outputs) {
      if (output.type !== "transmit" || output.bytes === undefined) continue;
      bytes += output.bytes.length;
      inbox.push(output.bytes);
    }
    wake();
    const at = machine.wakeAt();
    if (at !== undefined) clock.at(at, () => take(machine.handle({ type: "tick" }, clock.now())));
  };
  const transport: Transport = {
    name: "test line",
    write: async (packet) => {
      if (ended !== undefined) return;
      bytes += packet.length;
      take(machine.handle({ type: "received", bytes: packet }, clock.now()));
    },
    chunks: (async function* () {
      for (;;) {
        while (inbox.length > 0) yield inbox.shift() as Uint8Array;
        if (ended?.error !== undefined) throw ended.error;
        if (ended !== undefined) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    })(),
    close: async () => {
      ended ??= { error: undefined };
      wake();
    },
  };
  const pull = (error?: Error): void => {
    ended = { error };
    wake();
  };
  return { transport, bytes: () => bytes, pull };
};

/** Answers reads from bytes of tables, and records them. */
const serveFrom =
  (memory: ReadonlyMap<number, Contents>, asked: EndpointLine["asked"][number][]) =>
  (apdu: Uint8Array): Uint8Array => {
    const request = decodeRequest(apdu);
    if (request.kind !== "read" && request.kind !== "read-at") return Uint8Array.of(2);
    const offset = request.kind === "read-at" ? request.offset : undefined;
    asked.push({ table: request.table, offset, count: request.count });
    const table = memory.get(request.table);
    if (table === undefined) return Uint8Array.of(5);
    if ("refuse" in table) return Uint8Array.of(table.refuse);
    if ("short" in table) return encodeResponse({ kind: "data", data: table.short });
    const count = request.count ?? table.length;
    if (offset === undefined) return encodeResponse({ kind: "data", data: table.subarray(0, count) });
    const slice = new Uint8Array(count);
    slice.set(table.subarray(offset, offset + count));
    return encodeResponse({ kind: "data", data: slice });
  };

/** A MEP port, without pauses, so that tests count requests and bytes. */
export const endpointLine = (clock: Clock, contents: Iterable<[number, Contents]>): EndpointLine => {
  const memory = new Map<number, Contents>(contents);
  const asked: EndpointLine["asked"][number][] = [];
  const endpoint = new Endpoint({
    seal: rc4Opener({ basic: testKey, advanced: new Uint8Array(16).fill(2) }),
    sequence: 1000,
    timing: { requestSpacing: 0, segmentPause: 0 },
    serve: serveFrom(memory, asked),
  });
  return { ...pipeTo(clock, endpoint), asked, memory, endpoint };
};

/** `asked` starts with the requests after the connection. */
export const connectTo = async (
  line: EndpointLine,
  clock: Clock,
  options: Partial<ConnectOptions> = {},
): Promise<Meter> => {
  const meter = await connect(line.transport, {
    security: rc4({ key: new Secret(testKey), entropy: (length) => new Uint8Array(length).fill(7) }),
    clock,
    timing: { requestSpacing: 0 },
    ...options,
  });
  line.asked.length = 0;
  return meter;
};
