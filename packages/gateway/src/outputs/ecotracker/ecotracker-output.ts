/** The output `ecotracker`: acts as an EcoTracker of everHome with its local JSON. */
import { networkInterfaces } from "node:os";
import type { Output } from "@meterport/engine/ports/output";
import { deviceIdOf } from "../listening/device-id.ts";
import { openHttpFace } from "../listening/http-face.ts";
import { json, notFound, onlyGet, silence } from "../listening/http-server.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { controlAge, type Shown } from "../listening/meter-on-show.ts";
import { allOf, live, type Mapping, total, whole } from "../listening/values.ts";
import { type EcotrackerSettings, ecotrackerPort } from "./ecotracker-settings.ts";
import { MeanPower } from "./mean-power.ts";

/** Some clients refuse an answer in which one of these keys is missing, so all are there, null where unknown. */
const energies: Mapping = {
  energyCounterIn: total("energy_import_wh"),
  energyCounterInT1: () => null,
  energyCounterInT2: () => null,
  energyCounterOut: total("energy_export_wh"),
};

const powerPhases: Mapping = {
  powerPhase1: whole(live("power_l1_w")),
  powerPhase2: whole(live("power_l2_w")),
  powerPhase3: whole(live("power_l3_w")),
};

/** The body of `GET /v1/json`; undefined while the power is unknown. */
const ecotrackerBody = (shown: Shown, mean: number | null): object | undefined => {
  const power = shown.live.power_w;
  if (power === null) return undefined;
  return {
    power: Math.round(power),
    powerAvg: Math.round(mean ?? power),
    ...allOf(powerPhases, shown),
    ...allOf(energies, shown),
  };
};

/** The first address that others can reach; the announcement has it as text beside the one of mDNS. */
const addressOf = (host: string): string => {
  if (host !== "0.0.0.0") return host;
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
};

/** The number that everHome gave to the product. */
const productId = "1137";

export const openEcotracker = (settings: EcotrackerSettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: ecotrackerPort, longest: controlAge },
    open: (meter, { clock, onSnapshot }) => {
      const mean = new MeanPower();
      onSnapshot(({ id }, { power_w }) => {
        if (id === meter.id && power_w !== null) mean.add(clock.now(), power_w);
      });
      const serial = deviceIdOf(meter.id, settings.device_id);
      return {
        answer: ({ path, method }) => {
          if (path !== "/v1/json") return notFound;
          if (method !== "GET" && method !== "HEAD") return onlyGet;
          const shown = meter.shown();
          const body = shown === undefined ? undefined : ecotrackerBody(shown, mean.mean(clock.now()));
          return body === undefined ? silence : json(body, { values: true });
        },
        announcements: [
          {
            ...{ name: `ecotracker-${serial}`, type: "everhome" },
            txt: { ip: addressOf(hostOf(settings)), serial, productid: productId },
          },
        ],
      };
    },
  });
