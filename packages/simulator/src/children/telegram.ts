/** What a device on the M-Bus answers (MEP guide 1.1, pp. 99-100). */

/** An M-Bus answer of variable structure, from its serial number on. */
export interface Telegram {
  /** Eight digits. */
  readonly serialNumber: string;
  readonly manufacturerId: number;
  readonly version: number;
  readonly medium: number;
  readonly accessNumber: number;
  /** The status byte. */
  readonly status: number;
  readonly records: readonly number[];
}

/** Header and zero at the end, around the records of a telegram (p. 100). */
export const telegramLength = ({ records }: Telegram): number => 12 + records.length + 1;
