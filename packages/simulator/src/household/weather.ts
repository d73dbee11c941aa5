/** Sun, clouds and the temperature outside: what the roof and the heat pump live on. */

import { yearFraction } from "./calendar.ts";
import type { Noise } from "./noise.ts";

const DAY = 86_400;
const RADIANS = Math.PI / 180;
/** Degrees east: the middle of Denmark and northern Germany. */
const LONGITUDE = 10;

/** The sky at one moment. */
export interface Sky {
  /** Outside temperature, °C. */
  readonly temperature: number;
  /** Cloud cover, 0 clear to 1 overcast. */
  readonly cloud: number;
  /** Global irradiance on level ground, W/m². */
  readonly level: number;
  /** Irradiance on a roof of 35° that faces the equator, W/m². */
  readonly roof: number;
}

const ROOF_TILT = 35 * RADIANS;

/** Sine of the sun's height above a plane that leans towards the equator by `tilt` radians. */
function sunOnPlane(latitude: number, tilt: number, declination: number, hourAngle: number): number {
  // A plane leaning to the equator lies level somewhere nearer to it: the same formula at another latitude.
  const seen = latitude - (latitude < 0 ? -tilt : tilt);
  return Math.sin(seen) * Math.sin(declination) + Math.cos(seen) * Math.cos(declination) * Math.cos(hourAngle);
}

/**
 * The sky over a place at Unix seconds, with latitude in degrees (north positive).
 *
 * Clear sky after Haurwitz (1945), clouds after Kasten and Czeplak (1980).
 */
export function skyAt(unix: number, latitude: number, noise: Noise): Sky {
  const year = yearFraction(unix);
  const lat = latitude * RADIANS;
  const season = latitude < 0 ? -1 : 1;
  // 10 days before New Year is the winter solstice.
  const declination = -23.44 * RADIANS * Math.cos(2 * Math.PI * (year + 10 / 365));
  // Equation of time left out: a quarter of an hour at most, less than two neighbours' roofs differ.
  const solarDay = (unix + LONGITUDE * 240) / DAY;
  const hourAngle = 2 * Math.PI * (solarDay - Math.floor(solarDay) - 0.5);
  const height = sunOnPlane(lat, 0, declination, hourAngle);

  // Coldest and warmest about a month after the solstices; winters are cloudier.
  const warmth = -season * Math.cos(2 * Math.PI * (year - 25 / 365));
  const cloud = cloudAt(unix, 0.74 - 0.1 * warmth, noise);
  // Night and day differ most under a clear summer sky.
  const swing = (2 + 2 * (warmth + 1) * 0.75) * (1 - 0.6 * cloud);
  const temperature =
    9 + 8.5 * warmth + 5.5 * noise.smooth(unix, 3.5 * DAY, 1) + swing * Math.cos(hourAngle - 2.5 * 15 * RADIANS);

  if (height <= 0.01) return { temperature, cloud, level: 0, roof: 0 };
  const clear = 1098 * height * Math.exp(-0.059 / height);
  const level = clear * (1 - 0.75 * cloud ** 3.4);
  // A low sun loses beam to the long way through the air; clouds turn beam into diffuse light before they take light away.
  const beamShare = (5 / 6) * Math.exp(-0.06 / height) * (1 - cloud) ** 0.7;
  const facing = Math.max(0, sunOnPlane(lat, ROOF_TILT, declination, hourAngle));
  const gain = Math.min(facing / Math.max(height, 0.08), 4);
  const roof = level * (beamShare * gain + (1 - beamShare) * 0.5 * (1 + Math.cos(ROOF_TILT)));
  return { temperature, cloud, level, roof: Math.min(roof, 1150) };
}

/** The sky over one place as a function of Unix seconds; the appliances of a minute ask for the same few moments. */
export function openSky(latitude: number, noise: Noise): (unix: number) => Sky {
  const seen = new Map<number, Sky>();
  return (unix) => {
    let sky = seen.get(unix);
    if (sky === undefined) {
      sky = skyAt(unix, latitude, noise);
      if (seen.size >= 8) seen.clear();
      seen.set(unix, sky);
    }
    return sky;
  };
}

/** Cloud cover 0..1 around a usual cover: a weather of days, fronts of hours, single clouds of minutes. */
function cloudAt(unix: number, usual: number, noise: Noise): number {
  const days = noise.smooth(unix, 1.7 * DAY, 2);
  const hours = noise.smooth(unix, 9000, 3);
  const minutes = noise.smooth(unix, 420, 4);
  const cover = usual + 0.5 * days + 0.3 * hours;
  // Single clouds show on a broken sky; a clear or a closed one has none.
  const broken = Math.max(0, 1 - 4 * (cover - 0.5) ** 2);
  return Math.min(1, Math.max(0, cover + 0.45 * minutes * broken));
}
