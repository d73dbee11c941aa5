/** What an interval and its channels say of themselves. MEP guide 1.1, pp. 39, 246-247. */
import { type ExtendedSource, extendedSource } from "@meterport/protocol/meaning/extended-source";
import { channelStatus } from "@meterport/protocol/tables/basic/load-profile-data";

type Printed = keyof typeof channelStatus;

/**
 * What is known of one value: a name of the guide's, the bare number where the guide has no name, `missing` for an
 * interval that was never recorded, `zeroOrSkipped` for a 0 that a device's channel also holds where the device was not
 * asked.
 */
export type ChannelState = Printed | number | "missing" | "zeroOrSkipped";

/** Values that are what the register or the present value was, be the interval shorter or longer than usual. */
const trusted: ReadonlySet<Printed> = new Set(["ok", "partialInterval", "longInterval", "clockError"]);

const byCode: (Printed | undefined)[] = [];
for (const [name, code] of Object.entries(channelStatus)) byCode[code] = name as Printed;

/** One channel of one interval. */
export interface ChannelValue {
  /** Source id; from 256 on an extended one. */
  readonly source: number;
  /** The integer on the wire; null unless `valid`. */
  readonly value: number | null;
  /** The integer on the wire, whatever its status; null where nothing was recorded. */
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
    // Where a device was not asked, or with ANSI compliance not there, its channel holds 0 under status 0 (pp. 39, 247).
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
