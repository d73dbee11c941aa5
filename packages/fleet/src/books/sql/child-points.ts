/**
 * Meters behind a meter (water, heat, gas) are points of the books as well: their ids begin with the id of the point that reads them. Nobody brought
 * them in and nothing hangs there by itself, so they have no site, no intervals, and no process that reads them but that of their parent.
 */

/** The id of the point whose meter reads another one, if it is a child: "home" of "home.12345678". */
const parentId = (point: string): string => `substring(${point}.id FROM '^(.+)\\.[^.]+$')`;

/** Whether a row of `metering_point` is one. */
export const isChild = (point: string): string => `(${point}.site_id IS NULL
  AND EXISTS (SELECT FROM metering_point parent WHERE parent.id = ${parentId(point)})
  AND NOT EXISTS (SELECT FROM installation i WHERE i.point_id = ${point}.point_id))`;

/** The number of its site, or of that of its parent. */
export const siteOf = (point: string): string => `coalesce(${point}.site_id, CASE WHEN ${isChild(point)}
  THEN (SELECT parent.site_id FROM metering_point parent WHERE parent.id = ${parentId(point)}) END)`;

/** The number of the point whose meter reads it: its own, or its parent's. */
export const readingPoint = (point: string): string => `CASE WHEN ${isChild(point)}
  THEN (SELECT parent.point_id FROM metering_point parent WHERE parent.id = ${parentId(point)}) ELSE ${point}.point_id END`;
