/** Behaviours: functions that stand in front of a meter's tables, each of which may claim a request. */
import type { Malformed, TableRequest, TableResponse } from "@meterport/protocol/mep/frame/apdu";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { OpticalLevel } from "@meterport/protocol/optical/optical-endpoint";
import type { Millis } from "@meterport/protocol/ports";
import type { Memory } from "./contents/memory.ts";

/** A request that has passed the meter's security. */
export interface MeterRequest {
  /** From its code on, without sequence number and digest. */
  readonly apdu: Uint8Array;
  readonly request: TableRequest | Malformed;
  /** The MEP port it came in on. */
  readonly port: 1 | 2;
  readonly level: Level;
  /** The key of the optical port's client, for a request that came in there and not on a MEP port. */
  readonly optical?: OpticalLevel | undefined;
  /** As that client logged on: for the event log. */
  readonly userId?: number | undefined;
  readonly encrypted: boolean;
  /** Most data bytes that fit into the response. */
  readonly readLimit: number;
  /** Unix milliseconds of the meter's clock. */
  readonly time: Millis;
  readonly memory: Memory;
  /** Whether the request is part of a transaction (ET52), not a message of its own. */
  readonly inTransaction: boolean;
}

/**
 * Answers a request, or gives undefined to leave it to the behaviours below. `next` gives what those answer; they are
 * asked once however often it is called.
 */
export type Behaviour = (request: MeterRequest, next: () => TableResponse) => TableResponse | undefined;

/** What answers when no behaviour has claimed the request. */
export type DefaultAnswer = (request: MeterRequest) => TableResponse;

/**
 * Asks the newest behaviour first, then those below it, then `otherwise`.
 *
 * @example
 * answerFrom([() => undefined], () => ({ kind: "done" }), request).kind // "done"
 */
export const answerFrom = (
  behaviours: readonly Behaviour[],
  otherwise: DefaultAnswer,
  request: MeterRequest,
): TableResponse => {
  const ask = (count: number): TableResponse => {
    const behaviour = behaviours[count - 1];
    if (behaviour === undefined) return otherwise(request);
    let below: TableResponse | undefined;
    const next = (): TableResponse => {
      below ??= ask(count - 1);
      return below;
    };
    return behaviour(request, next) ?? next();
  };
  return ask(behaviours.length);
};
