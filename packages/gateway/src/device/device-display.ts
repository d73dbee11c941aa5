/** Keeps live values on a meter's display while its session lasts, and puts back what was there. */

import type { Meter } from "@meterport/client";
import { DisplayKeeper, type WantedDisplay } from "@meterport/device/display/display-keeper";
import type { DisplayItem } from "@meterport/device/display/display-places";
import { DisplayRunner } from "@meterport/device/display/display-runner";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { DeviceSettings, HouseIcon, ShownValue } from "../settings/device-settings.ts";
import type { DeviceStorage } from "./device-files.ts";

const whole = (value: unknown): number | null => {
  const rounded = typeof value === "number" ? Math.round(value) : Number.NaN;
  return rounded === (rounded | 0) ? rounded : null;
};

/** What is unknown, or does not fit, is not shown. */
export const shownItems = (shown: readonly ShownValue[], reading: LiveReading | null): readonly DisplayItem[] =>
  shown.map(({ place, key, icons }) => ({
    value: reading === null || reading.quality === "stale" ? null : whole(reading[key]),
    ...{ icons, place },
  }));

/** Whether the house is lit; undefined, as it was before, if that is unknown. */
const houseOf = (house: HouseIcon | undefined, reading: LiveReading): WantedDisplay["house"] => {
  if (house !== "exporting") return house;
  const { quality, power_export_w: exported, power_import_w: imported } = reading;
  if (quality === "stale" || exported === null || imported === null) return undefined;
  return exported > imported ? "on" : "off";
};

/** Whether anything is to be shown. */
export const showsAnything = ({ display, house }: Pick<DeviceSettings, "display" | "house">): boolean =>
  display.length > 0 || house !== undefined;

export interface DeviceDisplayOptions {
  readonly meter: Meter;
  readonly settings: Pick<DeviceSettings, "display" | "house">;
  readonly folder: Pick<DeviceStorage, "display">;
  readonly say: (text: string) => void;
}

export interface DeviceDisplay {
  readonly show: (reading: LiveReading) => void;
  /** After a power failure of the meter its display has forgotten everything. */
  readonly check: () => void;
  /** Resolves once what was there before is back, or cannot be put back now. */
  readonly stop: () => Promise<void>;
}

export const openDisplay = async ({ meter, settings, folder, say }: DeviceDisplayOptions): Promise<DeviceDisplay> => {
  const { display: shown, house } = settings;
  const keeper = new DisplayKeeper({
    index: meter.place.index,
    places: shown.map(({ place }) => place),
    memory: await folder.display.load(),
  });
  const runner = new DisplayRunner({
    meter,
    keeper,
    remember: (memory) => folder.display.save(memory),
    onIconsIgnored: (drivenBy) => say(`the meter lets client ${drivenBy} drive house and bars`),
  });
  const failed = (error: unknown): void => say(error instanceof Error ? error.message : String(error));
  const ended = runner.run().then((restored) => {
    if (!restored) say("the display could not be put back: the next start tries again");
  }, failed);
  return {
    show: (reading) => runner.want({ items: shownItems(shown, reading), house: houseOf(house, reading) }),
    check: () => void runner.check().catch(failed),
    stop: () => {
      runner.stop();
      return ended;
    },
  };
};
