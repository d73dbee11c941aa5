/** The output `dabbler`: acts as the web interface of Dabbler's reader for NES meters. */
import type { Output } from "@meterport/engine/ports/output";
import { openHttpFace } from "../listening/http-face.ts";
import { json, notFound, onlyGet, silence } from "../listening/http-server.ts";
import { dashData } from "./dabbler-fields.ts";
import { type DabblerSettings, dabblerPort } from "./dabbler-settings.ts";

export const openDabbler = (settings: DabblerSettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: dabblerPort },
    open: (meter, { version }) => ({
      answer: ({ path, method }) => {
        if (path !== "/getDashDataWS") return notFound;
        if (method !== "GET" && method !== "HEAD") return onlyGet;
        const shown = meter.shown();
        const data = shown === undefined ? undefined : dashData(shown, version);
        return data === undefined ? silence : json(data, { values: true });
      },
      // The address that the integration suggests is http://esp32-mep.local/.
      announcements: [{ name: "ESP32-MEP", hostname: "esp32-mep", type: "http", txt: { path: "/" } }],
    }),
  });
