/** Every output there is. A new one is a line here and a folder beside it: see docs/outputs.md. */
import type { Output } from "@meterport/engine/ports/output";
import { csvSchema } from "./csv/csv-settings.ts";
import { dabblerSchema } from "./dabbler/dabbler-settings.ts";
import { ecotrackerSchema } from "./ecotracker/ecotracker-settings.ts";
import { formerTopicsSchema } from "./former-topics/former-topics-settings.ts";
import { homeAssistantSchema } from "./home-assistant/home-assistant-settings.ts";
import { homewizardSchema } from "./homewizard/homewizard-settings.ts";
import { homewizardV2Schema } from "./homewizard-v2/homewizard-v2-settings.ts";
import { hookSchema } from "./hook/hook-settings.ts";
import { influxdbSchema } from "./influxdb/influxdb-settings.ts";
import { marstekCtSchema } from "./marstek-ct/marstek-ct-settings.ts";
import { modbusSchema } from "./modbus/modbus-settings.ts";
import { mqttSchema } from "./mqtt/mqtt-settings.ts";
import { natsSchema } from "./nats/nats-settings.ts";
import { type OutputKind, outputKind } from "./output-kind.ts";
import { p1Schema } from "./p1/p1-settings.ts";
import { postgresqlSchema } from "./postgresql/postgresql-settings.ts";
import { prometheusSchema } from "./prometheus/prometheus-settings.ts";
import { shellySchema } from "./shelly/shelly-settings.ts";
import { smaMeterSchema } from "./sma-meter/sma-meter-settings.ts";
import { tasmotaSchema } from "./tasmota/tasmota-settings.ts";
import { upstreamSchema } from "./upstream/upstream-settings.ts";
import { vzloggerSchema } from "./vzlogger/vzlogger-settings.ts";
import { webhookSchema } from "./webhook/webhook-settings.ts";

