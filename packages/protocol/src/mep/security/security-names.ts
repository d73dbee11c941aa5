/** The names by which people choose a security; alone, so that a help text loads no ciphers. */
export const securityNames = ["auto", "rc4", "rc4-encrypted", "tls"] as const;
export type SecurityName = (typeof securityNames)[number];
