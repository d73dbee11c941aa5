/** The output `homewizard`: acts as an energy meter with the local API v1 of HomeWizard. */
import type { Output } from "@meterport/engine/ports/output";
import { deviceIdOf } from "../listening/device-id.ts";
import { openHttpFace } from "../listening/http-face.ts";
import { type Answering, type Asked, json, notFound, onlyGet, silence } from "../listening/http-server.ts";
import type { MeterOnShow } from "../listening/meter-on-show.ts";
import { dataOf, type ProductType, products } from "./homewizard-fields.ts";
import { type HomewizardSettings, homewizardPort } from "./homewizard-settings.ts";
import { telegramIn } from "./p1-telegram.ts";

const refused = json({ error: { id: 201, description: "This device is read only" } }, { status: 403 });

const isRead = ({ method }: Asked): boolean => method === "GET" || method === "HEAD";

/** @param serial twelve hexadecimal digits */
const homewizardAnswers = (meter: MeterOnShow, type: ProductType, serial: string): Answering => {
  const { name, firmware } = products[type];
  const device = json({
    ...{ product_type: type, product_name: name, serial, firmware_version: firmware, api_version: "v1" },
  });
  return (asked) => {
    const path = asked.path.replace(/(?<=.)\/$/, "");
    if (path === "/api") return isRead(asked) ? device : onlyGet;
    if (path === "/api/v1/data") {
      if (!isRead(asked)) return onlyGet;
      const shown = meter.shown();
      const data = shown === undefined ? undefined : dataOf(shown, type);
      return data === undefined ? silence : json(data, { values: true });
    }
    if (path === "/api/v1/telegram" && type === "HWE-P1") {
      if (!isRead(asked)) return onlyGet;
      const shown = meter.shown();
      const body = shown === undefined ? undefined : telegramIn(shown);
      return body === undefined ? silence : { status: 200, type: "text/plain", body, values: true };
    }
    // There is no cloud, and nobody can switch one on.
    if (path === "/api/v1/system") return isRead(asked) ? json({ cloud_enabled: false }) : refused;
    // A device blinks; there is nothing to see here, and nothing changes.
    if (path === "/api/v1/identify") return asked.method === "PUT" ? json({ identify: "ok" }) : refused;
    return notFound;
  };
};

export const openHomewizard = (settings: HomewizardSettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: homewizardPort },
    open: (meter) => {
      const type = settings.product ?? "HWE-KWH3";
      const serial = deviceIdOf(meter.id, settings.device_id);
      const short = serial.slice(-6).toUpperCase();
      const product = type === "HWE-P1" ? "p1meter" : "kwhmeter";
      return {
        answer: homewizardAnswers(meter, type, serial),
        announcements: [
          {
            ...{ name: `${product}-${short}`, type: "hwenergy" },
            txt: {
              ...{ api_enabled: "1", path: "/api/v1", serial },
              ...{ product_name: products[type].name, product_type: type },
            },
          },
        ],
      };
    },
  });
