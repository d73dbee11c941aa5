/**
 * The order in which holders take targets, so that they read as many as they ask for and not all that are due. A campaign is read by the number of
 * attempts, which is its priority, and then by time.
 */
export const targetTurns = {
  apart: [
    "DROP INDEX CONCURRENTLY IF EXISTS target_turn",
    "CREATE INDEX CONCURRENTLY target_turn ON target (campaign_id, attempts, next_at, meter_id, shard) WHERE state IN ('w', 'f')",
    "DROP INDEX CONCURRENTLY IF EXISTS target_due",
  ],
} as const;
