/** Opens what a link names. */
import type { Signal, Transport } from "@meterport/protocol/ports";
import { parseMeterLink } from "./link-url.ts";
import type { Environment } from "./mqtt/mqtt-credentials.ts";

/** Runs `task` with a signal that Node's own functions take, and leaves no listener on a signal that outlives it. */
const withAbortSignal = async <T>(signal: Signal, task: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  if (signal instanceof AbortSignal) return task(signal);
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await task(controller.signal);
  } finally {
    signal.removeEventListener("abort", abort);
  }
};

/**
 * Opens a link as people write it; `baud` replaces its own speed if the speed can be set. What it needs is
 * imported only then. `env` has user and password for a broker.
 *
 * @throws UsageError if the text is not a link
 * @throws LinkError not-open, aborted
 */
export const openLink = async (
  text: string,
  signal?: Signal,
  baud?: number,
  env: Environment = {},
): Promise<Transport> => {
  const link = parseMeterLink(text);
  const settable = baud !== undefined && "baudRate" in link;
  const opened = settable ? { ...link, baudRate: baud } : link;
  const transport = await (signal === undefined
    ? open(opened, {}, env)
    : withAbortSignal(signal, (own) => open(opened, { signal: own }, env)));
  return link.timing === undefined ? transport : { ...transport, timing: { ...transport.timing, ...link.timing } };
};

const open = async (
  link: ReturnType<typeof parseMeterLink>,
  options: { readonly signal?: AbortSignal | undefined },
  env: Environment,
): Promise<Transport> => {
  switch (link.kind) {
    case "tcp":
      return (await import("./network/tcp.ts")).openTcp({ ...link, ...options });
    case "rfc2217":
      return (await import("./network/rfc2217.ts")).openRfc2217({ ...link, ...options });
    case "tls":
      return (await import("./network/tls-bridge.ts")).openTlsBridge({ ...link, ...options });
    case "mqtt": {
      const credentials = (await import("./mqtt/mqtt-credentials.ts")).mqttCredentials(env);
      return (await import("./mqtt/mqtt.ts")).openMqtt({ ...link, credentials, ...options });
    }
    case "unix":
      return (await import("./network/tcp.ts")).openUnix({ ...link, ...options });
    case "serial":
      return (await import("./serial/serial.ts")).openSerial({ ...link, ...options });
    case "usb": {
      const path = await (await import("./serial/serial-adapters.ts")).findAdapter(link.adapter);
      return (await import("./serial/serial.ts")).openSerial({ ...link, path, ...options });
    }
  }
};
