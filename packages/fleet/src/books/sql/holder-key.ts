/** Which key of the fleet a holder was given: as long as one has an older key, the older keys are not forgotten. */
export const holderKey = "ALTER TABLE holder ADD COLUMN key_id int";
