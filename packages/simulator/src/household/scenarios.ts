/** The households that can be chosen by name. */

import { electricCar } from "./appliances/electric-car.ts";
import { fridge } from "./appliances/fridge.ts";
import { heatPump } from "./appliances/heat-pump.ts";
import { kitchen } from "./appliances/kitchen.ts";
import { lamps, screens } from "./appliances/living.ts";
import { roof } from "./appliances/roof.ts";
import { standby } from "./appliances/standby.ts";
import { steady } from "./appliances/steady.ts";
import { washing } from "./appliances/washing.ts";
import type { Appliance } from "./load.ts";
import type { Noise } from "./noise.ts";
import type { Sky } from "./weather.ts";

/** What appliances are built from. */
export interface Site {
  /** A stream of noise of the household's seed. */
  readonly noise: (name: string) => Noise;
  /** The sky at Unix seconds. */
  readonly sky: (unix: number) => Sky;
}

/** A named household. */
export interface Scenario {
  /** One line that helps people choose. */
  readonly description: string;
  /** Whether voltage and frequency stand still at 230 V and 50 Hz, so that a test can compute with them. */
  readonly steadyGrid: boolean;
  /** Whether its load never changes, so that its energy follows from the length of a span. */
  readonly steadyLoad: boolean;
  /** Whether it has a roof, and so may feed in. */
  readonly generates: boolean;
  /** In the order in which they are switched; a car comes last. */
  readonly appliances: (site: Site) => readonly Appliance[];
}

/** Everything that a home has without roof, car and heat pump. */
function home(site: Site, people: number): Appliance[] {
  return [
    standby(site.noise("standby"), 45 + 25 * people),
    fridge(site.noise("fridge"), 1),
    lamps(site.noise("lamps"), people, site.sky),
    screens(site.noise("screens"), people),
    kitchen(site.noise("kitchen"), people, people > 1 ? 3 : 2),
    washing(site.noise("washing"), people),
  ];
}

/** The powers that captures of a real meter show on its phases: electronics at night, capacitive, with harmonics. */
const QUIET: readonly (readonly [watts: number, vars: number, distortion: number])[] = [
  [320, -203, 242],
  [59, -162, 37],
  [53, -180, 46],
];

/** All scenarios by name. */
export const scenarios = {
  house: {
    description: "a family's house with roof, electric car and heat pump",
    steadyGrid: false,
    steadyLoad: false,
    generates: true,
    appliances: (site) => [
      ...home(site, 4),
      fridge(site.noise("freezer"), 2, 70),
      heatPump(site.noise("heat pump"), site.sky),
      roof(8400, 8000, site.sky),
      electricCar(site.noise("car")),
    ],
  },
  flat: {
    description: "one person's flat",
    steadyGrid: false,
    steadyLoad: false,
    generates: false,
    appliances: (site) => home(site, 1),
  },
  solar: {
    description: "a house under a large roof that exports at noon",
    steadyGrid: false,
    steadyLoad: false,
    generates: true,
    appliances: (site) => [...home(site, 2), roof(15_600, 15_000, site.sky)],
  },
  ev: {
    description: "a house with electric car and heat pump, no roof",
    steadyGrid: false,
    steadyLoad: false,
    generates: false,
    appliances: (site) => [
      ...home(site, 3),
      heatPump(site.noise("heat pump"), site.sky),
      electricCar(site.noise("car")),
    ],
  },
  quiet: {
    description: "constant values: 432 W, 545 var capacitive and 820 VA at 230 V and 50 Hz",
    steadyGrid: true,
    steadyLoad: true,
    generates: false,
    appliances: () => [steady(QUIET)],
  },
  empty: {
    description: "no load on a living grid",
    steadyGrid: false,
    steadyLoad: true,
    generates: false,
    appliances: () => [],
  },
} as const satisfies Record<string, Scenario>;

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios;

/** Whether a word names a scenario. */
export function isScenarioName(word: string): word is ScenarioName {
  return Object.hasOwn(scenarios, word);
}