/** By their names in the configuration. The code of an output is loaded when it opens, since few gateways have all. */
export const outputKinds = {
  mqtt: outputKind({
    name: "mqtt",
    schema: mqttSchema,
    create: (settings) => ({
      name: "mqtt",
      begins: "now",
      open: async (...given) => (await import("./mqtt/mqtt-output.ts")).openMqtt(settings)(...given),
    }),
  }),
  home_assistant: outputKind({
    name: "home_assistant",
    schema: homeAssistantSchema,
    create: (settings) => ({
      name: "home_assistant",
      begins: "now",
      open: async (...given) =>
        (await import("./home-assistant/home-assistant-output.ts")).openHomeAssistant(settings)(...given),
    }),
  }),
  p1: outputKind({
    name: "p1",
    schema: p1Schema,
    create: (settings, { openLink }) => ({
      name: "p1",
      open: async (...given) => (await import("./p1/p1-output.ts")).openP1(settings, openLink)(...given),
    }),
  }),
  modbus: outputKind({
    name: "modbus",
    schema: modbusSchema,
    create: (settings, { openLink }) => ({
      name: "modbus",
      open: async (...given) => (await import("./modbus/modbus-output.ts")).openModbus(settings, openLink)(...given),
    }),
  }),
  prometheus: outputKind({
    name: "prometheus",
    schema: prometheusSchema,
    create: (settings) => ({
      name: "prometheus",
      open: async (...given) => (await import("./prometheus/prometheus-output.ts")).openPrometheus(settings)(...given),
    }),
  }),
  influxdb: outputKind({
    name: "influxdb",
    schema: influxdbSchema,
    create: (settings) => ({
      name: "influxdb",
      begins: "oldest",
      open: async (...given) => (await import("./influxdb/influxdb-output.ts")).openInfluxdb(settings)(...given),
    }),
  }),
  postgresql: outputKind({
    name: "postgresql",
    schema: postgresqlSchema,
    create: (settings) => ({
      name: "postgresql",
      begins: "oldest",
      open: async (...given) => (await import("./postgresql/postgresql-output.ts")).openPostgresql(settings)(...given),
    }),
  }),
  nats: outputKind({
    name: "nats",
    schema: natsSchema,
    create: (settings) => ({
      name: "nats",
      begins: "now",
      open: async (...given) => (await import("./nats/nats-output.ts")).openNats(settings)(...given),
    }),
  }),
  csv: outputKind({
    name: "csv",
    schema: csvSchema,
    create: (settings) => ({
      name: "csv",
      begins: "oldest",
      open: async (...given) => (await import("./csv/csv-output.ts")).openCsv(settings)(...given),
    }),
  }),
  webhook: outputKind({
    name: "webhook",
    schema: webhookSchema,
    create: (settings) => ({
      name: "webhook",
      begins: "now",
      open: async (...given) => (await import("./webhook/webhook-output.ts")).openWebhook(settings)(...given),
    }),
  }),
  hook: outputKind({
    name: "hook",
    schema: hookSchema,
    create: (settings) => ({
      name: "hook",
      begins: "now",
      open: async (...given) => (await import("./hook/hook-output.ts")).openHook(settings)(...given),
    }),
  }),
  homewizard: outputKind({
    name: "homewizard",
    schema: homewizardSchema,
    create: (settings) => ({
      name: "homewizard",
      open: async (...given) => (await import("./homewizard/homewizard-output.ts")).openHomewizard(settings)(...given),
    }),
  }),
  homewizard_v2: outputKind({
    name: "homewizard_v2",
    schema: homewizardV2Schema,
    create: (settings, { data }) => ({
      name: "homewizard_v2",
      open: async (...given) =>
        (await import("./homewizard-v2/homewizard-v2-output.ts")).openHomewizardV2(settings, data)(...given),
    }),
  }),
  shelly: outputKind({
    name: "shelly",
    schema: shellySchema,
    create: (settings) => ({
      name: "shelly",
      open: async (...given) => (await import("./shelly/shelly-output.ts")).openShelly(settings)(...given),
    }),
  }),
  sma_meter: outputKind({
    name: "sma_meter",
    schema: smaMeterSchema,
    create: (settings) => ({
      name: "sma_meter",
      open: async (...given) => (await import("./sma-meter/sma-meter-output.ts")).openSmaMeter(settings)(...given),
    }),
  }),
  marstek_ct: outputKind({
    name: "marstek_ct",
    schema: marstekCtSchema,
    create: (settings) => ({
      name: "marstek_ct",
      open: async (...given) => (await import("./marstek-ct/marstek-ct-output.ts")).openMarstekCt(settings)(...given),
    }),
  }),
  dabbler: outputKind({
    name: "dabbler",
    schema: dabblerSchema,
    create: (settings) => ({
      name: "dabbler",
      open: async (...given) => (await import("./dabbler/dabbler-output.ts")).openDabbler(settings)(...given),
    }),
  }),
  ecotracker: outputKind({
    name: "ecotracker",
    schema: ecotrackerSchema,
    create: (settings) => ({
      name: "ecotracker",
      open: async (...given) => (await import("./ecotracker/ecotracker-output.ts")).openEcotracker(settings)(...given),
    }),
  }),
  tasmota: outputKind({
    name: "tasmota",
    schema: tasmotaSchema,
    create: (settings) => ({
      name: "tasmota",
      open: async (...given) => (await import("./tasmota/tasmota-output.ts")).openTasmota(settings)(...given),
    }),
  }),
  vzlogger: outputKind({
    name: "vzlogger",
    schema: vzloggerSchema,
    create: (settings) => ({
      name: "vzlogger",
      open: async (...given) => (await import("./vzlogger/vzlogger-output.ts")).openVzlogger(settings)(...given),
    }),
  }),
  former_topics: outputKind({
    name: "former_topics",
    schema: formerTopicsSchema,
    create: (settings) => ({
      name: "former_topics",
      open: async (...given) =>
        (await import("./former-topics/former-topics-output.ts")).openFormerTopics(settings)(...given),
    }),
  }),
  upstream: outputKind({
    name: "upstream",
    schema: upstreamSchema,
    create: (settings, parts) => {
      // Once: what the fleet asked for is not forgotten when the connection is lost.
      let open: Output["open"] | undefined;
      return {
        name: "upstream",
        begins: "oldest",
        open: async (...given) => {
          open ??= (await import("./upstream/upstream-output.ts")).openUpstream(settings, parts);
          return open(...given);
        },
      };
    },
  }),
} as const;

export type OutputName = keyof typeof outputKinds;

export const outputNames = Object.keys(outputKinds) as readonly OutputName[];

/** A kind by its name; undefined if there is none. */
export const outputKindOf = (name: string): OutputKind | undefined =>
  Object.hasOwn(outputKinds, name) ? (outputKinds[name as OutputName] as unknown as OutputKind) : undefined;
