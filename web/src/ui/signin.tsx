/** Signing in: by a click as one of the demo's people, or with a token. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { people, VENDOR, type Person } from "../api/demo";
import { session } from "../api/session";
import { LANGUAGES, useI18n, type Language } from "../i18n";
import { Dialog, Field } from "./basics";

export const PERSON = "cpor.person";

/** The people of the demo; an empty list where the server is not a demo. */
export function usePeople() {
  return useQuery({
    queryKey: ["people"],
    queryFn: people,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

export function signInAs(person: Person) {
  sessionStorage.setItem(PERSON, person.key);
  session.signIn(person.token);
}

export function useCurrentPerson(): Person | undefined {
  const token = useSyncExternalStore(session.subscribe, session.token);
  return usePeople().data?.find((person) => person.token === token);
}

/** Whom somebody works for, in the viewer's language. */
export function useCompany(): (person: Person) => string {
  const { t } = useI18n();
  return ({ company }) => (company === VENDOR ? t("people.vendor") : company);
}

export function TokenForm({ onSignIn }: { onSignIn: () => void }) {
  const { t } = useI18n();
  const [token, setToken] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!token.trim()) return;
        session.signIn(token);
        onSignIn();
      }}
    >
      <Field label={t("signin.token")} hint={t("signin.hint")}>
        {(attributes) => (
          <input
            {...attributes}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" className="primary">
        {t("signin.button")}
      </button>
    </form>
  );
}

/** Asks for a fresh token over the page that one was on, so that nothing typed is lost. */
export function EndedSession() {
  const { t } = useI18n();
  const queries = useQueryClient();
  const { data: all = [] } = usePeople();
  const key = sessionStorage.getItem(PERSON);
  const person = all.find((one) => one.key === key);
  const again = () => void queries.invalidateQueries();
  return (
    <Dialog title={t("ended.title")} onClose={() => session.signOut()}>
      <p>{t("ended.text")}</p>
      {person ? (
        <button
          type="button"
          className="primary"
          onClick={() => {
            // The demo may have been started again with other tokens.
            void people().then((fresh) => {
              const same = fresh.find((one) => one.key === person.key);
              if (same) signInAs(same);
              again();
            });
          }}
        >
          {t("ended.again", { name: person.name })}
        </button>
      ) : (
        <TokenForm onSignIn={again} />
      )}
    </Dialog>
  );
}

export function LanguageSelect() {
  const { t, language, setLanguage } = useI18n();
  return (
    <select
      aria-label={t("language")}
      className="language"
      value={language}
      onChange={(event) => setLanguage(event.target.value as Language)}
    >
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
