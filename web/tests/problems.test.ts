import { describe, expect, test } from "vitest";
import { translate, type Messages } from "../src/i18n";
import en from "../src/messages/en.json";
import hu from "../src/messages/hu.json";
import sv from "../src/messages/sv.json";
import tr from "../src/messages/tr.json";
import { problemText } from "../src/problems";

const files = { en, tr, hu, sv } as unknown as Record<string, Messages>;
const words = (language: "en" | "tr" | "hu" | "sv") => ({
  language,
  t: (key: keyof typeof en, parameters = {}) => translate(files[language] as Messages, language, key, parameters),
  label: (group: string, value: string) => translate(files[language] as Messages, language, `${group}.${value}` as keyof typeof en),
});

const problem = {
  code: "LOCATION_NOT_ENROLLED" as const,
  field: ["mpnId"],
  message: "The location 1000103 is not enrolled in OSU Business Applications.",
  remedy: "Ask your global admin to enroll the location, or choose one that is enrolled.",
  params: [
    { name: "mpnId", value: "1000103" },
    { name: "program", value: "OSU_BUSINESS_APPLICATIONS" },
  ],
};

describe("a problem", () => {
  test("is told in the viewer's language, with its parameters", () => {
    expect(problemText(problem, words("sv"))).toEqual({
      message: "Platsen 1000103 är inte ansluten till OSU Business Applications.",
      remedy: "Be er globala administratör att ansluta platsen, eller välj en som är ansluten.",
      lang: "sv",
    });
    expect(problemText(problem, words("tr")).message).toBe("1000103 konumu OSU Business Applications programına kayıtlı değil.");
  });

  test("stays English where the language is, the code has several texts, or a parameter is missing", () => {
    const english = { message: problem.message, remedy: problem.remedy, lang: "en" };
    expect(problemText(problem, words("en"))).toEqual(english);
    expect(problemText({ ...problem, code: "INVALID_VALUE" }, words("hu"))).toEqual(english);
    expect(problemText({ ...problem, params: [] }, words("hu"))).toEqual(english);
  });

  test("has a text and a remedy together", () => {
    const codes = Object.keys(en).flatMap((key) => (key.startsWith("problem.") ? [key.slice("problem.".length)] : []));
    expect(codes.length).toBeGreaterThan(25);
    for (const code of codes) expect(Object.keys(en), code).toContain(`fix.${code}`);
  });
});
