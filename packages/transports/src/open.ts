/** Opens whatever a link names. */
import { UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { parseLink } from "./link-url.ts";

/**
 * Opens a link as people write it. What it needs is imported only then.
 *
 * @throws UsageError for what is no link
 * @throws LinkError not-open, aborted
 */
export const openLink = async (text: string, signal?: AbortSignal): Promise<Transport> => {
  const link = parseLink(text);
  const options = signal === undefined ? {} : { signal };
  switch (link.kind) {
    case "tcp":
      if (link.port === 0) throw new UsageError("link", `link "${text}" has port 0, which is only good to listen on`);
      return (await import("./tcp.ts")).openTcp({ ...link, ...options });
    case "serial":
      return (await import("./serial.ts")).openSerial({ ...link, ...options });
    case "pty":
      throw new UsageError("link", `pty:// is only good to listen on; open the terminal as ${link.path}`);
  }
};
