/** A virtual meter and a client that may change it, over a line that takes no time, with a record of what was written. */
import { type ConnectOptions, connect, type Meter, rc4 } from "@meterport/client";
import { toHex } from "@meterport/protocol/bytes";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Transport } from "@meterport/protocol/ports";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./virtual-clock.ts";

export const basicKey = new Secret(new Uint8Array(16).fill(1));
export const advancedKey = new Secret(new Uint8Array(16).fill(2));

export interface Changing {
  readonly clock: VirtualClock;
  readonly device: VirtualMeter;
  readonly meter: Meter;
  /** "write-at 2099 1 1e00": kind, table, offset, data of each write that the meter executed; "t " in a transaction. */
  readonly written: string[];
}

type Options = Partial<ConnectOptions> & {
  readonly key?: Secret;
  readonly level?: "basic" | "advanced";
  /** The MEP port; 1 if omitted. */
  readonly port?: 1 | 2;
  /** Runs on the meter before a client connects. */
  readonly prepare?: (device: VirtualMeter) => void;
  /** Whether the next frame from the meter is lost. */
  readonly loses?: () => boolean;
};

const losing = (line: Transport, loses: () => boolean): Transport => ({
  name: line.name,
  write: (bytes) => line.write(bytes),
  close: () => line.close(),
  chunks: (async function* () {
    for await (const chunk of line.chunks) if (!loses()) yield chunk;
  })(),
});

export const openChanging = async (profile = "meter:3.70", options: Options = {}): Promise<Changing> => {
  const { key = advancedKey, level, port = 1, prepare, loses = () => false, ...rest } = options;
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: basicKey, advanced: advancedKey },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  prepare?.(device);
  const written: string[] = [];
  device.use(({ request, inTransaction }) => {
    if (request.kind === "write" || request.kind === "write-at") {
      const offset = request.kind === "write-at" ? request.offset : 0;
      written.push(`${inTransaction ? "t " : ""}${request.kind} ${request.table} ${offset} ${toHex(request.data)}`);
    }
    return undefined;
  });
  const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const security = rc4({ key, entropy, level });
  const line = losing(memoryLine({ meter: device.port(port), clock }), loses);
  const meter = await clock.run(
    connect(line, { security, clock, profile: device.profile, timing: { requestSpacing: 0 }, writable: true, ...rest }),
  );
  return { clock, device, meter, written };
};
