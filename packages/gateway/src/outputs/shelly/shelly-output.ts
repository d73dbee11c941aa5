/** The output `shelly`: acts as a Shelly Pro 3EM, by HTTP, WebSocket and UDP. */
import type { Output, OutputContext } from "@meterport/engine/ports/output";
import { allowedNetworks } from "../allowed-networks.ts";
import { deviceIdOf } from "../listening/device-id.ts";
import { type OpenFace, openHttpFace } from "../listening/http-face.ts";
import { type Answering, type Asked, notFound, onlyGet, type Said, silence } from "../listening/http-server.ts";
import { objectIn } from "../listening/json-object.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { controlAge, type MeterOnShow } from "../listening/meter-on-show.ts";
import { listenUdp, type UdpListening } from "../listening/udp-port.ts";
import { type DecimalJson, decimalJson } from "./decimal-json.ts";
import { ShellyClients } from "./shelly-clients.ts";
import { type Params, ShellyDevice } from "./shelly-device.ts";
import { ShellyDigest } from "./shelly-digest.ts";
import { answerFrame, isOpen, paramsOf } from "./shelly-rpc.ts";
import { type ShellySettings, shellyPort } from "./shelly-settings.ts";

/** How soon a client by WebSocket notices that nothing new comes. */
const lookEvery = 1_000;

const said = (value: DecimalJson, more: Partial<Said> = {}): Said => ({
  status: 200,
  type: "application/json",
  body: decimalJson(value),
  ...more,
});

const unread = said({ code: -103, message: "Invalid argument" }, { status: 400 });

const unauthorized = said({ code: 401, message: "Unauthorized" }, { status: 401 });

/** By the header of HTTP. */
const isTrusted = ({ method, target, headers }: Asked, digest: ShellyDigest): boolean => {
  const { authorization } = headers;
  return typeof authorization === "string" && digest.allowsHttp(method, target, authorization);
};

const isRead = ({ method }: Asked): boolean => method === "GET" || method === "HEAD";

/** The parameters of `/rpc/METHOD`: of the address, or of the body, which may be a whole frame. Undefined if it cannot be read. */
const paramsIn = ({ query, body, ...asked }: Asked): Params | undefined => {
  if (isRead({ query, body, ...asked }) || body === "") return Object.fromEntries(query);
  const object = objectIn(body);
  if (object === undefined) return undefined;
  return "params" in object ? paramsOf(object.params) : object;
};

/** @param digest undefined if no password is needed */
const shellyAnswers =
  (device: ShellyDevice, digest: ShellyDigest | undefined): Answering =>
  (asked) => {
    if (asked.path === "/shelly") return isRead(asked) ? said(device.info()) : onlyGet;
    if (!isRead(asked) && asked.method !== "POST") return onlyGet;
    const trusted = digest === undefined || isTrusted(asked, digest);
    if (asked.path === "/rpc") {
      const answer = answerFrame(device, asked.body, digest, trusted);
      if (typeof answer === "object") return said({}, { body: answer.text, values: answer.values });
      return answer === "silence" ? silence : unread;
    }
    const [, method] = /^\/rpc\/([A-Za-z0-9.]{1,60})$/.exec(asked.path) ?? [];
    if (method === undefined) return notFound;
    if (digest !== undefined && !trusted && !isOpen(method))
      return { ...unauthorized, headers: { "www-authenticate": digest.challenge() } };
    const params = paramsIn(asked);
    if (params === undefined) return unread;
    const outcome = device.call(method, params);
    if (outcome === "silence") return silence;
    if ("error" in outcome) return said(outcome.error, { status: outcome.error.code === 404 ? 404 : 400 });
    return said(outcome.result, { values: outcome.values });
  };

/** Every port, or none. */
const openUdp = async (
  settings: ShellySettings,
  device: ShellyDevice,
  digest: ShellyDigest | undefined,
  { clock, log, sent }: OutputContext,
): Promise<readonly UdpListening[]> => {
  const open: UdpListening[] = [];
  const answer = (text: string): string | undefined => {
    const found = answerFrame(device, text, digest);
    if (typeof found !== "object") return undefined;
    if (found.values) sent(1);
    return found.text;
  };
  try {
    for (const port of settings.udp ?? [])
      open.push(
        await listenUdp({ host: hostOf(settings), port, allows: allowedNetworks(settings.allow), answer, clock, log }),
      );
  } catch (error) {
    await Promise.all(open.map(({ close }) => close()));
    throw error;
  }
  return open;
};

const openDevice = async (settings: ShellySettings, meter: MeterOnShow, context: OutputContext): Promise<OpenFace> => {
  const { clock } = context;
  const began = clock.now();
  const mac = deviceIdOf(meter.id, settings.device_id);
  const device = new ShellyDevice({
    ...{
      mac,
      singlePhase: settings.single_phase === true,
      locked: settings.password !== undefined,
      shown: () => meter.shown(),
      wall: () => clock.wall(),
    },
    ...{ uptime: () => clock.now() - began, zone: meter.point?.zone ?? "UTC" },
  });
  const password = settings.password === undefined ? undefined : new TextDecoder().decode(settings.password.reveal());
  const digest = password === undefined ? undefined : new ShellyDigest(device.id, password, clock, context.entropy);
  const clients = new ShellyClients(device, digest, context.sent);
  context.onSnapshot(({ id }) => {
    if (id === meter.id) clients.tell();
  });
  let cancel = (): void => {};
  const look = (): void => {
    if (meter.shown() === undefined) clients.close();
    cancel = clock.at(clock.now() + lookEvery, look);
  };
  const udp = await openUdp(settings, device, digest, context);
  look();
  const txt = { gen: "2", app: "Pro3EM", ver: "1.4.4", id: device.id };
  return {
    answer: shellyAnswers(device, digest),
    upgrade: clients.take,
    ended: udp.length === 0 ? undefined : Promise.race(udp.map(({ ended }) => ended)),
    announcements: ["shelly", "http"].map((type) => ({ name: device.id, type, txt })),
    close: async () => {
      cancel();
      clients.close();
      await Promise.all(udp.map(({ close }) => close()));
    },
  };
};

export const openShelly = (settings: ShellySettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: shellyPort, longest: controlAge },
    open: (meter, context) => openDevice(settings, meter, context),
  });
