/** The statuses of an interval and its channels. MEP guide 1.1, pp. 39, 246-247. */
import { type ExtendedSource, extendedSource } from "@meterport/protocol/meaning/extended-source";
import { channelStatus } from "@meterport/protocol/tables/basic/load-profile-data";

type Printed = keyof typeof channelStatus;

/**
 * The status of one value: the guide's name, the bare number if the guide has no name, `missing` for an interval that was
 * never recorded, `zeroOrSkipped` for a 0 that a device's channel also holds if the device was not read.
 */
export type ChannelState = Printed | number | "missing" | "zeroOrSkipped";

/** Statuses of true values of the register or present value, even if the interval was shorter or longer than usual. */
const trusted: ReadonlySet<Printed> = new Set(["ok", "partialInterval", "longInterval", "clockError"]);

const byCode: (Printed | undefined)[] = [];
for (const [name, code] of Object.entries(channelStatus)) byCode[code] = name as Printed;

/** One channel of one interval. */
export interface ChannelValue {
  /** Source id; 256 or higher is an extended one. */
  readonly source: number;
  /** The integer on the wire; null unless `valid`. */
  readonly value: number | null;
  /** The integer on the wire, whatever its status; null if nothing was recorded. */
  readonly raw: number | null;
  readonly status: ChannelState;
  readonly valid: boolean;
}

const isDevice = (meaning: ExtendedSource): boolean =>
  meaning.kind !== "standard" || meaning.source.quantity === "device" || meaning.source.kind === "mapped";

/** Makes the values of one channel. */
export const channelReader = (source: number): ((code: number, raw: number) => ChannelValue) => {
  const device = isDevice(extendedSource(source));
  return (code, raw) => {
    const name = byCode[code];
    // If a device was not read, or under ANSI compliance is missing, its channel holds 0 under status 0 (pp. 39, 247).
    if (device && code === channelStatus.ok && raw === 0)
      return { source, value: null, raw, status: "zeroOrSkipped", valid: false };
    const valid = name !== undefined && trusted.has(name);
    return { source, value: valid ? raw : null, raw, status: name ?? code, valid };
  };
};

/** A channel of an interval that was never recorded. */
export const missingValue = (source: number): ChannelValue => ({
  source,
  value: null,
  raw: null,
  status: "missing",
  valid: false,
});
