/** The keys of the output `sma_meter`. */
import { wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { interfaceSetting } from "../lines/face-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const smaMeterSchema = outputSchema({
  interface: interfaceSetting,
  serial: setting(wholeNumber(1, 999_999_999), {
    restart: false,
    text: "The serial number under which SMA devices know the meter. Two meters of a network need two.",
    aside: true,
    example: "190123456",
    fallback: "the digits of the meter's own",
  }).optional(),
});

export type SmaMeterSettings = ReadSettings<typeof smaMeterSchema>;
