/** How old a read of a device is, by the meter's own local clock, which stamped it. */

const minute = 60;

/**
 * Seconds from one local time of a meter to a later one, as in "2026-01-31T06:30:00"; null if either is unknown, or the
 * read lies in the future, as after its clock was set back. A change of daylight saving time in between makes it an hour
 * wrong, since neither time has a zone.
 *
 * @example
 * ageOfRead("2026-01-31T06:30:00", "2026-02-01T06:30:00") // 86400
 * ageOfRead(null, "2026-02-01T06:30:00") // null
 */
export const ageOfRead = (read: string | null, now: string | null): number | null => {
  if (read === null || now === null) return null;
  const age = (Date.parse(`${now}Z`) - Date.parse(`${read}Z`)) / 1000;
  // BT55 moves each minute (MEP guide 1.1, p. 235): a read of this minute seems to lie ahead.
  return age > -minute ? Math.max(0, age) : null;
};
