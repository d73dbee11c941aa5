/**
 * The MEP protocol of NES / OSGP meters: layouts and tables, frames, security, the link as a pure machine, and what the
 * values mean. Pure: no clock, no randomness, no host. The meter's side of it (`server/`, `security/rc4/opener`) and the
 * optical port (`optical/`) are imported by their own paths.
 */
export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./layout/index.ts";
export * from "./meaning/index.ts";
export * from "./mep/frame/apdu.ts";
export * from "./mep/frame/frame.ts";
export * from "./mep/frame/response-codes.ts";
export * from "./mep/link/exchange.ts";
export * from "./mep/link/link.ts";
export * from "./mep/link/timing.ts";
export * from "./mep/security/index.ts";
export * from "./ports.ts";
export * from "./tables/core.ts";
