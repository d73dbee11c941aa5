/** The keys of the output `marstek_ct`. */
import { oneOf, text } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

/** UDP. Batteries know no other. */
export const marstekCtPort = 12_345;

export const marstekCtSchema = outputSchema({
  ...listeningKeys(marstekCtPort),
  sensor: setting(oneOf(["ct002", "ct003"]), {
    ...live,
    text: "The model of the sensor that the batteries are set to.",
    aside: true,
    example: "ct003",
    fallback: "ct002",
  }).optional(),
  mac: setting(
    text.regex(/^[0-9a-f]{12}$/i, { error: "must be 12 hex digits without colons, as the Marstek app shows them" }),
    {
      ...live,
      text: "The MAC of the sensor as the batteries know it. What asks for another one gets no answer.",
      aside: true,
      example: "02a1b2c3d4e5",
      fallback: "any",
    },
  ).optional(),
  phases: setting(oneOf(["sum", "each"]), {
    ...live,
    text: "`sum` gives the power of the house as that of phase A, `each` gives all three phases.",
    aside: true,
    example: "each",
    fallback: "sum",
  }).optional(),
});

export type MarstekCtSettings = ReadSettings<typeof marstekCtSchema>;
