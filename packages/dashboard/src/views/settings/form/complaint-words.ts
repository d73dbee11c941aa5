import type { Words } from "../words.ts";
import type { Complaint } from "./check-value.ts";

const OPEN = "…";

/** A complaint in the reader's language. */
export function complaintWords(complaint: Complaint, words: Words["form"]["invalid"]): string {
  switch (complaint.wrong) {
    case "missing":
    case "control":
    case "hidden":
    case "zone":
    case "duration":
    case "duration-or-off":
      return words[complaint.wrong];
    case "form":
      return words.form(complaint.example ?? OPEN);
    case "short":
    case "long":
    case "few":
    case "many":
      return words[complaint.wrong](String(complaint.limit));
    case "whole":
    case "number":
    case "between":
      return words[complaint.wrong](complaint.minimum ?? OPEN, complaint.maximum ?? OPEN);
    case "choice":
      return words.choice(complaint.options.join(", "));
    case "entry":
      return words.entry(complaint.entry, complaintWords(complaint.because, words));
  }
}
