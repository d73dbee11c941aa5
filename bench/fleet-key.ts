/** The basic key of all meters of `bench/fleet-scale.ts`. */
export const fleetKey = new Uint8Array(16).fill(1);
