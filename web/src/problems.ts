/** The texts of problems in the viewer's language, made from the code and the parameters (docs/errors.md). */
import type { ProblemFieldsFragment } from "./api/generated";
import type { I18n, MessageKey } from "./i18n";

/** The parameters whose values are words of the API, with the group of messages that names them. */
const WORDS: Record<string, string> = { solutionArea: "area", productSolutionArea: "area", program: "program" };

export interface ProblemText {
  message: string;
  remedy: string | null;
  lang: string;
}

/**
 * The server writes English, and more exactly than a text that is made from the code alone. So English stays as it is, and so
 * does a problem whose code has several texts, such as `INVALID_VALUE`.
 */
export function problemText(problem: ProblemFieldsFragment, { t, label, language }: Pick<I18n, "t" | "label" | "language">): ProblemText {
  const english = { message: problem.message, remedy: problem.remedy ?? null, lang: "en" };
  if (language === "en") return english;
  const parameters = Object.fromEntries(
    problem.params.map(({ name, value }) => [name, name in WORDS ? label(WORDS[name] as string, value) : value]),
  );
  const text = (group: string) => {
    const key = `${group}.${problem.code}`;
    const found = t(key as MessageKey, parameters);
    return found === key || /\{\w+\}/.test(found) ? null : found;
  };
  const message = text("problem");
  const remedy = text("fix");
  return message && remedy ? { message, remedy, lang: language } : english;
}
