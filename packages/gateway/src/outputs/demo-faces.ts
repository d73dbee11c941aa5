/** What `--demo all` brings up: each face at a fixed port of a loopback address. Data; docs/consumers/demo.md shows it. */
import { dabblerPort } from "./dabbler/dabbler-settings.ts";
import { ecotrackerPort } from "./ecotracker/ecotracker-settings.ts";
import { homewizardPort } from "./homewizard/homewizard-settings.ts";
import { homewizardV2Port } from "./homewizard-v2/homewizard-v2-settings.ts";
import type { OutputName } from "./list.ts";
import { prometheusPort } from "./prometheus/prometheus-settings.ts";
import { shellyPort } from "./shelly/shelly-settings.ts";
import { tasmotaPort } from "./tasmota/tasmota-settings.ts";
import { vzloggerPort } from "./vzlogger/vzlogger-settings.ts";

/** A face as people look for it. */
export interface DemoFace {
  readonly output: OutputName;
  /** Its keys in the configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where it answers, and what to ask there first. */
  readonly addresses: readonly string[];
}

/** The unit ids of the demo, each with the registers that it shows. */
const units = ["sunspec_213", "sunspec_203", "fronius", "sdm630", "dtsu666", "abb_b23"].map(
  (map, n) => `home=${n + 1}/${map}`,
);

const web = (output: OutputName, host: string, port: number, path: string, more: object = {}): DemoFace => ({
  output,
  settings: { host, port, ...more },
  addresses: [`http://${host}:${port}${path}`],
});

/** @param host a loopback address: "127.0.0.1" */
export const demoFaces = (host: string): readonly DemoFace[] => {
  const shelly = web("shelly", host, shellyPort, "/rpc/EM.GetStatus?id=0", { udp: [2220] });
  return [
    {
      output: "p1",
      settings: { host, port: 2001, websocket: 8096 },
      addresses: [`tcp://${host}:2001`, `ws://${host}:8096/ws`],
    },
    {
      output: "modbus",
      settings: { host, port: 5502, rtu_port: 5503, units },
      addresses: [`modbus://${host}:5502, units 1 to ${units.length}`, `modbus+rtu://${host}:5503`],
    },
    web("homewizard", host, homewizardPort, "/api/v1/data"),
    {
      output: "homewizard_v2",
      settings: { host, port: homewizardV2Port },
      addresses: [`https://${host}:${homewizardV2Port}/api/measurement`],
    },
    { ...shelly, addresses: [...shelly.addresses, `udp://${host}:2220`] },
    web("ecotracker", host, ecotrackerPort, "/v1/json"),
    web("tasmota", host, tasmotaPort, "/cm?cmnd=Status%2010"),
    web("vzlogger", host, vzloggerPort, "/"),
    web("dabbler", host, dabblerPort, "/getDashDataWS"),
    web("prometheus", host, prometheusPort, "/metrics", { energy: "both" }),
    { output: "marstek_ct", settings: { host, port: 12_345 }, addresses: [`udp://${host}:12345`] },
    { output: "sma_meter", settings: { interface: host }, addresses: [`udp://239.12.255.254:9522, sent from ${host}`] },
  ];
};

/** The configuration of the demo. JSON is YAML too. */
export const demoConfiguration = (host: string): string =>
  `${JSON.stringify({
    interval: "1s",
    http: { host },
    outputs: Object.fromEntries(demoFaces(host).map(({ output, settings }) => [output, settings])),
  })}\n`;
