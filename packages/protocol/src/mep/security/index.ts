/** Security suites for the client; the meter's side of each has its own path. */
export { ParsedKey, parseKey, Secret } from "./key.ts";
export { rc4Authentication, rc4ReadLimit, rc4WriteLimit } from "./rc4/authentication.ts";
export { rc4Encryption } from "./rc4/encryption.ts";
export type { Level, Opened, Received, Seal, Sealed, ServerSeal } from "./seal.ts";
