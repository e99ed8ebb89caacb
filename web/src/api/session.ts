/**
 * Who is signed in. The token is kept in memory and in `sessionStorage`, so it belongs to one tab and ends with it;
 * it is never written to a cookie or to `localStorage`.
 */
const TOKEN = "cpor.token";

type Listener = () => void;

let token: string | null = read();
let ended = false;
const listeners = new Set<Listener>();

function read(): string | null {
  try {
    return sessionStorage.getItem(TOKEN);
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
  signIn(next: string) {
    token = next.trim().replace(/^Bearer\s+/i, "");
    ended = false;
    sessionStorage.setItem(TOKEN, token);
    changed();
  },
  signOut() {
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
