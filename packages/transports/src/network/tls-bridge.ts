/** A transport over TCP inside TLS, for bridges and tunnels that offer it. The meter's own TLS runs inside any link. */
import { connect, type TLSSocket } from "node:tls";
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { hostAndPort } from "../link-settings.ts";
import { tcpFailure } from "../open-failure.ts";
import { type OpenSocketOptions, openSocket, type TcpOptions } from "./tcp.ts";

export interface TlsBridgeOptions extends TcpOptions {
  /** SHA-256 of the bridge's certificate, 64 hex digits: trusted in place of any authority, as for self-signed ones. */
  readonly fingerprint?: string | undefined;
}

const tlsTrouble: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an authority that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is from an authority that this machine does not know",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

const failureOf = (name: string, error: Error): LinkError => {
  const code = "code" in error ? String(error.code) : "";
  const trouble = tlsTrouble[code];
  if (trouble !== undefined) {
    const remedy = "?fingerprint=SHA256 trusts this very certificate";
    return new LinkError("not-open", name, `cannot open it: ${trouble}; ${remedy}`, { cause: error });
  }
  if (code.startsWith("ERR_SSL"))
    return new LinkError("not-open", name, "cannot open it: what answers does not speak TLS", { cause: error });
  return tcpFailure(name, error);
};

/**
 * Connects to a bridge over TLS and checks its certificate.
 *
 * @throws LinkError not-open, aborted
 */
export const openTlsBridge = (options: TlsBridgeOptions): Promise<Transport> =>
  openSocket(tlsDial(options, `tls://${hostAndPort(options.host, options.port)}`));

/** How a TLS socket is opened, and its certificate checked. */
export const tlsDial = (
  { host, port, fingerprint, ...rest }: TlsBridgeOptions,
  name: string,
): OpenSocketOptions<TLSSocket> => {
  const object = (socket: TLSSocket): LinkError | undefined => {
    socket.setNoDelay(true);
    const shown = socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
    if (fingerprint === undefined || shown === fingerprint) return undefined;
    return new LinkError("not-open", name, `cannot open it: its certificate has another fingerprint, ${shown}`);
  };
  const dial = (): TLSSocket =>
    connect({ host, port, minVersion: "TLSv1.2", rejectUnauthorized: fingerprint === undefined });
  return { ...rest, name, dial, ready: "secureConnect", explain: failureOf, object };
};
