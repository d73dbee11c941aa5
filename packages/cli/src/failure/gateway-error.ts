/** A daemon that does not answer a command. What helps against a silent meter would be the wrong advice. */
import { MeterportError } from "@meterport/protocol/errors";

export class GatewayError extends MeterportError {
  override readonly name = "GatewayError";
  readonly code = "gateway";

  constructor(url: string, detail: string, options?: { readonly cause?: unknown }) {
    super(`${url}: ${detail}`, options);
  }
}
