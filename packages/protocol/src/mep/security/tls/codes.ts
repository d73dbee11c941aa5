/** Numbers of TLS 1.2 (RFC 5246) as far as one suite needs them. */

export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

export const handshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  serverKeyExchange: 12,
  serverHelloDone: 14,
  clientKeyExchange: 16,
  finished: 20,
} as const;

const handshakeNames: Readonly<Record<number, string>> = {
  ...Object.fromEntries(
    Object.entries(handshakeType).map(([name, type]) => [type, `${(name[0] ?? "").toUpperCase()}${name.slice(1)}`]),
  ),
  4: "NewSessionTicket",
  11: "Certificate",
};

/**
 * The name of a handshake message, or its number where it has none here.
 *
 * @example
 * handshakeName(16) // "ClientKeyExchange"
 */
export const handshakeName = (type: number): string => handshakeNames[type] ?? `handshake message ${type}`;

export const extension = { extendedMasterSecret: 0x0017, renegotiationInfo: 0xff01 } as const;

/** TLS 1.2 on the wire. */
export const version = 0x0303;
/** TLS_PSK_WITH_AES_256_GCM_SHA384, the only suite of the meters (MEP guide 1.1, p. 24; RFC 5487). */
export const suite = 0x00a9;
/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746). */
export const renegotiationSignal = 0x00ff;

export const alertLevel = { warning: 1, fatal: 2 } as const;

/** Alert descriptions by name (RFC 5246, section 7.2, and its registry). */
export const alertCode = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  illegal_parameter: 47,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  internal_error: 80,
  no_renegotiation: 100,
  unsupported_extension: 110,
  unknown_psk_identity: 115,
} as const;
export type AlertName = keyof typeof alertCode;

const others: Readonly<Record<number, string>> = {
  21: "decryption_failed",
  30: "decompression_failure",
  41: "no_certificate",
  42: "bad_certificate",
  43: "unsupported_certificate",
  44: "certificate_revoked",
  45: "certificate_expired",
  46: "certificate_unknown",
  48: "unknown_ca",
  49: "access_denied",
  60: "export_restriction",
  71: "insufficient_security",
  86: "inappropriate_fallback",
  90: "user_canceled",
  109: "missing_extension",
  112: "unrecognized_name",
  120: "no_application_protocol",
};
const names = new Map<number, string>([
  ...Object.entries(alertCode).map(([name, code]): [number, string] => [code, name]),
  ...Object.entries(others).map(([code, name]): [number, string] => [Number(code), name]),
]);

/**
 * The name of an alert, or its number where it has none.
 *
 * @example
 * alertName(20) // "bad_record_mac"
 * alertName(200) // "alert 200"
 */
export const alertName = (description: number): string => names.get(description) ?? `alert ${description}`;
