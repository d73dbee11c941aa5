/** TLS as a client's security. Not in the main entry, because few programs need it and its ciphers are large. */

import type { Secret } from "@meterport/protocol/mep/security/key";
import { tlsSeal } from "@meterport/protocol/mep/security/mep-tls/client-seal";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Entropy } from "@meterport/protocol/ports";
import { keyBytes, type SealSecurity } from "./security.ts";

export interface TlsSecurity {
  /** MBK or MAK, 16 to 20 bytes of which the first 16 count. */
  readonly key: Secret;
  /** Which of the two it is: it is part of the identity (MEP guide 1.1, p. 24). */
  readonly level: Level;
  /** 0 to 65535; the meter records it with events. 0 by default. */
  readonly clientId?: number | undefined;
  readonly entropy: Entropy;
}

/**
 * TLS 1.2 with a pre-shared key, for meters with firmware 4.0 or later.
 *
 * @throws UsageError for a key of another length or a client id that does not fit
 */
export const tls = ({ key, level, clientId = 0, entropy }: TlsSecurity): SealSecurity => ({
  seal: tlsSeal({ key: keyBytes(key), level, clientId, entropy }),
  level,
});
