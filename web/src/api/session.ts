/**
 * Who is signed in. The token is kept in memory and in `sessionStorage`, so it belongs to one tab and ends with it;
 * it is never written to a cookie or to `localStorage`.
 */
const TOKEN = "cpor.token";

type Listener = () => void;

let token: string | null = read();
let ended = false;
/** Counts the persons of this tab, so that a fresh token of the same person keeps what they were doing. */
let person = 0;
const listeners = new Set<Listener>();

function read(): string | null {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

/** The subject that a token names. Only the server can tell whether it is true. */
function subjectOf(jwt: string | null): string | null {
  try {
    const payload = jwt?.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/");
    return payload ? ((JSON.parse(atob(payload)) as { sub?: string }).sub ?? null) : null;
  } catch {
    return null;
  }
}

function changed() {
  for (const listener of listeners) listener();
}

export const session = {
  token: () => token,
  /** Whether the server refused the token of this tab, so that a fresh sign-in is needed. */
  hasEnded: () => ended,
  /** Changes when somebody else signs in, not when the same person does so again. */
  person: () => person,
  signIn(next: string) {
    const fresh = next.trim().replace(/^Bearer\s+/i, "");
    const subject = subjectOf(fresh);
    if (subject === null || subject !== subjectOf(token)) person += 1;
    token = fresh;
    ended = false;
    sessionStorage.setItem(TOKEN, token);
    changed();
  },
  signOut() {
    person += 1;
    token = null;
    ended = false;
    sessionStorage.removeItem(TOKEN);
    changed();
  },
  /** Keeps the address and what was typed; only the sign-in is asked for again. */
  end() {
    if (token === null || ended) return;
    ended = true;
    changed();
  },
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
