/**
 * Text in four languages. Every text is in `messages/*.json`; a value is a string, or one string for each plural category
 * of the language (`Intl.PluralRules`), chosen by the parameter `count`. `{name}` stands for a parameter.
 */
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import en from "./messages/en.json";

export const LANGUAGES = { en: "English", tr: "Türkçe", hu: "Magyar", sv: "Svenska" } as const;
export type Language = keyof typeof LANGUAGES;
export type MessageKey = keyof typeof en;
export type Messages = Record<MessageKey, string | Partial<Record<Intl.LDMLPluralRule, string>>>;
export type Parameters = Record<string, string | number>;

const LANGUAGE = "cpor.language";

const loaders: Record<Language, () => Promise<Messages>> = {
  en: async () => en as Messages,
  tr: async () => (await import("./messages/tr.json")).default as Messages,
  hu: async () => (await import("./messages/hu.json")).default as Messages,
  sv: async () => (await import("./messages/sv.json")).default as Messages,
};

const rules = new Map<string, Intl.PluralRules>();

/** Making the rules costs far more than using them. */
function pluralRules(language: string): Intl.PluralRules {
  const known = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, known);
  return known;
}

/** The text of a key, with its parameters filled in. Numbers are written as the language writes them. */
export function translate(messages: Messages, language: string, key: MessageKey, parameters: Parameters = {}): string {
  const message = messages[key] ?? (en as Messages)[key] ?? key;
  let text: string;
  if (typeof message === "string") {
    text = message;
  } else {
    const category = pluralRules(language).select(Number(parameters.count ?? 0));
    text = message[category] ?? message.other ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value;
  });
}

export interface I18n {
  language: Language;
  setLanguage: (language: Language) => void;
  t: (key: MessageKey, parameters?: Parameters) => string;
  /** The text of an enum value, such as `status` and `APPROVED`; the value itself where the files have none. */
  label: (group: string, value: string) => string;
}

const Context = createContext<I18n | null>(null);

export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const known = (code: string | null): code is Language => code !== null && code in LANGUAGES;
  let saved: string | null = null;
  try {
    saved = localStorage.getItem(LANGUAGE);
  } catch {
    // A browser that refuses storage still has a language.
  }
  if (known(saved)) return saved;
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(known) ?? "en";
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(preferredLanguage);
  const [loaded, setLoaded] = useState<{ language: Language; messages: Messages } | null>(null);
  useEffect(() => {
    let current = true;
    void loaders[language]().then((messages) => {
      if (!current) return;
      document.documentElement.lang = language;
      setLoaded({ language, messages });
    });
    return () => {
      current = false;
    };
  }, [language]);
  const value = useMemo<I18n | null>(() => {
    if (!loaded) return null;
    const { messages } = loaded;
    return {
      language: loaded.language,
      setLanguage: (next) => {
        localStorage.setItem(LANGUAGE, next);
        setLanguage(next);
      },
      t: (key, parameters) => translate(messages, loaded.language, key, parameters),
      label: (group, value) => {
        const key = `${group}.${value}`;
        return key in messages ? translate(messages, loaded.language, key as MessageKey) : value;
      },
    };
  }, [loaded]);
  return value ? <Context value={value}>{children}</Context> : null;
}

export function useI18n(): I18n {
  const value = useContext(Context);
  if (!value) throw new Error("useI18n needs an I18nProvider above it.");
  return value;
}
