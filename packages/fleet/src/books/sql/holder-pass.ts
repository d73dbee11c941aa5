/** What a holder lets through on the word of another process of the fleet. Made at each start of a process, and useless after its end. */
export const holderPass = "ALTER TABLE holder ADD COLUMN pass text";
