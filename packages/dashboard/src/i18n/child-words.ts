/** What a meter behind the meter counts, in words. */
import type { Language } from "./language.ts";
import type { Medium } from "./media.ts";

const en = {
  media: {
    water: "Water",
    "cold water": "Cold water",
    "warm water": "Warm water",
    "hot water": "Hot water",
    heat: "Heat",
    cooling: "Cooling",
    gas: "Gas",
    electricity: "Electricity",
  } satisfies Record<Medium, string>,
  /** By the gateway's name of a quantity; any other is shown as it is. */
  quantities: {
    energy: "Energy",
    volume: "Volume",
    volume_uncorrected: "Volume, uncorrected",
    volume_corrected: "Volume, corrected",
    mass: "Mass",
    power: "Power",
    volume_flow: "Flow",
    mass_flow: "Mass flow",
    flow_temperature: "Flow temperature",
    return_temperature: "Return temperature",
    temperature_difference: "Temperature difference",
    external_temperature: "Outside temperature",
    pressure: "Pressure",
    voltage: "Voltage",
    current: "Current",
  } as Record<string, string>,
  tier: (tier: string) => `tariff ${tier}`,
};

export type ChildWords = typeof en;

const da: ChildWords = {
  media: {
    water: "Vand",
    "cold water": "Koldt vand",
    "warm water": "Varmt vand",
    "hot water": "Varmt vand",
    heat: "Varme",
    cooling: "Køling",
    gas: "Gas",
    electricity: "El",
  },
  quantities: {
    energy: "Energi",
    volume: "Volumen",
    volume_uncorrected: "Volumen, ukorrigeret",
    volume_corrected: "Volumen, korrigeret",
    mass: "Masse",
    power: "Effekt",
    volume_flow: "Flow",
    mass_flow: "Masseflow",
    flow_temperature: "Fremløbstemperatur",
    return_temperature: "Returtemperatur",
    temperature_difference: "Temperaturforskel",
    external_temperature: "Udetemperatur",
    pressure: "Tryk",
    voltage: "Spænding",
    current: "Strøm",
  },
  tier: (tier) => `tarif ${tier}`,
};

const de: ChildWords = {
  media: {
    water: "Wasser",
    "cold water": "Kaltwasser",
    "warm water": "Warmwasser",
    "hot water": "Heißwasser",
    heat: "Wärme",
    cooling: "Kälte",
    gas: "Gas",
    electricity: "Strom",
  },
  quantities: {
    energy: "Energie",
    volume: "Volumen",
    volume_uncorrected: "Volumen, unkorrigiert",
    volume_corrected: "Volumen, korrigiert",
    mass: "Masse",
    power: "Leistung",
    volume_flow: "Durchfluss",
    mass_flow: "Massenstrom",
    flow_temperature: "Vorlauftemperatur",
    return_temperature: "Rücklauftemperatur",
    temperature_difference: "Temperaturdifferenz",
    external_temperature: "Außentemperatur",
    pressure: "Druck",
    voltage: "Spannung",
    current: "Strom",
  },
  tier: (tier) => `Tarif ${tier}`,
};

export const CHILD_WORDS: Readonly<Record<Language, ChildWords>> = { en, da, de };

/**
 * What a value of a child is; the gateway's own name where there is no other.
 *
 * @example quantityName({ quantity: "volume", tier: 1 }, CHILD_WORDS.en, "1") // "Volume, tariff 1"
 */
export function quantityName(
  { quantity, tier }: { readonly quantity: string; readonly tier: number },
  words: ChildWords,
  tierText: string,
): string {
  const known = Object.hasOwn(words.quantities, quantity) ? words.quantities[quantity] : undefined;
  const name = known ?? quantity.replaceAll("_", " ");
  return tier === 0 ? name : `${name}, ${words.tier(tierText)}`;
}
