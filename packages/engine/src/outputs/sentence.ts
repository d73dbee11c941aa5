/** What failed, as one sentence for status and log. */

const longest = 300;

/** The message of an error in one line of bounded length. */
export const sentenceOf = (error: unknown): string => {
  const text = (error instanceof Error ? error.message : String(error)).replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  if (text === "") return "it failed and did not say why";
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};
