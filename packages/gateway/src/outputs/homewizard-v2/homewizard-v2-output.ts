/** The output `homewizard_v2`: acts as an energy meter with the local API v2 of HomeWizard, by HTTPS and WebSocket. */
import type { Output, OutputContext } from "@meterport/engine/ports/output";
import { deviceIdOf } from "../listening/device-id.ts";
import { type OpenFace, openHttpFace } from "../listening/http-face.ts";
import type { MeterOnShow } from "../listening/meter-on-show.ts";
import {
  type CertificateSubject,
  isStillGood,
  makeOwnCertificate,
  type OwnCertificate,
} from "../listening/own-certificate.ts";
import { type HomewizardV2Settings, homewizardV2Port } from "./homewizard-v2-settings.ts";
import { v2Answers } from "./v2-answers.ts";
import { V2Clients } from "./v2-clients.ts";
import { apiVersion, V2Device } from "./v2-device.ts";
import { v2Products } from "./v2-fields.ts";
import { type V2File, v2FileIn } from "./v2-file.ts";
import { buttonTime, V2Users } from "./v2-users.ts";

/** How soon a client by WebSocket notices that nothing new comes. */
const lookEvery = 1_000;

/** The one that is kept, or another if that is not for this device or ends soon. */
const certificateIn = (
  file: V2File,
  subject: CertificateSubject,
  { clock, entropy, log }: OutputContext,
): OwnCertificate => {
  const { certificate, users } = file.read();
  const wall = clock.wall();
  if (certificate !== null && isStillGood(certificate.cert, subject, wall)) return certificate;
  const made = makeOwnCertificate(subject, wall, entropy);
  file.write({ certificate: made, users });
  log.info("has made itself a certificate");
  return made;
};

const openDevice = (
  settings: HomewizardV2Settings,
  file: V2File,
  meter: MeterOnShow,
  context: OutputContext,
): OpenFace => {
  const { clock, entropy, log } = context;
  const began = clock.now();
  const type = settings.product ?? "HWE-KWH3";
  const { name, appliance } = v2Products[type];
  const serial = deviceIdOf(meter.id, settings.device_id);
  const instance = `${type === "HWE-P1" ? "p1meter" : "kwhmeter"}-${serial.slice(-6).toUpperCase()}`;
  const id = `appliance/${appliance}/${serial}`;
  // That of `homewizard` may be announced beside it.
  const hostname = `${instance}-v2`;
  const certificate = certificateIn(file, { commonName: id, hosts: [`${hostname}.local`] }, context);
  const users = new V2Users({
    ...{ users: file.read().users, clock, entropy },
    keep: (kept) => file.write({ certificate, users: kept }),
  });
  const device = new V2Device({ type, serial, meter, users, uptime: () => clock.now() - began });
  const clients = new V2Clients(device, clock, context.sent);
  context.onSnapshot((point) => {
    if (point.id === meter.id) clients.tell("measurement");
  });
  let cancel = (): void => {};
  const look = (): void => {
    if (device.shown === undefined) clients.closeWaiting();
    cancel = clock.at(clock.now() + lookEvery, look);
  };
  look();
  return {
    tls: certificate,
    answer: v2Answers({ device, log, usersChanged: () => clients.usersChanged() }),
    upgrade: clients.take,
    pair: () => {
      users.press();
      return `the next program that asks within ${buttonTime / 1_000} s may read from then on`;
    },
    announcements: [
      {
        ...{ name: instance, hostname, type: "homewizard" },
        txt: { api_version: apiVersion, id, serial, product_name: name, product_type: type },
      },
    ],
    close: () => {
      cancel();
      clients.close();
    },
  };
};

/** @param data the data folder, where it keeps its certificate and who may read it */
export const openHomewizardV2 = (settings: HomewizardV2Settings, data: string): Output["open"] =>
  openHttpFace({
    ...{ settings, port: homewizardV2Port },
    open: (meter, context) => openDevice(settings, v2FileIn(data), meter, context),
  });
