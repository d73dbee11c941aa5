/** Security suites: each is a `Seal` for the client and a `ServerSeal` for the meter. */
export { ParsedKey, parseKey, Secret } from "./key.ts";
export { rc4Authentication, rc4ReadLimit, rc4WriteLimit } from "./rc4/authentication.ts";
export { rc4Encryption } from "./rc4/encryption.ts";
export { rc4Opener } from "./rc4/opener.ts";
export type { Level, Opened, Received, Seal, Sealed, ServerSeal } from "./seal.ts";
