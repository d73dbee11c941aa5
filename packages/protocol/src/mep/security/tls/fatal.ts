/** Why a connection ends: what our side tells the peer, and what its own caller hears. Never leaves this folder. */
import { TlsError } from "../../../errors.ts";
import type { AlertName } from "./codes.ts";

/** Thrown and caught inside a connection only: no byte of a peer makes its `receive` throw. */
export class Fatal extends Error {
  readonly alert: AlertName;
  readonly failure: TlsError;
  constructor(alert: AlertName, code: string, detail: string) {
    super(detail);
    this.alert = alert;
    this.failure = new TlsError(code, detail);
  }
}

/** The peer does not keep to the protocol. */
export const violation = (alert: AlertName, detail: string): Fatal => new Fatal(alert, "protocol", detail);
