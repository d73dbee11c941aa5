/** A page that reads a meter over the browser's serial port every second until it is closed. */
import { connect, openLive, rc4 } from "@meterport/client";
import { parseKey } from "@meterport/protocol";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { openWebSerial, type WebSerialPort } from "@meterport/transports/web/web-serial";

declare global {
  /** Web Serial, which TypeScript's own types lack. */
  interface Navigator {
    readonly serial: { requestPort(): Promise<WebSerialPort> };
  }
}

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

const readMeter = async (): Promise<void> => {
  const key = parseKey(element<HTMLInputElement>("key").value).secret;
  // The browser asks for the port, which needs a click.
  const port = await navigator.serial.requestPort();
  const transport = await openWebSerial(port, { baudRate: 9600 });
  const security = rc4({ key, entropy: systemEntropy });
  const meter = await connect(transport, { security, clock: systemClock });
  const live = await openLive(meter, { keys: ["power_w"] });
  for (;;) {
    const { power_w: power } = await live.read();
    element("power").textContent = power === null ? "unknown" : `${power} W`;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
};

element("read").addEventListener("click", () => {
  element("problem").textContent = "";
  readMeter().catch((error: unknown) => {
    element("power").textContent = "unknown";
    element("problem").textContent = error instanceof Error ? error.message : String(error);
  });
});
