/** An optical port in front of a virtual meter: its requests are put to one of the meter's MEP ports, and answered from there. */
import { decodeRequest } from "@meterport/protocol/frame/apdu";
import { code } from "@meterport/protocol/frame/response-codes";
import {
  OpticalEndpoint,
  type OpticalEndpointOptions,
  passwordCheck,
} from "@meterport/protocol/optical/optical-endpoint";
import { rc4Authentication } from "@meterport/protocol/security/rc4/authentication";
import type { MeterOutput, MeterPort, VirtualMeter } from "@meterport/simulator";

export const opticalKeys = {
  unique: new Uint8Array(20).fill(0x4d),
  provisioning: new Uint8Array(20).fill(0x50),
  readOnly: new Uint8Array(20).fill(0x52),
};

/** Readable without a key: BT00, BT01 and ET03 (Optical guide 1.1, pp. 18-19 and 51). */
const open: readonly number[] = [0x0000, 0x0001, 0x0803];

export interface OpticalFront extends MeterPort {
  readonly endpoint: OpticalEndpoint;
  /** Requests that were put to the meter. */
  readonly requests: () => number;
}

/** @param keys the MEP keys of the meter */
export const opticalFront = (
  meter: VirtualMeter,
  keys: { readonly basic: Uint8Array; readonly advanced: Uint8Array },
  options: Partial<OpticalEndpointOptions> = {},
): OpticalFront => {
  let now = 0;
  let count = 0;
  meter.plugIn({ requestSpacing: 0, segmentPause: 0 });
  const ask = (apdu: Uint8Array, key: Uint8Array): Uint8Array => {
    count++;
    const { packet } = rc4Authentication({ key, sequence: meter.sequence }).seal(apdu);
    for (const output of meter.handle(packet, now)) if (output.type === "served") return output.response;
    throw new Error("the meter did not take a request");
  };
  const endpoint = new OpticalEndpoint({
    serve: (apdu, { level }) => {
      const asked = decodeRequest(apdu);
      if (asked.kind === "malformed") return Uint8Array.of(code.error);
      if (level === "none" && !open.includes(asked.table)) return Uint8Array.of(code.insufficientSecurity);
      const writes = asked.kind === "write" || asked.kind === "write-at";
      if (writes && (level === "none" || level === "read-only")) return Uint8Array.of(code.insufficientSecurity);
      return ask(apdu, level === "unique" || level === "provisioning" ? keys.advanced : keys.basic);
    },
    check: passwordCheck(opticalKeys),
    // As much as the MEP port behind it can answer.
    limits: { packetSize: 64, packets: 8 },
    ...options,
  });
  return {
    endpoint,
    requests: () => count,
    plugIn: () => endpoint.reset(),
    reboot: () => endpoint.reset(),
    watch: () => () => {},
    wakeAt: () => endpoint.wakeAt(),
    handle: (input, at): MeterOutput[] => {
      now = at;
      const taken = input === "tick" ? ({ type: "tick" } as const) : ({ type: "received", bytes: input } as const);
      return endpoint.handle(taken, at).filter((output) => output.type === "transmit");
    },
  };
};
