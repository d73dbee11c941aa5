/**
 * Which key of the fleet a holder was given: as long as one has an older key, the older keys are not forgotten. And when a gateway elsewhere last
 * told how its links are: after that its word counts for some minutes.
 */
export const toldColumns = `
  ALTER TABLE holder ADD COLUMN key_id int;
  ALTER TABLE intake ADD COLUMN seen timestamptz;
`;
